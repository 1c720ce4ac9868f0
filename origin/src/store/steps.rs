//! Steps in reports' lives: decided and written in one transaction.

use balagh_database::Connection;
use balagh_shared::reason::Violation;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use super::pictures::{self, Sender};
use super::reports::{StoredReport, load, record};
use super::vault::Vault;
use super::{Privacy, Store, StoreError};
use crate::lifecycle::step::Outcome;
use crate::lifecycle::{Actor, Event};
use crate::municipalities::Municipalities;

/// What became of a step.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The report after it.
    pub report: StoredReport,
    /// Why it was not taken.
    pub refusal: Option<Violation>,
}

impl Store {
    /// Takes a step that `decide` finds from how the report stands; whoever read the report before
    /// names the `revision` they saw.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when there is no such report, [`StoreError::Stale`] when it has
    /// changed since; then nothing is changed.
    pub async fn step(
        &self,
        number: &str,
        revision: Option<u64>,
        documents: &Municipalities,
        now: Timestamp,
        decide: impl FnOnce(&StoredReport) -> Result<Outcome, StoreError>,
    ) -> Result<Taken, StoreError> {
        let mut tx = self.write().await?;
        let mut report = load(&mut tx, &self.vault, number)
            .await?
            .ok_or(StoreError::Unknown)?;
        if revision.is_some_and(|seen| seen != report.revision) {
            return Err(StoreError::Stale(report.revision));
        }
        let Outcome {
            events,
            refusal,
            photo,
        } = decide(&report)?;
        if let Some(photo) = photo {
            if matches!(report.privacy, Privacy::Erased) {
                return Err(StoreError::Erased);
            }
            pictures::attach(&mut tx, number, &photo, Sender::Team).await?;
        }
        settle(&mut tx, &self.vault, &mut report, events, documents, now).await?;
        tx.commit().await?;
        Ok(Taken { report, refusal })
    }
}

/// Records what happened to a report, and to those that follow it.
pub(super) async fn settle(
    tx: &mut Connection,
    vault: &Vault,
    report: &mut StoredReport,
    events: Vec<Event>,
    documents: &Municipalities,
    now: Timestamp,
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let moved: Vec<Event> = events.iter().filter_map(followed).collect();
    let policy = documents.policy(&report.municipality, &report.head.category)?;
    record(tx, report, events, &policy, now).await?;
    if moved.is_empty() {
        return Ok(());
    }
    for number in report.life().gained {
        let Some(mut other) = load(tx, vault, &number).await? else {
            continue;
        };
        // It may follow another one by now.
        if other.log.joins() == Some(&report.head.number) {
            let policy = documents.policy(&other.municipality, &other.head.category)?;
            record(tx, &mut other, moved.clone(), &policy, now).await?;
        }
    }
    Ok(())
}

/// What happens to a report that follows the one that this happened to. Words to one reporter are
/// not for another, but why a report was not taken holds for both.
fn followed(event: &Event) -> Option<Event> {
    event.what.moves().then(|| Event {
        actor: Actor::Origin,
        staff: None,
        note: event
            .note
            .clone()
            .filter(|_| event.state == State::Rejected),
        ..event.clone()
    })
}
