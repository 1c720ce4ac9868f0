//! `balagh unpack`: what a boundary pack holds, as GeoJSON.

use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::district::{Area, Layer};
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::pack::write_whole;

/// Every area with its `id`, `parent`, `layer` and its names as `name_…`.
pub(crate) fn run(pack: &Path, output: &Path) -> Result<(), Failure> {
    let pack = municipalities::open_pack(pack)?;
    let features: Vec<Value> = pack
        .layers()
        .flat_map(|layer| layer.areas().map(move |area| feature(&layer, &area)))
        .collect();
    let geojson = json!({ "type": "FeatureCollection", "features": features });
    write_whole(output, format!("{geojson}\n").as_bytes())
}

fn feature(layer: &Layer<'_>, area: &Area<'_>) -> Value {
    let mut properties = Map::new();
    properties.insert("id".to_owned(), area.id().into());
    properties.insert("layer".to_owned(), layer.name().into());
    if let Some(parent) = area.parent() {
        properties.insert("parent".to_owned(), parent.into());
    }
    for (language, name) in area.names() {
        properties.insert(format!("name_{language}"), name.into());
    }
    json!({
        "type": "Feature",
        "properties": properties,
        "geometry": { "type": "MultiPolygon", "coordinates": area.polygons() },
    })
}
