//! What the widget does with an answer, or with none: the citizen's queue as a pure machine.
//!
//! The adapter holds the network and IndexedDB; it tells what came back and does what it is told.

use crate::number::ReportNumber;
use crate::reason::Reason;
use crate::receipt::Receipt;

/// What came back of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// No answer: the network failed, the server closed, or the wait was too long.
    None,
    /// JSON that reads as a receipt.
    Receipt(Receipt),
    /// JSON that reads as one of our problems.
    Problem {
        /// HTTP status.
        status: u16,
        /// The first reason.
        code: Reason,
        /// `Retry-After`, in seconds.
        retry_after: Option<u32>,
    },
    /// Anything else: a captive portal's HTML, a proxy's error page.
    Foreign,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Reaction {
    /// It is received: show the receipt, erase the draft.
    Received(Receipt),
    /// Fetch a new session and send again at once with the same key.
    RenewSession,
    /// Keep it and try again after this many milliseconds, or when the network returns. Before an
    /// edit or a delete, ask `GET …/submission` whether it arrived after all.
    Wait {
        /// Milliseconds.
        millis: u32,
    },
    /// Only the citizen can mend it.
    AskCitizen,
}

/// The first wait, in milliseconds.
const FIRST_MS: u32 = 2_000;
/// The longest wait, in milliseconds.
const LONGEST_MS: u32 = 120_000;
/// Renewals in a row after which a session that is still refused counts as a failure.
const RENEWALS: u32 = 2;

/// Decides what `answer` to attempt number `attempt` (from 1) means, after `renewals` renewals of
/// the session in a row.
///
/// Only a receipt whose number's check symbol verifies ends it; only what a citizen can mend is
/// put before them; everything else waits, and nothing is thrown away.
#[must_use]
pub fn react(answer: Answer, attempt: u32, renewals: u32) -> Reaction {
    match answer {
        Answer::Receipt(receipt) if ReportNumber::parse(&receipt.number).is_ok() => {
            Reaction::Received(receipt)
        }
        Answer::Problem { status: 401, .. } if renewals < RENEWALS => Reaction::RenewSession,
        Answer::Problem {
            status: 413 | 415 | 422,
            ..
        } => Reaction::AskCitizen,
        Answer::Problem {
            retry_after: Some(seconds),
            ..
        } => Reaction::Wait {
            millis: seconds.saturating_mul(1000).clamp(FIRST_MS, 3_600_000),
        },
        Answer::None | Answer::Receipt(_) | Answer::Problem { .. } | Answer::Foreign => {
            let doubled = FIRST_MS.saturating_mul(1 << attempt.saturating_sub(1).min(10));
            Reaction::Wait {
                millis: doubled.min(LONGEST_MS),
            }
        }
    }
}
