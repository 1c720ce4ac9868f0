//! One-time codes: what was sent to whom, by hashes.

use balagh_shared::time::Timestamp;

use balagh_database::Connection;

use super::counters::{advance, states};
use super::reports::{is_spent, spend};
use super::{Ledger, LedgerError};
use crate::codes::ask::{Reads, Wanted};
use crate::codes::{Checked, Entry, Refused, Sent};
use crate::ledger::code::{self, CodeRow};
use crate::ledger::statements;

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
        advance(&mut tx, &sent.counts).await?;
        if let Some((nonce, expires_at)) = &sent.spent {
            spend(&mut tx, nonce, *expires_at).await?;
        }
        sqlx::query(statements::FORGET_CODES)
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
        counters: states(connection, subjects).await?,
        ..Reads::default()
    };
    if let Some(nonce) = wanted.proof {
        reads.proof_spent = is_spent(&mut *connection, &nonce).await?;
    }
    Ok(reads)
}

async fn entry(connection: &mut Connection, subject: &str) -> Result<Entry, LedgerError> {
    let row: Option<CodeRow> = sqlx::query_as(statements::CODE)
        .bind(subject)
        .fetch_optional(&mut *connection)
        .await?;
    Ok(row.map(code::entry).transpose()?.unwrap_or_default())
}

async fn write(
    tx: &mut Connection,
    subject: &str,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let ((sent, mac, expires_at, asked_by, left, others), forget_at) = code::row(entry, now)?;
    sqlx::query(statements::KEEP_CODE)
        .bind(subject)
        .bind(sent)
        .bind(mac)
        .bind(expires_at)
        .bind(asked_by)
        .bind(left)
        .bind(others)
        .bind(forget_at)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
