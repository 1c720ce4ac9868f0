//! Who is told of reports, from the configuration and the environment's secrets.

use std::fmt;
use std::sync::Arc;

use balagh_shared::keyring::{Keyring, KeyringError};

use super::open311::Open311;
use super::webhook::Webhook;
use super::{Arrived, Missed, Origin, Round};
use crate::native::config::{Config, DestinationConfig, Speaks};
use crate::native::ledger::{Job, ORIGIN, Target};
use crate::outbox::schedule::Schedule;

/// Somebody who is told of reports.
#[derive(Debug)]
pub(crate) struct Destination {
    /// Its name in configuration, ledger, logs and metrics.
    pub(crate) id: String,
    pub(super) schedule: Schedule,
    kind: Kind,
}

/// What a destination speaks.
#[derive(Debug)]
enum Kind {
    /// The edge contract.
    Origin(Origin),
    /// GeoReport v2.
    Open311(Open311),
    /// Standard Webhooks.
    Webhook(Webhook),
}

/// Why the destinations cannot be told anything.
#[derive(Debug)]
#[non_exhaustive]
pub enum DestinationError {
    /// The operator named none.
    None,
    /// The operator gave two of them this name.
    Twice(String),
    /// The operator did not set the variable with a webhook's secrets.
    Missing(String),
    /// The operator set it to something else than secrets.
    Secrets(KeyringError),
    /// The client that talks to them.
    Client(reqwest::Error),
}

impl Config {
    /// Who gets a row in the ledger for each report.
    #[must_use]
    pub fn targets(&self) -> Vec<Target> {
        let origin = self.origin.iter().map(|_| Target {
            id: ORIGIN.to_owned(),
            municipalities: Vec::new(),
        });
        let others = self.destinations.iter().map(|it| Target {
            id: it.id.clone(),
            municipalities: it.municipalities.clone(),
        });
        origin.chain(others).collect()
    }
}

/// Everybody, Balagh's own origin first. `variable` reads the environment's secrets.
pub(crate) fn destinations(
    config: &Config,
    origin: Option<Origin>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Arc<Destination>>, DestinationError> {
    let mut all: Vec<Arc<Destination>> = Vec::new();
    if let Some(origin) = origin {
        all.push(Arc::new(Destination::origin(origin)));
    }
    for section in &config.destinations {
        if all.iter().any(|known| known.id == section.id) {
            return Err(DestinationError::Twice(section.id.clone()));
        }
        all.push(Arc::new(Destination::of(section, variable)?));
    }
    if all.is_empty() {
        return Err(DestinationError::None);
    }
    Ok(all)
}

impl Destination {
    /// Balagh's own origin.
    pub(crate) fn origin(origin: Origin) -> Destination {
        Destination {
            id: ORIGIN.to_owned(),
            schedule: Schedule::Patient,
            kind: Kind::Origin(origin),
        }
    }

    fn of(
        config: &DestinationConfig,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Destination, DestinationError> {
        let name = config.variable();
        let secret = variable(&name).filter(|secret| !secret.trim().is_empty());
        let (schedule, kind) = match &config.speaks {
            Speaks::Open311 {
                format,
                jurisdiction_id,
                services,
            } => {
                let endpoint = Open311::new(
                    config,
                    *format,
                    jurisdiction_id.as_deref(),
                    services,
                    secret,
                );
                let endpoint = endpoint.map_err(DestinationError::Client)?;
                (Schedule::Patient, Kind::Open311(endpoint))
            }
            Speaks::Webhook => {
                let secrets = secret.ok_or_else(|| DestinationError::Missing(name.clone()))?;
                let secrets = Keyring::of_webhook_secrets(&name, &secrets);
                let webhook = Webhook::new(config, secrets.map_err(DestinationError::Secrets)?);
                let webhook = webhook.map_err(DestinationError::Client)?;
                (Schedule::Webhook, Kind::Webhook(webhook))
            }
        };
        Ok(Destination {
            id: config.id.clone(),
            schedule,
            kind,
        })
    }

    /// Carries a job there.
    pub(super) async fn carry(&self, round: &Round<'_>, job: &Job) -> Result<Arrived, Missed> {
        match &self.kind {
            Kind::Origin(origin) => Ok(origin.carry(round, job).await?),
            Kind::Webhook(webhook) => Ok(webhook.carry(round, job).await?),
            Kind::Open311(endpoint) => endpoint.carry(round, job).await,
        }
    }
}

impl fmt::Display for DestinationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DestinationError::None => f.write_str(
                "nobody would be told of reports: write a section [origin] or [[destinations]]",
            ),
            DestinationError::Twice(id) => write!(f, "two destinations are called {id}"),
            DestinationError::Missing(variable) => write!(
                f,
                "the environment variable {variable} is not set: give it the secrets that the \
                 receiver has, whsec_…"
            ),
            DestinationError::Secrets(error) => error.fmt(f),
            DestinationError::Client(error) => write!(f, "the client to destinations: {error}"),
        }
    }
}

impl std::error::Error for DestinationError {}
