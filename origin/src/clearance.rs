//! What a member of staff may see and do, whichever door they come through: JSON or the console.
//!
//! Each role sees the least its work needs. Who reported is shown where the document's
//! `reporter_visible_to` says so; a complaint is hidden from every department but the one that the
//! document has it answered by; and whatever is done leaves a line in the audit first.

use balagh_shared::municipality::{Category, Kind, VisibleTo};
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Contact;
use balagh_shared::seal::SealError;
use balagh_shared::status::State;

use crate::desk::{self, Asked};
use crate::keys::Keys;
use crate::lifecycle::Actor;
use crate::lifecycle::step::Step;
use crate::refusal::Refusal;
use crate::server::Origin;
use crate::staff::{Member, Role};
use crate::store::{Joiner, StoredReport};
use crate::sys;

/// The report, if this member of staff may see it; nothing tells the others that it exists.
pub(crate) async fn seen(
    origin: &Origin,
    member: &Member,
    number: &str,
) -> Result<StoredReport, Refusal> {
    let report = origin.store.report(number).await.map_err(unread)?;
    report
        .filter(|report| may_see(origin, member, report))
        .ok_or_else(|| Reason::ReportUnknown.into())
}

fn may_see(origin: &Origin, member: &Member, report: &StoredReport) -> bool {
    member.sees(&report.municipality, &report.life().department)
        && visible_categories(origin, member)
            .is_none_or(|visible| visible.contains(&report.head.category))
}

/// The categories that this member of staff sees, where they do not see all: a department sees no
/// complaints but those it answers. One that is complained of may be given a complaint by mistake, and
/// should not read who complained of what; so a category that the document has no more, and that may
/// have been a complaint, is left to who sees all.
pub(crate) fn visible_categories(origin: &Origin, member: &Member) -> Option<Vec<String>> {
    if !member.role.is_of_a_department() {
        return None;
    }
    let Some(served) = origin.municipalities.by_id(&member.municipality) else {
        return Some(Vec::new());
    };
    let document = &served.document;
    let answers = |category: &Category| {
        let department = category.department.as_ref().unwrap_or(&document.triage);
        member.department.as_ref() == Some(department)
    };
    let categories = document.groups.iter().flat_map(|group| &group.categories);
    let visible =
        categories.filter(|category| category.kind != Kind::Complaint || answers(category));
    Some(visible.map(|category| category.code.clone()).collect())
}

/// Whether this member of staff may see who sent the report.
pub(crate) fn may_see_reporter(origin: &Origin, member: &Member, report: &StoredReport) -> bool {
    let served = origin.municipalities.by_id(&report.municipality);
    let category = served.and_then(|served| served.document.category(&report.head.category));
    // A category that is gone protects its reporters as before, or better.
    let visible_to = category.map_or(VisibleTo::Intake, |it| it.reporter_visible_to);
    match member.role {
        Role::Agent | Role::Supervisor | Role::Administrator => true,
        Role::Department => visible_to != VisibleTo::Intake,
        Role::Field => visible_to == VisibleTo::Field,
    }
}

/// Who sent the report. Whoever asks has looked at [`may_see_reporter`] and has written it down.
pub(crate) fn contact(origin: &Origin, report: &StoredReport) -> Result<Option<Contact>, Refusal> {
    let opened = report.contact(&origin.keys.seals);
    opened.map_err(|error| match error {
        SealError::UnknownKey => Reason::ReportLocked.into(),
        error => Refusal::failed(Reason::Internal, error),
    })
}

/// The tracking code of a report that came in at the municipality; nothing where there is none. Whoever
/// asks is who hands it over, and has written it down.
pub(crate) fn tracking_code(keys: &Keys, report: &StoredReport) -> Option<String> {
    report.taken_in_by()?;
    let (keys, kid) = (keys.numbers.as_ref()?, report.secret_kid.as_deref()?);
    let number = ReportNumber::parse(&report.head.number).ok()?;
    let secret = Secret::derive(keys, kid, &report.municipality, &number).ok()?;
    Some(secret.reveal())
}

/// Whether this member of staff may ask for `step` on a report that stands at `state`.
pub(crate) fn may(member: &Member, step: &Step, state: Option<State>) -> bool {
    // That a reporter keeps silent, or that another agency is done, is not said by those whose work
    // it is: a wait or a transfer would be a way around the reporter's word.
    let is_past_the_reporter = member.role.is_of_a_department()
        && matches!(step, Step::Close { .. })
        && state != Some(State::Resolved);
    member.role.may(step) && !is_past_the_reporter
}

/// Takes a step for a member of staff, from the `revision` they saw.
pub(crate) async fn act(
    origin: &Origin,
    member: &Member,
    (number, revision): (&str, u64),
    action: &str,
    step: &Step,
) -> Result<StoredReport, Refusal> {
    if !member.role.may(step) {
        return Err(Reason::StaffForbidden.into());
    }
    let report = seen(origin, member, number).await?;
    if !may(member, step, report.log.state()) {
        return Err(Reason::StaffForbidden.into());
    }
    let store = &origin.store;
    let audit = store.audit(&member.name, number, action, sys::now());
    audit.await.map_err(unread)?;
    let asked = Asked {
        number,
        revision: Some(revision),
        staff: Some(&member.name),
    };
    desk::take(origin, asked, step).await
}

/// Joins a report to another one of the same problem.
pub(crate) async fn join(
    origin: &Origin,
    member: &Member,
    (number, revision): (&str, u64),
    to: &str,
) -> Result<StoredReport, Refusal> {
    if !member.role.may_join() {
        return Err(Reason::StaffForbidden.into());
    }
    seen(origin, member, number).await?;
    seen(origin, member, to).await?;
    let now = sys::now();
    let audit = origin.store.audit(&member.name, number, "join", now);
    audit.await.map_err(unread)?;
    let by = Joiner {
        actor: Actor::Staff,
        staff: Some(&member.name),
    };
    let joined = origin
        .store
        .join(number, revision, to, by, &origin.municipalities, now)
        .await
        .map_err(desk::refused)?;
    let report = joined.map_err(|reason| Violation::new(reason, "/to"))?;
    origin.has_changed(number);
    Ok(report)
}

fn unread(error: impl std::fmt::Display) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
}
