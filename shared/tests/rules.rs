//! The rules, on the demo municipality's real document and boundaries.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on has failed"
)]

use std::sync::LazyLock;

use balagh_shared::district::Pack;
use balagh_shared::municipality::{Municipality, PublicMunicipality, compile_boundaries};
use balagh_shared::reason::Reason;
use balagh_shared::report::{Answer, Place, PlaceSource, Point, Report};
use balagh_shared::routing::route;
use balagh_shared::rules::{self, Accepted, Given};
use balagh_shared::time::Timestamp;

struct Demo {
    document: Municipality,
    public: PublicMunicipality,
    pack: Pack,
}

/// Compiled once: the boundaries have thousands of vertices.
fn demo() -> &'static Demo {
    static DEMO: LazyLock<Demo> = LazyLock::new(load);
    &DEMO
}

fn load() -> Demo {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../www/municipalities/eastern-province"
    );
    let read = |path: &str| std::fs::read_to_string(format!("{folder}/{path}"));
    let document: Municipality = serde_json::from_str(&read("municipality.json").unwrap()).unwrap();
    let compiled = compile_boundaries(&document, read).unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();
    let public = PublicMunicipality::of(&document, &pack);
    Demo {
        document,
        public,
        pack,
    }
}

/// A pothole in West Dammam, with nothing to mend.
fn pothole() -> Report {
    serde_json::from_str(
        r#"{
            "category": "roads.pothole",
            "description": "حفرة كبيرة في الشارع أمام بوابة المدرسة",
            "lang": "ar",
            "place": {"at": {"lon": 50.03, "lat": 26.40, "accuracy_m": 12}, "source": "map"},
            "declared": true,
            "channel": "widget"
        }"#,
    )
    .unwrap()
}

/// The one place that calls the rules and compares.
#[track_caller]
fn check(change: impl FnOnce(&mut Report), expected: &[(Reason, &str)]) {
    let demo = demo();
    let mut report = pothole();
    change(&mut report);
    let found = rules::judge(&demo.public, &demo.pack, &report)
        .err()
        .unwrap_or_default();
    let found: Vec<(Reason, &str)> = found.iter().map(|v| (v.code, v.field.as_str())).collect();
    assert_eq!(found, expected);
}

fn accepted<'a>(demo: &'a Demo, report: &Report) -> Accepted<'a> {
    rules::judge(&demo.public, &demo.pack, report).unwrap()
}

fn at(lon: f64, lat: f64) -> Option<Place> {
    Some(Place {
        at: Some(Point {
            lon,
            lat,
            accuracy_m: None,
        }),
        source: PlaceSource::Map,
        district: None,
        candidates: vec![],
        landmark: None,
        asset: None,
    })
}

#[test]
fn a_sound_report_is_accepted_and_its_district_found() {
    check(|_| {}, &[]);
    let demo = demo();
    assert_eq!(
        accepted(demo, &pothole()).district.as_deref(),
        Some("west-dammam")
    );
}

#[test]
fn everything_to_mend_is_told_at_once_in_the_order_of_the_form() {
    check(
        |report| {
            report.category = "roads.potholes".into();
            report.place = None;
            report.description = " ".into();
            report.declared = false;
        },
        &[
            (Reason::CategoryUnknown, "/category"),
            (Reason::PlaceMissing, "/place"),
            (Reason::TextMissing, "/description"),
            (Reason::DeclarationMissing, "/declared"),
        ],
    );
}

#[test]
fn a_point_outside_is_taken_for_the_agency_that_looks_after_it_where_the_reporter_says_so() {
    let demo = demo();
    let mut report = pothole();
    report.place = at(49.58, 25.38);
    let confirm = |report: &mut Report, area: &str| {
        report.place.as_mut().unwrap().district = Some(area.to_owned());
    };
    confirm(&mut report, "al-ahsa");
    let taken = accepted(demo, &report);
    let category = demo.document.category("roads.pothole").unwrap();
    let received = Timestamp::parse("2026-11-21T09:41:00+03:00").unwrap();
    let route = route(
        &demo.document,
        category,
        taken.district.as_deref(),
        &[],
        received,
    );
    assert_eq!(route.agency.as_deref(), Some("al-ahsa"));
    assert_eq!(
        (route.district, route.department),
        (None, demo.document.triage.clone())
    );
    // Whose it is not.
    for wrong in ["hafar-al-batin", "west-dammam", "nowhere"] {
        confirm(&mut report, wrong);
        assert!(
            rules::judge(&demo.public, &demo.pack, &report).is_err(),
            "{wrong}"
        );
    }
    report.place = at(50.03, 26.40);
    confirm(&mut report, "al-ahsa");
    let taken = accepted(demo, &report);
    assert_eq!(taken.district.as_deref(), Some("west-dammam"));
    assert_eq!(taken.marks, [Reason::DistrictDiffers]);
}

#[test]
fn a_point_outside_every_district_is_refused_and_the_neighbour_named() {
    check(
        |report| report.place = at(46.7, 24.7),
        &[(Reason::PlaceOutside, "/place/at")],
    );
    let demo = demo();
    let mut report = pothole();
    report.place = at(49.58, 25.38);
    let found = rules::judge(&demo.public, &demo.pack, &report).unwrap_err();
    assert_eq!(
        found[0].params.get("neighbour").map(String::as_str),
        Some("al-ahsa")
    );
}

#[test]
fn coordinates_that_are_no_place_on_earth_are_refused() {
    check(
        |report| report.place = at(500.0, 26.0),
        &[(Reason::PlaceInvalid, "/place/at")],
    );
}

#[test]
fn a_district_the_boundaries_contradict_is_marked_and_never_refused() {
    let demo = demo();
    let mut report = pothole();
    if let Some(place) = &mut report.place {
        place.district = Some("khafji".into());
    }
    let accepted = accepted(demo, &report);
    assert_eq!(accepted.district.as_deref(), Some("west-dammam"));
    assert_eq!(accepted.marks, [Reason::DistrictDiffers]);
}

#[test]
fn a_place_without_the_map_is_a_district_and_words() {
    let demo = demo();
    let mut report = pothole();
    report.place = Some(Place {
        at: None,
        source: PlaceSource::List,
        district: Some("qatif".into()),
        candidates: vec![],
        landmark: Some("خلف سوق السمك".into()),
        asset: None,
    });
    assert_eq!(accepted(demo, &report).district.as_deref(), Some("qatif"));
    check(
        |report| {
            report.place = Some(Place {
                at: None,
                source: PlaceSource::List,
                district: Some("atlantis".into()),
                candidates: vec![],
                landmark: None,
                asset: None,
            });
        },
        &[(Reason::PlaceDistrictUnknown, "/place/district")],
    );
}

#[test]
fn who_does_not_know_the_district_is_sent_to_triage_undecided() {
    let demo = demo();
    let (lon, lat, pair) = on_a_border(demo);
    let mut report = pothole();
    report.place = at(lon, lat);
    let found = rules::judge(&demo.public, &demo.pack, &report).unwrap_err();
    assert_eq!(found[0].code, Reason::PlaceAmbiguous);

    if let Some(place) = &mut report.place {
        place.candidates.clone_from(&pair);
    }
    let accepted = accepted(demo, &report);
    assert_eq!(
        (accepted.district.as_deref(), &accepted.candidates),
        (None, &pair)
    );
    let category = demo.document.category("roads.pothole").unwrap();
    let received = Timestamp::parse("2026-11-21T09:41:00+03:00").unwrap();
    let route = route(
        &demo.document,
        category,
        None,
        &accepted.candidates,
        received,
    );
    assert_eq!(route.department, demo.document.triage);
}

/// A point a few metres from the border between two districts.
fn on_a_border(demo: &Demo) -> (f64, f64, Vec<String>) {
    for arc in demo.pack.arcs() {
        for (lon, lat) in arc.line() {
            let located = demo.pack.locate(lon, lat, None).unwrap();
            if let balagh_shared::district::Located::Near { candidates, .. } = located
                && candidates.len() == 2
            {
                let ids = candidates
                    .iter()
                    .map(|it| it.district.id().to_owned())
                    .collect();
                return (lon, lat, ids);
            }
        }
    }
    panic!("the demo has a border between two districts");
}

#[test]
fn an_answer_that_is_needed_missing_or_not_offered_is_told() {
    check(
        |report| report.category = "food.hygiene".into(),
        &[(Reason::AnswerMissing, "/answers/establishment")],
    );
    check(
        |report| {
            report.answers = serde_json::from_str(
                r#"[{"question": "width", "values": ["a hand"]}, {"question": "depth", "values": []}]"#,
            )
            .unwrap();
        },
        &[
            (Reason::AnswerUnknown, "/answers/0"),
            (Reason::AnswerUnknown, "/answers/1"),
        ],
    );
}

#[test]
fn photos_are_named_by_their_hash_once_and_are_at_most_five() {
    let hash = |n: u8| format!("{n:02x}").repeat(32);
    check(
        |report| report.photos = vec![hash(1), "x".into(), hash(1)],
        &[
            (Reason::PhotoHash, "/photos/1"),
            (Reason::PhotoHash, "/photos/2"),
        ],
    );
    check(
        |report| report.photos = (0..6).map(hash).collect(),
        &[(Reason::PhotoCount, "/photos")],
    );
}

#[test]
fn a_phone_number_is_read_in_any_digits_and_an_incomplete_one_is_told() {
    let contact = |phone: &str| serde_json::from_value(serde_json::json!({ "phone": phone }));
    let demo = demo();
    let mut report = pothole();
    for typed in [
        "٠٥٥ ١٢٣ ٤٥٦٧",
        "0551234567",
        "+966 55 123 4567",
        "00966551234567",
        "۰۵۵۱۲۳۴۵۶۷",
    ] {
        report.contact = contact(typed).unwrap();
        let number = accepted(demo, &report).reporter.phone.unwrap();
        assert_eq!(number.as_str(), "+966551234567", "{typed}");
        assert!(
            !format!("{report:?} {number:?}").contains("4567"),
            "a number in a log"
        );
    }
    check(
        |report| report.contact = contact("05 512 345").unwrap(),
        &[(Reason::ContactPhone, "/contact/phone")],
    );
}

#[test]
fn what_is_accepted_is_read_once_and_typed() {
    let demo = demo();
    let report: Report = serde_json::from_value(serde_json::json!({
        "category": "food.poisoning",
        "description": "  تسمّم بعد العشاء ",
        "lang": "ar",
        "place": {
            "at": {"lon": 50.03, "lat": 26.40, "accuracy_m": -1.0},
            "source": "map",
            "landmark": " ",
            "asset": "LP-١٠٤٢",
        },
        "answers": [
            {"question": "eaten_at", "values": ["٢٠٢٦-١١-٢٠T٢١:٠٠:٠٠+٠٣:٠٠"]},
            {"question": "establishment", "values": [" مطعم الحي "]},
        ],
        "contact": {"phone": " ", "email": " Amal@Example.ORG ", "name": "أمل"},
        "declared": true,
        "channel": "widget",
    }))
    .unwrap();
    let accepted = accepted(demo, &report);
    assert_eq!(accepted.language, "ar");
    assert_eq!(accepted.description.as_str(), "تسمّم بعد العشاء");
    assert_eq!(accepted.description.folded(), "تسمم بعد العشاء");
    assert_eq!(accepted.at.unwrap().accuracy_m, None);
    assert_eq!(accepted.landmark, None);
    assert_eq!(accepted.asset.unwrap().folded(), "lp 1042");
    let eaten_at = Timestamp::parse("2026-11-20T18:00:00Z").unwrap();
    let given: Vec<(&str, &Given<'_>)> = accepted
        .answers
        .iter()
        .map(|it| (it.question.code.as_str(), &it.given))
        .collect();
    let [
        ("establishment", Given::Words(words)),
        ("eaten_at", Given::Datetime(at)),
    ] = &given[..]
    else {
        panic!("{given:?}");
    };
    assert_eq!((words.as_str(), *at), ("مطعم الحي", eaten_at));
    let email = accepted.reporter.email.unwrap();
    assert_eq!(email.as_str(), "Amal@example.org");
    assert_eq!(accepted.reporter.phone, None);
}

#[test]
fn kinds_without_a_place_ask_for_none() {
    check(
        |report| {
            report.category = "thanks.any".into();
            report.place = None;
        },
        &[],
    );
}

#[test]
fn a_report_goes_to_the_department_with_a_due_time_in_its_calendar() {
    let demo = demo();
    let category = demo.document.category("roads.pothole").unwrap();
    // 72 working hours of 16 a day, from Saturday morning: four and a half days.
    let received = Timestamp::parse("2026-11-21T09:41:00+03:00").unwrap();
    let route = route(&demo.document, category, Some("west-dammam"), &[], received);
    assert_eq!(route.department, "maintenance");
    assert_eq!(
        route.due,
        Timestamp::parse("2026-11-25T17:41:00+03:00").unwrap()
    );
}

#[test]
fn a_flood_of_photos_answers_or_candidates_is_refused_in_a_few_words() {
    check(
        |report| report.photos = vec![String::new(); 20_000],
        &[
            (Reason::PhotoCount, "/photos"),
            (Reason::PhotoHash, "/photos/0"),
            (Reason::PhotoHash, "/photos/1"),
            (Reason::PhotoHash, "/photos/2"),
            (Reason::PhotoHash, "/photos/3"),
            (Reason::PhotoHash, "/photos/4"),
        ],
    );
    let found = |change: fn(&mut Report)| {
        let demo = demo();
        let mut report = pothole();
        change(&mut report);
        rules::judge(&demo.public, &demo.pack, &report)
            .unwrap_err()
            .len()
    };
    let answers = found(|report| {
        let unknown = Answer {
            question: "nothing".into(),
            values: Vec::new(),
        };
        report.answers = vec![unknown; 2_000];
    });
    assert!((1..20).contains(&answers), "{answers}");
    let candidates = found(|report| {
        if let Some(place) = &mut report.place {
            place.candidates = vec!["west-dammam".into(); 5_000];
        }
    });
    assert_eq!(candidates, 1);
}
