//! Reports, their lives and their photos.

use balagh_shared::delivery::{StoredPhoto, Verdict};
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::report::Report;
use balagh_shared::routing::Route;
use balagh_shared::seal::{BlindIndex, Sealed};
use balagh_shared::status::{PublicStatus, State};
use balagh_shared::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, SqliteConnection, Transaction};

use super::{Store, StoreError};
use crate::lifecycle::{Actor, Event, Head, Log, public_status};

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
    /// Its contact.
    pub contact: Option<Sealed>,
    /// The partner it came through.
    pub partner: Option<String>,
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
    /// The report as sent, without its contact.
    pub report: Report,
    /// What its public status holds beside its log.
    pub head: Head,
    /// Its life.
    pub log: Log,
}

impl Store {
    /// Puts a report into the ledger, once.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is stored.
    pub async fn insert(&self, new: &NewReport, now: Timestamp) -> Result<Inserted, StoreError> {
        let mut tx = self.write().await?;
        let number = new.number.as_str();
        let known: Option<String> =
            sqlx::query_scalar("SELECT delivery_mac FROM reports WHERE number = ?")
                .bind(number)
                .fetch_optional(&mut *tx)
                .await?;
        let inserted = match known {
            None => {
                insert_row(&mut tx, new).await?;
                for event in new.log.events() {
                    append(&mut tx, number, event).await?;
                }
                if new.secret_kid.is_some() {
                    tell_edge(&mut tx, number, FIRST_REVISION, now).await?;
                }
                Inserted::New
            }
            Some(mac) if new.fingerprints.iter().any(|one| one.as_str() == mac) => Inserted::Known,
            Some(_) => return Ok(Inserted::Conflict),
        };
        for photo in &new.photos {
            attach(&mut tx, number, photo).await?;
        }
        tx.commit().await?;
        Ok(inserted)
    }

    /// Attaches a photo, whose bytes are in the photo store, to a report.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when there is no such report.
    pub async fn attach_photo(&self, number: &str, photo: &StoredPhoto) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM reports WHERE number = ?")
            .bind(number)
            .fetch_optional(&mut *tx)
            .await?;
        known.ok_or(StoreError::Unknown)?;
        attach(&mut tx, number, photo).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a step in a report's life, decided from its `revision`, and tells the edge. Gives the
    /// new revision.
    ///
    /// # Errors
    /// [`StoreError::Illegal`] for a step that must not be taken, [`StoreError::Stale`] when the
    /// report has changed since, [`StoreError::Unknown`] when it is not there; then nothing is
    /// changed.
    pub async fn advance(
        &self,
        number: &str,
        revision: u64,
        event: Event,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let row = sqlx::query("SELECT revision, secret_kid FROM reports WHERE number = ?")
            .bind(number)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or(StoreError::Unknown)?;
        if unsigned(&row, "revision")? != revision {
            return Err(StoreError::Stale);
        }
        let mut log = log_of(&mut tx, number).await?;
        let recorded = log.record(event)?.clone();
        append(&mut tx, number, &recorded).await?;
        let next = revision + 1;
        sqlx::query("UPDATE reports SET state = ?, revision = ? WHERE number = ?")
            .bind(recorded.state.code())
            .bind(signed(next))
            .bind(number)
            .execute(&mut *tx)
            .await?;
        if row.try_get::<Option<String>, _>("secret_kid")?.is_some() {
            tell_edge(&mut tx, number, next, now).await?;
        }
        tx.commit().await?;
        Ok(next)
    }

    /// The report with this number.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a row that no version before this one wrote.
    pub async fn report(&self, number: &str) -> Result<Option<StoredReport>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query(
            "SELECT number, municipality, verdict, category, district, department, agency, \
             received_at, due, revision, report_json FROM reports WHERE number = ?",
        )
        .bind(number)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(StoredReport {
            municipality: row.try_get("municipality")?,
            verdict: code(&row, "verdict")?,
            report: serde_json::from_str(row.try_get("report_json")?)
                .map_err(|_| StoreError::Unreadable("report_json"))?,
            head: Head {
                number: row.try_get("number")?,
                category: row.try_get("category")?,
                received_at: time(&row, "received_at")?,
                district: row.try_get("district")?,
                department: row.try_get("department")?,
                agency: row.try_get("agency")?,
                due: Some(time(&row, "due")?),
                revision: unsigned(&row, "revision")?,
            },
            log: log_of(&mut tx, number).await?,
        }))
    }

    /// The municipality of a report and how it stands for its reporter, rebuilt from its log.
    ///
    /// # Errors
    /// As [`Store::report`].
    pub async fn status(&self, number: &str) -> Result<Option<(String, PublicStatus)>, StoreError> {
        let report = self.report(number).await?;
        Ok(report.map(|stored| (stored.municipality, public_status(stored.head, &stored.log))))
    }
}

const FIRST_REVISION: u64 = 1;

async fn insert_row(tx: &mut SqliteConnection, new: &NewReport) -> Result<(), StoreError> {
    let place = new.report.place.as_ref();
    let at = place.and_then(|place| place.at);
    let state = new.log.state().ok_or(StoreError::Unreadable("log"))?;
    let fingerprint = new
        .fingerprints
        .first()
        .ok_or(StoreError::Unreadable("fingerprint"))?;
    sqlx::query(
        "INSERT INTO reports (number, municipality, secret_kid, category, district, candidates, \
         department, agency, inspectors, state, verdict, reasons, received_at, due, language, \
         channel, description, lon, lat, landmark, contact_sealed, partner, media_url, \
         report_json, delivery_mac, revision) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.number.as_str())
    .bind(&new.municipality)
    .bind(&new.secret_kid)
    .bind(&new.report.category)
    .bind(&new.route.district)
    .bind(json(&new.route.candidates)?)
    .bind(&new.route.department)
    .bind(&new.route.agency)
    .bind(&new.route.inspectors)
    .bind(state.code())
    .bind(code_of(&new.verdict)?)
    .bind(json(&new.reasons)?)
    .bind(new.received_at.to_string())
    .bind(new.route.due.to_string())
    .bind(&new.report.lang)
    .bind(&new.report.channel)
    .bind(&new.report.description)
    .bind(at.map(|at| at.lon))
    .bind(at.map(|at| at.lat))
    .bind(place.and_then(|place| place.landmark.as_ref()))
    .bind(new.contact.as_ref().map(Sealed::as_str))
    .bind(&new.partner)
    .bind(&new.media_url)
    .bind(json(&new.report)?)
    .bind(fingerprint.as_str())
    .bind(signed(FIRST_REVISION))
    .execute(tx)
    .await?;
    Ok(())
}

async fn append(tx: &mut SqliteConnection, number: &str, event: &Event) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO events (number, at, state, actor, note) VALUES (?, ?, ?, ?, ?)")
        .bind(number)
        .bind(event.at.to_string())
        .bind(event.state.code())
        .bind(event.actor.code())
        .bind(&event.note)
        .execute(tx)
        .await?;
    Ok(())
}

async fn attach(
    tx: &mut SqliteConnection,
    number: &str,
    photo: &StoredPhoto,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO photos (sha256, number, sent_sha256, media_type, bytes, width, height) \
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind(&photo.sha256)
    .bind(number)
    .bind(&photo.sent_sha256)
    .bind(&photo.media_type)
    .bind(signed(photo.bytes))
    .bind(photo.width)
    .bind(photo.height)
    .execute(tx)
    .await?;
    Ok(())
}

/// Queues the report's status, in place of what was still queued of it.
async fn tell_edge(
    tx: &mut SqliteConnection,
    number: &str,
    revision: u64,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO status_queue (number, revision, attempts, next_attempt) VALUES (?, ?, 0, ?) \
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

async fn log_of(tx: &mut Transaction<'_, Sqlite>, number: &str) -> Result<Log, StoreError> {
    let rows =
        sqlx::query("SELECT at, state, actor, note FROM events WHERE number = ? ORDER BY id")
            .bind(number)
            .fetch_all(&mut **tx)
            .await?;
    let events = rows.iter().map(event_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Log::rebuild(events)?)
}

fn event_of(row: &SqliteRow) -> Result<Event, StoreError> {
    Ok(Event {
        at: time(row, "at")?,
        state: code::<State>(row, "state")?,
        actor: Actor::from_code(row.try_get("actor")?).ok_or(StoreError::Unreadable("actor"))?,
        note: row.try_get("note")?,
    })
}

fn time(row: &SqliteRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Timestamp::parse(row.try_get(column)?).map_err(|_| StoreError::Unreadable(column))
}

pub(super) fn unsigned(row: &SqliteRow, column: &'static str) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Unreadable(column))
}

/// SQLite's integers are signed; no count of ours comes near the end of them.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable("json"))
}

/// An enum's code on the wire, which is also its code in a column.
fn code_of<T: Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(Value::String(code)) => Ok(code),
        _ => Err(StoreError::Unreadable("code")),
    }
}

fn code<T: DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let code: String = row.try_get(column)?;
    serde_json::from_value(Value::String(code)).map_err(|_| StoreError::Unreadable(column))
}
