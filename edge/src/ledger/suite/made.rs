//! What the suite writes down: reports that are made of a letter, their photos, what the origin tells.

use balagh_shared::delivery::{Delivery, OriginEvent, StoredPhoto};
use balagh_shared::key::IdempotencyKey;
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::receipt::Acknowledged;
use balagh_shared::report::Point;
use balagh_shared::time::{DAY_MS, Timestamp};
use serde_json::{Value, json};

use crate::screen::{Effect, Insert, Scope, Screened, Slot, Spot, Stub};

/// When everything begins, in milliseconds since 1970.
pub(crate) const NOW: i64 = 1_795_243_260_000;

/// So many milliseconds later.
pub(crate) fn at(later_ms: i64) -> Timestamp {
    Timestamp::from_millis(NOW + later_ms)
}

/// The report with this letter: its number, its key and its session are made of it.
pub(crate) fn insert(letter: u8) -> Insert {
    let number = ReportNumber::mint(&Prefix::parse("EP").unwrap(), &[letter; 8]);
    let report: Value = json!({
        "category": "lighting.dark", "description": "Three lamps are out.", "lang": "en",
        "contact": {"phone": "0501234567", "name": "Sara"},
        "photos": ["a1".repeat(32)], "declared": true, "channel": "widget"
    });
    let delivery: Delivery = serde_json::from_value(json!({
        "municipality": "ep", "number": number.as_str(), "secret_kid": "test",
        "received_at": at(0), "verdict": "quarantine", "reasons": [],
        "route": {"candidates": [], "department": "streets", "due": at(DAY_MS), "district": "west"},
        "report": report, "photos": []
    }))
    .unwrap();
    Insert {
        slot: slot(letter),
        fingerprint: [letter; 32],
        stub: Stub {
            municipality: "ep".into(),
            number,
            secret_kid: "test".into(),
            received_at: at(0),
            verdict: Acknowledged::Accepted,
            district: None,
            department: None,
            agency: None,
            due: None,
            joins: None,
        },
        delivery,
        screened: Screened {
            language: "en".into(),
            score: 7,
            features: Vec::new(),
            opinions: Vec::new(),
            fingerprint: Some(0b1011),
        },
        spot: Some(Spot {
            at: point(49.95),
            is_shown: true,
        }),
    }
}

/// A point on one line from west to east.
pub(crate) fn point(lon: f64) -> Point {
    Point {
        lon,
        lat: 26.4,
        accuracy_m: None,
    }
}

/// Where the receipt of a letter's report is found.
pub(crate) fn slot(letter: u8) -> Slot {
    let key = IdempotencyKey::from_random(&[letter; 18]);
    Slot::of("ep", Scope::Public, &key)
}

/// The number of a letter's report.
pub(crate) fn number(letter: u8) -> String {
    insert(letter).stub.number.to_string()
}

/// What the screen decided of a letter's report.
pub(crate) fn decision(letter: u8) -> Vec<Effect> {
    vec![
        Effect::InsertReport(Box::new(insert(letter))),
        Effect::SpendNonce {
            nonce: [letter; 16],
            expires_at: at(DAY_MS).seconds(),
        },
    ]
}

/// The photo that every one of these reports names.
pub(crate) fn photo() -> StoredPhoto {
    StoredPhoto {
        sha256: "b2".repeat(32),
        sent_sha256: "a1".repeat(32),
        media_type: "image/jpeg".into(),
        bytes: 3,
        width: 2,
        height: 1,
    }
}

/// What sending it counts for.
pub(crate) fn ceiling() -> Effect {
    Effect::Count {
        subject: "ceiling/a".into(),
        tat: at(1000).millis(),
        step_ms: 1000,
        beyond: at(DAY_MS).millis(),
    }
}

/// What the origin tells of a letter's report.
pub(crate) fn event(letter: u8, revision: u64, state: &str) -> OriginEvent {
    serde_json::from_value(json!({
        "municipality": "ep",
        "status": {
            "number": number(letter), "category": "lighting.dark", "state": state,
            "received_at": at(0), "joined": 2, "may": [], "events": [], "revision": revision
        }
    }))
    .unwrap()
}
