//! Sends what reporters and departments are told, from the durable queue.
//!
//! A message is claimed in one transaction, sent, and its end written down in another. Between the
//! two stands a gateway that keeps no count for us: after a crash there nobody knows whether it has
//! the message, which is then sent once more and never a third time. The same holds for a gateway
//! that took a message and did not say so. In all other cases each message is sent once.

mod plan;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use balagh_messages::{Cause, Messages, SendError};
use balagh_shared::report::Contact;
use balagh_shared::seal::SealError;
use tokio::sync::watch;

use crate::clearance;
use crate::keys::Keys;
use crate::municipalities::Municipalities;
use crate::store::{Errand, Settled, Store, StoreError, StoredReport};
use crate::{rounds, sys};
use plan::{Means, Plan, Situation};

/// Messages on their way at once.
const AT_ONCE: u32 = 16;
/// A gateway or mail server that has not taken a message by then is taken for away. Well below the
/// time of a claim.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest wait between two looks at the queue: what an operator replays goes soon.
const LONGEST: Duration = Duration::from_secs(10);

/// What tells reporters and departments.
#[derive(Clone)]
pub(crate) struct Courier {
    pub(crate) store: Store,
    pub(crate) municipalities: Arc<Municipalities>,
    pub(crate) keys: Keys,
    pub(crate) messages: Arc<Messages>,
    /// The edge as citizens reach it.
    pub(crate) edge: Arc<str>,
    pub(crate) failures: Failures,
}

/// Attempts that failed since the start, by whether they may succeed later.
#[derive(Debug, Clone, Default)]
pub(crate) struct Failures(Arc<Mutex<BTreeMap<&'static str, u64>>>);

/// Why a message could not even be written.
enum Unwritten {
    Store(StoreError),
    /// The report is gone.
    Gone,
    /// Its contact does not open.
    Contact,
}

impl Courier {
    /// Works until `stop` changes; `wake` changes when there may be something new. What is on its way
    /// then is waited for: nobody else knows what becomes of it.
    pub(crate) async fn run(self, mut wake: watch::Receiver<()>, mut stop: watch::Receiver<bool>) {
        if let Err(error) = self.store.end_claims().await {
            tracing::error!(%error, "what was in the sending waits for its claim to run out");
        }
        while !*stop.borrow_and_update() {
            let pause = self.round().await.unwrap_or_else(|error| {
                tracing::error!(%error, "the queue of messages cannot be read");
                rounds::AFTER_FAILURE
            });
            tokio::select! {
                // In this order, so that a simulation can be repeated.
                biased;
                _ = stop.changed() => return,
                _ = wake.changed() => {}
                () = sys::sleep(pause) => {}
            }
        }
    }

    /// Sends what is due; gives how long nothing will be.
    async fn round(&self) -> Result<Duration, StoreError> {
        let mut tasks = sys::Tasks::new();
        for errand in self.store.claim_notices(sys::now(), AT_ONCE).await? {
            let courier = self.clone();
            tasks.spawn(async move { courier.settle(&errand).await });
        }
        rounds::settled(tasks).await?;
        Ok(rounds::until(self.store.next_notice().await?, LONGEST))
    }

    /// Does one errand, and writes down what became of it.
    async fn settle(&self, errand: &Errand) -> Result<(), StoreError> {
        let settled = match self.plan(errand).await {
            Ok(Plan::Settle(settled)) => settled,
            Ok(Plan::Send(message)) => {
                let sending = tokio::time::timeout(PATIENCE, self.messages.send(&message));
                let sent = sending.await;
                let sent = sent.unwrap_or(Err(SendError::Temporary(Cause::Slow)));
                self.count(errand, sent);
                plan::after(errand, sent, sys::now(), sys::jitter())
            }
            // As an away gateway: a row that cannot be read today keeps no other waiting.
            Err(Unwritten::Store(error)) => {
                tracing::error!(%error, id = errand.id, "a report that is to be told of cannot be read");
                let away = Err(SendError::Temporary(Cause::NotSetUp));
                plan::after(errand, away, sys::now(), sys::jitter())
            }
            Err(unwritten) => Settled::Dead(unwritten.to_string()),
        };
        self.store
            .notice_settled(errand.id, &settled, sys::now())
            .await
    }

    /// What is to be done, from how the report stands now.
    async fn plan(&self, errand: &Errand) -> Result<Plan, Unwritten> {
        let report = self.store.report(&errand.number).await;
        let report = report.map_err(Unwritten::Store)?.ok_or(Unwritten::Gone)?;
        let id = &report.municipality;
        let undocumented = || Unwritten::Store(StoreError::Undocumented(id.clone()));
        let served = self.municipalities.by_id(id).ok_or_else(undocumented)?;
        let policy = self
            .municipalities
            .policy(id, &report.head.category)
            .map_err(Unwritten::Store)?;
        let contact = self.contact(&report)?;
        let secret = clearance::tracking_code(&self.keys, &report);
        let situation = Situation {
            document: &served.document,
            policy: &policy,
            language: &report.report.lang,
            received_at: report.head.received_at,
            life: &report.life(),
            contact: contact.as_ref(),
            means: Means {
                sms: self.messages.has_sms(),
                email: self.messages.has_email(),
            },
            codes: &self.keys.closing,
            secret: secret.as_deref(),
            edge: &self.edge,
        };
        Ok(plan::plan(errand, &situation, sys::now()))
    }

    fn contact(&self, report: &StoredReport) -> Result<Option<Contact>, Unwritten> {
        report
            .contact(&self.keys.seals)
            .map_err(|error| match error {
                // It may be back tomorrow.
                SealError::UnknownKey => Unwritten::Store(StoreError::Locked),
                _ => Unwritten::Contact,
            })
    }

    /// Never who or what: neither stands in a log.
    fn count(&self, errand: &Errand, sent: Result<(), SendError>) {
        let Err(error) = sent else { return };
        let kind = if error.is_temporary() {
            "temporary"
        } else {
            "permanent"
        };
        let (id, attempts) = (errand.id, errand.attempts);
        tracing::warn!(id, attempts, template = errand.template, why = %error, "not sent");
        let mut counts = self
            .failures
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *counts.entry(kind).or_default() += 1;
    }
}

impl Failures {
    /// How many there were of each kind.
    pub(crate) fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unwritten::Store(error) => error.fmt(f),
            Unwritten::Gone => f.write_str("the report is gone"),
            Unwritten::Contact => f.write_str("the contact does not open"),
        }
    }
}
