//! A transaction that writes.

use std::ops::{Deref, DerefMut};

use sqlx::{Acquire, Any, Transaction};

use crate::{Connection, Engine, Savepoint};

/// A transaction that has the database to itself. Statements are executed on `&mut *write`; rolled
/// back where it is dropped.
#[derive(Debug)]
pub struct Write {
    transaction: Transaction<'static, Any>,
    engine: Engine,
}

impl Write {
    pub(crate) fn new(transaction: Transaction<'static, Any>, engine: Engine) -> Write {
        Write {
            transaction,
            engine,
        }
    }

    /// Commits; on disk once this returns. Where it fails, it is not known whether it was: a
    /// connection may break between the commit and its answer.
    ///
    /// # Errors
    /// [`sqlx::Error`], also when a statement failed before: PostgreSQL takes back all of it, and
    /// calls that a success.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.engine == Engine::Postgres {
            sqlx::query("SELECT 1")
                .execute(&mut *self.transaction)
                .await?;
        }
        self.transaction.commit().await
    }

    /// Takes back all of it.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        self.transaction.rollback().await
    }

    /// What may fail without the rest: committed it is part of the whole, dropped it never was.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn savepoint(&mut self) -> Result<Savepoint<'_>, sqlx::Error> {
        self.transaction.begin().await
    }
}

impl Deref for Write {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.transaction
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.transaction
    }
}
