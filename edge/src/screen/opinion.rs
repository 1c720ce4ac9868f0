//! What a step makes of a report by itself, and whether it may act on it.
//!
//! A step in `shadow` decides and reports, and nothing follows; one that is `off` is not heard. What
//! was said is kept with the report, without any of its words, so that it can be held against what a
//! person said later.

use balagh_shared::municipality::ShadowStep;
use balagh_shared::reason::Reason;
use serde::{Deserialize, Serialize};

use super::{Decision, Step, Verdict};
use crate::served::Served;

/// What one step would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Which.
    pub step: Step,
    /// What it would do: `accept` where it only marks.
    pub verdict: Verdict,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Whether it only watches.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

/// What the screen made of a report, as it is kept: features and figures, never its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    /// The language of its description, as `balagh categorise` tells it.
    pub language: String,
    /// The score of spam, in thousandths.
    pub score: u16,
    /// The features that spoke, with their points in thousandths.
    pub features: Vec<(String, i16)>,
    /// What the steps made of it.
    pub opinions: Vec<Opinion>,
    /// Its text's fingerprint, where it is long enough to have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<u64>,
}

/// Opinions as they come in.
pub(super) struct Opinions<'a> {
    served: &'a Served,
    all: Vec<Opinion>,
}

impl<'a> Opinions<'a> {
    pub(super) fn of(served: &'a Served) -> Opinions<'a> {
        Opinions {
            served,
            all: Vec::new(),
        }
    }

    /// Notes an opinion; gives it back where it may be acted on.
    pub(super) fn add(
        &mut self,
        step: Step,
        verdict: Verdict,
        reasons: Vec<Reason>,
    ) -> Option<Opinion> {
        let screening = &self.served.document().screening;
        let is_among = |steps: &[ShadowStep]| steps.iter().any(|it| step_of(*it) == step);
        if is_among(&screening.off) {
            return None;
        }
        let opinion = Opinion {
            step,
            verdict,
            reasons,
            shadow: is_among(&screening.shadow),
        };
        self.all.push(opinion.clone());
        (!opinion.shadow).then_some(opinion)
    }

    /// A decision with what was said until then.
    pub(super) fn on(self, decision: Decision) -> Decision {
        Decision {
            opinions: self.all,
            ..decision
        }
    }

    pub(super) fn all(self) -> Vec<Opinion> {
        self.all
    }
}

fn step_of(named: ShadowStep) -> Step {
    match named {
        ShadowStep::Proof => Step::Proof,
        ShadowStep::Limits => Step::Limits,
        ShadowStep::Spam => Step::Spam,
        ShadowStep::Duplicate => Step::Duplicate,
    }
}
