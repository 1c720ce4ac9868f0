//! What can be wrong with a source.

use std::fmt;

use super::arrange::Extent;
use crate::district::PackError;

/// Something wrong with a source that did not prevent a pack.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// Name of the layer.
    pub layer: String,
    /// Index of the feature in its file, from 0.
    pub feature: usize,
    /// Id of the area.
    pub id: String,
    /// What it is.
    pub kind: FindingKind,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} / {} (feature {}): {}",
            self.layer, self.id, self.feature, self.kind
        )
    }
}

/// What was found, and what became of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum FindingKind {
    /// So many rings did not end where they began; closed by a straight edge.
    Unclosed {
        /// Number of rings.
        rings: usize,
    },
    /// So many vertices fell on the one before them on the grid; dropped.
    DuplicateVertices {
        /// Number of vertices.
        vertices: usize,
    },
    /// So many rings ran against RFC 7946's right-hand rule; turned around.
    Winding {
        /// Number of rings.
        rings: usize,
    },
    /// A polygon of so many rings did not begin with its shell; its shells and holes were told
    /// apart by which ring lies in which.
    Regrouped {
        /// Number of rings.
        rings: usize,
    },
    /// So many rings had less than three different vertices on the grid; dropped.
    Collapsed {
        /// Number of rings.
        rings: usize,
    },
    /// Its rings cross themselves or each other; cut where they cross, and what lies inside an odd
    /// number of times is the area.
    SelfIntersection {
        /// Number of crossings.
        crossings: usize,
        /// Longitude and latitude of one.
        at: [f64; 2],
    },
    /// A hole lies, at least in part, outside its shell; where it does it is ignored.
    HoleOutside,
    /// Parts of it lie upon each other; they became one.
    PartsOverlap,
    /// Its border passed a neighbour's vertices within a grid unit without touching them; led
    /// through them, so that the two share the border exactly.
    Joined,
    /// It overlaps another area of a layer that is declared to be a partition. What is narrower
    /// than the stated width belongs to the earlier of the two; of the rest both are candidates.
    Overlap {
        /// Id of the area it overlaps, the earlier one.
        other: String,
        /// How much.
        extent: Measured,
    },
    /// Beside it are gaps in a layer that is declared to be a partition. What is narrower than the
    /// stated width was given to it; the rest is in no area.
    Gap {
        /// How much.
        extent: Measured,
    },
}

/// How much of a layer is in no area, or in several.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Measured {
    /// Number of faces.
    pub faces: usize,
    /// How many of them were narrower than the stated width, and given to one area.
    pub closed: usize,
    /// Square metres, all together.
    pub area_m2: f64,
    /// Mean width in metres of the widest.
    pub width_m: f64,
    /// Longitude and latitude on the outline of the widest.
    pub at: [f64; 2],
}

impl From<Extent> for Measured {
    fn from(extent: Extent) -> Self {
        Self {
            faces: extent.faces,
            closed: extent.closed,
            area_m2: extent.area_m2,
            width_m: extent.width_m,
            at: extent.at.degrees().into(),
        }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [lon, lat] = self.at;
        write!(
            f,
            "{} place(s), {:.0} m², {:.2} m wide near [{lon}, {lat}]; {} closed",
            self.faces, self.area_m2, self.width_m, self.closed
        )
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed { rings } => write!(f, "{rings} ring(s) not closed; closed"),
            Self::DuplicateVertices { vertices } => {
                write!(f, "{vertices} vertices on top of the one before; dropped")
            }
            Self::Winding { rings } => {
                write!(
                    f,
                    "{rings} ring(s) against the right-hand rule; turned around"
                )
            }
            Self::Regrouped { rings } => {
                write!(
                    f,
                    "the first of {rings} rings is not the shell; regrouped by nesting"
                )
            }
            Self::Collapsed { rings } => {
                write!(
                    f,
                    "{rings} ring(s) of less than three different vertices; dropped"
                )
            }
            Self::SelfIntersection {
                crossings,
                at: [lon, lat],
            } => {
                write!(
                    f,
                    "its rings cross {crossings} time(s), near [{lon}, {lat}]; cut there"
                )
            }
            Self::HoleOutside => f.write_str("a hole outside its shell; ignored"),
            Self::PartsOverlap => f.write_str("parts upon each other; made one"),
            Self::Joined => f.write_str("its border missed a neighbour's by a hair; joined"),
            Self::Overlap { other, extent } => write!(f, "overlaps {other:?}: {extent}"),
            Self::Gap { extent } => write!(f, "gaps beside it: {extent}"),
        }
    }
}

/// Why no pack could be made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum CompileError {
    /// Two layers have the same name.
    DuplicateLayer {
        /// Their name.
        layer: String,
    },
    /// The source is not GeoJSON, or not a collection of features.
    NotGeoJson {
        /// Name of the layer.
        layer: String,
        /// What the parser said.
        message: String,
    },
    /// The layer has no feature.
    EmptyLayer {
        /// Name of the layer.
        layer: String,
    },
    /// The file says that its coordinates are not longitude and latitude on WGS 84.
    CoordinateSystem {
        /// Name of the layer.
        layer: String,
        /// What the file's `crs` member names.
        crs: String,
    },
    /// The feature's geometry is not an area.
    Geometry {
        /// Name of the layer.
        layer: String,
        /// Index of the feature, from 0.
        feature: usize,
        /// GeoJSON type of the geometry, or `null`.
        found: String,
    },
    /// The feature has no usable value for a property that identifies or names it.
    Property {
        /// Name of the layer.
        layer: String,
        /// Index of the feature, from 0.
        feature: usize,
        /// The property.
        property: String,
    },
    /// Two features have the same id.
    DuplicateId {
        /// Name of the layer.
        layer: String,
        /// Index of the second of them, from 0.
        feature: usize,
        /// The id.
        id: String,
    },
    /// The area has no ring of at least three different vertices.
    EmptyArea {
        /// Name of the layer.
        layer: String,
        /// Index of the feature, from 0.
        feature: usize,
    },
    /// A coordinate is not a longitude and latitude in degrees.
    OutOfRange {
        /// Name of the layer.
        layer: String,
        /// Index of the feature, from 0.
        feature: usize,
        /// The first number of the position.
        lon: f64,
        /// The second number of the position.
        lat: f64,
        /// What is probably the matter.
        advice: Advice,
    },
    /// The result is larger than a pack may be.
    Pack(PackError),
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateLayer { layer } => write!(f, "two layers are called {layer:?}"),
            Self::NotGeoJson { layer, message } => write!(f, "{layer}: not GeoJSON: {message}"),
            Self::EmptyLayer { layer } => write!(f, "{layer}: there is no feature in the file"),
            Self::CoordinateSystem { layer, crs } => write!(
                f,
                "{layer}: the file's coordinate system is {crs}; export it as WGS 84 (EPSG:4326)"
            ),
            Self::Geometry {
                layer,
                feature,
                found,
            } => write!(
                f,
                "{layer}, feature {feature}: a Polygon or MultiPolygon is needed, not {found}"
            ),
            Self::Property {
                layer,
                feature,
                property,
            } => {
                write!(
                    f,
                    "{layer}, feature {feature}: property {property:?} is missing or empty"
                )
            }
            Self::DuplicateId { layer, feature, id } => {
                write!(
                    f,
                    "{layer}, feature {feature}: the id {id:?} is taken by an earlier one"
                )
            }
            Self::EmptyArea { layer, feature } => {
                write!(
                    f,
                    "{layer}, feature {feature}: no ring of three different vertices"
                )
            }
            Self::OutOfRange {
                layer,
                feature,
                lon,
                lat,
                advice,
            } => write!(
                f,
                "{layer}, feature {feature}: [{lon}, {lat}] is not a longitude and latitude; {advice}"
            ),
            Self::Pack(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CompileError {}

/// What probably mends coordinates that are out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Every position of the layer would be in range with its two numbers exchanged.
    Swap,
    /// The numbers are far too large for degrees: metres of a projected system.
    Reproject,
    /// Neither: the position itself is wrong.
    Correct,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Swap => "latitude and longitude seem to be swapped: GeoJSON has longitude first",
            Self::Reproject => {
                "the file seems to be in a projected system: export it as WGS 84 (EPSG:4326)"
            }
            Self::Correct => "correct this position in the source",
        })
    }
}
