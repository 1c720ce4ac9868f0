//! Reports, their lives and their photos.

use balagh_shared::delivery::{Confirmation, StoredPhoto, Verdict};
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::report::Report;
use balagh_shared::routing::Route;
use balagh_shared::seal::{BlindIndex, Sealed};
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::rows::{code, code_of, from_json, json, signed, time, unsigned};
use super::{Store, StoreError};
use crate::lifecycle::life::{Head, Life};
use crate::lifecycle::policy::Policy;
use crate::lifecycle::{Actor, Event, Log, What, notice, timer};
use crate::municipalities::Municipalities;

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
    /// Its contact.
    pub contact: Option<Sealed>,
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
    /// The report as sent, without its contact.
    pub report: Report,
    /// Its contact.
    pub contact: Option<Sealed>,
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
    /// Puts a report into the ledger, once, and joins it to the one its reporter named, where that
    /// one is here and open.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is stored.
    pub async fn insert(
        &self,
        new: &NewReport,
        documents: &Municipalities,
        now: Timestamp,
    ) -> Result<Inserted, StoreError> {
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
                let stored = load(&mut tx, number).await?.ok_or(StoreError::Unknown)?;
                let policy = documents.policy(&new.municipality, &new.report.category)?;
                follow(&mut tx, &stored, stored.log.events(), &policy, now).await?;
                super::joining::on_arrival(&mut tx, stored, new, documents, now).await?;
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

    /// Attaches a photo, whose bytes are in the photo store, to a report that came before it, once.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when there is no such report.
    pub async fn attach_photo(
        &self,
        number: &str,
        photo: &StoredPhoto,
        documents: &Municipalities,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let mut stored = load(&mut tx, number).await?.ok_or(StoreError::Unknown)?;
        if attach(&mut tx, number, photo).await? {
            let came = Event {
                at: now,
                state: stored.life().state,
                what: What::Photo,
                actor: Actor::Reporter,
                staff: None,
                note: None,
            };
            let policy = documents.policy(&stored.municipality, &stored.head.category)?;
            record(&mut tx, &mut stored, vec![came], &policy, now).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The report with this number.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a row that no version before this one wrote.
    pub async fn report(&self, number: &str) -> Result<Option<StoredReport>, StoreError> {
        let mut tx = self.pool.begin().await?;
        load(&mut tx, number).await
    }
}

impl Store {
    /// The photos that came with a report or for it, the first that came first; those of the work are
    /// [others](Store::picture).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn photos(&self, number: &str) -> Result<Vec<StoredPhoto>, StoreError> {
        let rows = sqlx::query(
            "SELECT sha256, sent_sha256, media_type, bytes, width, height FROM photos \
             WHERE number = ? AND of_team = 0 ORDER BY rowid",
        )
        .bind(number)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(photo_of).collect()
    }
}

/// A row of the photos.
pub(super) fn photo_of(row: &SqliteRow) -> Result<StoredPhoto, StoreError> {
    Ok(StoredPhoto {
        sha256: row.try_get("sha256")?,
        sent_sha256: row.try_get("sent_sha256")?,
        media_type: row.try_get("media_type")?,
        bytes: unsigned(row, "bytes")?,
        width: row.try_get("width")?,
        height: row.try_get("height")?,
    })
}

const FIRST_REVISION: u64 = 1;

/// The report with this number, as the transaction sees it.
pub(super) async fn load(
    tx: &mut SqliteConnection,
    number: &str,
) -> Result<Option<StoredReport>, StoreError> {
    let row = sqlx::query(
        "SELECT number, municipality, verdict, reasons, category, district, department, agency, \
         received_at, due, revision, report_json, contact_sealed, secret_kid, partner \
         FROM reports WHERE number = ?",
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
    Ok(Some(StoredReport {
        municipality: row.try_get("municipality")?,
        verdict: code(&row, "verdict")?,
        reasons: from_json(&row, "reasons")?,
        report: from_json(&row, "report_json")?,
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
        log: log_of(tx, number).await?,
    }))
}

/// Appends what happened to a report, with everything that follows from it: what its log comes to
/// now, its next timer, who is told.
pub(super) async fn record(
    tx: &mut SqliteConnection,
    stored: &mut StoredReport,
    events: Vec<Event>,
    policy: &Policy<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut happened = Vec::with_capacity(events.len());
    for event in events {
        let recorded = stored.log.record(event)?.clone();
        append(tx, &stored.head.number, &recorded).await?;
        happened.push(recorded);
    }
    stored.revision += 1;
    follow(tx, stored, &happened, policy, now).await
}

/// Everything that follows from `happened`, the last of a report's events.
async fn follow(
    tx: &mut SqliteConnection,
    stored: &StoredReport,
    happened: &[Event],
    policy: &Policy<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let life = stored.life();
    let number = &stored.head.number;
    let changed = stored.log.events().last();
    sqlx::query(
        "UPDATE reports SET state = ?, revision = ?, current_department = ?, current_agency = ?, \
         current_due = ?, level = ?, joins = ?, is_listed = ?, is_published = ?, changed_ms = ? \
         WHERE number = ?",
    )
    .bind(life.state.code())
    .bind(signed(stored.revision))
    .bind(&life.department)
    .bind(&life.agency)
    .bind(life.due.millis())
    .bind(life.level)
    .bind(&life.joins)
    .bind(stored.is_listed(life.state))
    .bind(life.is_published)
    .bind(changed.map_or(0, |event| event.at.millis()))
    .bind(number)
    .execute(&mut *tx)
    .await?;
    super::facts::keep(tx, stored, policy.time_zone()).await?;
    super::jobs::want(tx, number, timer::next(&life, policy)).await?;
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
         report_json, delivery_mac, received_ms, confirmed, revision) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .bind(new.received_at.millis())
    .bind(new.confirmed.as_ref().map(json).transpose()?)
    .bind(signed(FIRST_REVISION))
    .execute(tx)
    .await?;
    Ok(())
}

async fn append(tx: &mut SqliteConnection, number: &str, event: &Event) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO events (number, at, state, actor, note, what, staff) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(number)
    .bind(event.at.to_string())
    .bind(event.state.code())
    .bind(event.actor.code())
    .bind(&event.note)
    .bind(json(&event.what)?)
    .bind(&event.staff)
    .execute(tx)
    .await?;
    Ok(())
}

/// Names a photo to a report; gives whether that is new.
async fn attach(
    tx: &mut SqliteConnection,
    number: &str,
    photo: &StoredPhoto,
) -> Result<bool, StoreError> {
    let attached = sqlx::query(
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
    Ok(attached.rows_affected() > 0)
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

async fn log_of(tx: &mut SqliteConnection, number: &str) -> Result<Log, StoreError> {
    let rows = sqlx::query(
        "SELECT at, state, actor, note, what, staff FROM events WHERE number = ? ORDER BY id",
    )
    .bind(number)
    .fetch_all(tx)
    .await?;
    let events = rows.iter().map(event_of).collect::<Result<Vec<_>, _>>()?;
    Ok(Log::rebuild(events)?)
}

fn event_of(row: &SqliteRow) -> Result<Event, StoreError> {
    Ok(Event {
        at: time(row, "at")?,
        state: code::<State>(row, "state")?,
        what: from_json(row, "what")?,
        actor: Actor::from_code(row.try_get("actor")?).ok_or(StoreError::Unreadable("actor"))?,
        staff: row.try_get("staff")?,
        note: row.try_get("note")?,
    })
}
