//! Does it read like spam? The score is [`balagh_shared::spam`]'s; the thresholds are the
//! municipality's. A score alone never refuses a report.

use balagh_shared::municipality::Spam;
use balagh_shared::reason::Reason;
use balagh_shared::report::Report;
use balagh_shared::session::LIFETIME_S;
use balagh_shared::spam::{self, Score, Surroundings};
use balagh_shared::time::Timestamp;

use super::{Caller, Reads, Verdict};
use crate::served::Served;

/// Seconds after which nobody who types is too fast any more.
const YOUNG_S: i64 = 3;

/// Whether advertisements are told from reports here: an edge function has no room for the words, says
/// nothing, and its upstream scores the report.
fn has_words(served: &Served) -> bool {
    cfg!(feature = "words") && served.categorisers().is_some()
}

pub(super) fn score(
    served: &Served,
    caller: &Caller,
    report: &Report,
    reads: &Reads,
    now: Timestamp,
) -> Score {
    if !has_words(served) {
        return Score::default();
    }
    let young_session = match caller {
        Caller::Form { expires_at, .. } => {
            now.seconds()
                .saturating_sub(expires_at.saturating_sub(LIFETIME_S))
                < YOUNG_S
        }
        Caller::Partner(_) => false,
    };
    let around = Surroundings {
        young_session,
        alike: reads.alike,
    };
    spam::score(&words(report), around)
}

/// Everything that was typed for others to read. What was chosen from a list is one word, a code.
fn words(report: &Report) -> String {
    let landmark = report.place.as_ref().and_then(|it| it.landmark.as_deref());
    let answers = report.answers.iter().flat_map(|it| &it.values);
    let typed = answers.map(String::as_str).filter(|it| it.contains(' '));
    let mut text = report.description.clone();
    for part in landmark.into_iter().chain(typed) {
        text.push('\n');
        text.push_str(part);
    }
    text
}

/// What the score asks for. `instead`: what becomes of a report whose sender's device should work.
pub(super) fn judge(served: &Served, score: &Score, instead: Verdict) -> (Verdict, Vec<Reason>) {
    match judge_score(served, score) {
        (Verdict::Challenge, mut reasons) => {
            // Why a score that only asks for work holds this one: told to whoever looks at it, and to
            // whoever tries other thresholds.
            if instead == Verdict::Quarantine {
                reasons.push(Reason::ProofRequired);
            }
            (instead, reasons)
        }
        judged => judged,
    }
}

/// What a score asks for by the municipality's thresholds, and why.
#[must_use]
pub fn judge_score(served: &Served, score: &Score) -> (Verdict, Vec<Reason>) {
    if score.is_cut {
        return (Verdict::Quarantine, vec![Reason::ScreenBudget]);
    }
    let thresholds = &served.document().screening.spam;
    (reached(score.points, thresholds), score.reasons())
}

/// What so many points ask for by these thresholds.
#[must_use]
pub fn reached(points: u16, thresholds: &Spam) -> Verdict {
    let reaches = |threshold: f64| f64::from(points) >= threshold * 1000.0;
    if reaches(thresholds.quarantine) {
        Verdict::Quarantine
    } else if reaches(thresholds.challenge) {
        Verdict::Challenge
    } else {
        Verdict::Accept
    }
}
