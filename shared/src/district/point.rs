//! The grid on which containment is decided.

use std::fmt;

/// Grid steps in a degree: a step is 11 mm of latitude, finer than any survey of a boundary.
pub(super) const STEPS_PER_DEGREE: f64 = 1e7;
/// Longitude 180 degrees, in grid steps.
pub(super) const MAX_X: i32 = 1_800_000_000;
/// Latitude 90 degrees, in grid steps.
pub(super) const MAX_Y: i32 = 900_000_000;

/// A place on the grid: x is longitude, y is latitude, both in steps of 1e-7 degrees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Vertex {
    pub(super) x: i32,
    pub(super) y: i32,
}

impl Vertex {
    /// The nearest place on the grid.
    ///
    /// # Errors
    /// Numbers that are not degrees.
    pub(super) fn from_degrees(lon: f64, lat: f64) -> Result<Self, PointError> {
        Self::on_grid(lon, lat, 1)
    }

    /// The nearest place whose coordinates are multiples of `unit` steps.
    ///
    /// # Errors
    /// Numbers that are not degrees.
    #[inline]
    pub(super) fn on_grid(lon: f64, lat: f64, unit: i32) -> Result<Self, PointError> {
        // One test for the common case; NaN is in no range.
        if !(lon.abs() <= 180.0 && lat.abs() <= 90.0) {
            return Err(PointError::of(lon, lat));
        }
        Ok(Self {
            x: nearest(lon * STEPS_PER_DEGREE / f64::from(unit)) * unit,
            y: nearest(lat * STEPS_PER_DEGREE / f64::from(unit)) * unit,
        })
    }

    /// The place a question is about: as [`Vertex::from_degrees`], and moved off the two edges of
    /// the map that have nothing to their east or north.
    ///
    /// # Errors
    /// Numbers that are not degrees.
    #[inline]
    pub(super) fn asked(lon: f64, lat: f64) -> Result<Self, PointError> {
        let Self { x, y } = Self::from_degrees(lon, lat)?;
        Ok(Self {
            x: if x == MAX_X { -MAX_X } else { x },
            y: y.min(MAX_Y - 1),
        })
    }

    /// Longitude and latitude in degrees: the doubles nearest to the grid's decimals.
    pub(super) fn degrees(self) -> (f64, f64) {
        (
            f64::from(self.x) / STEPS_PER_DEGREE,
            f64::from(self.y) / STEPS_PER_DEGREE,
        )
    }
}

/// The nearest whole number, of two the even one; for numbers within 32 bits. Doubles of this size
/// have no room for a fraction, so that the processor rounds, alike on every platform.
fn nearest(number: f64) -> i32 {
    const NO_FRACTIONS: f64 = 6_755_399_441_055_744.0;
    ((number + NO_FRACTIONS) - NO_FRACTIONS) as i32
}

/// A rectangle on the grid, its edges included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) min: Vertex,
    pub(super) max: Vertex,
}

impl Bounds {
    /// Holds nothing; grows by [`Bounds::add`].
    pub(super) const EMPTY: Self = Self {
        min: Vertex {
            x: i32::MAX,
            y: i32::MAX,
        },
        max: Vertex {
            x: i32::MIN,
            y: i32::MIN,
        },
    };

    pub(super) fn of(vertices: &[Vertex]) -> Self {
        let mut bounds = Self::EMPTY;
        for vertex in vertices {
            bounds.add(Self {
                min: *vertex,
                max: *vertex,
            });
        }
        bounds
    }

    pub(super) fn add(&mut self, other: Self) {
        self.min.x = self.min.x.min(other.min.x);
        self.min.y = self.min.y.min(other.min.y);
        self.max.x = self.max.x.max(other.max.x);
        self.max.y = self.max.y.max(other.max.y);
    }

    /// West, south, east, north in degrees, as in RFC 7946.
    pub(super) fn degrees(&self) -> [f64; 4] {
        let (west, south) = self.min.degrees();
        let (east, north) = self.max.degrees();
        [west, south, east, north]
    }
}

/// Why two numbers are not a place on Earth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointError {
    /// A coordinate is infinite or not a number.
    NotFinite,
    /// The longitude lies outside −180 to 180 degrees.
    Longitude,
    /// The latitude lies outside −90 to 90 degrees.
    Latitude,
}

impl PointError {
    #[cold]
    fn of(lon: f64, lat: f64) -> Self {
        if !lon.is_finite() || !lat.is_finite() {
            Self::NotFinite
        } else if lon.abs() > 180.0 {
            Self::Longitude
        } else {
            Self::Latitude
        }
    }
}

impl fmt::Display for PointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFinite => "a coordinate is not a finite number",
            Self::Longitude => "the longitude lies outside -180 to 180 degrees",
            Self::Latitude => "the latitude lies outside -90 to 90 degrees",
        })
    }
}

impl std::error::Error for PointError {}
