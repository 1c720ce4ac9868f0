//! GeoJSON, read as a municipality's offices export it.

use std::collections::BTreeSet;

use geojson::feature::Id;
use geojson::{
    Feature, FeatureCollection, GeoJson, GeometryValue, JsonObject, JsonValue, Position,
};

use super::antimeridian;
use super::finding::{Advice, CompileError, Finding, FindingKind};
use super::ring::{self, Mended};
use super::whereabouts;
use super::{AreaDraft, LayerDraft, LayerSource};
use crate::district::point::Vertex;

/// Reads and cleans a layer.
pub(super) fn read(
    source: &LayerSource<'_>,
    unit: i32,
    near: Option<[f64; 2]>,
    findings: &mut Vec<Finding>,
) -> Result<LayerDraft, CompileError> {
    let layer = || source.name.to_owned();
    let collection = parse(source)?;
    if let Some(crs) = foreign_crs(&collection) {
        return Err(CompileError::CoordinateSystem {
            layer: layer(),
            crs,
        });
    }
    if collection.features.is_empty() {
        return Err(CompileError::EmptyLayer { layer: layer() });
    }
    for (_, property) in source.name_properties {
        let has_name = |feature: &Feature| text(feature.properties.as_ref(), property).is_some();
        if !collection.features.iter().any(has_name) {
            return Err(CompileError::Property {
                layer: layer(),
                feature: 0,
                property: (*property).to_owned(),
            });
        }
    }
    let mut ids = BTreeSet::new();
    let mut left_out = None;
    let mut areas = Vec::with_capacity(collection.features.len());
    for (index, feature) in collection.features.iter().enumerate() {
        let area = match read_area(source, unit, &collection, index, feature, findings)? {
            Read::Area(area) => area,
            Read::LeftOut(error) => {
                left_out.get_or_insert(error);
                continue;
            }
        };
        if !ids.insert(area.id.clone()) {
            return Err(CompileError::DuplicateId {
                layer: layer(),
                feature: index,
                id: area.id,
            });
        }
        areas.push(area);
    }
    if areas.is_empty() {
        return Err(left_out.unwrap_or(CompileError::EmptyLayer { layer: layer() }));
    }
    if let Some(area) = whereabouts::exchanged(&areas) {
        return Err(CompileError::Exchanged {
            layer: layer(),
            feature: area.feature,
            id: area.id.clone(),
        });
    }
    if let Some((evidence, advice)) = whereabouts::doubt(&areas, &collection, near) {
        return Err(CompileError::Elsewhere {
            layer: layer(),
            evidence,
            advice,
        });
    }
    Ok(LayerDraft {
        name: layer(),
        role: source.role,
        is_partition: source.partition,
        languages: source
            .name_properties
            .iter()
            .map(|(code, _)| (*code).to_owned())
            .collect(),
        areas,
    })
}

fn parse(source: &LayerSource<'_>) -> Result<FeatureCollection, CompileError> {
    let not_geojson = |message: String| CompileError::NotGeoJson {
        layer: source.name.to_owned(),
        message,
    };
    // A byte order mark is what some exports begin with.
    let text = source.geojson.trim_start_matches('\u{feff}');
    match text.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(collection)) => Ok(collection),
        Ok(GeoJson::Feature(feature)) => Ok(FeatureCollection::from_iter([feature])),
        Ok(GeoJson::Geometry(_)) => Err(not_geojson(
            "a bare geometry has no id and no name; a Feature is needed".to_owned(),
        )),
        Err(error) => Err(not_geojson(error.to_string())),
    }
}

/// The coordinate system of a file from before RFC 7946, unless it is longitude and latitude.
fn foreign_crs(collection: &FeatureCollection) -> Option<String> {
    let crs = collection.foreign_members.as_ref()?.get("crs")?;
    let name = crs.get("properties")?.get("name")?.as_str()?;
    let is_degrees = ["CRS84", "4326"]
        .iter()
        .any(|degrees| name.ends_with(degrees));
    if is_degrees {
        None
    } else {
        Some(name.to_owned())
    }
}

/// What a feature gave.
enum Read {
    Area(AreaDraft),
    /// It is no area, which is reported; this is the refusal where no feature is one.
    LeftOut(CompileError),
}

fn read_area(
    source: &LayerSource<'_>,
    unit: i32,
    collection: &FeatureCollection,
    index: usize,
    feature: &Feature,
    findings: &mut Vec<Finding>,
) -> Result<Read, CompileError> {
    let layer = || source.name.to_owned();
    let missing = |property: &str| CompileError::Property {
        layer: layer(),
        feature: index,
        property: property.to_owned(),
    };
    let properties = feature.properties.as_ref();
    let id = text(properties, source.id_property)
        .or_else(|| {
            if source.id_property == "id" {
                feature_id(feature)
            } else {
                None
            }
        })
        .ok_or_else(|| missing(source.id_property))?;
    let mut find = |kind: FindingKind| {
        findings.push(Finding {
            layer: layer(),
            feature: index,
            id: id.clone(),
            kind,
        });
    };
    let mut names = Vec::with_capacity(source.name_properties.len());
    for (_, property) in source.name_properties {
        names.push(text(properties, property).unwrap_or_else(|| {
            find(FindingKind::Nameless {
                property: (*property).to_owned(),
            });
            String::new()
        }));
    }
    let parent = source
        .parent_property
        .and_then(|property| text(properties, property));

    let (shapes, others) = polygons_of(feature);
    for found in &others {
        find(FindingKind::NoArea {
            found: (*found).to_owned(),
        });
    }
    let mut mended = Mended::default();
    let mut polygons = Vec::new();
    for rings in shapes {
        let on_grid: Result<Vec<_>, _> = rings.iter().map(|ring| on_grid(ring, unit)).collect();
        let rings = on_grid.map_err(|[lon, lat]| CompileError::OutOfRange {
            layer: layer(),
            feature: index,
            lon,
            lat,
            advice: advice(collection, [lon, lat]),
        })?;
        let (pieces, cut) = antimeridian::cut(rings);
        mended.cut += cut;
        for rings in pieces {
            polygons.extend(ring::polygon(rings, &mut mended));
        }
    }
    mended.kinds().into_iter().for_each(&mut find);
    if polygons.is_empty() {
        if others.is_empty() {
            find(FindingKind::NoArea {
                found: "no ring of three different vertices".to_owned(),
            });
        }
        return Ok(Read::LeftOut(match others.first() {
            Some(found) => CompileError::Geometry {
                layer: layer(),
                feature: index,
                found: (*found).to_owned(),
            },
            None => CompileError::EmptyArea {
                layer: layer(),
                feature: index,
            },
        }));
    }
    Ok(Read::Area(AreaDraft {
        feature: index,
        id,
        parent,
        names,
        polygons,
    }))
}

/// A text, or a whole number as text: ids are often numbers.
fn text(properties: Option<&JsonObject>, property: &str) -> Option<String> {
    match properties?.get(property)? {
        JsonValue::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        JsonValue::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

fn feature_id(feature: &Feature) -> Option<String> {
    match feature.id.as_ref()? {
        Id::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Id::Number(number) => Some(number.to_string()),
    }
}

/// The feature's polygons, and the types of what it has instead or beside them.
fn polygons_of(feature: &Feature) -> (Vec<&Vec<Vec<Position>>>, Vec<&'static str>) {
    let (mut polygons, mut others) = (Vec::new(), Vec::new());
    match &feature.geometry {
        None => others.push("null"),
        Some(geometry) => sort_geometry(&geometry.value, &mut polygons, &mut others),
    }
    (polygons, others)
}

fn sort_geometry<'f>(
    geometry: &'f GeometryValue,
    polygons: &mut Vec<&'f Vec<Vec<Position>>>,
    others: &mut Vec<&'static str>,
) {
    match geometry {
        GeometryValue::Polygon { coordinates } => polygons.push(coordinates),
        GeometryValue::MultiPolygon { coordinates } => polygons.extend(coordinates),
        GeometryValue::GeometryCollection { geometries } => {
            // The parser has a limit of depth.
            for geometry in geometries {
                sort_geometry(&geometry.value, polygons, others);
            }
        }
        other => others.push(other.type_name()),
    }
}

/// The ring on the grid, or the first position that is off it.
fn on_grid(positions: &[Position], unit: i32) -> Result<Vec<Vertex>, [f64; 2]> {
    let vertex = |position| {
        let [lon, lat] = numbers(position);
        Vertex::on_grid(lon, lat, unit).map_err(|_| [lon, lat])
    };
    positions.iter().map(vertex).collect()
}

/// The first two numbers of a position; what is missing is not a number.
fn numbers(position: &Position) -> [f64; 2] {
    let mut numbers = position.as_slice().iter().copied().chain([f64::NAN; 2]);
    [(); 2].map(|()| numbers.next().unwrap_or(f64::NAN))
}

fn advice(collection: &FeatureCollection, wrong: [f64; 2]) -> Advice {
    let positions = collection
        .features
        .iter()
        .flat_map(|feature| polygons_of(feature).0)
        .flatten()
        .flatten()
        .map(numbers);
    let all: Vec<[f64; 2]> = positions.collect();
    let is_off = |[lon, lat]: &&[f64; 2]| lon.abs() > 180.0 || lat.abs() > 90.0;
    let off = all.iter().filter(is_off).count();
    if all
        .iter()
        .all(|[first, second]| first.abs() <= 90.0 && second.abs() <= 180.0)
    {
        Advice::Swap
    } else if wrong.iter().any(|number| number.abs() > 1_000.0) {
        Advice::Reproject
    } else if (180.0..=360.0).contains(&wrong[0].abs()) && wrong[1].abs() <= 90.0 {
        Advice::Wrap
    } else if off * 10 > all.len() && all.len() > 10 {
        Advice::Reproject
    } else {
        Advice::Correct
    }
}
