//! The ledger in a Durable Object: what the native one does, over the storage that an object has.
//!
//! An object is one thread, and its statements are done when they return. So a decision looks up,
//! screens and writes in one go, within one transaction: nothing can come between, and there are no
//! conflicts but that of a number drawn twice. One object keeps one municipality: keys, nonces, counters
//! and neighbours are all its own, so that a decision never needs another object's storage.
//!
//! | module | idea |
//! | --- | --- |
//! | [`sql`] | a database as an object has it |
//! | `schema` | the tables, by the migrations of the native ledger |
//! | `decisions` | what a decision reads and writes |
//! | `photos` | rows that name files |
//! | `outbox` | what the origin is still to be told |
//! | `screenings` | what was made of reports, and what people say of it |
//! | `statuses` | what the origin told |
//! | `nearby` | where reports are |
//! | `codes` | one-time codes |
//! | `erasure` | what goes after its days |
//!
//! Its statements are those of every ledger, in `crate::ledger::statements`.
//!
//! *Architecture invariant:* nothing here waits. The object hands an answer out only when its storage is
//! durable, so what is acknowledged is kept.

mod codes;
mod decisions;
mod erasure;
mod nearby;
mod outbox;
mod photos;
mod schema;
mod screenings;
pub mod sql;
mod statuses;

use std::fmt;

use balagh_shared::keyring::Keyring;
use balagh_shared::seal::SealError;

use sql::{Row, Sql, Value};

pub use erasure::Erased;

/// The ledger of one municipality.
#[derive(Clone, Copy)]
pub struct Keeper<'a> {
    sql: &'a dyn Sql,
    seals: &'a Keyring,
}

/// Why something is not in the ledger.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// A number, key or nonce is taken.
    Conflict,
    /// The storage would not, in its own words.
    Storage(String),
    /// What is stored cannot be read as what was stored.
    Corrupt(&'static str),
    /// A contact could not be sealed or opened.
    Seal(SealError),
}

impl<'a> Keeper<'a> {
    /// The ledger in a database that was prepared. `seals` keeps the contacts.
    #[must_use]
    pub fn new(sql: &'a dyn Sql, seals: &'a Keyring) -> Keeper<'a> {
        Keeper { sql, seals }
    }

    /// Brings the tables of a database up to date, within the caller's transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare(sql: &dyn Sql) -> Result<(), StoreError> {
        schema::bring_up_to_date(sql)
    }

    /// Whose reports this object keeps; nothing before it has kept one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn municipality(&self) -> Result<Option<String>, StoreError> {
        schema::remembered(self.sql, "municipality")
    }

    /// This object keeps the reports of this municipality.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where it keeps another one's: objects are found by the name of theirs.
    pub fn belong_to(&self, municipality: &str) -> Result<(), StoreError> {
        match self.municipality()? {
            Some(own) if own == municipality => Ok(()),
            Some(_) => Err(StoreError::Corrupt("whose object it is")),
            None => schema::remember(self.sql, "municipality", municipality),
        }
    }

    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.sql.run(statement, values)
    }

    fn first(&self, statement: &str, values: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.run(statement, values)?.into_iter().next())
    }
}

impl fmt::Debug for Keeper<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper").finish_non_exhaustive()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Conflict => f.write_str("a number, key or nonce is taken"),
            StoreError::Storage(why) => write!(f, "the storage: {why}"),
            StoreError::Corrupt(what) => write!(f, "what is stored cannot be read: {what}"),
            StoreError::Seal(error) => write!(f, "a contact: {error}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> StoreError {
        StoreError::Seal(error)
    }
}
