//! What the edge tells of reports, read from the objects that `JSON.parse` made: receipts, how a
//! report stands, and those nearby.
//!
//! By hand, for the reason given in `document`. A newer edge may know more states and more kinds of
//! event than this widget: what it does not know it passes over or reads as the nearest it does.

use balagh_shared::municipality::ClosingBy;
use balagh_shared::nearby::NearbyReport;
use balagh_shared::receipt::{Acknowledged, Receipt};
use balagh_shared::status::{
    FollowUps, PendingClosing, PublicStatus, Rating, ReporterAction, State, StatusEvent, TeamPhoto,
    What,
};
use balagh_shared::time::Timestamp;
use wasm_bindgen::prelude::*;

use crate::document::{kind, list, string, strings};
use crate::js::{get, number, text};

/// A receipt; nothing where the object is none.
pub(crate) fn receipt(of: &JsValue) -> Option<Receipt> {
    Some(Receipt {
        number: text(of, "number")?,
        secret: text(of, "secret")?,
        received_at: instant(of, "received_at")?,
        verdict: match text(of, "verdict")?.as_str() {
            "redirected" => Acknowledged::Redirected,
            _ => Acknowledged::Accepted,
        },
        district: text(of, "district"),
        department: text(of, "department"),
        agency: text(of, "agency"),
        due: instant(of, "due"),
        joins: text(of, "joins"),
        status_url: string(of, "status_url"),
    })
}

/// Where a report stands; nothing where the object does not say.
pub(crate) fn status(of: &JsValue) -> Option<PublicStatus> {
    let [follow_up, closing, rating] = ["follow_up", "closing", "rating"].map(|key| get(of, key));
    Some(PublicStatus {
        number: text(of, "number")?,
        category: text(of, "category")?,
        kind: text(of, "kind").map(|_| kind(of)),
        state: state(of),
        received_at: instant(of, "received_at")?,
        district: text(of, "district"),
        department: text(of, "department"),
        agency: text(of, "agency"),
        agency_reference: text(of, "agency_reference"),
        due: instant(of, "due"),
        joins: text(of, "joins"),
        joined: number(of, "joined").unwrap_or_default() as u32,
        follow_up: number(&follow_up, "count").map(|count| FollowUps {
            count: count as u32,
            next: instant(&follow_up, "next"),
        }),
        closing: closing.is_object().then(|| PendingClosing {
            by: match string(&closing, "by").as_str() {
                "code" => ClosingBy::Code,
                _ => ClosingBy::Survey,
            },
            until: instant(&closing, "until"),
            code: text(&closing, "code"),
        }),
        rating: read_rating(&rating),
        may: strings(&get(of, "may"))
            .iter()
            .filter_map(|code| action(code))
            .collect(),
        events: list(of, "events", |it| StatusEvent {
            at: instant(it, "at").unwrap_or(Timestamp::MAX),
            state: state(it),
            note: text(it, "note"),
            what: text(it, "what").map(|code| what(&code)),
            photo: team_photo(&get(it, "photo")),
        }),
        revision: number(of, "revision").unwrap_or_default() as u64,
    })
}

fn read_rating(of: &JsValue) -> Option<Rating> {
    let stars = |key| number(of, key).map(|stars| stars as u8);
    Some(Rating {
        quality: stars("quality")?,
        speed: stars("speed")?,
        service: stars("service")?,
        at: instant(of, "at")?,
    })
}

fn team_photo(of: &JsValue) -> Option<TeamPhoto> {
    Some(TeamPhoto {
        sha256: text(of, "sha256")?,
        width: number(of, "width")? as u32,
        height: number(of, "height")? as u32,
        is_public: false,
        url: text(of, "url"),
    })
}

fn action(code: &str) -> Option<ReporterAction> {
    Some(match code {
        "follow_up" => ReporterAction::FollowUp,
        "close" => ReporterAction::Close,
        "reopen" => ReporterAction::Reopen,
        "rate" => ReporterAction::Rate,
        _ => return None,
    })
}

/// What happened; something a newer edge tells of is a note.
fn what(code: &str) -> What {
    match code {
        "follow_up" => What::FollowUp,
        "rated" => What::Rated,
        "joined" => What::Joined,
        "photo" => What::Photo,
        _ => What::Note,
    }
}

/// The state; one of a newer edge reads as being worked on.
fn state(of: &JsValue) -> State {
    let code = string(of, "state");
    State::ALL
        .into_iter()
        .find(|state| state.code() == code)
        .unwrap_or(State::InProgress)
}

/// The reports nearby; what cannot be read is left out.
pub(crate) fn nearby(of: &JsValue) -> Vec<NearbyReport> {
    let read = |it: &JsValue| {
        Some(NearbyReport {
            number: text(it, "number")?,
            category: text(it, "category")?,
            received_at: instant(it, "received_at")?,
            state: state(it),
            distance_m: number(it, "distance_m")? as u32,
            square: Some(list(it, "square", |step| {
                step.as_f64().unwrap_or_default() as i32
            }))
            .and_then(|steps| steps.try_into().ok()),
            joined: number(it, "joined").unwrap_or_default() as u32,
            text: text(it, "text"),
            photo: text(it, "photo"),
        })
    };
    list(of, "reports", read).into_iter().flatten().collect()
}

/// An instant as the wire has it, RFC 3339.
pub(crate) fn instant(of: &JsValue, key: &str) -> Option<Timestamp> {
    Timestamp::parse(&text(of, key)?).ok()
}
