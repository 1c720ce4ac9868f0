//! The door of the municipality's staff, `/staff/v1`: JSON, with a bearer token each.
//!
//! Every look at a report leaves a line in the audit, and every step names the revision it was
//! decided from: of two who act at once, one is told that the report has changed.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use balagh_shared::canonical::hex;
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::reason::Reason;
use balagh_shared::report::{Answer, Contact, Place};
use balagh_shared::status::{PublicStatus, State as ReportState};
use balagh_shared::time::Timestamp;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clearance;
use crate::edge_contract::parse;
use crate::lifecycle::step::Step;
use crate::lifecycle::{Event, What};
use crate::picture;
use crate::queue::{Cursor, QueueFilter, QueueRow};
use crate::refusal::{self, Refusal};
use crate::server::Origin;
use crate::staff::Member;
use crate::store::StoredReport;
use crate::sys;

/// Most bytes of what staff write.
const MOST_BYTES: usize = 64 * 1024;
/// Reports of one page of the queue.
const PAGE: u32 = 50;
/// Most reports of one page of the queue.
const MOST_OF_A_PAGE: u32 = 200;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route("/staff/v1/reports", get(queue))
        .route("/staff/v1/reports/{number}", get(report))
        .route("/staff/v1/reports/{number}/photos/{sha256}", get(photo))
        .route(
            "/staff/v1/reports/{number}/{action}",
            post(act).layer(DefaultBodyLimit::max(MOST_BYTES)),
        )
}

impl FromRequestParts<Arc<Origin>> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        origin: &Arc<Origin>,
    ) -> Result<Member, Refusal> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .ok_or(Reason::StaffUnknown)?;
        // Looked up by its hash: a comparison of hashes tells nothing of the token by its timing.
        let member = origin.store.staff_of_token(&token_hash(token)).await;
        let member = member.map_err(unread)?;
        member.ok_or_else(|| Reason::StaffUnknown.into())
    }
}

/// What is stored of a token.
#[must_use]
pub(crate) fn token_hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueueQuery {
    state: Option<ReportState>,
    district: Option<String>,
    category: Option<String>,
    department: Option<String>,
    /// `accept`, `quarantine` or `redirect`.
    verdict: Option<String>,
    #[serde(default)]
    overdue: bool,
    limit: Option<u32>,
    /// As `next` of the page before gave it.
    after: Option<String>,
}

#[derive(Serialize)]
struct Page {
    reports: Vec<QueueRow>,
    /// Where the next page begins; nothing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

async fn queue(
    State(origin): State<Arc<Origin>>,
    member: Member,
    Query(query): Query<QueueQuery>,
) -> Result<Response, Refusal> {
    let now = sys::now();
    let after = query.after.as_deref().map(str::parse::<Cursor>);
    let after = after.transpose().map_err(|_| Reason::RequestMalformed)?;
    let filter = QueueFilter {
        municipality: member.municipality.clone(),
        state: query.state.map(|state| state.code().to_owned()),
        district: query.district,
        category: query.category,
        department: match member.role.is_of_a_department() {
            true => Some(member.department.clone().unwrap_or_default()),
            false => query.department,
        },
        verdict: query.verdict,
        due_before: query.overdue.then_some(now),
        visible: clearance::visible_categories(&origin, &member),
        after,
        ..QueueFilter::default()
    };
    let most = query.limit.unwrap_or(PAGE).clamp(1, MOST_OF_A_PAGE);
    let audit = origin.store.audit(&member.name, "queue", "list", now);
    audit.await.map_err(unread)?;
    let page = origin.store.queue(&filter, most).await.map_err(unread)?;
    let reports = page.rows;
    let next = page.next.as_ref().map(Cursor::to_string);
    Ok(refusal::json(StatusCode::OK, &Page { reports, next }))
}

/// A report as staff see it.
#[derive(Serialize)]
struct StaffReport {
    status: PublicStatus,
    revision: u64,
    description: String,
    answers: Vec<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Place>,
    /// The address of a picture, as an Open311 client gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    media_url: Option<String>,
    photos: Vec<StoredPhoto>,
    language: String,
    channel: String,
    verdict: balagh_shared::delivery::Verdict,
    marks: Vec<Reason>,
    level: u32,
    is_published: bool,
    /// Who reported, where this member of staff may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
    log: Vec<LogEntry>,
}

#[derive(Serialize)]
struct LogEntry {
    at: Timestamp,
    state: ReportState,
    #[serde(flatten)]
    what: What,
    actor: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

async fn report(
    State(origin): State<Arc<Origin>>,
    member: Member,
    Path(number): Path<String>,
) -> Result<Response, Refusal> {
    let report = clearance::seen(&origin, &member, &number).await?;
    let audit = origin
        .store
        .audit(&member.name, &number, "view", sys::now());
    audit.await.map_err(unread)?;
    answer(&origin, &member, report).await
}

async fn photo(
    State(origin): State<Arc<Origin>>,
    member: Member,
    Path((number, sha256)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    clearance::seen(&origin, &member, &number).await?;
    let audit = origin
        .store
        .audit(&member.name, &number, "photo", sys::now());
    audit.await.map_err(unread)?;
    picture::shown(&origin, &number, &sha256).await
}

async fn answer(
    origin: &Origin,
    member: &Member,
    report: StoredReport,
) -> Result<Response, Refusal> {
    let status = origin.municipalities.status(&report).map_err(unread)?;
    let photos = origin.store.photos(&status.number).await;
    let photos = photos.map_err(unread)?;
    let life = report.life();
    let contact = match clearance::may_see_reporter(origin, member, &report) {
        true => clearance::contact(origin, &report)?,
        false => None,
    };
    let shown = StaffReport {
        revision: report.revision,
        status,
        contact,
        description: report.report.description,
        answers: report.report.answers,
        place: report.report.place,
        media_url: report.media_url,
        photos,
        language: report.report.lang,
        channel: report.report.channel,
        verdict: report.verdict,
        marks: report.reasons,
        level: life.level,
        is_published: life.is_published,
        log: report.log.events().iter().map(LogEntry::of).collect(),
    };
    Ok(refusal::json(StatusCode::OK, &shown))
}

impl LogEntry {
    fn of(event: &Event) -> LogEntry {
        LogEntry {
            at: event.at,
            state: event.state,
            what: event.what.clone(),
            actor: event.actor.code(),
            staff: event.staff.clone(),
            note: event.note.clone(),
        }
    }
}

/// The body of every step: what was seen before it, and what belongs to some of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    revision: u64,
    department: Option<String>,
    agency: Option<String>,
    reference: Option<String>,
    note: Option<String>,
    code: Option<String>,
    /// The report it is joined to.
    to: Option<String>,
    #[serde(default)]
    internal: bool,
}

async fn act(
    State(origin): State<Arc<Origin>>,
    member: Member,
    Path((number, action)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut body: Body = parse(&body)?;
    let revision = body.revision;
    if action == "join" {
        let to = body.to.take().unwrap_or_default();
        let joined = clearance::join(&origin, &member, (&number, revision), &to).await?;
        return answer(&origin, &member, joined).await;
    }
    let step = step(&action, body)?;
    let report = clearance::act(&origin, &member, (&number, revision), &action, &step).await?;
    answer(&origin, &member, report).await
}

fn step(action: &str, body: Body) -> Result<Step, Refusal> {
    let Body {
        department,
        agency,
        reference,
        note,
        code,
        internal,
        ..
    } = body;
    let words = note.clone().unwrap_or_default();
    Ok(match action {
        "assign" => Step::Assign { department },
        "start" => Step::Start,
        "wait" => Step::Wait { note: words },
        "transfer" => Step::Transfer {
            agency: agency.unwrap_or_default(),
            reference,
            note,
        },
        "resolve" => Step::Resolve { note },
        "close" => Step::Close { code, note },
        "reject" => Step::Reject { note: words },
        "reopen" => Step::Return { note },
        "note" => Step::Note {
            note: words,
            internal,
        },
        "publish" => Step::Publish,
        _ => return Err(Reason::RouteUnknown.into()),
    })
}

fn unread(error: impl std::fmt::Display) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
}
