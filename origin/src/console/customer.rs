//! `/console/customer`: one person's reports from every channel, by a contact that was confirmed.
//!
//! Whoever looks says what for, and that stands in the audit beside every report they are shown. The
//! contact itself is in no address and in no log.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use balagh_shared::problem::sentence;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use maud::{Markup, html};

use super::fields::Fields;
use super::form::Sent;
use super::frame::{framed, guarded};
use super::names::Names;
use super::words::filled;
use super::{Signed, changed_hands, failure, queue, rows, taken};
use crate::clearance;
use crate::person::eraser;
use crate::person::export::export;
use crate::person::index::Sought;
use crate::queue::{QueueFilter, QueueRow};
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::staff::Role;
use crate::store::{Erasure, StoreError};
use crate::sys;

/// Where it is.
pub(super) const PATH: &str = "/console/customer";
/// How long what for may be said.
const WHY: std::ops::RangeInclusive<usize> = 3..=200;
/// Reports of one person that are shown, and looked up at once; all of them are erased and handed out.
const MOST: u32 = 100;

/// Somebody's reports, as far as whoever asked may see them.
pub(super) struct Found {
    numbers: Vec<String>,
    /// By what they were found; nothing where only a report was named that nothing joins.
    pub(super) prints: Vec<String>,
    /// When they were theirs: now, or when the report that was named came.
    pub(super) at: Timestamp,
    /// From when on the contact was noted to be another person's.
    pub(super) changes: Vec<Timestamp>,
    rows: Vec<QueueRow>,
    /// The names that were given with them, and how often.
    names: BTreeMap<String, usize>,
}

impl Found {
    /// Whether whoever asked is shown no report of theirs.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// `GET /console/customer`.
pub(super) async fn show(State(origin): State<Arc<Origin>>, signed: Signed) -> Response {
    if !taken::may_take_in(signed.member.role) {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    page(&origin, &signed, &Fields::default(), None, None)
}

/// `POST /console/customer`: looks somebody up.
pub(super) async fn look(
    State(origin): State<Arc<Origin>>,
    Sent { signed, fields, .. }: Sent,
) -> Response {
    match find(&origin, &signed, &fields, "person").await {
        Ok(found) => page(&origin, &signed, &fields, Some(&found), None),
        Err(refusal) => refused(&origin, &signed, &fields, refusal.violation()),
    }
}

/// `POST /console/customer/{deed}`: what is done about somebody.
pub(super) async fn act(
    State(origin): State<Arc<Origin>>,
    Path(deed): Path<String>,
    Sent { signed, fields, .. }: Sent,
) -> Response {
    let role = signed.member.role;
    let may = match deed.as_str() {
        "export" | "erase" => role == Role::Administrator,
        "changed" | "unchanged" => changed_hands::may_note(role),
        _ => return failure::refused(&signed, &Violation::new(Reason::RouteUnknown, "")),
    };
    if !may {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    let found = match find(&origin, &signed, &fields, &deed).await {
        Ok(found) => found,
        Err(refusal) => return refused(&origin, &signed, &fields, refusal.violation()),
    };
    let done = match deed.as_str() {
        "export" => download(&origin, &signed, &found).await,
        "erase" => erase(&origin, &signed, &fields, &found).await,
        "unchanged" => changed_hands::take_back(&origin, &signed, &fields, &found).await,
        _ => changed_hands::note(&origin, &signed, &fields, &found).await,
    };
    match done {
        Ok(response) => response,
        Err(refusal) => refused(&origin, &signed, &fields, refusal.violation()),
    }
}

/// The reports of whoever is asked for, once it is written down who asked and what for.
async fn find(
    origin: &Origin,
    signed: &Signed,
    fields: &Fields,
    action: &str,
) -> Result<Found, Refusal> {
    let member = &signed.member;
    if !taken::may_take_in(member.role) {
        return Err(Reason::StaffForbidden.into());
    }
    let why = fields.text("why").trim();
    if !WHY.contains(&why.chars().count()) {
        let violation = Violation::new(Reason::PersonWhy, "/why");
        let violation = violation.with("min", *WHY.start()).with("max", *WHY.end());
        return Err(violation.into());
    }
    let (own, prints, at) = match fields.some("of") {
        Some(number) => {
            let report = clearance::seen(origin, member, number).await?;
            let prints = origin.store.fingerprints_of(number).await.map_err(unread)?;
            (Some(report.head.number), prints, report.head.received_at)
        }
        None => {
            let served = origin.municipalities.by_id(&member.municipality);
            let document = &served.ok_or(Reason::MunicipalityUnknown)?.document;
            let sought = Sought::parse(document, fields.text("contact"));
            let sought = sought.ok_or_else(|| Violation::new(Reason::PersonContact, "/contact"))?;
            (
                None,
                sought.fingerprints(&origin.keys.persons, &document.id),
                sys::now(),
            )
        }
    };
    let now = sys::now();
    let whom = [own.clone().unwrap_or_else(|| "person".to_owned())];
    let audit = origin.store.audit_why(member, &whom, action, why, now);
    audit.await.map_err(unread)?;
    let numbers = match prints.is_empty() {
        true => own.into_iter().collect(),
        false => origin.store.reports_of(&prints, at).await.map_err(unread)?,
    };
    let mut rows = Vec::new();
    for some in numbers.chunks(MOST as usize) {
        let filter = QueueFilter {
            numbers: Some(some.to_vec()),
            ..queue::own(origin, signed)
        };
        let page = origin.store.queue(&filter, MOST).await.map_err(unread)?;
        rows.extend(page.rows);
    }
    let numbers: Vec<String> = rows.iter().map(|row| row.number.clone()).collect();
    rows.truncate(MOST as usize);
    let audit = origin.store.audit_why(member, &numbers, action, why, now);
    audit.await.map_err(unread)?;
    let mut names = BTreeMap::new();
    for number in numbers.iter().take(MOST as usize) {
        let report = origin.store.report(number).await.map_err(unread)?;
        // One that cannot be opened today names nobody.
        let contact = report.and_then(|it| it.contact(&origin.keys.seals).ok()?);
        if let Some(name) = contact.and_then(|it| it.name) {
            *names.entry(name.trim().to_owned()).or_insert(0) += 1;
        }
    }
    let changes = match prints.is_empty() {
        true => Vec::new(),
        false => (origin.store.contact_changes(&prints).await).map_err(unread)?,
    };
    Ok(Found {
        numbers,
        prints,
        at,
        changes,
        rows,
        names,
    })
}

async fn download(origin: &Origin, signed: &Signed, found: &Found) -> Result<Response, Refusal> {
    let id = &signed.member.municipality;
    let exported = export(&origin.store, &origin.keys, id, &found.numbers, sys::now());
    let exported = exported.await.map_err(unread)?;
    let json = serde_json::to_string_pretty(&exported)
        .map_err(|error| Refusal::failed(Reason::Internal, error))?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_DISPOSITION, "attachment; filename=\"person.json\""),
    ];
    Ok(guarded((headers, json).into_response()))
}

async fn erase(
    origin: &Origin,
    signed: &Signed,
    fields: &Fields,
    found: &Found,
) -> Result<Response, Refusal> {
    let count = found.numbers.len();
    if fields.text("count").trim().parse() != Ok(count) {
        let violation = Violation::new(Reason::PersonConfirm, "/count");
        return Err(violation.with("count", count).into());
    }
    let (mut done, mut later, mut known) = (0_u32, 0_u32, 0_u32);
    let by = Some(signed.member.name.as_str());
    for number in &found.numbers {
        let erased = origin
            .store
            .erase(number, by, &origin.municipalities, sys::now());
        match erased.await.map_err(unread)? {
            Erasure::Done => done += 1,
            Erasure::Later => later += 1,
            Erasure::Known => known += 1,
        }
        origin.has_changed(number);
    }
    let shredded = eraser::shred(&origin.store, &origin.photos, sys::now()).await;
    shredded.map_err(|error| Refusal::failed(Reason::StorageUnavailable, error))?;
    origin.store.fold().await.map_err(unread)?;
    let words = &signed.words().customer;
    let counts = [done, later, known].map(|count| count.to_string());
    let [done, later, known] = &counts;
    let values = [("done", done.as_str()), ("later", later), ("known", known)];
    Ok(page(
        origin,
        signed,
        &Fields::default(),
        None,
        Some(filled(words.erased, &values)),
    ))
}

/// The page with what was typed, and why it was not taken.
fn refused(origin: &Origin, signed: &Signed, fields: &Fields, violation: &Violation) -> Response {
    if violation.code.status() != StatusCode::UNPROCESSABLE_ENTITY.as_u16() {
        return failure::refused(signed, violation);
    }
    mend(
        origin,
        signed,
        fields,
        None,
        sentence(violation, signed.language.code()),
    )
}

/// The page with what was typed, and what is to be mended in it.
pub(super) fn mend(
    origin: &Origin,
    signed: &Signed,
    fields: &Fields,
    found: Option<&Found>,
    said: String,
) -> Response {
    let mut response = page(origin, signed, fields, found, Some(said));
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

pub(super) fn page(
    origin: &Origin,
    signed: &Signed,
    fields: &Fields,
    found: Option<&Found>,
    said: Option<String>,
) -> Response {
    let Some(names) = Names::of(origin, signed) else {
        return failure::failed(signed);
    };
    let words = &signed.words().customer;
    let body = html! {
        p.hint { (words.hint) }
        @if let Some(said) = &said { p.said role="status" { (said) } }
        form.card.narrow method="post" action=(PATH) {
            (signed.word(PATH))
            @match fields.some("of") {
                Some(of) => input type="hidden" name="of" value=(of);,
                None => label.field { span { (words.contact) }
                    input name="contact" dir="ltr" autocomplete="off" required value=(fields.text("contact"));
                },
            }
            (why(signed, fields))
            button { (words.look) }
        }
        @if let Some(found) = found { (shown(signed, &names, fields, found)) }
    };
    framed(StatusCode::OK, signed, words.title, body)
}

/// What for.
fn why(signed: &Signed, fields: &Fields) -> Markup {
    let words = &signed.words().customer;
    html! {
        label.field { span { (words.why) }
            input name="why" required minlength=(WHY.start()) maxlength=(WHY.end()) value=(fields.text("why"));
            small.hint { (words.why_hint) }
        }
    }
}

fn shown(signed: &Signed, names: &Names<'_>, fields: &Fields, found: &Found) -> Markup {
    let words = &signed.words().customer;
    let count = found.numbers.len().to_string();
    let mut channels: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &found.rows {
        *channels.entry(names.channel(&row.channel)).or_default() += 1;
    }
    html! {
        section.level {
            h2 { (filled(words.found, &[("n", &count)])) }
            @if found.rows.is_empty() { p.hint { (words.nothing) } }
            @if found.prints.is_empty() { p.hint { (words.only_this) } }
            @if found.names.len() > 1 { p.said.note { (words.several) } }
            @if !found.rows.is_empty() {
                dl.facts {
                    div { dt { (words.by_channel) } dd { (tallied(&channels)) } }
                    @if !found.names.is_empty() {
                        @let given = found.names.iter().map(|(name, count)| (name.as_str(), *count)).collect();
                        div { dt { (words.names) } dd { (tallied(&given)) } }
                    }
                }
            }
            (rows::list(names, &found.rows, sys::now()))
        }
        (changed_hands::shown(signed, names, fields, found))
        @if !found.rows.is_empty() { (deeds(signed, fields, &count)) }
    }
}

fn tallied(all: &BTreeMap<&str, usize>) -> Markup {
    html! {
        @for (index, (name, count)) in all.iter().enumerate() {
            @if index > 0 { " · " }
            bdi { (name) } " (" (count) ")"
        }
    }
}

/// A form for something that is done about them: who they are and what for comes along.
pub(super) fn form(signed: &Signed, fields: &Fields, deed: &str, inner: Markup) -> Markup {
    let action = format!("{PATH}/{deed}");
    html! {
        form method="post" action=(action) {
            (signed.word(&action))
            @for name in ["of", "contact", "why"] {
                @if let Some(value) = fields.some(name) { input type="hidden" name=(name) value=(value); }
            }
            (inner)
        }
    }
}

/// What may be done about them.
fn deeds(signed: &Signed, fields: &Fields, count: &str) -> Markup {
    let words = &signed.words().customer;
    let role = signed.member.role;
    html! {
        @if role == Role::Administrator {
            section.card {
                h2 { (words.export) }
                p.hint { (words.export_hint) }
                (form(signed, fields, "export", html! { button.quiet { (words.export) } }))
            }
            details.card {
                summary { (words.erase) }
                p.said.wrong { (words.erase_hint) }
                (form(signed, fields, "erase", html! {
                    label.field { span { (filled(words.confirm, &[("n", count)])) }
                        input name="count" inputmode="numeric" autocomplete="off" required;
                    }
                    button.grave { (words.erase) }
                }))
            }
        }
    }
}

/// On a report's page: the way to all reports of whoever sent it.
pub(super) fn link(signed: &Signed, number: &str) -> Markup {
    let words = &signed.words().customer;
    html! {
        @if taken::may_take_in(signed.member.role) {
            details {
                summary { (words.all_of) }
                form method="post" action=(PATH) {
                    (signed.word(PATH))
                    input type="hidden" name="of" value=(number);
                    (why(signed, &Fields::default()))
                    button.quiet { (words.look) }
                }
            }
        }
    }
}

pub(super) fn unread(error: StoreError) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
}
