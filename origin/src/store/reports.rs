//! Reports, their lives and their photos.

use balagh_database::{Connection, Row, Statement};
use balagh_shared::delivery::{Confirmation, StoredPhoto, Verdict};
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::report::{Contact, Report};
use balagh_shared::routing::Route;
use balagh_shared::seal::{BlindIndex, Sealed};
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::rows::{code, count, from_json, json, signed, time, unsigned};
use super::sealing::Privacy;
use super::vault::Vault;
use super::{Store, StoreError};
use crate::lifecycle::life::{Head, Life};
use crate::lifecycle::policy::Policy;
use crate::lifecycle::{Actor, Event, Log, notice, timer};

/// The marks of reports that came too many at once.
const FLOODS: [Reason; 3] = [
    Reason::LimitSender,
    Reason::LimitNetwork,
    Reason::LimitContact,
];

/// A report on its way into the ledger, from either door.
#[derive(Debug, Clone)]
pub struct NewReport {
    /// Its number.
    pub number: ReportNumber,
    /// The municipality's id.
    pub municipality: String,
    /// The key its tracking code was derived with; none when no edge minted the number.
    pub secret_kid: Option<String>,
    /// What was decided of it.
    pub verdict: Verdict,
    /// What was marked.
    pub reasons: Vec<Reason>,
    /// Where it goes.
    pub route: Route,
    /// When it was received.
    pub received_at: Timestamp,
    /// The report, **without its contact**.
    pub report: Report,
    /// Its contact, which is sealed on its way in.
    pub contact: Option<Contact>,
    /// By what it can be found that is one person's: contacts that were confirmed, and who was signed
    /// in, each by its kind.
    pub persons: Vec<(&'static str, BlindIndex)>,
    /// The partner it came through.
    pub partner: Option<String>,
    /// The report of the same problem that its reporter named.
    pub joins: Option<String>,
    /// What was shown of who reports.
    pub confirmed: Option<Confirmation>,
    /// An address of a picture, as an Open311 client gave it.
    pub media_url: Option<String>,
    /// Photos whose bytes are in the photo store.
    pub photos: Vec<StoredPhoto>,
    /// Fingerprints of the delivery without its photos, under each key; the first is stored.
    pub fingerprints: Vec<BlindIndex>,
    /// Its life so far.
    pub log: Log,
}

/// What became of an insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// The report is in the ledger now.
    New,
    /// It was already there, the same; photos that it did not have yet are attached.
    Known,
    /// The number stands for another report. Nothing was changed.
    Conflict,
}

/// A report as the ledger has it.
#[derive(Debug, Clone)]
pub struct StoredReport {
    /// The municipality's id.
    pub municipality: String,
    /// What was decided of it.
    pub verdict: Verdict,
    /// What the screen marked.
    pub reasons: Vec<Reason>,
    /// The report as sent, without its contact; without anything of anybody where that is erased or
    /// cannot be read.
    pub report: Report,
    /// Its contact, as it is stored.
    pub contact: Option<Sealed>,
    /// An address of a picture, as an Open311 client gave it.
    pub media_url: Option<String>,
    /// Whether what is somebody's in it can be read.
    pub privacy: Privacy,
    /// The partner it came through.
    pub partner: Option<String>,
    /// What was known of it when it came in.
    pub head: Head,
    /// Its life.
    pub log: Log,
    /// How many times it has changed.
    pub revision: u64,
    /// The key its tracking code is derived with; where there is one, the edge is told of it.
    pub secret_kid: Option<String>,
}

impl StoredReport {
    /// Who of the staff took it in; nobody where it came by itself.
    #[must_use]
    pub fn taken_in_by(&self) -> Option<&str> {
        self.log.events().first()?.staff.as_deref()
    }

    /// What its log comes to.
    #[must_use]
    pub fn life(&self) -> Life {
        Life::of(&self.head, &self.log)
    }

    /// Whether the public may know of it, as far as that hangs on the report and not on its
    /// category: no trial, and nothing that waits in quarantine for a person to look at it.
    fn is_listed(&self, state: State) -> bool {
        let is_unseen = matches!(state, State::Received | State::Screened);
        !(self.report.test || self.verdict == Verdict::Quarantine && is_unseen)
    }
}

impl Store {
    /// The report with this number.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a row that no version before this one wrote.
    pub async fn report(&self, number: &str) -> Result<Option<StoredReport>, StoreError> {
        let mut tx = self.readers().begin().await?;
        load(&mut tx, &self.vault, number).await
    }

    /// The photos that its reporter sent with a report or for it, the first that came first; those of
    /// the work are [others](Store::picture).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn photos(&self, number: &str) -> Result<Vec<StoredPhoto>, StoreError> {
        let rows = sqlx::query(
            "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM photos \
             WHERE number = $1 AND of_reporter = 1 ORDER BY place",
        )
        .bind(number)
        .fetch_all(self.readers())
        .await?;
        rows.iter().map(photo_of).collect()
    }
}

/// A row of the photos.
pub(super) fn photo_of(row: &Row) -> Result<StoredPhoto, StoreError> {
    Ok(StoredPhoto {
        sha256: row.try_get("sha256")?,
        sent_sha256: row.try_get("sent_sha256")?,
        media_type: row.try_get("media_type")?,
        bytes: unsigned(row, "bytes")?,
        width: count(row, "width")?,
        height: count(row, "height")?,
    })
}

/// The report with this number, as the transaction sees it.
pub(super) async fn load(
    tx: &mut Connection,
    vault: &Vault,
    number: &str,
) -> Result<Option<StoredReport>, StoreError> {
    // PostgreSQL has no text with a zero in it, and fails where it is asked for one.
    if number.contains('\0') {
        return Ok(None);
    }
    let row = sqlx::query(
        "SELECT number, municipality, verdict, reasons, category, district, department, agency, \
         received_at, due, revision, report_json, contact_sealed, secret_kid, partner, key_id, \
         personal, erased_ms, media_url FROM reports WHERE number = $1",
    )
    .bind(number)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let contact: Option<String> = row.try_get("contact_sealed")?;
    let contact = contact
        .map(|sealed| Sealed::parse(&sealed))
        .transpose()
        .map_err(|_| StoreError::Unreadable("contact_sealed"))?;
    let is_erased = row.try_get::<Option<i64>, _>("erased_ms")?.is_some();
    let privacy = Privacy::of(vault, row.try_get("key_id")?, is_erased).await?;
    let mut report = from_json(&row, "report_json")?;
    let media_url = privacy.restore(&mut report, number, row.try_get("personal")?)?;
    // What a restored backup still has of it opens with nothing.
    let contact = contact.filter(|_| !matches!(privacy, Privacy::Erased));
    Ok(Some(StoredReport {
        municipality: row.try_get("municipality")?,
        verdict: code(&row, "verdict")?,
        reasons: from_json(&row, "reasons")?,
        report,
        media_url: media_url.or(row.try_get("media_url")?),
        contact,
        partner: row.try_get("partner")?,
        head: Head {
            number: row.try_get("number")?,
            category: row.try_get("category")?,
            received_at: time(&row, "received_at")?,
            district: row.try_get("district")?,
            department: row.try_get("department")?,
            agency: row.try_get("agency")?,
            due: time(&row, "due")?,
        },
        revision: unsigned(&row, "revision")?,
        secret_kid: row.try_get("secret_kid")?,
        log: log_of(tx, number, &privacy).await?,
        privacy,
    }))
}

/// Appends what happened to a report, with everything that follows from it: what its log comes to
/// now, its next timer, who is told.
pub(super) async fn record(
    tx: &mut Connection,
    stored: &mut StoredReport,
    events: Vec<Event>,
    policy: &Policy<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut happened = Vec::with_capacity(events.len());
    for event in events {
        happened.push(stored.log.record(event)?.clone());
    }
    append(tx, &stored.head.number, &happened, &stored.privacy).await?;
    stored.revision += 1;
    follow(tx, stored, &happened, policy, now).await
}

/// What of a report's row follows from its life.
pub(super) struct Standing {
    pub(super) life: Life,
    pub(super) is_listed: bool,
    pub(super) changed_ms: i64,
    pub(super) over_ms: Option<i64>,
}

impl Standing {
    pub(super) fn of(stored: &StoredReport) -> Standing {
        let life = stored.life();
        let changed = stored.log.events().last();
        let changed_ms = changed.map_or(0, |event| event.at.millis());
        let is_over = matches!(life.state, State::Closed | State::Rejected);
        let has_words = !matches!(stored.privacy, Privacy::Erased);
        Standing {
            is_listed: stored.is_listed(life.state),
            changed_ms,
            over_ms: (is_over && has_words).then_some(changed_ms),
            life,
        }
    }
}

/// Everything that follows from `happened`, the last of a report's events.
async fn follow(
    tx: &mut Connection,
    stored: &StoredReport,
    happened: &[Event],
    policy: &Policy<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let standing = Standing::of(stored);
    let number = &stored.head.number;
    sqlx::query(
        "UPDATE reports SET state = $1, revision = $2, current_department = $3, \
         current_agency = $4, current_due = $5, level = $6, joins = $7, is_listed = $8, \
         is_published = $9, changed_ms = $10, over_ms = $11 WHERE number = $12",
    )
    .bind(standing.life.state.code())
    .bind(signed(stored.revision))
    .bind(&standing.life.department)
    .bind(&standing.life.agency)
    .bind(standing.life.due.millis())
    .bind(i64::from(standing.life.level))
    .bind(&standing.life.joins)
    .bind(i64::from(standing.is_listed))
    .bind(i64::from(standing.life.is_published))
    .bind(standing.changed_ms)
    .bind(standing.over_ms)
    .bind(number)
    .execute(&mut *tx)
    .await?;
    super::jobs::want(tx, number, timer::next(&standing.life, policy)).await?;
    spread(tx, stored, (&standing.life, happened), policy, now).await
}

/// Tells everybody else of what `happened`, the last of the events that a life came to: the figures,
/// who is sent messages, the edge.
pub(super) async fn spread(
    tx: &mut Connection,
    stored: &StoredReport,
    (life, happened): (&Life, &[Event]),
    policy: &Policy<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let number = &stored.head.number;
    super::facts::keep(tx, stored, policy.time_zone()).await?;
    // Nobody is told of a trial. A flood is not answered before a person has looked at it: each
    // answer would be a message to whomever it names.
    let is_flood = stored.verdict == Verdict::Quarantine
        && FLOODS.iter().any(|flood| stored.reasons.contains(flood));
    let is_quiet = |event: &Event| stored.report.test || is_flood && event.state == State::Received;
    for event in happened.iter().filter(|event| !is_quiet(event)) {
        for notice in notice::of(event, &life.department, policy) {
            super::notices::queue(tx, number, event.state, &notice, now).await?;
        }
    }
    if stored.secret_kid.is_some() {
        tell_edge(tx, number, stored.revision, now).await?;
    }
    Ok(())
}

/// Writes events at the end of a report's log, in one statement.
pub(super) async fn append(
    tx: &mut Connection,
    number: &str,
    events: &[Event],
    privacy: &Privacy,
) -> Result<(), StoreError> {
    let mut insert =
        Statement::new("INSERT INTO events (number, at, state, actor, what, note, staff) VALUES ");
    for (position, event) in events.iter().enumerate() {
        let note = event.note.as_ref();
        let note = note.map(|said| privacy.note(number, said)).transpose()?;
        insert.push(if position == 0 { "(" } else { ", (" });
        insert.push_bind(number);
        for text in [
            Some(event.at.to_string()),
            Some(event.state.code().to_owned()),
            Some(event.actor.code().to_owned()),
            Some(json(&event.what)?),
            note,
            event.staff.clone(),
        ] {
            match text {
                Some(text) => insert.push(", ").push_bind(text),
                None => insert.push(", NULL"),
            };
        }
        insert.push(")");
    }
    if !events.is_empty() {
        insert.execute(tx).await?;
    }
    Ok(())
}

/// Queues the report's status, in place of what was still queued of it.
async fn tell_edge(
    tx: &mut Connection,
    number: &str,
    revision: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO status_queue (number, revision, attempts, next_attempt) VALUES ($1, $2, 0, $3) \
         ON CONFLICT (number) DO UPDATE SET revision = excluded.revision, attempts = 0, \
         next_attempt = excluded.next_attempt",
    )
    .bind(number)
    .bind(signed(revision))
    .bind(now.millis())
    .execute(tx)
    .await?;
    Ok(())
}

async fn log_of(tx: &mut Connection, number: &str, privacy: &Privacy) -> Result<Log, StoreError> {
    let rows = sqlx::query(
        "SELECT at, state, actor, note, what, staff FROM events WHERE number = $1 ORDER BY id",
    )
    .bind(number)
    .fetch_all(tx)
    .await?;
    let events = rows.iter().map(|row| {
        let event = event_of(row)?;
        let note = privacy.said(number, event.note)?;
        Ok(Event { note, ..event })
    });
    let events = events.collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Log::rebuild(events)?)
}

fn event_of(row: &Row) -> Result<Event, StoreError> {
    Ok(Event {
        at: time(row, "at")?,
        state: code::<State>(row, "state")?,
        what: from_json(row, "what")?,
        actor: Actor::from_code(row.try_get("actor")?).ok_or(StoreError::Unreadable("actor"))?,
        staff: row.try_get("staff")?,
        note: row.try_get("note")?,
    })
}
