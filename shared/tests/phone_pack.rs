//! The packs that phones are served, beside those that the edge decides with, of both demo
//! municipalities: where a phone is sure it is right, and what it offers is accepted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use balagh_shared::district::compile::Options;
use balagh_shared::district::{Located, PHONE_BOUND_M, Pack};
use balagh_shared::municipality::{
    Municipality, PackReference, PublicMunicipality, compile_boundaries_with,
};
use balagh_shared::report::{Point, Report};
use balagh_shared::rules;

struct Demo {
    public: PublicMunicipality,
    full: Pack,
    phone: Pack,
}

fn demos() -> [Demo; 2] {
    ["eastern-province", "holy-capital"].map(|id| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/municipalities");
        let read = |path: &str| std::fs::read_to_string(format!("{folder}/{id}/{path}"));
        let document: Municipality =
            serde_json::from_str(&read("municipality.json").unwrap()).unwrap();
        let open = |metres| {
            let mut options = Options::default();
            options.simplify_m = metres;
            let compiled = compile_boundaries_with(&document, options, read).unwrap();
            Pack::open(&compiled.pack).unwrap()
        };
        let (full, phone) = (open(0.0), open(PHONE_BOUND_M));
        let pack = PackReference {
            sha256: full.checksum_hex(),
            phone: Some(phone.checksum_hex()),
        };
        Demo {
            public: PublicMunicipality {
                pack,
                ..PublicMunicipality::of(&document, &full)
            },
            full,
            phone,
        }
    })
}

/// Points around the vertices of the full pack's borders, within 40 metres of them, and as many
/// anywhere near.
fn points(demo: &Demo) -> Vec<(f64, f64, Option<f64>)> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut share = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let lines: Vec<(f64, f64)> = demo.full.arcs().flat_map(|arc| arc.line()).collect();
    let mut points = Vec::new();
    for (lon, lat) in lines {
        let accuracies = [None, Some(5.0), Some(30.0)];
        for (accuracy, spread) in accuracies.into_iter().zip([4e-4, 1e-4, 2e-1]) {
            let (east, north) = (share() - 0.5, share() - 0.5);
            points.push((lon + east * spread, lat + north * spread, accuracy));
        }
    }
    points
}

#[test]
fn where_the_phones_pack_is_sure_the_full_one_says_the_same() {
    for demo in demos() {
        assert!(demo.phone.arcs().map(|arc| arc.line().len()).sum::<usize>() > 100);
        let (mut sure, mut asked) = (0, 0);
        for (lon, lat, accuracy) in points(&demo) {
            let truly = demo.full.locate(lon, lat, accuracy).unwrap();
            match demo.phone.locate(lon, lat, accuracy).unwrap() {
                Located::Inside { district, .. } => {
                    let Located::Inside {
                        district: truly, ..
                    } = truly
                    else {
                        panic!("({lon}, {lat}): {district:?}, but {truly:?}")
                    };
                    assert_eq!(district.id(), truly.id(), "({lon}, {lat})");
                    sure += 1;
                }
                Located::Outside { .. } => {
                    assert!(matches!(truly, Located::Outside { .. }), "({lon}, {lat})");
                }
                Located::Near { .. } => asked += 1,
            }
        }
        assert!(sure > 500 && asked > 500, "{sure} sure, {asked} asked");
    }
}

#[test]
fn whatever_the_phone_offers_near_a_border_is_honoured_and_nothing_marked() {
    let mut beyond = 0;
    for demo in demos() {
        let used = demo.phone.checksum_hex();
        for (lon, lat, accuracy_m) in points(&demo) {
            let Located::Near { candidates, .. } = demo.phone.locate(lon, lat, accuracy_m).unwrap()
            else {
                continue;
            };
            let truly = demo.full.locate(lon, lat, accuracy_m).unwrap();
            for candidate in candidates {
                let id = candidate.district.id();
                let mut report = pothole();
                let place = report.place.as_mut().unwrap();
                place.at = Some(Point {
                    lon,
                    lat,
                    accuracy_m,
                });
                place.district = Some(id.to_owned());
                report.pack = Some(used.clone());
                let accepted = rules::judge(&demo.public, &demo.full, &report);
                let accepted = accepted.unwrap_or_else(|why| panic!("({lon}, {lat}): {why:?}"));
                assert_eq!(accepted.district.as_deref(), Some(id), "({lon}, {lat})");
                assert_eq!(accepted.marks, [], "({lon}, {lat})");
                beyond += usize::from(!truly.admits(id));
            }
        }
    }
    assert!(
        beyond > 0,
        "some of it the full pack alone would not have offered"
    );
}

fn pothole() -> Report {
    serde_json::from_str(
        r#"{
            "category": "roads.pothole",
            "description": "حفرة كبيرة في الشارع أمام بوابة المدرسة",
            "lang": "ar",
            "place": {"at": {"lon": 0, "lat": 0}, "source": "map"},
            "declared": true,
            "channel": "widget"
        }"#,
    )
    .unwrap()
}
