//! What is erased once the origin has it: words, places, answers, contacts and photos. What is still to
//! be delivered or was put aside is never erased: it is nowhere else.

use balagh_shared::delivery::Delivery;
use balagh_shared::municipality::Screening;
use balagh_shared::time::{DAY_MS, Timestamp};

use super::decisions::json;
use super::schema::{number, remember, remembered};
use super::sql::values;
use super::{Keeper, StoreError};
use crate::ledger::rest::{KEY_DAYS, without_body};
use crate::ledger::statements;

/// How often it is looked, in milliseconds.
const EVERY_MS: i64 = 3_600_000;
/// How long a photo waits for a report to name it, in milliseconds.
pub(super) const ORPHAN_MS: i64 = 2 * DAY_MS;
/// Reports erased in one go: whoever sends one meanwhile waits for no more than that.
const AT_ONCE: i64 = 200;

/// What one round erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    /// Names of files that no row names any more.
    pub files: Vec<String>,
    /// Whether there may be more.
    pub more: bool,
}

impl Keeper<'_> {
    /// When it is to be looked next for what is overdue; at once where it never was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_erasure(&self) -> Result<Timestamp, StoreError> {
        let last: i64 = number(self.sql, "erased_at")?;
        Ok(Timestamp::from_millis(last.saturating_add(EVERY_MS)))
    }

    /// It was looked, and nothing more is overdue at `now`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn erased(&self, now: Timestamp) -> Result<(), StoreError> {
        remember(self.sql, "erased_at", &now.millis().to_string())
    }

    /// The file after which those without a row are looked for next; empty where none is left of this round.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn swept_to(&self) -> Result<String, StoreError> {
        Ok(remembered(self.sql, "swept_to")?.unwrap_or_default())
    }

    /// Files without a row are looked for after this one next; where it is empty, from the start tomorrow.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sweep_on(&self, after: &str) -> Result<(), StoreError> {
        remember(self.sql, "swept_to", after)
    }

    /// Photos stored before this are removed where no row names them.
    #[must_use]
    pub fn orphans_before(now: Timestamp) -> Timestamp {
        now.plus_millis(-ORPHAN_MS)
    }

    /// Erases some of what is overdue by the municipality's days. Files of photos that no row names
    /// any more are removed after it, by whoever holds the files.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn erase(
        &self,
        municipality: &str,
        screening: &Screening,
        now: Timestamp,
    ) -> Result<Erased, StoreError> {
        let ago = |days: u16| now.plus_millis(-i64::from(days) * DAY_MS).millis();
        let bodies = ago(screening.retention.body_days);
        let rows = self.run(
            statements::OVERDUE_BODIES,
            values![municipality, bodies, AT_ONCE],
        )?;
        for row in &rows {
            let (number, body): (String, String) = (row.at(0)?, row.at(1)?);
            let delivery: Delivery =
                serde_json::from_str(&body).map_err(|_| StoreError::Corrupt("a delivery"))?;
            let rest = json(&without_body(delivery))?;
            self.run(statements::ERASE_BODY, values![rest, now.millis(), number])?;
        }
        let nearby = ago(screening.nearby.days);
        self.run(statements::ERASE_NEARBY, values![municipality, nearby])?;
        let photos = self.run(
            statements::OVERDUE_PHOTOS,
            values![municipality, ago(screening.retention.photo_days), AT_ONCE],
        )?;
        let mut files = Vec::new();
        for row in &photos {
            let number: String = row.at(0)?;
            for named in self.run(statements::UNNAME_PHOTOS, values![number])? {
                let sent: String = named.at(0)?;
                let forgotten = self.run(statements::FORGET_PHOTO, values![municipality, sent])?;
                for row in &forgotten {
                    files.push(row.at(0)?);
                }
            }
        }
        let orphans = Keeper::orphans_before(now).millis();
        self.run(statements::FORGET_ORPHANS, values![orphans])?;
        self.run(statements::FORGET_UNNAMED_TEAM_PHOTOS, values![orphans])?;
        let keys = now.plus_millis(-KEY_DAYS * DAY_MS).millis();
        self.run(statements::FORGET_SUBMISSIONS, values![keys])?;
        self.run(statements::FORGET_CODES, values![now.millis()])?;
        Ok(Erased {
            files,
            more: !rows.is_empty() || !photos.is_empty(),
        })
    }
}
