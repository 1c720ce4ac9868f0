//! Who guesses numbers and tracking codes: so many wrong ones a sender, then later.
//!
//! A code has fifty bits, which nobody guesses; this is for the load of trying, and for the day on which
//! somebody finds that it had fewer. Whoever is over is not answered at all, so that the right one among
//! many wrong ones does not show either. In memory, of each edge or instance by itself: a write for each
//! wrong guess would cost more than the guess.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use balagh_shared::limit::Gcra;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

use crate::http::{Method, Route, refusal};

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

    /// Whether a sender may guess once more.
    ///
    /// # Errors
    /// `limit.ceiling`, with the seconds to wait.
    pub(crate) fn admit(&self, sender: &str, now: Timestamp) -> Result<(), Violation> {
        let senders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = LIMIT.check(senders.get(sender).copied(), now.millis());
        match decision.allowed {
            true => Ok(()),
            false => Err(refusal::retry_after(
                Reason::LimitCeiling,
                decision.retry_after_ms,
            )),
        }
    }

    /// Counts what was answered to one with a status: wrong where nothing was found.
    pub(crate) fn answered(&self, sender: &str, status: u16, now: Timestamp) {
        if status != 404 {
            return;
        }
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
            assert_eq!(guesses.admit("a", at(0)), Ok(()));
            guesses.answered("a", 404, at(0));
        }
        let over = guesses.admit("a", at(0)).unwrap_err();
        assert_eq!(over, refusal::retry_after(Reason::LimitCeiling, 1000));
        assert_eq!(guesses.admit("b", at(0)), Ok(()));
        assert_eq!(guesses.admit("a", at(1000)), Ok(()));
    }

    #[test]
    fn who_knows_their_code_may_ask_as_often_as_they_like() {
        let guesses = Guesses::default();
        for _ in 0..400 {
            guesses.answered("a", 200, at(0));
        }
        assert_eq!(guesses.admit("a", at(0)), Ok(()));
    }

    #[test]
    fn a_hundred_thousand_senders_take_the_memory_of_a_few() {
        let guesses = Guesses::default();
        for sender in 0..100_000 {
            guesses.answered(&sender.to_string(), 404, at(0));
        }
        assert!(guesses.0.lock().unwrap().len() <= MOST);
    }
}
