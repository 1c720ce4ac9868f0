//! The Holy Capital: four months of 2024, and a Hajj season.

use serde_json::Value;

use super::{ALL, Line, Scale, Statement, days, dealt, fates, group};
use crate::documents::Place;
use crate::story::{Chapter, Then};

/// 44,418 electronic reports from January to April 2024, 81% resolved.
pub(super) const MONTHS: Statement = Statement {
    title: "Holy Capital, 1 January to 30 April 2024",
    town: "holy-capital",
    readings: &[
        "resolved counts what stands resolved or closed when the figures are read",
        "81% of 44,418 is 35,979 reports",
    ],
    chapters: months,
    questions: &["period=2024-01-01..2024-04-30&baseline=none"],
    lines: months_lines,
};

/// More than 10,200 reports in a Hajj season, about 80% resolved.
pub(super) const HAJJ: Statement = Statement {
    title: "Holy Capital, Hajj season",
    town: "holy-capital",
    readings: &[
        "the season is 1 to 15 Dhu al-Hijja 1445; the statement names neither year nor days",
        "more than 10,200 are 10,213; about 80% are 8,170 of them",
    ],
    chapters: hajj,
    questions: &["period=ah1445-12-01..1445-12-15&baseline=none"],
    lines: hajj_lines,
};

const REPORTS: u64 = 44_418;
const RESOLVED: u64 = 35_979;
const OF_HAJJ: u64 = 10_213;
const RESOLVED_OF_HAJJ: u64 = 8_170;

/// What the statement of the season names.
const SUBJECTS: [(&str, &[&str]); 6] = [
    (
        "cleanliness",
        &["cleanliness.street", "cleanliness.containers"],
    ),
    ("lighting", &["lighting.outage"]),
    ("visual distortion", &["visual.graffiti", "visual.building"]),
    ("damaged vehicles", &["vehicles.abandoned"]),
    (
        "encroachments",
        &["encroachment.land", "encroachment.pavement"],
    ),
    ("food establishments", &["food.hygiene", "food.storage"]),
];

fn months(place: &Place, scale: Scale) -> Vec<Chapter<'_>> {
    let categories = dealt(
        scale.of(REPORTS),
        &[
            "cleanliness.street",
            "roads.pothole",
            "lighting.outage",
            "visual.signs",
            "health.pests",
            "parks.damage",
            "markets.violation",
            "complaint.delay",
        ],
    );
    vec![Chapter {
        place,
        days: days("2024-01-01", "2024-04-30", 180),
        reports: fates(categories, scale.of(RESOLVED), closing),
        languages: ALL,
        noise_percent: 3,
    }]
}

/// Some reporters give their code to the team; the others say nothing, and it closes by itself.
fn closing(at: usize) -> Then {
    match at % 4 {
        0 => Then::Coded,
        _ => Then::Nothing,
    }
}

fn months_lines(scale: Scale, answers: &[Value]) -> Vec<Line> {
    let total = &answers[0]["total"];
    let reports = scale.of(REPORTS);
    let channels = answers[0]["by"]["channel"].as_array();
    let named = channels.map_or(0, Vec::len) as f64;
    vec![
        Line::count("electronic reports", REPORTS, scale, &total["received"]),
        Line::percent("resolved", 81.0, reports, &total["completion_percent"]),
        Line::count("resolved, in reports", RESOLVED, scale, &total["completed"]),
        Line::above("channels beside the widget", "many", 5.0, &named.into()),
    ]
}

fn hajj(place: &Place, scale: Scale) -> Vec<Chapter<'_>> {
    let subjects: Vec<&'static str> = SUBJECTS
        .iter()
        .flat_map(|(_, categories)| categories.iter().copied())
        .collect();
    let categories = dealt(scale.of(OF_HAJJ), &subjects);
    vec![Chapter {
        place,
        days: days("2024-06-07", "2024-06-21", 180),
        // Some subjects protect who reports them and close by survey; the code is the others'.
        reports: fates(categories, scale.of(RESOLVED_OF_HAJJ), |_| Then::Nothing),
        languages: ALL,
        noise_percent: 3,
    }]
}

fn hajj_lines(scale: Scale, answers: &[Value]) -> Vec<Line> {
    let answer = &answers[0];
    let total = &answer["total"];
    let reports = scale.of(OF_HAJJ);
    let least = (10_200 / scale.0) as f64 - 0.5;
    let mut lines = vec![
        Line::above(
            "reports of the season",
            "> 10,200",
            least,
            &total["received"],
        ),
        Line::count("reports sent", OF_HAJJ, scale, &total["received"]),
        Line::percent("resolved", 80.0, reports, &total["completion_percent"]),
    ];
    for (subject, categories) in SUBJECTS {
        let of_subject: f64 = categories
            .iter()
            .filter_map(|it| group(answer, "category", Some(it), "received").as_f64())
            .sum();
        lines.push(Line::above(subject, "named", 0.0, &of_subject.into()));
    }
    lines
}
