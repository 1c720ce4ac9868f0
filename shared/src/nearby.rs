//! What others already reported near a place: `GET /v1/{municipality}/nearby?lon=&lat=&category=`.

use serde::{Deserialize, Serialize};

use crate::status::State;
use crate::time::Timestamp;

/// Most reports that are shown: who is asked to compare more than three compares none.
pub const MOST: usize = 3;
/// Metres that a distance is rounded to: where somebody stood is not for others.
pub const STEP_M: u32 = 10;

/// Squares of the grid that places are told on, to a degree: a square is some ten metres wide.
pub const SQUARES_PER_DEGREE: f64 = 10_000.0;

/// Open reports of one category near a place, the nearest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Nearby {
    /// At most [`MOST`].
    pub reports: Vec<NearbyReport>,
}

/// An open report as anybody may see it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NearbyReport {
    /// Its number, to join it.
    pub number: String,
    /// Category code.
    pub category: String,
    /// When it was received.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: State,
    /// Metres from the place, in steps of [`STEP_M`].
    pub distance_m: u32,
    /// The middle of the square it is in: longitude and latitude, in 1/[`SQUARES_PER_DEGREE`] of a
    /// degree. No more than what distances from three sides tell, which are measured to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub square: Option<[i32; 2]>,
    /// How many reports were joined to it.
    pub joined: u32,
    /// Its words, where a person at the municipality made them public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The address of a photo of it, where a person at the municipality made it public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<String>,
}

/// What citizens type never reaches a log through `{:?}`.
impl std::fmt::Debug for NearbyReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NearbyReport({}, {} m, …)", self.number, self.distance_m)
    }
}
