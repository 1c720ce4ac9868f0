//! Districts natively: lookups, opening, packing and growth, beside `geo` with `rstar`.
//!
//! `cargo xtask bench district` runs this and makes the table of it. Arguments: the folder with
//! Riyadh's files, and a folder for packs. Standard output: one JSON object of figures.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a program that measures, and says so by failing where it cannot"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use balagh_shared::district::compile::{Compiled, LayerSource, Options, compile_with};
use balagh_shared::district::{Pack, Role};
use geo::{Contains, LineString, MultiPolygon, Point, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde_json::{Value, json};

/// Each figure is the best of so many runs: what disturbs a run only makes it slower.
const RUNS: usize = 7;
const POINTS: usize = 400_000;
/// The phone's bound, in metres.
const PHONE_M: f64 = 5.0;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|it| it != "--bench")
        .collect();
    let [data, packs] = arguments.as_slice() else {
        println!("arguments: DATA PACKS");
        return;
    };
    let data = Path::new(data);
    let text = fs::read_to_string(data.join("riyadh-districts-a.geojson")).unwrap();
    let real = fs::read_to_string(data.join("riyadh-points-a.json")).unwrap();
    let real: Vec<(f64, f64, Vec<String>)> = serde_json::from_str(&real).unwrap();

    let (pack_time, full) = best(|| compiled(&text, 0.0));
    let phone = compiled(&text, PHONE_M);
    fs::write(Path::new(packs).join("riyadh.pack"), &full.pack).unwrap();
    fs::write(Path::new(packs).join("riyadh-phone.pack"), &phone.pack).unwrap();
    let (open, pack) = best(|| Pack::open(&full.pack).unwrap());
    let (open_phone, _) = best(|| Pack::open(&phone.pack).unwrap());

    let boxes = || pack.districts().map(|area| area.bbox());
    let anywhere = random_points(boxes(), 3 * POINTS);
    let in_city = |(lon, lat): &(f64, f64)| pack.district_at(*lon, *lat).unwrap().is_some();
    let city: Vec<_> = anywhere
        .iter()
        .copied()
        .filter(in_city)
        .take(POINTS)
        .collect();
    let anywhere = &anywhere[..POINTS];
    let real: Vec<_> = real.iter().map(|(lon, lat, _)| (*lon, *lat)).collect();
    let (open_peer, peer) = best(|| Peer::of(&text));
    let mut of_points = serde_json::Map::new();
    for (name, points) in [
        ("city", city.as_slice()),
        ("anywhere", anywhere),
        ("real", &real),
    ] {
        let few = &points[..points.len().min(40_000)];
        let ours = rate(points, |lon, lat| {
            pack.district_at(lon, lat).unwrap().is_some()
        });
        let peers = rate(few, |lon, lat| peer.find(lon, lat).is_some());
        let located = rate(few, |lon, lat| pack.locate(lon, lat, None).is_ok());
        let agrees = |(lon, lat): &&(f64, f64)| {
            let found = pack.district_at(*lon, *lat).unwrap();
            found.map(|area| area.position()) == peer.find(*lon, *lat)
        };
        let agreeing = few.iter().filter(agrees).count() as f64 / few.len() as f64;
        of_points.insert(
            name.to_owned(),
            json!({"ours": ours, "peer": peers, "locate": located, "agreeing": agreeing}),
        );
    }
    // The same points for the peers in JavaScript.
    let shared: Vec<_> = city.iter().take(20_000).chain(&real).collect();
    fs::write(
        Path::new(packs).join("points.json"),
        json!(shared).to_string(),
    )
    .unwrap();

    let grown: Vec<Value> = [1, 10, 100]
        .into_iter()
        .map(|times| {
            let text = copies(&text, times);
            let started = Instant::now();
            let compiled = compiled(&text, 0.0);
            let seconds = started.elapsed().as_secs_f64();
            let pack = Pack::open(&compiled.pack).unwrap();
            let boxes = pack.districts().map(|area| area.bbox());
            let points = random_points(boxes, 2_000_000);
            let rate = rate(&points, |lon, lat| {
                pack.district_at(lon, lat).unwrap().is_some()
            });
            json!({
                "districts": pack.districts().count(), "lookups": rate, "index": pack.index_bytes(),
                "pack_seconds": seconds,
            })
        })
        .collect();
    let figures = json!({
        "points": of_points,
        "pack_ms": ms(pack_time), "open_ms": ms(open), "open_phone_ms": ms(open_phone),
        "peer_open_ms": ms(open_peer), "index_bytes": pack.index_bytes(), "grown": grown,
    });
    println!("{figures}");
}

fn compiled(geojson: &str, simplify_m: f64) -> Compiled {
    let mut options = Options::default();
    options.simplify_m = simplify_m;
    let source = LayerSource {
        name: "districts",
        role: Role::Districts,
        partition: true,
        geojson,
        id_property: "district_id",
        name_properties: &[("ar", "name_ar"), ("en", "name_en")],
        parent_property: None,
    };
    compile_with(&[source], &options).unwrap()
}

fn best<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let mut timed = || {
        let started = Instant::now();
        let done = work();
        (started.elapsed(), done)
    };
    let first = timed();
    (1..RUNS)
        .map(|_| timed())
        .fold(first, |best, run| if run.0 < best.0 { run } else { best })
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Lookups a second.
fn rate(points: &[(f64, f64)], mut find: impl FnMut(f64, f64) -> bool) -> f64 {
    let (time, _) = best(|| {
        let found = points.iter().filter(|(lon, lat)| find(*lon, *lat));
        black_box(found.count())
    });
    points.len() as f64 / time.as_secs_f64()
}

fn random_points(boxes: impl Iterator<Item = [f64; 4]>, count: usize) -> Vec<(f64, f64)> {
    let [west, south, east, north] = boxes
        .reduce(|a, b| {
            [
                a[0].min(b[0]),
                a[1].min(b[1]),
                a[2].max(b[2]),
                a[3].max(b[3]),
            ]
        })
        .unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count)
        .map(|_| {
            (
                west + random() * (east - west),
                south + random() * (north - south),
            )
        })
        .collect()
}

/// The city so many times, in rows of ten side by side.
fn copies(text: &str, times: usize) -> String {
    let source: Value = serde_json::from_str(text).unwrap();
    let mut copies = String::from(r#"{"type":"FeatureCollection","features":["#);
    for copy in 0..times {
        let (right, up) = ((copy % 10) as f64 * 1.01, (copy / 10) as f64 * 0.86 - 4.0);
        for feature in source["features"].as_array().unwrap() {
            let mut feature = feature.clone();
            let id = feature["properties"]["district_id"].as_str().unwrap();
            feature["properties"]["district_id"] = json!(format!("{copy}-{id}"));
            shift(&mut feature["geometry"]["coordinates"], right, up);
            if !copies.ends_with('[') {
                copies.push(',');
            }
            write!(copies, "{feature}").unwrap();
        }
    }
    copies + "]}"
}

fn shift(coordinates: &mut Value, right: f64, up: f64) {
    let list = coordinates.as_array_mut().unwrap();
    if let Some((lon, lat)) = list
        .first()
        .and_then(Value::as_f64)
        .zip(list.get(1).and_then(Value::as_f64))
    {
        *coordinates = json!([lon + right, lat + up]);
    } else {
        list.iter_mut().for_each(|inner| shift(inner, right, up));
    }
}

/// `geo`'s polygons in `rstar`'s tree of their boxes.
struct Peer {
    shapes: Vec<MultiPolygon>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
}

impl Peer {
    fn of(text: &str) -> Self {
        let source: Value = serde_json::from_str(text).unwrap();
        let line = |ring: &Value| -> LineString {
            let ring: Vec<[f64; 2]> = serde_json::from_value(ring.clone()).unwrap();
            ring.into_iter().map(|[x, y]| (x, y)).collect()
        };
        let polygon = |rings: &Value| {
            let mut rings = rings.as_array().unwrap().iter().map(line);
            Polygon::new(rings.next().unwrap(), rings.collect())
        };
        let features = source["features"].as_array().unwrap();
        let shapes: Vec<MultiPolygon> = features
            .iter()
            .map(|feature| {
                let geometry = &feature["geometry"];
                let coordinates = &geometry["coordinates"];
                match geometry["type"].as_str().unwrap() {
                    "Polygon" => MultiPolygon::new(vec![polygon(coordinates)]),
                    _ => coordinates
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(polygon)
                        .collect(),
                }
            })
            .collect();
        let boxed = |(index, shape): (usize, &MultiPolygon)| {
            let corners: Vec<[f64; 2]> = shape
                .iter()
                .flat_map(|it| it.exterior().coords())
                .map(|at| [at.x, at.y])
                .collect();
            let bounds = AABB::from_points(&corners);
            GeomWithData::new(Rectangle::from_aabb(bounds), index)
        };
        let tree = RTree::bulk_load(shapes.iter().enumerate().map(boxed).collect());
        Self { shapes, tree }
    }

    fn find(&self, lon: f64, lat: f64) -> Option<usize> {
        let mut near = self.tree.locate_all_at_point(&[lon, lat]);
        near.find(|it| self.shapes[it.data].contains(&Point::new(lon, lat)))
            .map(|it| it.data)
    }
}
