//! Reports of the same problem: one leads, the others follow.

use balagh_database::Connection;
use balagh_shared::delivery::Verdict;
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

use super::reports::{NewReport, StoredReport, load, record};
use super::vault::Vault;
use super::{Store, StoreError};
use crate::lifecycle::{Actor, Event, What};
use crate::municipalities::Municipalities;

/// Who joins two reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joiner<'a> {
    /// Staff, or the reporter.
    pub actor: Actor,
    /// The name of the member of staff.
    pub staff: Option<&'a str>,
}

impl Store {
    /// Joins a report to one of the same problem: from now on it goes where that one goes, and so
    /// does what followed it. Gives it as it stands then, or why it cannot be.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when it is not there, [`StoreError::Stale`] when it has changed
    /// since `revision`.
    pub async fn join(
        &self,
        number: &str,
        revision: u64,
        to: &str,
        by: Joiner<'_>,
        documents: &Municipalities,
        now: Timestamp,
    ) -> Result<Result<StoredReport, Reason>, StoreError> {
        let mut tx = self.write().await?;
        let mut report = load(&mut tx, &self.vault, number)
            .await?
            .ok_or(StoreError::Unknown)?;
        if revision != report.revision {
            return Err(StoreError::Stale(report.revision));
        }
        let Some(leader) = load(&mut tx, &self.vault, to).await? else {
            return Ok(Err(Reason::ReportUnknown));
        };
        if let Err(reason) = join(
            &mut tx,
            &self.vault,
            &mut report,
            leader,
            by,
            documents,
            now,
        )
        .await?
        {
            return Ok(Err(reason));
        }
        tx.commit().await?;
        Ok(Ok(report))
    }
}

/// What a report that has just come in means for others: it joins the one its reporter named, and
/// those that were there before the one they name join it.
pub(super) async fn on_arrival(
    tx: &mut Connection,
    vault: &Vault,
    stored: &StoredReport,
    new: &NewReport,
    documents: &Municipalities,
    now: Timestamp,
) -> Result<(), StoreError> {
    let by = Joiner {
        actor: Actor::Reporter,
        staff: None,
    };
    let number = &stored.head.number;
    // Who attacks the screen should not be able to raise what others reported.
    let may_join = stored.verdict != Verdict::Quarantine && !stored.report.test;
    if let Some(to) = new.joins.as_deref().filter(|_| may_join) {
        match load(tx, vault, to).await? {
            // One that is over meanwhile, or no other at all: then it stands for itself.
            Some(leader) => {
                let mut stored = stored.clone();
                let _reason = join(tx, vault, &mut stored, leader, by, documents, now).await?;
            }
            None => {
                sqlx::query("UPDATE reports SET wants_to_join = $1 WHERE number = $2")
                    .bind(to)
                    .bind(number)
                    .execute(&mut *tx)
                    .await?;
            }
        }
    }
    let waiting: Vec<String> =
        sqlx::query_scalar("SELECT number FROM reports WHERE wants_to_join = $1 ORDER BY number")
            .bind(number)
            .fetch_all(&mut *tx)
            .await?;
    for other in waiting {
        let (Some(mut other), Some(leader)) = (
            load(tx, vault, &other).await?,
            load(tx, vault, number).await?,
        ) else {
            continue;
        };
        let _reason = join(tx, vault, &mut other, leader, by, documents, now).await?;
        sqlx::query("UPDATE reports SET wants_to_join = NULL WHERE number = $1")
            .bind(&other.head.number)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Joins `report` to `leader`, or to what that one follows itself.
async fn join(
    tx: &mut Connection,
    vault: &Vault,
    report: &mut StoredReport,
    leader: StoredReport,
    by: Joiner<'_>,
    documents: &Municipalities,
    now: Timestamp,
) -> Result<Result<(), Reason>, StoreError> {
    let mut leader = match leader.log.joins().map(str::to_owned) {
        None => leader,
        Some(leads) => match load(tx, vault, &leads).await? {
            Some(leads) => leads,
            None => return Ok(Err(Reason::ReportUnknown)),
        },
    };
    let number = report.head.number.clone();
    let (life, leads) = (report.life(), leader.life());
    let is_same = leader.head.number == number;
    if is_same || leader.municipality != report.municipality || leader.report.test {
        return Ok(Err(Reason::ReportUnknown));
    }
    if !leads.state.is_open() {
        return Ok(Err(Reason::JoinClosed));
    }
    if !life.state.is_open() || life.joins.is_some() {
        return Ok(Err(Reason::StateConflict));
    }
    follow_leader(tx, report, &leader, by, documents, now).await?;
    let mut gained = vec![number.clone()];
    for follower in life.gained {
        let Some(mut follower) = load(tx, vault, &follower).await? else {
            continue;
        };
        if follower.log.joins() == Some(&number) {
            follow_leader(tx, &mut follower, &leader, by, documents, now).await?;
            gained.push(follower.head.number);
        }
    }
    let policy = documents.policy(&leader.municipality, &leader.head.category)?;
    let state = leads.state;
    let events = gained.into_iter().map(|number| Event {
        at: now,
        state,
        what: What::Gained { number },
        actor: by.actor,
        staff: by.staff.map(str::to_owned),
        note: None,
    });
    let events = events.collect();
    record(tx, &mut leader, events, &policy, now).await?;
    Ok(Ok(()))
}

/// Lets `report` follow `leader`, and stand where that one stands.
async fn follow_leader(
    tx: &mut Connection,
    report: &mut StoredReport,
    leader: &StoredReport,
    by: Joiner<'_>,
    documents: &Municipalities,
    now: Timestamp,
) -> Result<(), StoreError> {
    let leads = leader.life();
    let from = report.log.state().unwrap_or(leads.state);
    let event = |state, what, actor, staff: Option<&str>| Event {
        at: now,
        state,
        what,
        actor,
        staff: staff.map(str::to_owned),
        note: None,
    };
    let to = leader.head.number.clone();
    let mut events = vec![event(from, What::Joined { to }, by.actor, by.staff)];
    if from != leads.state || report.life().agency != leads.agency {
        let what = match leads.agency {
            Some(agency) => What::Transferred {
                agency,
                reference: leads.agency_reference,
            },
            None => What::Assigned {
                department: leads.department,
            },
        };
        events.push(event(leads.state, what, Actor::Origin, None));
    }
    let policy = documents.policy(&report.municipality, &report.head.category)?;
    record(tx, report, events, &policy, now).await
}
