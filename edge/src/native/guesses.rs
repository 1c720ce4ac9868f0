//! Who guesses numbers and tracking codes: so many wrong ones a sender, then later.
//!
//! A code has fifty bits, which nobody guesses; this is for the load of trying, and for the day on which
//! somebody finds that it had fewer. Whoever is over is not answered at all, so that the right one among
//! many wrong ones does not show either. In memory, of each edge by itself: a write for each wrong guess
//! would cost more than the guess.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use balagh_shared::limit::Gcra;
use balagh_shared::time::Timestamp;

use crate::http::{Method, Route};

/// Wrong guesses of one sender: as many as a carrier's crowd behind one address mistypes in a bad hour,
/// and one a second after that.
const LIMIT: Gcra = Gcra::new(300, 1000);

/// Most senders that are remembered.
const MOST: usize = 20_000;

/// The senders that guessed wrong lately, by the keyed hashes of their addresses.
#[derive(Debug, Default)]
pub(crate) struct Guesses(Mutex<BTreeMap<String, i64>>);

impl Guesses {
    /// Whether somebody who asks for this may be guessing.
    pub(crate) fn is_one(route: &Route, method: Method) -> bool {
        match route {
            Route::Report { .. } | Route::Act { .. } | Route::Secret { .. } => true,
            Route::TrackPage(_) => method == Method::Post,
            _ => false,
        }
    }

    /// How long a sender has to wait, in milliseconds; nothing where they need not.
    pub(crate) fn wait(&self, sender: &str, now: Timestamp) -> Option<i64> {
        let senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = LIMIT.check(senders.get(sender).copied(), now.millis());
        (!decision.allowed).then_some(decision.retry_after_ms)
    }

    /// Counts a wrong one.
    pub(crate) fn wrong(&self, sender: &str, now: Timestamp) {
        let mut senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = LIMIT.check(senders.get(sender).copied(), now.millis());
        if senders.len() >= MOST && !senders.contains_key(sender) {
            senders.retain(|_, tat| *tat > now.millis());
            // Whoever has so many addresses has their guesses with each of them.
            if senders.len() >= MOST {
                senders.clear();
            }
        }
        senders.insert(sender.to_owned(), next.new_tat);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_795_243_260_000;

    fn at(later_ms: i64) -> Timestamp {
        Timestamp::from_millis(NOW_MS + later_ms)
    }

    #[test]
    fn who_guesses_wrong_all_the_time_waits_and_nobody_else_does() {
        let guesses = Guesses::default();
        for _ in 0..300 {
            assert_eq!(guesses.wait("a", at(0)), None);
            guesses.wrong("a", at(0));
        }
        assert_eq!(guesses.wait("a", at(0)), Some(1000));
        assert_eq!(guesses.wait("b", at(0)), None);
        assert_eq!(guesses.wait("a", at(1000)), None);
    }

    #[test]
    fn a_hundred_thousand_senders_take_the_memory_of_a_few() {
        let guesses = Guesses::default();
        for sender in 0..100_000 {
            guesses.wrong(&sender.to_string(), at(0));
        }
        assert!(guesses.0.lock().unwrap().len() <= MOST);
    }
}
