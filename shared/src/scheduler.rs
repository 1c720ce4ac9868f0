//! What is to happen later (a due time passes, an escalation rises, a case closes by itself): a pure
//! machine that survives restarts and never lets a job take effect twice.
//!
//! The adapter holds the store and the clock. It tells what happened ([`Event`]) and does what it is
//! told ([`Command`]), in order. Two rules of it make the promise:
//!
//! - what [`Command::Put`] and [`Command::Remove`] say is in the store before the next event is told;
//! - the effect of a [`Command::Fire`] and the removal of its job **with that token** are one
//!   transaction. Where the store has no such job any more (it was moved, withdrawn, or another
//!   process was quicker), the transaction does nothing and [`Event::Fired`] is told all the same.
//!
//! So a crash between firing and effect fires again after the restart, and a crash after the effect
//! finds the job gone: at least one try, at most one effect.
//!
//! *Architecture invariant:* whatever the order of events, a job that is wanted is in the store, and
//! the machine's own waiting list can be rebuilt from the store alone ([`Scheduler::restored`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::time::Timestamp;

/// Something to be done at a time. What it does is the adapter's business, by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Stable id, such as `EP-7K3M9-QX2RT-D/escalation/2`; one job has one due time.
    pub id: String,
    /// When.
    pub due: Timestamp,
    /// Tells this setting of its time from every other, so that a late answer about an earlier one
    /// is known for what it is.
    pub token: u64,
    /// How often it was tried in vain.
    pub attempts: u32,
}

/// What the adapter tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A job is wanted at a time: a new one, or one that moves.
    Set {
        /// Its id.
        id: String,
        /// When.
        due: Timestamp,
        /// Drawn by the adapter; no two settings have the same.
        token: u64,
    },
    /// A job is no longer wanted.
    Withdraw {
        /// Its id.
        id: String,
    },
    /// It is `now`: after the start, when the time of [`Command::Wake`] has come, or at any time
    /// between.
    Woke {
        /// The time.
        now: Timestamp,
    },
    /// The effect took place, or was found to be no longer due.
    Fired {
        /// Its id.
        id: String,
        /// The token that was fired.
        token: u64,
    },
    /// The effect could not take place, and nothing of it did.
    Failed {
        /// Its id.
        id: String,
        /// The token that was fired.
        token: u64,
        /// The time.
        now: Timestamp,
        /// 0–255, drawn by the adapter, so that many jobs do not knock at once.
        jitter: u8,
    },
}

/// What the adapter does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Store the job in place of whatever has its id.
    Put(Job),
    /// Remove the job of this id from the store.
    Remove {
        /// Its id.
        id: String,
    },
    /// Let the job take effect, and remove it with its token, in one transaction.
    Fire(Job),
    /// Tell [`Event::Woke`] at this time; it replaces the time told before.
    Wake {
        /// When.
        at: Timestamp,
    },
}

/// Most jobs that are being fired at a time: after a long night off, the first ones' effects are done
/// before the last ones are started.
pub const AT_ONCE: usize = 32;

/// The waiting list.
#[derive(Debug, Clone, Default)]
pub struct Scheduler {
    jobs: BTreeMap<String, Job>,
    /// The jobs that are not being fired, by time.
    waiting: BTreeSet<(Timestamp, String)>,
    /// The jobs that are being fired, and the token that is.
    firing: BTreeMap<String, u64>,
    /// The latest time that was told.
    now: Option<Timestamp>,
}

impl Scheduler {
    /// The machine after a start: with what the store holds. What was being fired when the process
    /// died waits again.
    #[must_use]
    pub fn restored(jobs: impl IntoIterator<Item = Job>) -> Scheduler {
        let mut scheduler = Scheduler::default();
        for job in jobs {
            scheduler.waiting.insert((job.due, job.id.clone()));
            scheduler.jobs.insert(job.id.clone(), job);
        }
        scheduler
    }

    /// What an event leads to.
    pub fn on(&mut self, event: Event) -> Vec<Command> {
        let mut commands = Vec::new();
        match event {
            Event::Set { id, due, token } => self.set(id, due, token, &mut commands),
            Event::Withdraw { id } => {
                self.firing.remove(&id);
                if let Some(job) = self.jobs.remove(&id) {
                    self.waiting.remove(&(job.due, id.clone()));
                    commands.push(Command::Remove { id });
                }
            }
            Event::Woke { now } => self.now = self.now.max(Some(now)),
            Event::Fired { id, token } => {
                if self.answers(&id, token) {
                    self.jobs.remove(&id);
                }
            }
            Event::Failed {
                id,
                token,
                now,
                jitter,
            } => {
                self.now = self.now.max(Some(now));
                if self.answers(&id, token)
                    && let Some(job) = self.jobs.get_mut(&id)
                {
                    job.attempts = job.attempts.saturating_add(1);
                    job.due = crate::outbox::next_attempt(now, job.attempts, jitter);
                    self.waiting.insert((job.due, id));
                    commands.push(Command::Put(job.clone()));
                }
            }
        }
        self.fire(&mut commands);
        commands
    }

    /// How many jobs there are, those being fired among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether there is nothing to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    fn set(&mut self, id: String, due: Timestamp, token: u64, commands: &mut Vec<Command>) {
        let earlier = self.jobs.get(&id);
        if earlier.is_some_and(|job| job.due == due && job.attempts == 0) {
            return;
        }
        if let Some(job) = earlier {
            self.waiting.remove(&(job.due, id.clone()));
        }
        self.firing.remove(&id);
        let job = Job {
            id: id.clone(),
            due,
            token,
            attempts: 0,
        };
        self.waiting.insert((due, id.clone()));
        self.jobs.insert(id, job.clone());
        commands.push(Command::Put(job));
    }

    /// Whether this is the answer to what is being fired; it is then no longer.
    fn answers(&mut self, id: &str, token: u64) -> bool {
        let is_it = self.firing.get(id) == Some(&token);
        if is_it {
            self.firing.remove(id);
        }
        is_it
    }

    fn fire(&mut self, commands: &mut Vec<Command>) {
        let Some(now) = self.now else { return };
        while self.firing.len() < AT_ONCE {
            let Some((due, id)) = self.waiting.first().filter(|(due, _)| *due <= now) else {
                break;
            };
            let next = (*due, id.clone());
            self.waiting.remove(&next);
            if let Some(job) = self.jobs.get(&next.1) {
                self.firing.insert(next.1, job.token);
                commands.push(Command::Fire(job.clone()));
            }
        }
        // While as many as may be are being fired, their answers go on with the rest.
        if let Some((due, _)) = self.waiting.first()
            && *due > now
        {
            commands.push(Command::Wake { at: *due });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1000)
    }

    fn set(id: &str, second: i64) -> Event {
        Event::Set {
            id: id.into(),
            due: at(second),
            token: second.unsigned_abs(),
        }
    }

    fn woke(second: i64) -> Event {
        Event::Woke { now: at(second) }
    }

    fn fired(commands: &[Command]) -> Vec<&str> {
        commands
            .iter()
            .filter_map(|command| match command {
                Command::Fire(job) => Some(job.id.as_str()),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_job_fires_when_its_time_has_come_and_not_before() {
        let mut scheduler = Scheduler::default();
        scheduler.on(set("a", 10));
        scheduler.on(set("b", 20));
        assert_eq!(scheduler.on(woke(9)), [Command::Wake { at: at(10) }]);
        let commands = scheduler.on(woke(10));
        assert_eq!(fired(&commands), ["a"]);
        assert_eq!(commands.last(), Some(&Command::Wake { at: at(20) }));
    }

    #[test]
    fn a_job_that_is_being_fired_is_not_fired_again_until_it_is_answered() {
        let mut scheduler = Scheduler::default();
        scheduler.on(set("a", 10));
        assert_eq!(fired(&scheduler.on(woke(10))), ["a"]);
        assert!(fired(&scheduler.on(woke(11))).is_empty());
        scheduler.on(Event::Fired {
            id: "a".into(),
            token: 10,
        });
        assert!(scheduler.is_empty());
    }

    #[test]
    fn an_answer_about_an_earlier_setting_does_not_end_a_moved_job() {
        let mut scheduler = Scheduler::default();
        scheduler.on(set("a", 10));
        scheduler.on(woke(10));
        scheduler.on(set("a", 30));
        scheduler.on(Event::Fired {
            id: "a".into(),
            token: 10,
        });
        assert_eq!(fired(&scheduler.on(woke(30))), ["a"]);
    }

    #[test]
    fn what_failed_waits_and_is_tried_again() {
        let mut scheduler = Scheduler::default();
        scheduler.on(set("a", 10));
        scheduler.on(woke(10));
        let commands = scheduler.on(Event::Failed {
            id: "a".into(),
            token: 10,
            now: at(10),
            jitter: 0,
        });
        assert!(
            matches!(&commands[..], [Command::Put(job), Command::Wake { at: again }]
            if job.attempts == 1 && *again == at(11))
        );
        assert_eq!(fired(&scheduler.on(woke(11))), ["a"]);
    }

    #[test]
    fn after_a_long_night_the_jobs_fire_in_their_order_and_some_at_a_time() {
        let jobs = (0..100).map(|n| Job {
            id: format!("{n:03}"),
            due: at(n),
            token: 0,
            attempts: 0,
        });
        let mut scheduler = Scheduler::restored(jobs);
        let mut order = Vec::new();
        let mut commands = scheduler.on(woke(1000));
        while let Some(next) = fired(&commands).first().map(|id| (*id).to_owned()) {
            order.extend(fired(&commands).into_iter().map(str::to_owned));
            assert!(scheduler.firing.len() <= AT_ONCE);
            commands = scheduler.on(Event::Fired { id: next, token: 0 });
        }
        // Each answer makes room for one more.
        assert_eq!(order.len(), 100 - AT_ONCE + 1 + AT_ONCE - 1);
        assert!(order.is_sorted());
    }

    /// A store and the effects that took place, as an adapter would keep them; a crash forgets the
    /// machine and whatever was under way.
    #[derive(Default)]
    struct World {
        store: BTreeMap<String, Job>,
        effects: BTreeMap<u64, u32>,
        under_way: Vec<Job>,
        now: i64,
    }

    impl World {
        fn does(&mut self, commands: Vec<Command>) {
            for command in commands {
                match command {
                    Command::Put(job) => drop(self.store.insert(job.id.clone(), job)),
                    Command::Remove { id } => drop(self.store.remove(&id)),
                    Command::Fire(job) => self.under_way.push(job),
                    Command::Wake { .. } => {}
                }
            }
        }

        /// The transaction: effect and removal together, only with the token that was fired.
        fn takes_effect(&mut self, job: &Job) {
            if self.store.get(&job.id).map(|kept| kept.token) == Some(job.token) {
                self.store.remove(&job.id);
                *self.effects.entry(job.token).or_default() += 1;
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn whatever_happens_nothing_takes_effect_twice_and_nothing_wanted_is_forgotten(
            steps in proptest::collection::vec((0_u8..8, 0_u8..5, 0_i64..50), 1..200)
        ) {
            let mut world = World::default();
            let mut scheduler = Scheduler::default();
            let mut tokens = 0;
            for (step, id, number) in steps {
                let id = format!("job-{id}");
                let event = match step {
                    0 | 1 => {
                        tokens += 1;
                        Event::Set { id, due: at(world.now + number - 10), token: tokens }
                    },
                    2 => Event::Withdraw { id },
                    3 | 4 => {
                        world.now += number;
                        woke(world.now)
                    }
                    5 if !world.under_way.is_empty() => {
                        let job = world.under_way.remove(0);
                        world.takes_effect(&job);
                        Event::Fired { id: job.id, token: job.token }
                    }
                    6 if !world.under_way.is_empty() => {
                        let job = world.under_way.pop().unwrap();
                        let now = at(world.now);
                        Event::Failed { id: job.id, token: job.token, now, jitter: 9 }
                    }
                    // The power goes, in the worst case right after an effect that nobody heard of.
                    7 => {
                        if number % 2 == 0 && let Some(job) = world.under_way.pop() {
                            world.takes_effect(&job);
                        }
                        world.under_way.clear();
                        scheduler = Scheduler::restored(world.store.values().cloned());
                        woke(world.now)
                    }
                    _ => continue,
                };
                let commands = scheduler.on(event);
                world.does(commands);
                prop_assert!(world.effects.values().all(|times| *times == 1));
                prop_assert_eq!(&scheduler.jobs, &world.store);
            }
            // Left alone, everything that is wanted happens.
            let wanted = world.store.len();
            let before = world.effects.len();
            world.under_way.clear();
            scheduler = Scheduler::restored(world.store.values().cloned());
            world.now += 10_000;
            let commands = scheduler.on(woke(world.now));
            world.does(commands);
            while let Some(job) = world.under_way.pop() {
                world.takes_effect(&job);
                let commands = scheduler.on(Event::Fired { id: job.id, token: job.token });
                world.does(commands);
            }
            prop_assert!(world.store.is_empty() && scheduler.is_empty());
            prop_assert_eq!(world.effects.len(), before + wanted);
        }
    }
}
