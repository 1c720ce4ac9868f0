//! Where steps are taken: for reporters, for staff and for the clock, by the same rules.

use balagh_shared::keyring::Keyring;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

use crate::lifecycle::step::{Outcome, Situation, Step};
use crate::municipalities::Municipalities;
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::store::{StoreError, StoredReport, Taken};
use crate::sys;

/// Who asks for a step, on which report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) number: &'a str,
    /// What they saw of it before.
    pub(crate) revision: Option<u64>,
    /// The name of a member of staff.
    pub(crate) staff: Option<&'a str>,
}

/// Takes a step; gives the report as it stands after it.
pub(crate) async fn take(
    origin: &Origin,
    asked: Asked<'_>,
    step: &Step,
) -> Result<StoredReport, Refusal> {
    let now = sys::now();
    let Asked {
        number,
        revision,
        staff,
    } = asked;
    let documents = &origin.municipalities;
    let taken = origin
        .store
        .step(number, revision, documents, now, |report| {
            decide(step, staff, report, documents, &origin.keys.closing, now)
        })
        .await;
    let Taken { report, refusal } = taken.map_err(refused)?;
    origin.has_changed(&report.head.number);
    match refusal {
        Some(violation) => Err(violation.into()),
        None => Ok(report),
    }
}

/// What a step leads to, from how the report stands.
pub(crate) fn decide(
    step: &Step,
    staff: Option<&str>,
    report: &StoredReport,
    documents: &Municipalities,
    codes: &Keyring,
    now: Timestamp,
) -> Result<Outcome, StoreError> {
    let policy = documents.policy(&report.municipality, &report.head.category)?;
    let situation = Situation {
        municipality: &report.municipality,
        head: &report.head,
        life: &report.life(),
        policy: &policy,
        codes,
        now,
    };
    Ok(step.take(staff, &situation))
}

/// Why the ledger did not take a step, as whoever asked is told.
pub(crate) fn refused(error: StoreError) -> Refusal {
    match error {
        StoreError::Unknown => Reason::ReportUnknown.into(),
        StoreError::Stale(revision) => Violation::new(Reason::StateStale, "/revision")
            .with("revision", revision)
            .into(),
        StoreError::Erased => Reason::ReportErased.into(),
        StoreError::Locked => Reason::ReportLocked.into(),
        error => Refusal::failed(Reason::StorageUnavailable, error),
    }
}
