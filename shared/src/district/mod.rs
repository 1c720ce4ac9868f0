//! Which sub-municipality a point lies in.
//!
//! A municipality's GeoJSON is compiled once (`compile`, a feature) into a boundary
//! [`Pack`]; the widget, the edge and the origin open the same pack and give the same answer to
//! the bit, because containment is decided by integers alone and distances use IEEE operations and
//! `libm` only.
//!
//! # One district, exactly
//! Every coordinate, of a border and of a question alike, is rounded to a grid of 1e-7 degrees
//! (11 mm at most). A point that falls on a border after rounding is judged as if it stood an
//! infinitely small step **east**, and a far smaller one **north**: a border belongs to the area on
//! its eastern side, an exactly east-west border to the area on its northern side, and a corner to
//! the area just north-east of it. The nudged point lies on no border, so in a layer that
//! partitions the plane it lies in exactly one area, corners and shared edges included. The
//! products this needs are computed in 128 bits; nothing is rounded after the grid.
//!
//! Two points of the world have no east or north on the map: longitude 180 is taken as −180, and
//! the north pole as the last grid line before it. Areas that cross the antimeridian are cut there,
//! as RFC 7946 asks; distances are not measured across it.
//!
//! # Honest near borders
//! [`Pack::locate`] answers [`Located::Near`] when another district is within the accuracy of the
//! position, and never guesses: a person chooses among the candidates.
//!
//! ```
//! # #[cfg(feature = "compile")] {
//! use balagh_shared::district::{Located, Pack, Role, compile::{LayerSource, compile}};
//!
//! let geojson = r#"{"type": "FeatureCollection", "features": [
//!     {"type": "Feature", "properties": {"id": "khobar", "ar": "الخبر"}, "geometry":
//!         {"type": "Polygon", "coordinates": [[[50.1, 26.2], [50.3, 26.2], [50.2, 26.4], [50.1, 26.2]]]}}]}"#;
//! let compiled = compile(&[LayerSource {
//!     name: "districts",
//!     role: Role::Districts,
//!     partition: true,
//!     geojson,
//!     id_property: "id",
//!     name_properties: &[("ar", "ar")],
//!     parent_property: None,
//! }]).unwrap();
//!
//! let pack = Pack::open(&compiled.pack).unwrap();
//! let located = pack.locate(50.2, 26.3, Some(25.0)).unwrap();
//! let Located::Inside { district, border_m } = located else { panic!("{located:?}") };
//! assert_eq!(district.name("ar"), Some("الخبر"));
//! assert!(border_m > 4_000.0 && border_m < 5_000.0);
//! # }
//! ```

mod area;
mod codec;
mod crossing;
mod decode;
mod index;
mod locate;
mod metres;
mod pack;
mod point;
mod shapes;

#[cfg(feature = "compile")]
pub mod compile;

#[cfg(test)]
mod tests;

pub use area::{Area, Border, Layer, Role};
pub use decode::PackError;
pub use locate::{
    Candidate, DEFAULT_RADIUS_M, Located, MAX_CANDIDATES, MAX_RADIUS_M, PHONE_BOUND_M,
};
pub use metres::metres_between;
pub use pack::Pack;
pub use point::PointError;
