//! The citizen's queue as a pure machine: events in, commands out.
//!
//! The adapter holds the network, the clock, the browser's locks and its storage; it tells what
//! happened and does what it is told, in the order it is told. [`react`] is what the machine makes of
//! a single answer.
//!
//! What always holds: a report is on the device before it is sent; one attempt is on its way at a
//! time, under the lock of the web origin; a report goes from the device only after its receipt, or
//! because the citizen deletes it; and where an attempt may have arrived, the edge is asked before the
//! report is edited or deleted, and what is taken back to be edited gets a new key.

mod react;
#[cfg(test)]
mod tests;

use crate::reason::Reason;
use crate::receipt::Receipt;
use crate::time::Timestamp;

pub use react::{Answer, FIRST_MS, LONGEST_MS, LONGEST_TOLD_MS, Reaction, react};

/// How long to leave it to another tab that sends, in milliseconds.
const OTHER_TAB_MS: i64 = 5_000;

/// One report on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    state: State,
    online: bool,
    /// Whether an attempt may have arrived without our knowing.
    tried: bool,
    attempts: u32,
    cleared: u32,
    /// What a server asked for holds whatever the network, the page or the citizen do meanwhile.
    not_before: Timestamp,
}

/// What outlives the page, stored beside the draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// The citizen asked for it to be sent.
    pub waiting: bool,
    /// An attempt may have arrived.
    pub tried: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The citizen asks to send it.
    Send,
    /// The time of a [`Command::Wake`] has come, or the page was loaded or is seen again.
    Wake,
    /// The network came or went.
    Online(bool),
    /// Whether the web origin's lock is ours now; the answer to [`Command::Lock`].
    Lock(bool),
    /// What came back: the answer to [`Command::Attempt`], [`Command::Renew`], [`Command::Work`] and
    /// [`Command::Ask`], sooner or later one for each.
    Answer(Answer),
    /// The citizen wants to change it.
    Edit,
    /// The citizen wants it gone.
    Delete,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Write draft and [`Queue::kept`] to the device, and wait until they are there.
    Keep,
    /// Try to become the one sender of this web origin.
    Lock,
    /// Let others send.
    Unlock,
    /// Send it with its key.
    Attempt,
    /// Fetch a new session, or ask the page for a new identity, and send it again with its key.
    Renew,
    /// Do the work that the answer named and send it again with its key.
    Work,
    /// Ask by its key whether it arrived.
    Ask,
    /// Come back with [`Event::Wake`] at this time.
    Wake(Timestamp),
    /// Show the receipt.
    Show(Receipt),
    /// Show what only the citizen can mend.
    Mend {
        /// Whether the mended report needs a new key, because this one may stand for a report.
        fresh_key: bool,
    },
    /// Give it back to be edited, with a new key: another tab may be sending it with this one.
    Open,
    /// Take it off the device.
    Erase,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    /// Being written.
    Draft,
    /// Not before this.
    Waiting(Timestamp),
    /// To be the one sender.
    Locking,
    /// On its way; `tried` as it was before.
    Sending { tried: bool },
    /// Being asked for, and then.
    Asking(Then),
    /// Received or deleted.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Then {
    Edit,
    Delete,
}

impl Queue {
    /// A report as it was kept; a new one as [`Kept::default`].
    #[must_use]
    pub fn new(kept: Kept, online: bool) -> Queue {
        let state = if kept.waiting {
            State::Waiting(Timestamp::from_millis(0))
        } else {
            State::Draft
        };
        Queue {
            state,
            online,
            tried: kept.tried,
            attempts: 0,
            cleared: 0,
            not_before: Timestamp::from_millis(0),
        }
    }

    /// What is to be stored beside the draft.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept {
            waiting: !matches!(self.state, State::Draft | State::Gone),
            tried: self.tried,
        }
    }

    /// Whether nothing is left to do: received, or deleted.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.state == State::Gone
    }

    /// What to do, in this order, now that `event` happened. What does not fit the state, such as an
    /// answer that comes after the page was left, changes nothing.
    pub fn step(&mut self, event: Event, now: Timestamp) -> Vec<Command> {
        match (self.state, event) {
            (State::Draft, Event::Send) => {
                self.state = State::Waiting(now.max(self.not_before));
                let mut commands = vec![Command::Keep];
                commands.extend(self.go(now));
                commands
            }
            (_, Event::Online(online)) => {
                self.online = online;
                if let State::Waiting(_) = self.state {
                    self.state = State::Waiting(now.max(self.not_before));
                }
                self.go(now)
            }
            (State::Waiting(_), Event::Wake) => self.go(now),
            (State::Locking, Event::Lock(true)) => {
                self.state = State::Sending { tried: self.tried };
                // If the page goes away now, nobody will know whether it arrived.
                self.tried = true;
                vec![Command::Keep, Command::Attempt]
            }
            (State::Locking, Event::Lock(false)) => self.wait(now, OTHER_TAB_MS),
            (State::Sending { tried }, Event::Answer(answer)) => self.answered(answer, tried, now),
            (State::Draft | State::Waiting(_), Event::Edit) => self.leave(Then::Edit),
            (State::Draft | State::Waiting(_), Event::Delete) => self.leave(Then::Delete),
            (State::Asking(then), Event::Answer(answer)) => self.asked(answer, then),
            _ => Vec::new(),
        }
    }

    /// Sends it if it waits, its time has come and there is a network.
    fn go(&mut self, now: Timestamp) -> Vec<Command> {
        match self.state {
            State::Waiting(due) if now < due => vec![Command::Wake(due)],
            State::Waiting(_) if self.online => {
                self.state = State::Locking;
                vec![Command::Lock]
            }
            _ => Vec::new(),
        }
    }

    fn wait(&mut self, now: Timestamp, millis: i64) -> Vec<Command> {
        let due = now.plus_millis(millis);
        self.state = State::Waiting(due);
        vec![Command::Wake(due)]
    }

    fn answered(&mut self, answer: Answer, tried: bool, now: Timestamp) -> Vec<Command> {
        self.attempts = self.attempts.saturating_add(1);
        let (reason, told) = match &answer {
            Answer::Problem {
                status,
                code,
                retry_after,
            } => {
                // A refusal says that this attempt stored nothing; earlier ones may have. A failure of
                // ours says nothing: an edge that waited in vain for its upstream answers 503 too.
                if *status < 500 {
                    self.tried = tried;
                }
                (Some(*code), retry_after.is_some())
            }
            _ => (None, false),
        };
        let mut commands = match react(answer, self.attempts, self.cleared) {
            Reaction::RenewSession => return self.clear(Command::Renew),
            Reaction::Work => return self.clear(Command::Work),
            Reaction::Received(receipt) => return self.received(receipt, true),
            Reaction::AskCitizen => {
                self.state = State::Draft;
                // Under this key the edge has another report, such as the one that another tab sent
                // before this one was edited here. This one never arrived: that one's receipt is not
                // its own.
                let is_another = reason == Some(Reason::KeyReused);
                let fresh_key = std::mem::take(&mut self.tried) || is_another;
                vec![Command::Mend { fresh_key }, Command::Keep]
            }
            Reaction::Wait { millis } => {
                let mut commands = vec![Command::Keep];
                commands.extend(self.wait(now, millis.into()));
                if told {
                    self.not_before = now.plus_millis(millis.into());
                }
                commands
            }
        };
        self.cleared = 0;
        commands.insert(0, Command::Unlock);
        commands
    }

    /// The client clears a refusal by itself, still under the lock.
    fn clear(&mut self, command: Command) -> Vec<Command> {
        self.cleared += 1;
        self.state = State::Sending { tried: self.tried };
        self.tried = true;
        vec![command]
    }

    fn received(&mut self, receipt: Receipt, locked: bool) -> Vec<Command> {
        self.state = State::Gone;
        let mut commands = vec![Command::Show(receipt), Command::Erase];
        if locked {
            commands.push(Command::Unlock);
        }
        commands
    }

    /// Leaves the queue, but not before it is known whether it arrived.
    fn leave(&mut self, then: Then) -> Vec<Command> {
        if self.tried {
            self.state = State::Asking(then);
            return vec![Command::Ask];
        }
        self.left(then)
    }

    fn asked(&mut self, answer: Answer, then: Then) -> Vec<Command> {
        match react(answer, 1, 0) {
            Reaction::Received(receipt) => self.received(receipt, false),
            // It did not, or nobody can tell now: what the citizen wants is done, with a key of its
            // own.
            _ => self.left(then),
        }
    }

    fn left(&mut self, then: Then) -> Vec<Command> {
        if then == Then::Delete {
            self.state = State::Gone;
            return vec![Command::Erase];
        }
        self.tried = false;
        self.attempts = 0;
        self.state = State::Draft;
        vec![Command::Open, Command::Keep]
    }
}
