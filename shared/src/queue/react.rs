//! What an answer means, or none.

use crate::number::ReportNumber;
use crate::reason::{Action, Reason};
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
    /// Do the work that the answer names and send again at once with the same key.
    Work,
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
pub const FIRST_MS: u32 = 2_000;
/// The longest wait of our own making, in milliseconds.
pub const LONGEST_MS: u32 = 120_000;
/// The longest wait that a server can ask for, in milliseconds: an hour.
pub const LONGEST_TOLD_MS: u32 = 3_600_000;
/// Fresh sessions and works in a row, after which one that is still refused counts as a failure.
const CLEARED: u32 = 2;

/// Decides what `answer` to attempt number `attempt` (from 1) means, after the client has `cleared`
/// a refusal by itself so many times in a row, with a fresh session or with work.
///
/// Only a receipt whose number's check symbol verifies ends it; only what a citizen can mend is
/// put before them; everything else waits, and nothing is thrown away.
#[must_use]
pub fn react(answer: Answer, attempt: u32, cleared: u32) -> Reaction {
    let (status, retry_after) = match answer {
        Answer::Receipt(receipt) if ReportNumber::parse(&receipt.number).is_ok() => {
            return Reaction::Received(receipt);
        }
        Answer::Problem {
            status,
            retry_after,
            ..
        } => (status, retry_after),
        Answer::None | Answer::Receipt(_) | Answer::Foreign => (0, None),
    };
    match Action::of(status) {
        Action::Renew if cleared < CLEARED => Reaction::RenewSession,
        Action::Work if cleared < CLEARED => Reaction::Work,
        Action::Ask => Reaction::AskCitizen,
        _ => Reaction::Wait {
            millis: match retry_after {
                Some(seconds) => seconds
                    .saturating_mul(1000)
                    .clamp(FIRST_MS, LONGEST_TOLD_MS),
                None => {
                    let doubled = FIRST_MS.saturating_mul(1 << attempt.saturating_sub(1).min(10));
                    doubled.min(LONGEST_MS)
                }
            },
        },
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::receipt::Acknowledged;
    use crate::time::Timestamp;

    pub(in crate::queue) fn receipt(number: &str) -> Receipt {
        Receipt {
            number: number.into(),
            secret: String::new(),
            received_at: Timestamp::from_millis(0),
            verdict: Acknowledged::Accepted,
            district: None,
            department: None,
            agency: None,
            due: None,
            joins: None,
            status_url: String::new(),
        }
    }

    fn problem(status: u16, code: Reason, retry_after: Option<u32>) -> Answer {
        Answer::Problem {
            status,
            code,
            retry_after,
        }
    }

    #[track_caller]
    fn check(answer: Answer, expected: Reaction) {
        assert_eq!(react(answer, 1, 0), expected);
    }

    #[test]
    fn only_a_number_whose_check_symbol_verifies_ends_the_wait() {
        let prefix = crate::number::Prefix::parse("EP").unwrap();
        let number = ReportNumber::mint(&prefix, &[7; 8]).to_string();
        check(
            Answer::Receipt(receipt(&number)),
            Reaction::Received(receipt(&number)),
        );
        let mut forged = number.into_bytes();
        let last = forged.last_mut().unwrap();
        *last = if *last == b'0' { b'1' } else { b'0' };
        let forged = String::from_utf8(forged).unwrap();
        check(
            Answer::Receipt(receipt(&forged)),
            Reaction::Wait { millis: 2_000 },
        );
    }

    #[test]
    fn what_is_not_ours_or_never_came_waits() {
        for answer in [Answer::None, Answer::Foreign] {
            check(answer, Reaction::Wait { millis: 2_000 });
        }
    }

    #[test]
    fn a_refused_session_is_renewed_twice_and_then_waits() {
        let expired = || problem(401, Reason::SessionExpired, None);
        assert_eq!(react(expired(), 1, 0), Reaction::RenewSession);
        assert_eq!(react(expired(), 1, 1), Reaction::RenewSession);
        assert_eq!(react(expired(), 1, 2), Reaction::Wait { millis: 2_000 });
    }

    #[test]
    fn work_that_is_asked_for_is_done_twice_and_then_waits() {
        let asked = || problem(428, Reason::ProofRequired, None);
        assert_eq!(react(asked(), 1, 0), Reaction::Work);
        assert_eq!(react(asked(), 1, 1), Reaction::Work);
        assert_eq!(react(asked(), 1, 2), Reaction::Wait { millis: 2_000 });
    }

    #[test]
    fn only_what_a_citizen_can_mend_is_put_before_them() {
        for reason in [
            Reason::RequestTooLarge,
            Reason::PhotoType,
            Reason::PlaceOutside,
        ] {
            check(problem(reason.status(), reason, None), Reaction::AskCitizen);
        }
        for status in [400, 403, 404, 408, 409, 425, 429, 500, 502, 503] {
            check(
                problem(status, Reason::Internal, None),
                Reaction::Wait { millis: 2_000 },
            );
        }
    }

    #[test]
    fn the_servers_own_wait_is_honoured_within_an_hour() {
        let busy = |seconds| problem(503, Reason::StorageUnavailable, Some(seconds));
        check(busy(30), Reaction::Wait { millis: 30_000 });
        check(busy(0), Reaction::Wait { millis: 2_000 });
        check(busy(u32::MAX), Reaction::Wait { millis: 3_600_000 });
    }

    #[test]
    fn waits_double_up_to_two_minutes() {
        let waits: Vec<Reaction> = [1, 2, 3, 7, 4_000]
            .map(|n| react(Answer::None, n, 0))
            .into();
        let expected = [2_000, 4_000, 8_000, 120_000, 120_000];
        assert_eq!(waits, expected.map(|millis| Reaction::Wait { millis }));
    }
}
