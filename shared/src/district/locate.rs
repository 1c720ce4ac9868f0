//! The answer to "which district is this in?".

use super::area::{Area, Layer};
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
    /// Finds the district of a place, from the first layer of role [`Role::Districts`](super::Role::Districts).
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

    fn neighbour_at(&self, at: Vertex) -> Option<Area<'_>> {
        self.neighbours()
            .find(|area| self.contains(area.record, at))
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
        let candidates = self.candidates(at, &from, radius(accuracy_m));
        let contained = candidates.first().is_some_and(|(inside, _)| *inside);
        let candidates: Vec<_> = candidates
            .into_iter()
            .map(|(_, candidate)| candidate)
            .collect();

        if let ([Candidate { district, .. }], true) = (candidates.as_slice(), contained) {
            let squared = self
                .pack
                .squared_to_border(district.record, &from, f64::INFINITY);
            return Ok(Located::Inside {
                district: *district,
                border_m: libm::sqrt(squared),
            });
        }
        let neighbour = if contained {
            None
        } else {
            self.pack.neighbour_at(at)
        };
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
        let at = Vertex::asked(lon, lat)?;
        let most = if self.is_partition() { 1 } else { usize::MAX };
        Ok(self
            .areas()
            .filter(|area| self.pack.contains(area.record, at))
            .take(most)
            .collect())
    }

    /// Whether it contains the point, and the distance, of every area within the radius, best
    /// first.
    fn candidates(
        &self,
        at: Vertex,
        from: &Surroundings,
        radius_m: f64,
    ) -> Vec<(bool, Candidate<'p>)> {
        let within = radius_m * radius_m;
        let mut found = Vec::new();
        for area in self.areas() {
            if from.squared_to_bounds(&area.record.bounds) >= within {
                continue;
            }
            if self.pack.contains(area.record, at) {
                found.push((
                    true,
                    Candidate {
                        district: area,
                        distance_m: 0.0,
                    },
                ));
                continue;
            }
            let squared = self.pack.squared_to_border(area.record, from, within);
            if squared < within {
                let distance_m = libm::sqrt(squared);
                found.push((
                    false,
                    Candidate {
                        district: area,
                        distance_m,
                    },
                ));
            }
        }
        // A stable sort: of two equally good, the one earlier in the pack, which has priority.
        found.sort_by(|(a_inside, a), (b_inside, b)| {
            b_inside
                .cmp(a_inside)
                .then(a.distance_m.total_cmp(&b.distance_m))
        });
        found.truncate(MAX_CANDIDATES);
        found
    }

    fn nearest(&self, from: &Surroundings) -> Option<Candidate<'p>> {
        let mut nearest: Option<(f64, Area<'p>)> = None;
        for area in self.areas() {
            let within = nearest.map_or(f64::INFINITY, |(squared, _)| squared);
            if from.squared_to_bounds(&area.record.bounds) >= within {
                continue;
            }
            let squared = self.pack.squared_to_border(area.record, from, within);
            if squared < within {
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
