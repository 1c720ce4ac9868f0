//! An answer with what is counted and logged of it.

use balagh_shared::reason::{Reason, Violation};

use crate::codes::Refused;
use crate::http::{Response, refusal};
use crate::screen::{Decision, Step, Verdict};

/// An answer, and what the log may know of it.
#[derive(Debug)]
#[cfg_attr(
    not(feature = "native"),
    expect(dead_code, reason = "an object counts and logs nothing of it")
)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    pub(crate) verdict: Option<Verdict>,
    pub(crate) step: Option<Step>,
    pub(crate) reasons: Vec<Reason>,
    pub(crate) number: Option<String>,
}

impl Answer {
    pub(crate) fn refuse(violations: &[Violation], language: &'static str) -> Answer {
        let mut reasons: Vec<Reason> = violations.iter().map(|it| it.code).collect();
        reasons.dedup();
        Answer {
            reasons,
            ..Answer::from(refusal::response(violations, language))
        }
    }

    pub(crate) fn refuse_for(reason: Reason, language: &'static str) -> Answer {
        Answer::refuse(&[Violation::new(reason, "")], language)
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Answer {
        Answer {
            reasons: vec![refused.reason],
            ..Answer::from(refused.response)
        }
    }
}

impl From<Response> for Answer {
    fn from(response: Response) -> Answer {
        Answer {
            response,
            verdict: None,
            step: None,
            reasons: Vec::new(),
            number: None,
        }
    }
}

impl From<Decision> for Answer {
    fn from(decision: Decision) -> Answer {
        let Decision {
            verdict,
            reasons,
            step,
            response,
            ..
        } = decision;
        Answer {
            response,
            verdict: Some(verdict),
            step: Some(step),
            reasons,
            number: None,
        }
    }
}
