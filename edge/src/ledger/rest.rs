//! A report at rest: what is kept of it, for how long, and what is told of it meanwhile.

use balagh_shared::delivery::{Delivery, Verdict};
use balagh_shared::report::Report;
use balagh_shared::status::{PublicStatus, State, StatusEvent};

/// Days for which a key gets its receipt back.
pub const KEY_DAYS: i64 = 400;

/// A delivery as it is kept: its contact is sealed beside it, and its photos are looked up when it is
/// delivered, because more may have come by then.
#[must_use]
pub fn without_contact(delivery: &Delivery) -> Delivery {
    let report = Report {
        contact: None,
        ..delivery.report.clone()
    };
    Delivery {
        report,
        photos: Vec::new(),
        ..delivery.clone()
    }
}

/// What is left of a delivery once its body's days are over: what a status is made of where the origin
/// never told one.
#[must_use]
pub fn without_body(delivery: Delivery) -> Delivery {
    let Report {
        category,
        lang,
        declared,
        reporter_type,
        channel,
        test,
        ..
    } = delivery.report;
    let report = Report {
        category,
        lang,
        declared,
        reporter_type,
        channel,
        test,
        description: String::new(),
        place: None,
        pack: None,
        answers: Vec::new(),
        photos: Vec::new(),
        contact: None,
        share_contact: false,
        observed_at: None,
        partner_reference: None,
    };
    Delivery {
        confirmed: None,
        media_url: None,
        photos: Vec::new(),
        report,
        ..delivery
    }
}

/// How a report stands that the origin has told nothing of.
#[must_use]
pub fn as_received(delivery: Delivery) -> PublicStatus {
    let Delivery {
        number,
        received_at,
        route,
        joins,
        report,
        ..
    } = delivery;
    PublicStatus {
        number,
        category: report.category,
        kind: None,
        state: State::Received,
        received_at,
        district: route.district,
        department: Some(route.department),
        agency: route.agency,
        agency_reference: None,
        due: Some(route.due),
        joins,
        joined: 0,
        follow_up: None,
        closing: None,
        rating: None,
        may: Vec::new(),
        events: vec![StatusEvent {
            at: received_at,
            state: State::Received,
            what: None,
            note: None,
            photo: None,
        }],
        revision: 0,
    }
}

/// What stands in the ledger for a verdict.
#[must_use]
pub fn verdict_code(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "accept",
        Verdict::Quarantine => "quarantine",
        Verdict::Redirect => "redirect",
    }
}
