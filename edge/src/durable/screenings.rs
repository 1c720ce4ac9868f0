//! What the screen made of reports, and what people say of it.

use balagh_shared::delivery::Verdict;
use balagh_shared::time::Timestamp;

use super::sql::{Row, values};
use super::{Keeper, StoreError};
use crate::ledger::job::{ORIGIN, REVIEW};
use crate::ledger::rest::verdict_code;
use crate::ledger::screening::{Label, Labelled, Screening};
use crate::ledger::statements;

impl Keeper<'_> {
    /// The reports that wait for a person, the oldest first; up to `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn held(&self, most: u32) -> Result<Vec<Screening>, StoreError> {
        let rows = self.run(statements::HELD, values![most])?;
        rows.iter().map(screening).collect()
    }

    /// What was made of the reports received from `since` on and before another time, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn screenings(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Screening>, StoreError> {
        let between = values![since.millis(), before.millis()];
        let rows = self.run(statements::SCREENINGS, between)?;
        rows.iter().map(screening).collect()
    }

    /// What was made of one report.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn screening(&self, number: &str) -> Result<Option<Screening>, StoreError> {
        let row = self.first(statements::SCREENING, values![number])?;
        row.as_ref().map(screening).transpose()
    }

    /// Keeps what a person said of a report; of a held one it is queued for the origin, behind the
    /// report itself. Where that fails some of it may be written: the caller's transaction takes it back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn label(
        &self,
        number: &str,
        label: Label,
        now: Timestamp,
    ) -> Result<Labelled, StoreError> {
        let Some(row) = self.first(statements::LABEL_OF, values![number])? else {
            return Ok(Labelled::Unknown);
        };
        let (verdict, before): (String, Option<String>) = (row.at(0)?, row.at(1)?);
        if before.is_some() {
            return Ok(Labelled::Before);
        }
        self.run(
            statements::LABEL,
            values![label.code(), now.millis(), number],
        )?;
        // All that is delivered from here goes to the origin, where it waits for this word.
        if verdict == verdict_code(Verdict::Quarantine) {
            let values = values![number, REVIEW, now.millis(), ORIGIN];
            self.run(statements::QUEUE_REVIEW, values)?;
        }
        Ok(Labelled::Kept)
    }
}

fn screening(row: &Row) -> Result<Screening, StoreError> {
    let row = (
        row.at(0)?,
        row.at(1)?,
        row.at(2)?,
        row.at(3)?,
        row.at(4)?,
        row.at(5)?,
        row.at(6)?,
        row.at(7)?,
    );
    Screening::of(row).map_err(|_| StoreError::Corrupt("an opinion"))
}
