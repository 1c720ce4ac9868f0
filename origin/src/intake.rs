//! From either door to one row of the ledger. Pure: time and chance come in.

use std::fmt;

use balagh_shared::canonical::hex;
use balagh_shared::contact::Channel;
use balagh_shared::delivery::{Confirmation, Delivery, StoredPhoto, Verdict};
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::report::{Contact, Report};
use balagh_shared::routing::route;
use balagh_shared::rules::Accepted;
use balagh_shared::seal::{BlindIndex, blind_indexes};
use balagh_shared::time::Timestamp;
use sha2::{Digest, Sha256};

use crate::keys::Keys;
use crate::lifecycle::{Actor, Event, Illegal, Log};
use crate::municipalities::Served;
use crate::person::index;
use crate::store::NewReport;

/// Why a report could not be made ready for the ledger.
#[derive(Debug)]
pub(crate) enum IntakeError {
    /// It cannot be written as JSON.
    Json(serde_json::Error),
    /// It would begin with a step that is none.
    Log(Illegal),
}

impl fmt::Display for IntakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IntakeError::Json(error) => write!(f, "not to be written as JSON: {error}"),
            IntakeError::Log(error) => error.fmt(f),
        }
    }
}

/// A report that an edge delivers. `held` are those of its photos whose bytes are here: the others
/// follow, and are attached then.
pub(crate) fn delivered(
    delivery: Delivery,
    number: ReportNumber,
    held: Vec<StoredPhoto>,
    served: &Served,
    keys: &Keys,
    now: Timestamp,
) -> Result<NewReport, IntakeError> {
    // Photos that arrive between two attempts do not make it another report.
    let delivery = Delivery {
        photos: Vec::new(),
        ..delivery
    };
    let fingerprints = fingerprints(&delivery, keys)?;
    let Delivery {
        municipality,
        secret_kid,
        received_at,
        verdict,
        reasons,
        route,
        partner,
        joins,
        confirmed,
        media_url,
        ..
    } = delivery;
    let mut report = delivery.report;
    let contact = report.contact.take();
    let persons = persons(served, keys, confirmed.as_ref(), contact.as_ref());
    Ok(NewReport {
        log: Log::intake(Actor::Edge, verdict, report.test, &route, received_at, now),
        number,
        municipality,
        secret_kid: Some(secret_kid),
        verdict,
        reasons,
        route,
        received_at,
        report,
        contact,
        persons,
        partner,
        joins,
        confirmed,
        media_url,
        photos: held,
        fingerprints,
    })
}

/// A report that a partner posts at the origin's own door, and that the rules have `accepted`.
pub(crate) struct Posted<'a> {
    pub(crate) municipality: &'a Served,
    pub(crate) partner: &'a str,
    pub(crate) report: Report,
    /// By what the contact was confirmed, where somebody has made sure of it.
    pub(crate) confirmed: Option<Channel>,
    pub(crate) accepted: &'a Accepted<'a>,
    pub(crate) media_url: Option<String>,
}

/// Makes what a partner posts a report of our own, under `number`.
pub(crate) fn posted(
    posted: &Posted<'_>,
    number: ReportNumber,
    keys: &Keys,
    now: Timestamp,
) -> Result<Option<NewReport>, IntakeError> {
    let document = &posted.municipality.document;
    let Some(category) = document.category(&posted.report.category) else {
        return Ok(None);
    };
    let Accepted {
        district,
        candidates,
        marks,
        ..
    } = posted.accepted;
    let route = route(document, category, district.as_deref(), candidates, now);
    let verdict = if route.agency.is_some() {
        Verdict::Redirect
    } else {
        Verdict::Accept
    };
    let Served {
        public,
        categorisers,
        ..
    } = posted.municipality;
    let doubted = categorisers.doubt(public, &category.code, &posted.report.description);
    let doubt = doubted.then_some(Reason::CategoryDoubtful);
    let fingerprints = fingerprints(&posted.report, keys)?;
    let mut report = posted.report.clone();
    let contact = report.contact.take();
    let confirmed = posted.confirmed.map(|channel| Confirmation {
        contact: Some(channel),
        identity: None,
    });
    let persons = persons(
        posted.municipality,
        keys,
        confirmed.as_ref(),
        contact.as_ref(),
    );
    Ok(Some(NewReport {
        number,
        municipality: document.id.clone(),
        secret_kid: None,
        verdict,
        reasons: marks.iter().copied().chain(doubt).collect(),
        log: Log::intake(Actor::Partner, verdict, report.test, &route, now, now),
        route,
        received_at: now,
        report,
        contact,
        persons,
        partner: Some(posted.partner.to_owned()),
        joins: None,
        confirmed,
        media_url: posted.media_url.clone(),
        photos: Vec::new(),
        fingerprints,
    }))
}

/// Makes what a member of staff takes in a report of our own, under `number`; `joins` is the report
/// of the same problem that its reporter named. Where there are keys for tracking codes, its reporter
/// has one.
pub(crate) fn entered(
    entered: &Posted<'_>,
    (staff, joins): (&str, Option<&str>),
    number: ReportNumber,
    keys: &Keys,
    now: Timestamp,
) -> Result<Option<NewReport>, IntakeError> {
    let numbers = keys.numbers.as_ref();
    let Some(new) = posted(entered, number, keys, now)? else {
        return Ok(None);
    };
    let by_staff = |event: &Event| match event.actor {
        Actor::Partner => Event {
            actor: Actor::Staff,
            staff: Some(staff.to_owned()),
            ..event.clone()
        },
        _ => event.clone(),
    };
    let log = Log::rebuild(new.log.events().iter().map(by_staff)).map_err(IntakeError::Log)?;
    Ok(Some(NewReport {
        partner: None,
        secret_kid: numbers.map(|keys| keys.current().kid().to_owned()),
        joins: joins.map(str::to_owned),
        log,
        ..new
    }))
}

/// By what the report can be found that is one person's.
fn persons(
    served: &Served,
    keys: &Keys,
    confirmed: Option<&Confirmation>,
    contact: Option<&Contact>,
) -> Vec<(&'static str, BlindIndex)> {
    let Some(confirmed) = confirmed else {
        return Vec::new();
    };
    index::of(&keys.persons, &served.document, confirmed, contact)
}

/// Keyed, because a plain hash of a report whose contact alone is unknown would give the contact
/// away to whoever tries out ten digits.
fn fingerprints<T: serde::Serialize>(
    value: &T,
    keys: &Keys,
) -> Result<Vec<BlindIndex>, IntakeError> {
    let json = serde_json::to_vec(value).map_err(IntakeError::Json)?;
    Ok(blind_indexes(
        &keys.seals,
        "delivery",
        &hex(&Sha256::digest(&json)),
    ))
}
