//! One-time codes: what was sent to whom, by hashes.

use balagh_shared::time::{DAY_MS, Timestamp};

use balagh_database::Connection;

use super::counters::{Count, advance, states};
use super::reports::{is_spent, spend};
use super::{Ledger, LedgerError};
use crate::codes::ask::{Reads, Wanted};
use crate::codes::{Checked, Entry, Live, Refused, Sent};

impl Ledger {
    /// What is known of a request for a code at this moment, without holding anybody up.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn peek_codes(&self, wanted: &Wanted) -> Result<Reads, LedgerError> {
        let mut connection = self.database.readers().acquire().await?;
        read(&mut connection, wanted).await
    }

    /// Decides a request for a code while nobody else can, and writes what follows, durably.
    ///
    /// # Errors
    /// [`LedgerError`]; nothing is written then, nor where `decide` refuses.
    pub async fn send_code(
        &self,
        wanted: &Wanted,
        now: Timestamp,
        decide: impl FnOnce(&Reads) -> Result<Sent, Box<Refused>>,
    ) -> Result<Result<Sent, Box<Refused>>, LedgerError> {
        let mut tx = self.begin().await?;
        let reads = read(&mut tx, wanted).await?;
        let sent = match decide(&reads) {
            Ok(sent) => sent,
            Err(refusal) => return Ok(Err(refusal)),
        };
        write(&mut tx, &sent.subject, &sent.entry, now).await?;
        let counts: Vec<_> = sent.counts.iter().map(Count::from).collect();
        advance(&mut tx, &counts).await?;
        if let Some((nonce, expires_at)) = &sent.spent {
            spend(&mut tx, nonce, *expires_at).await?;
        }
        sqlx::query("DELETE FROM codes WHERE forget_at < $1")
            .bind(now.millis())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Ok(sent))
    }

    /// Takes a code back that could not be handed over.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn take_code_back(&self, sent: &Sent, now: Timestamp) -> Result<(), LedgerError> {
        let mut tx = self.begin().await?;
        let entry = entry(&mut tx, &sent.subject).await?;
        write(&mut tx, &sent.subject, &sent.taken_back(entry), now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What is kept of a contact at this moment.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn peek_code(&self, subject: &str) -> Result<Entry, LedgerError> {
        let mut connection = self.database.readers().acquire().await?;
        entry(&mut connection, subject).await
    }

    /// Decides a code that was typed while nobody else can, so that every try counts.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn check_code(
        &self,
        subject: &str,
        now: Timestamp,
        decide: impl FnOnce(Entry) -> Checked,
    ) -> Result<Checked, LedgerError> {
        let mut tx = self.begin().await?;
        let checked = decide(entry(&mut tx, subject).await?);
        if let Some(entry) = &checked.entry {
            write(&mut tx, subject, entry, now).await?;
            tx.commit().await?;
        }
        Ok(checked)
    }
}

async fn read(connection: &mut Connection, wanted: &Wanted) -> Result<Reads, LedgerError> {
    let subjects = wanted.counters.iter().map(String::as_str).collect();
    let mut reads = Reads {
        entry: entry(connection, &wanted.subject).await?,
        counters: states(&mut *connection, &subjects).await?,
        ..Reads::default()
    };
    if let Some(nonce) = wanted.proof {
        reads.proof_spent = is_spent(&mut *connection, &nonce).await?;
    }
    Ok(reads)
}

type Row = (
    String,
    Option<Vec<u8>>,
    Option<i64>,
    String,
    Option<i64>,
    Option<i64>,
);

async fn entry(connection: &mut Connection, subject: &str) -> Result<Entry, LedgerError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT sent_json, mac, expires_at, asked_by, tries_left, others_left FROM codes
         WHERE subject = $1",
    )
    .bind(subject)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((sent, mac, expires_at, asked_by, left, others)) = row else {
        return Ok(Entry::default());
    };
    let sent: Vec<i64> = serde_json::from_str(&sent)?;
    // A hash of another length fits no code.
    let mac = mac.and_then(|mac| mac.try_into().ok());
    let live = match (mac, expires_at, left) {
        (Some(mac), Some(expires_at), Some(left)) => Some(Live {
            mac,
            expires_at: Timestamp::from_millis(expires_at),
            asked_by,
            left: u8::try_from(left).unwrap_or(0),
            // Of a code from before there were two: its tries are anybody's.
            left_to_others: u8::try_from(others.unwrap_or(left)).unwrap_or(0),
        }),
        _ => None,
    };
    Ok(Entry {
        sent: sent.into_iter().map(Timestamp::from_millis).collect(),
        live,
    })
}

async fn write(
    tx: &mut Connection,
    subject: &str,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let sent: Vec<i64> = entry.sent.iter().map(|at| at.millis()).collect();
    let live = entry.live.as_ref();
    sqlx::query(
        "INSERT INTO codes (subject, sent_json, mac, expires_at, asked_by, tries_left, others_left,
                            forget_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (subject) DO UPDATE SET sent_json = excluded.sent_json, mac = excluded.mac,
             expires_at = excluded.expires_at, asked_by = excluded.asked_by,
             tries_left = excluded.tries_left, others_left = excluded.others_left,
             forget_at = excluded.forget_at",
    )
    .bind(subject)
    .bind(serde_json::to_string(&sent)?)
    .bind(live.map(|live| live.mac.to_vec()))
    .bind(live.map(|live| live.expires_at.millis()))
    .bind(live.map_or("", |live| live.asked_by.as_str()))
    .bind(live.map(|live| i64::from(live.left)))
    .bind(live.map(|live| i64::from(live.left_to_others)))
    .bind(now.millis().saturating_add(DAY_MS))
    .execute(&mut *tx)
    .await?;
    Ok(())
}
