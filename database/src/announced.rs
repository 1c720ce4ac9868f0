//! What a process is busy with, as the others of a shared database see it: said while it lasts, written
//! nowhere, and over with the process, however that ends.

use std::sync::Arc;

use sqlx::AnyPool;
use tokio::sync::Mutex;

use crate::{Connection, Database, Engine, postgres};

/// The one connection that says it for a process; PostgreSQL forgets what a connection said when it
/// ends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Speaker(Arc<Mutex<Option<Connection>>>);

/// Something that this process is busy with, until this is dropped.
#[derive(Debug)]
pub struct Announced {
    what: u32,
    speaker: Speaker,
}

impl Database {
    /// Says to the others of a shared database that this process is busy with `what`; nothing where
    /// nobody else could hear it. Two things of one number are one.
    ///
    /// # Errors
    /// [`sqlx::Error`]: nobody heard it.
    pub async fn announce(&self, what: u32) -> Result<Option<Announced>, sqlx::Error> {
        if self.engine != Engine::Postgres {
            return Ok(None);
        }
        let speaker = self.speaker.clone();
        speaker.say(&self.readers, what).await?;
        Ok(Some(Announced { what, speaker }))
    }

    /// Whether any process is busy with `what`, this one among them.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn is_announced(&self, what: u32) -> Result<bool, sqlx::Error> {
        match self.engine {
            Engine::Postgres => postgres::is_announced(&self.readers, what).await,
            Engine::Memory | Engine::Sqlite => Ok(false),
        }
    }
}

impl Speaker {
    async fn say(&self, of: &AnyPool, what: u32) -> Result<(), sqlx::Error> {
        let mut held = self.0.lock().await;
        let mut connection = match held.take() {
            Some(connection) => connection,
            None => sqlx::ConnectOptions::connect(&*of.connect_options()).await?,
        };
        postgres::announce(&mut connection, what).await?;
        // One that failed is dropped, and all that it said with it.
        *held = Some(connection);
        Ok(())
    }

    async fn take_back(&self, what: u32) {
        let mut held = self.0.lock().await;
        if let Some(mut connection) = held.take()
            && postgres::take_back(&mut connection, what).await.is_ok()
        {
            *held = Some(connection);
        }
    }

    /// Ends the connection.
    pub(crate) async fn close(&self) {
        if let Some(connection) = self.0.lock().await.take() {
            // The server sees the end of it in any case.
            drop(sqlx::Connection::close(connection).await);
        }
    }
}

impl Drop for Announced {
    fn drop(&mut self) {
        let (speaker, what) = (self.speaker.clone(), self.what);
        // Outside of a runtime the process ends, and the connection with it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { speaker.take_back(what).await });
        }
    }
}
