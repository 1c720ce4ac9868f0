//! What origins have said of their figures of late, whom not to ask for a while, and whose turn it is to
//! ask. One short lock: nobody holds it while an origin is asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use balagh_shared::time::Timestamp;
use tokio::sync::{Mutex as Turn, Semaphore};

use super::Question;

/// How long an answer is kept. What a municipality hides is gone from here so much later.
const KEPT_MS: i64 = 10 * 60_000;
/// How long an origin that is away is not asked again.
const AWAY_MS: i64 = 5_000;
/// Answers that are kept: those of a year's months in all languages, and more. A work budget.
const MOST_KEPT: usize = 96;
/// Bytes of all of them together.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Questions of one municipality that its origin is asked at the same time.
const ASKED_AT_ONCE: usize = 2;

/// What is known of all municipalities.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<Inside>);

#[derive(Debug, Default)]
struct Inside {
    answers: BTreeMap<Question, Kept>,
    /// Of each municipality that was ever asked for; there are as many as there are documents.
    cities: BTreeMap<String, City>,
}

#[derive(Debug)]
struct Kept {
    until: Timestamp,
    body: Arc<[u8]>,
}

#[derive(Debug)]
struct City {
    away_until: Option<Timestamp>,
    places: Arc<Semaphore>,
    /// The questions that somebody asks or waits for.
    turns: BTreeMap<Question, Weak<Turn<()>>>,
}

/// What there is to do about a question.
#[derive(Debug)]
pub(super) enum Look {
    /// Nothing: it is answered.
    Answered(Arc<[u8]>),
    /// Nothing for a while: its origin is away.
    Away,
    /// Its origin is to be asked, by one at a time.
    Ask(Queue),
}

/// Those who would have the same question answered: whoever has the turn asks, and must look again
/// first.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) turn: Arc<Turn<()>>,
    /// Of all questions of the municipality.
    pub(super) places: Arc<Semaphore>,
}

impl Known {
    /// What is known at `now`.
    pub(super) fn look(&self, question: &Question, now: Timestamp) -> Look {
        let mut inside = self.inside();
        let Inside { answers, cities } = &mut *inside;
        answers.retain(|_, kept| is_ahead(kept.until, now, KEPT_MS));
        if let Some(kept) = answers.get(question) {
            return Look::Answered(Arc::clone(&kept.body));
        }
        let city = cities.entry(question.municipality.clone()).or_default();
        if city
            .away_until
            .is_some_and(|until| is_ahead(until, now, AWAY_MS))
        {
            return Look::Away;
        }
        Look::Ask(Queue {
            turn: city.turn(question),
            places: Arc::clone(&city.places),
        })
    }

    /// Keeps an answer that came at `now`; where there is no room, those go that are the oldest.
    pub(super) fn answered(&self, question: Question, body: Arc<[u8]>, now: Timestamp) {
        let mut inside = self.inside();
        let answers = &mut inside.answers;
        answers.remove(&question);
        let room = |answers: &BTreeMap<Question, Kept>| {
            let bytes: usize = answers.values().map(|kept| kept.body.len()).sum();
            answers.len() < MOST_KEPT && bytes + body.len() <= MOST_BYTES
        };
        while !room(answers) {
            let oldest = answers.iter().min_by_key(|(_, kept)| kept.until);
            let Some(oldest) = oldest.map(|(question, _)| question.clone()) else {
                return;
            };
            answers.remove(&oldest);
        }
        let until = now.plus_millis(KEPT_MS);
        answers.insert(question, Kept { until, body });
    }

    /// Leaves the origin of a municipality alone from `now` on.
    pub(super) fn is_away(&self, municipality: &str, now: Timestamp) {
        let mut inside = self.inside();
        let city = inside.cities.entry(municipality.to_owned()).or_default();
        city.away_until = Some(now.plus_millis(AWAY_MS));
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for City {
    fn default() -> City {
        City {
            away_until: None,
            places: Arc::new(Semaphore::new(ASKED_AT_ONCE)),
            turns: BTreeMap::new(),
        }
    }
}

impl City {
    /// The turn of a question; those that nobody waits for any more are forgotten.
    fn turn(&mut self, question: &Question) -> Arc<Turn<()>> {
        self.turns.retain(|_, turn| turn.strong_count() > 0);
        if let Some(turn) = self.turns.get(question).and_then(Weak::upgrade) {
            return turn;
        }
        let turn = Arc::new(Turn::new(()));
        self.turns.insert(question.clone(), Arc::downgrade(&turn));
        turn
    }
}

/// Whether a time is ahead, and no further than whoever set it would have set it: one that lies further
/// ahead was set by a clock that was wrong.
fn is_ahead(until: Timestamp, now: Timestamp, most_ms: i64) -> bool {
    let left = until.millis().saturating_sub(now.millis());
    (1..=most_ms).contains(&left)
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use super::*;

    fn later(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + millis)
    }

    fn question(municipality: &str, month: usize) -> Question {
        Question {
            municipality: municipality.to_owned(),
            month: Some(format!("{month:04}-01")),
            language: "ar",
            form: Form::Json,
        }
    }

    fn is_answered(known: &Known, question: &Question, now: Timestamp) -> bool {
        matches!(known.look(question, now), Look::Answered(_))
    }

    #[test]
    fn an_answer_is_kept_for_its_time_and_not_for_a_clock_that_was_wrong() {
        let known = Known::default();
        known.answered(question("a", 1), [1].into(), later(0));
        assert!(is_answered(&known, &question("a", 1), later(KEPT_MS - 1)));
        assert!(!is_answered(&known, &question("a", 1), later(KEPT_MS)));
        known.answered(question("a", 1), [1].into(), later(1_000_000_000));
        assert!(!is_answered(&known, &question("a", 1), later(0)));
    }

    #[test]
    fn where_there_is_no_room_the_oldest_answers_go_whoever_asked() {
        let known = Known::default();
        // The oldest has the last of all names.
        known.answered(question("z", 9999), [0].into(), later(0));
        for month in 1..MOST_KEPT {
            known.answered(question("a", month), [0].into(), later(1));
        }
        assert!(is_answered(&known, &question("z", 9999), later(2)));
        known.answered(question("b", 1), [0].into(), later(2));
        assert!(!is_answered(&known, &question("z", 9999), later(2)));
        assert!((1..MOST_KEPT).all(|month| is_answered(&known, &question("a", month), later(2))));
        // A large one takes the place of as many as it needs, and what fits nowhere is not kept.
        known.answered(question("b", 2), vec![0; MOST_BYTES].into(), later(3));
        assert_eq!(known.inside().answers.len(), 1);
        known.answered(question("b", 3), vec![0; MOST_BYTES + 1].into(), later(3));
        assert!(known.inside().answers.is_empty());
    }

    #[test]
    fn a_city_whose_origin_is_away_is_left_alone_and_no_other() {
        let known = Known::default();
        known.is_away("a", later(0));
        assert!(matches!(
            known.look(&question("a", 1), later(0)),
            Look::Away
        ));
        assert!(matches!(
            known.look(&question("b", 1), later(0)),
            Look::Ask(_)
        ));
        let back = known.look(&question("a", 1), later(AWAY_MS));
        assert!(matches!(back, Look::Ask(_)));
    }

    #[test]
    fn questions_that_nobody_waits_for_take_no_memory() {
        let known = Known::default();
        for month in 1..1_000 {
            drop(known.look(&question("a", month), later(0)));
        }
        assert_eq!(known.inside().cities["a"].turns.len(), 1);
    }
}
