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
    /// At so many vertices the line went back the way it came; left out.
    Spike {
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
    /// So many rings cross the antimeridian or go around a pole; cut there.
    Antimeridian {
        /// Number of rings.
        rings: usize,
    },
    /// It has no name in a language; the property is missing or empty.
    Nameless {
        /// The property.
        property: String,
    },
    /// It has no area, or something that is none beside it; left out.
    NoArea {
        /// GeoJSON type of what it has, `null`, or what its rings lack.
        found: String,
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

impl FindingKind {
    /// A word for it that stays the same, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unclosed { .. } => "unclosed",
            Self::DuplicateVertices { .. } => "duplicate-vertices",
            Self::Spike { .. } => "spike",
            Self::Winding { .. } => "winding",
            Self::Regrouped { .. } => "regrouped",
            Self::Collapsed { .. } => "collapsed",
            Self::Antimeridian { .. } => "antimeridian",
            Self::Nameless { .. } => "nameless",
            Self::NoArea { .. } => "no-area",
            Self::SelfIntersection { .. } => "self-intersection",
            Self::HoleOutside => "hole-outside",
            Self::PartsOverlap => "parts-overlap",
            Self::Joined => "joined",
            Self::Overlap { .. } => "overlap",
            Self::Gap { .. } => "gap",
        }
    }

    /// Longitude and latitude where it can be seen, for what has one place.
    #[must_use]
    pub fn at(&self) -> Option<[f64; 2]> {
        match self {
            Self::SelfIntersection { at, .. } => Some(*at),
            Self::Overlap { extent, .. } | Self::Gap { extent } => Some(extent.at),
            _ => None,
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed { rings } => write!(f, "{rings} ring(s) not closed; closed"),
            Self::DuplicateVertices { vertices } => {
                write!(f, "{vertices} vertices on top of the one before; dropped")
            }
            Self::Spike { vertices } => {
                write!(f, "{vertices} vertices at the end of a spike; left out")
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
            Self::Antimeridian { rings } => {
                write!(
                    f,
                    "{rings} ring(s) across the antimeridian or around a pole; cut there"
                )
            }
            Self::Nameless { property } => {
                write!(f, "property {property:?} is missing or empty")
            }
            Self::NoArea { found } => write!(f, "no area: {found}; left out"),
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

impl CompileError {
    /// Name of the layer it is about.
    #[must_use]
    pub fn layer(&self) -> Option<&str> {
        match self {
            Self::DuplicateLayer { layer }
            | Self::NotGeoJson { layer, .. }
            | Self::EmptyLayer { layer }
            | Self::CoordinateSystem { layer, .. }
            | Self::Geometry { layer, .. }
            | Self::Property { layer, .. }
            | Self::DuplicateId { layer, .. }
            | Self::EmptyArea { layer, .. }
            | Self::OutOfRange { layer, .. }
            | Self::Elsewhere { layer, .. }
            | Self::Exchanged { layer, .. }
            | Self::Tangle { layer, .. } => Some(layer),
            Self::Pack(_) => None,
        }
    }

    /// Index of the feature it is about, from 0.
    #[must_use]
    pub fn feature(&self) -> Option<usize> {
        match self {
            Self::Geometry { feature, .. }
            | Self::Property { feature, .. }
            | Self::DuplicateId { feature, .. }
            | Self::EmptyArea { feature, .. }
            | Self::OutOfRange { feature, .. }
            | Self::Exchanged { feature, .. }
            | Self::Tangle { feature, .. } => Some(*feature),
            _ => None,
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
    /// The layer is not where it can be meant to be, although every number is in range.
    Elsewhere {
        /// Name of the layer.
        layer: String,
        /// What shows it.
        evidence: Evidence,
        /// What is probably the matter.
        advice: Advice,
    },
    /// One area's latitudes and longitudes are exchanged: only then it lies among the others.
    Exchanged {
        /// Name of the layer.
        layer: String,
        /// Index of the feature, from 0.
        feature: usize,
        /// Id of the area.
        id: String,
    },
    /// Borders cross so often that they are none: a scribble, or vertices out of order.
    Tangle {
        /// Name of the layer.
        layer: String,
        /// Index of the feature that crosses most, from 0.
        feature: usize,
        /// Id of the area.
        id: String,
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
            Self::Elsewhere {
                layer,
                evidence,
                advice,
            } => write!(
                f,
                "{layer}: {evidence}; {advice}. Where it is right, name a place in it (--near LON,LAT)"
            ),
            Self::Exchanged { layer, feature, id } => write!(
                f,
                "{layer}, feature {feature} ({id}): it lies far from all others, and among them with its coordinates exchanged; {}",
                Advice::Swap
            ),
            Self::Tangle { layer, feature, id } => write!(
                f,
                "{layer}, feature {feature} ({id}): borders cross far more often than they have edges; its vertices are probably out of order"
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
    /// Longitudes count on beyond 180 degrees.
    Wrap,
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
            Self::Wrap => "longitudes run from -180 to 180: subtract 360 from those above",
            Self::Correct => "correct this position in the source",
        })
    }
}

/// What shows that a layer is not meant as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Evidence {
    /// It lies far from the place it has to be near to.
    Far {
        /// Degrees from that place to its bounds.
        degrees: f64,
    },
    /// Its names are in a script that is not written where it lies, but where it would lie
    /// otherwise.
    Script {
        /// The script.
        script: &'static str,
    },
    /// Its corners are right angles when its coordinates are read otherwise.
    RightAngles {
        /// Right angles as the coordinates stand.
        as_is: usize,
        /// And read otherwise.
        otherwise: usize,
    },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Far { degrees } => {
                write!(f, "it lies {degrees:.1} degrees from where it should be")
            }
            Self::Script { script } => write!(
                f,
                "its names are in {script} script, which is not written where it lies"
            ),
            Self::RightAngles { as_is, otherwise } => write!(
                f,
                "{otherwise} of its corners would be right angles if its coordinates meant something else, {as_is} are as they stand"
            ),
        }
    }
}
