//! What a network can answer, in any order.

use balagh_shared::outbox::{LONGEST_MS, next_attempt};
use balagh_shared::queue::{Answer, Reaction, react};
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

/// Each four bytes are an answer; the waits between are bounded, and nothing ends a report but its
/// receipt.
pub(crate) fn queue(bytes: &[u8]) {
    let (mut attempt, mut cleared) = (0_u32, 0_u32);
    for step in bytes.chunks_exact(4).take(256) {
        let &[kind, high, low, more] = step else {
            return;
        };
        attempt = attempt.saturating_add(1);
        let status = u16::from_be_bytes([high, low]) % 600;
        let retry_after = (more % 2 == 0).then(|| u32::from(more) * 1_000);
        let answer = match kind % 3 {
            0 => Answer::None,
            1 => Answer::Foreign,
            _ => Answer::Problem {
                status,
                code: Reason::Internal,
                retry_after,
            },
        };
        match react(answer, attempt, cleared) {
            Reaction::Received(_) => unreachable!("no receipt came"),
            Reaction::Wait { millis } => {
                cleared = 0;
                assert!((2_000..=3_600_000).contains(&millis), "waits {millis} ms");
            }
            Reaction::AskCitizen => assert!(matches!(status, 413 | 415 | 422)),
            _ => {
                cleared += 1;
                assert!(cleared <= 2, "renews without end");
            }
        }
        let due = next_attempt(Timestamp::from_millis(0), attempt, more).millis();
        assert!((1..=LONGEST_MS).contains(&due));
    }
}
