//! The answer to "which district is this in?".

use super::area::{Area, Layer, Role};
use super::index::Found;
use super::metres::Surroundings;
use super::pack::Pack;
use super::point::{PointError, Vertex};

/// Metres around a position within which another district makes the answer [`Located::Near`], when
/// the accuracy is unknown or said to be better: a tap on a phone's map is hardly more exact, and
/// neither are most published boundaries.
pub const DEFAULT_RADIUS_M: f64 = 15.0;
/// The largest accuracy taken into account, in metres: a worse position is no reason to offer half
/// the city.
pub const MAX_RADIUS_M: f64 = 2_000.0;
/// The most metres that borders in the phone's pack lie from where they are; what `--simplify phone`
/// and the servers compile it with. Below, nothing is saved in either demo municipality (1,000
/// vertices each); 5 m saves a fifth of the bytes, and a third of both files of Riyadh (50,000); more
/// saves next to nothing and asks more people "A or B?". It is a third of [`DEFAULT_RADIUS_M`], within
/// which people are asked anyway.
pub const PHONE_BOUND_M: f64 = 5.0;
/// Most candidates a [`Located::Near`] holds.
pub const MAX_CANDIDATES: usize = 4;

/// Where a point lies.
#[derive(Clone, Debug, PartialEq)]
pub enum Located<'p> {
    /// In this district, and no other one is within the radius.
    Inside {
        /// The one that contains the point.
        district: Area<'p>,
        /// Metres to its nearest border.
        border_m: f64,
    },
    /// Too close to a border to tell: a person must choose.
    Near {
        /// Whether the first candidate contains the point. Otherwise none does, and all lie within
        /// the radius.
        contained: bool,
        /// One to [`MAX_CANDIDATES`]: first what contains the point (at 0 m), then by distance.
        candidates: Vec<Candidate<'p>>,
        /// Where no district contains the point: the neighbouring agency's area that does.
        neighbour: Option<Area<'p>>,
    },
    /// In no district, nor within the radius of one.
    Outside {
        /// The nearest district; absent only when the pack has none.
        nearest: Option<Candidate<'p>>,
        /// The neighbouring agency's area that contains the point.
        neighbour: Option<Area<'p>>,
    },
}

impl<'p> Located<'p> {
    /// The one district that contains the point, however close its border is.
    #[must_use]
    pub fn containing(&self) -> Option<Area<'p>> {
        match self {
            Self::Inside { district, .. } => Some(*district),
            Self::Near {
                contained: true,
                candidates,
                ..
            } => candidates.first().map(|candidate| candidate.district),
            Self::Near { .. } | Self::Outside { .. } => None,
        }
    }

    /// Whether a person's choice of this district agrees with the place: it contains the point, or
    /// is a candidate.
    #[must_use]
    pub fn admits(&self, id: &str) -> bool {
        match self {
            Self::Inside { district, .. } => district.id() == id,
            Self::Near { candidates, .. } => candidates.iter().any(|it| it.district.id() == id),
            Self::Outside { .. } => false,
        }
    }
}

/// A district that a point may belong to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate<'p> {
    /// The district.
    pub district: Area<'p>,
    /// Metres to its nearest point: 0 where it contains the place.
    pub distance_m: f64,
}

impl Pack {
    /// Finds the district of a place, from the first layer of role [`Role::Districts`].
    ///
    /// `lon` and `lat` are degrees (WGS 84); `accuracy_m` is the radius in metres the device gives,
    /// held between [`DEFAULT_RADIUS_M`] and [`MAX_RADIUS_M`].
    ///
    /// # Errors
    /// Coordinates that are not finite or not on Earth.
    pub fn locate(
        &self,
        lon: f64,
        lat: f64,
        accuracy_m: Option<f64>,
    ) -> Result<Located<'_>, PointError> {
        match self.district_layer() {
            Some(layer) => layer.locate(lon, lat, accuracy_m),
            None => {
                let neighbour = self.neighbour_at(Vertex::asked(lon, lat)?);
                Ok(Located::Outside {
                    nearest: None,
                    neighbour,
                })
            }
        }
    }

    /// Ids of the districts that somebody must choose between at a place, as [`Located::Near`] orders
    /// them; none where it is plain whose it is, and none for what is no place on Earth.
    #[must_use]
    pub fn choices_at(&self, lon: f64, lat: f64) -> Vec<String> {
        match self.locate(lon, lat, None) {
            Ok(Located::Near { candidates, .. }) => candidates
                .iter()
                .map(|candidate| candidate.district.id().to_owned())
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The districts that contain a place, out of [`Pack::districts`]: at most one in a partition,
    /// all by priority where they may overlap.
    ///
    /// # Errors
    /// Coordinates that are not finite or not on Earth.
    pub fn containing(&self, lon: f64, lat: f64) -> Result<Vec<Area<'_>>, PointError> {
        match self.district_layer() {
            Some(layer) => layer.containing(lon, lat),
            None => Vertex::asked(lon, lat).map(|_| Vec::new()),
        }
    }

    /// The district that contains a place, the first by priority where several do: the shortest
    /// way to know whose it is, without how near its borders are.
    ///
    /// # Errors
    /// Coordinates that are not finite or not on Earth.
    #[inline]
    pub fn district_at(&self, lon: f64, lat: f64) -> Result<Option<Area<'_>>, PointError> {
        let at = Vertex::asked(lon, lat)?;
        Ok(self.district_layer().and_then(|layer| layer.first_at(at)))
    }

    fn neighbour_at(&self, at: Vertex) -> Option<Area<'_>> {
        self.layers()
            .filter(|layer| layer.role() == Role::Neighbours)
            .find_map(|layer| layer.first_at(at))
    }
}

impl<'p> Layer<'p> {
    /// [`Pack::locate`] among the areas of this layer.
    ///
    /// # Errors
    /// Coordinates that are not finite or not on Earth.
    pub fn locate(
        &self,
        lon: f64,
        lat: f64,
        accuracy_m: Option<f64>,
    ) -> Result<Located<'p>, PointError> {
        let at = Vertex::asked(lon, lat)?;
        let from = Surroundings::of(at);
        let containing = self.containing_at(at);
        let bound_m = self.pack.bound_m();
        let radius_m = radius(accuracy_m) + bound_m;
        let near = self.record.index.near(&from, radius_m * radius_m);

        let others = self.others(&near, &containing);
        // Within the bound of any border, nothing is certain: see `compile::simplify`.
        let is_certain = near
            .iter()
            .all(|(_, squared)| *squared >= bound_m * bound_m);
        if let ([district], [], true) = (containing.as_slice(), others.as_slice(), is_certain) {
            let squared = self
                .pack
                .squared_to_border(district.record, &from, f64::INFINITY);
            return Ok(Located::Inside {
                district: *district,
                border_m: libm::sqrt(squared),
            });
        }
        let contained = !containing.is_empty();
        let neighbour = if contained {
            None
        } else {
            self.pack.neighbour_at(at)
        };
        let mut candidates: Vec<_> = containing
            .into_iter()
            .map(|district| Candidate {
                district,
                distance_m: 0.0,
            })
            .collect();
        candidates.extend(others);
        candidates.truncate(MAX_CANDIDATES);
        if candidates.is_empty() {
            return Ok(Located::Outside {
                nearest: self.nearest(&from),
                neighbour,
            });
        }
        Ok(Located::Near {
            contained,
            candidates,
            neighbour,
        })
    }

    /// [`Pack::containing`] among the areas of this layer.
    ///
    /// # Errors
    /// Coordinates that are not finite or not on Earth.
    pub fn containing(&self, lon: f64, lat: f64) -> Result<Vec<Area<'p>>, PointError> {
        let mut containing = self.containing_at(Vertex::asked(lon, lat)?);
        if self.is_partition() {
            containing.truncate(1);
        }
        Ok(containing)
    }

    fn containing_at(&self, at: Vertex) -> Vec<Area<'p>> {
        match self.record.index.find(at) {
            Found::One(number) => self.area(number).into_iter().collect(),
            Found::Several(numbers) => numbers
                .into_iter()
                .filter_map(|number| self.area(number))
                .collect(),
        }
    }

    #[inline]
    fn first_at(&self, at: Vertex) -> Option<Area<'p>> {
        self.area(self.record.index.first(at))
    }

    /// The area that the index calls by this number.
    #[inline]
    fn area(&self, number: u16) -> Option<Area<'p>> {
        let position = self.record.first + usize::from(number).checked_sub(1)?;
        let pack = self.pack;
        let record = pack.areas.get(position)?;
        Some(Area { pack, record })
    }

    /// What is near and does not contain the point, the nearest first; of two equally near, the one
    /// earlier in the pack, which has priority. No more than are offered, put in place one by one:
    /// sorting code would weigh more than all of this.
    fn others(&self, near: &[(u16, f64)], containing: &[Area<'p>]) -> Vec<Candidate<'p>> {
        let mut others: Vec<(u16, f64)> = Vec::new();
        for (number, squared) in near {
            let before = |(other, to): &(u16, f64)| (*to, *other) <= (*squared, *number);
            let place = others.iter().take_while(|other| before(other)).count();
            if place < MAX_CANDIDATES
                && !containing.iter().any(|it| self.area(*number) == Some(*it))
            {
                others.insert(place, (*number, *squared));
                others.truncate(MAX_CANDIDATES);
            }
        }
        others
            .into_iter()
            .filter_map(|(number, squared)| {
                Some(Candidate {
                    district: self.area(number)?,
                    distance_m: libm::sqrt(squared),
                })
            })
            .collect()
    }

    /// The nearest area; of two equally near the one earlier in the pack.
    fn nearest(&self, from: &Surroundings) -> Option<Candidate<'p>> {
        // The area whose box is nearest is mostly the nearest itself, and then no other is looked at
        // closely: nothing is farther than its border.
        let boxes = self.areas().map(|area| {
            let squared = from.squared_to_bounds(&area.record.bounds);
            (squared, area)
        });
        let (_, likely) = boxes.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let to = |area: Area<'_>, within| self.pack.squared_to_border(area.record, from, within);
        // A little more, so that one as near that stands earlier is still found.
        let mut within = to(likely, f64::INFINITY).next_up();
        let mut nearest = None;
        for area in self.areas() {
            if from.squared_to_bounds(&area.record.bounds) >= within {
                continue;
            }
            let squared = to(area, within);
            if squared < within {
                within = squared;
                nearest = Some((squared, area));
            }
        }
        nearest.map(|(squared, district)| Candidate {
            district,
            distance_m: libm::sqrt(squared),
        })
    }
}

fn radius(accuracy_m: Option<f64>) -> f64 {
    let known = accuracy_m.filter(|metres| !metres.is_nan());
    known.map_or(DEFAULT_RADIUS_M, |metres| {
        metres.clamp(DEFAULT_RADIUS_M, MAX_RADIUS_M)
    })
}
