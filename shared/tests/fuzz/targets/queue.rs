//! What a network can answer, in any order.

use balagh_shared::outbox::{LONGEST_MS, next_attempt};
use balagh_shared::queue::{Answer, Command, Event, Kept, Queue, Reaction, react};
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

/// Each four bytes are an answer; the waits between are bounded, and nothing ends a report but its
/// receipt.
pub(crate) fn queue(bytes: &[u8]) {
    machine(bytes);
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

/// Each two bytes are an event, also where none is expected: what is done stays within a few
/// commands, and nothing is sent without the lock.
fn machine(bytes: &[u8]) {
    let mut queue = Queue::new(Kept::default(), true);
    let mut now = Timestamp::from_millis(1_000);
    let mut locked = false;
    for pair in bytes.chunks_exact(2).take(512) {
        let &[kind, more] = pair else { return };
        let event = match kind % 8 {
            0 => Event::Send,
            1 => Event::Wake,
            2 => Event::Online(more % 2 == 0),
            3 => Event::Lock(more % 4 != 0),
            4 => Event::Edit,
            5 => Event::Delete,
            6 => Event::Answer(Answer::None),
            _ => Event::Answer(Answer::Problem {
                status: 400 + u16::from(more % 32),
                code: Reason::Internal,
                retry_after: (more > 128).then_some(u32::from(more)),
            }),
        };
        // A lock that nobody asked for is none.
        let granted = event == Event::Lock(true);
        now = now.plus_millis(i64::from(more) * 1_000);
        let commands = queue.step(event, now);
        assert!(commands.len() <= 4, "{commands:?}");
        for command in commands {
            match command {
                Command::Attempt => {
                    assert!(granted && !locked);
                    locked = true;
                }
                Command::Renew | Command::Work => assert!(locked, "sends without the lock"),
                Command::Unlock => {
                    assert!(locked, "gives back what it does not hold");
                    locked = false;
                }
                Command::Wake(at) => assert!(at > now),
                Command::Show(_) => unreachable!("no receipt came"),
                _ => {}
            }
        }
    }
}
