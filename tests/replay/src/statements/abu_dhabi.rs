//! Abu Dhabi: the second half of one year.

use serde_json::Value;

use super::{ARABIC_AND_ENGLISH, Line, Scale, Statement, days, dealt, fates, group};
use crate::documents::Place;
use crate::story::{Chapter, Then};

/// 21,275 requests, 17,368 of them fulfilled.
pub(super) const HALF_YEAR: Statement = Statement {
    title: "Abu Dhabi, second half of one year",
    town: "abu-dhabi",
    readings: &[
        "the year, which the statement does not name, is 2023",
        "the kinds come to 17,663 of 21,275: the other 3,612 are of none, and were sent as \
         “something else, or I do not know”",
    ],
    chapters,
    questions: &["period=2023-h2&baseline=none"],
    lines,
};

const REQUESTS: u64 = 21_275;
const FULFILLED: u64 = 17_368;
const UNCLASSIFIED: u64 = 3_612;

/// By kind: what is published, its code, and what reports of it are about.
const KINDS: [(&str, u64, &str, &[&str]); 6] = [
    (
        "complaints",
        366,
        "complaint",
        &["complaint.staff", "complaint.delay"],
    ),
    ("suggestions", 1_406, "suggestion", &["suggestion.any"]),
    (
        "requests for information",
        7_028,
        "information_request",
        &["info.licence", "info.building", "info.fees", "info.hours"],
    ),
    (
        "service requests",
        2_657,
        "service_request",
        &["service.bulky", "service.container", "service.tree"],
    ),
    (
        "incident reports",
        6_112,
        "report",
        &["roads.pothole", "cleanliness.debris", "lighting.pole"],
    ),
    ("letters of thanks", 94, "thanks", &["thanks.any"]),
];

fn chapters(place: &Place, scale: Scale) -> Vec<Chapter<'_>> {
    let mut categories = dealt(scale.of(UNCLASSIFIED), &["general.unsure"]);
    for (_, count, _, about) in KINDS {
        categories.extend(dealt(scale.of(count), about));
    }
    vec![Chapter {
        place,
        days: days("2023-07-01", "2023-12-31", 240),
        reports: fates(categories, scale.of(FULFILLED), |_| Then::Nothing),
        languages: ARABIC_AND_ENGLISH,
        noise_percent: 2,
    }]
}

fn lines(scale: Scale, answers: &[Value]) -> Vec<Line> {
    let answer = &answers[0];
    let total = &answer["total"];
    let sent: u64 = KINDS.iter().map(|(_, count, ..)| scale.of(*count)).sum();
    let mut requests = Line::count("requests", REQUESTS, scale, &total["received"]);
    // Kinds are rounded one by one where fewer are sent.
    requests.expected = super::Expected::Exactly(sent + scale.of(UNCLASSIFIED));
    let mut lines = vec![
        requests,
        Line::count("fulfilled", FULFILLED, scale, &total["completed"]),
    ];
    for (what, count, kind, _) in KINDS {
        let found = group(answer, "kind", Some(kind), "received");
        lines.push(Line::count(what, count, scale, found));
    }
    let found = group(answer, "kind", None, "received");
    lines.push(Line::count("of no kind", UNCLASSIFIED, scale, found));
    for who in ["person", "agency", "partner"] {
        let found = group(answer, "reporter_type", Some(who), "received");
        lines.push(Line::above(&format!("from a {who}"), "named", 0.0, found));
    }
    lines
}
