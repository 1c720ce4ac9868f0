//! Where everything of one run meets: the clock, chance, the agenda of what happens next, and who
//! waits for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use balagh_edge::http::{Request, Response};
use balagh_shared::key::IdempotencyKey;
use balagh_shared::time::Timestamp;
use balagh_world::Later;

use crate::chance::Chance;
use crate::signal::Signal;
use crate::trace::{Trace, beginning};
use crate::trouble::Trouble;
use crate::truth::Truth;

/// Who does something: what is killed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    /// A process of the edge.
    Edge(usize),
    /// An instance of the edge function.
    Relay(usize),
    /// The origin.
    Origin,
    /// A tab of a phone.
    Tab(usize, u64),
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Site {
    /// One process or another of the edge.
    Edge,
    /// This edge function.
    Relay(usize),
    /// The origin.
    Origin,
}

/// What happens at some time.
pub(crate) enum Happening {
    /// Who slept wakes.
    Wake { task: u64, signal: Signal<()> },
    /// It is the turn of who wants to write.
    Turn {
        task: u64,
        who: Who,
        signal: Signal<io::Result<()>>,
    },
    /// A message arrives.
    Arrive {
        call: u64,
        from: Who,
        to: Site,
        request: Request,
    },
    /// An answer arrives, or none will.
    Answer { call: u64, answer: Option<Response> },
    /// A citizen does something.
    Citizen(usize),
    /// Something goes wrong.
    Trouble,
    /// A server that was killed is started again.
    Start(Who),
    /// A disk has room again.
    Room(Site),
}

/// Work that an executor polls.
pub(crate) struct Work {
    pub(crate) who: Who,
    pub(crate) future: Pin<Box<dyn Future<Output = ()> + Send>>,
}

struct Call {
    task: u64,
    from: Who,
    submits: bool,
    signal: Signal<Option<Response>>,
}

/// Everything of one run.
pub(crate) struct State {
    /// Milliseconds since the beginning.
    pub(crate) now: i64,
    pub(crate) step: u64,
    pub(crate) chance: Chance,
    pub(crate) trace: Trace,
    pub(crate) truth: Truth,
    /// What may go wrong; nothing once it is calm.
    pub(crate) troubles: BTreeSet<Trouble>,
    /// How often each kind was met.
    pub(crate) met: BTreeMap<Trouble, u64>,
    /// By how many milliseconds a server's clock is wrong.
    pub(crate) skews: BTreeMap<Who, i64>,
    /// Whose disks are full.
    pub(crate) full: BTreeSet<Site>,
    /// Which phones have no network.
    pub(crate) offline: BTreeSet<usize>,
    /// Who is polled.
    pub(crate) current: u64,
    pub(crate) spawned: Vec<Work>,
    agenda: BTreeMap<(i64, u64), Happening>,
    calls: BTreeMap<u64, Call>,
    count: u64,
}

/// A handle on a run's [`State`].
#[derive(Clone)]
pub(crate) struct Hub(Arc<Mutex<State>>);

impl Hub {
    pub(crate) fn new(seed: u64, troubles: BTreeSet<Trouble>, aloud: bool) -> Hub {
        Hub(Arc::new(Mutex::new(State {
            now: 0,
            step: 0,
            chance: Chance::of(seed),
            trace: Trace::new(aloud),
            truth: Truth::default(),
            troubles,
            met: BTreeMap::new(),
            skews: BTreeMap::new(),
            full: BTreeSet::new(),
            offline: BTreeSet::new(),
            current: 0,
            spawned: Vec::new(),
            agenda: BTreeMap::new(),
            calls: BTreeMap::new(),
            count: 0,
        })))
    }

    /// The state. Nobody keeps it over an `await`.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what `who` does.
    pub(crate) fn note(&self, who: Who, what: impl fmt::Display) {
        self.lock().note(&who.to_string(), &what.to_string());
    }

    /// Begins a task of `who`.
    pub(crate) fn spawn(&self, who: Who, work: impl Future<Output = ()> + Send + 'static) {
        let future = Box::pin(work);
        self.lock().spawned.push(Work { who, future });
    }

    /// Sends `request` and gives what is answered within `patience` milliseconds.
    pub(crate) fn call(
        &self,
        from: Who,
        to: Site,
        request: Request,
        patience: i64,
    ) -> Later<Option<Response>> {
        let signal = Signal::new();
        let said = signal.said();
        let mut state = self.lock();
        let state = &mut *state;
        let call = state.number();
        let submits = request.path.ends_with("/reports") || request.path.ends_with("/join");
        if let Who::Tab(phone, _) = from
            && submits
        {
            let others = state.calls.values();
            let mut others = others
                .filter(|it| it.submits && matches!(it.from, Who::Tab(other, _) if other == phone));
            if others.next().is_some() {
                state.truth.broken("a phone sends two reports at a time");
            }
        }
        let task = state.current;
        state.calls.insert(
            call,
            Call {
                task,
                from,
                submits,
                signal,
            },
        );
        state.after(patience, Happening::Answer { call, answer: None });
        let what = format!("{} {} -> {to}", request.method.as_str(), request.path);
        if state.is_cut(from) || state.meets(Trouble::Lost, 60) {
            state.note(&from.to_string(), &format!("#{call} {what}, lost"));
            return said;
        }
        state.note(&from.to_string(), &format!("#{call} {what}"));
        let way = state.way();
        if state.meets(Trouble::Twice, 60) {
            let again = way + state.way();
            let request = request.clone();
            state.after(
                again,
                Happening::Arrive {
                    call,
                    from,
                    to,
                    request,
                },
            );
        }
        state.after(
            way,
            Happening::Arrive {
                call,
                from,
                to,
                request,
            },
        );
        said
    }

    /// Sends an answer back; nothing where nobody could be reached.
    pub(crate) fn answer(&self, call: u64, by: &str, answer: Option<Response>) {
        let mut state = self.lock();
        let status = answer.as_ref().map_or(0, |it| it.status);
        if state.meets(Trouble::Lost, 60) {
            state.note(by, &format!("#{call} answers {status}, lost"));
            return;
        }
        let answer = if state.meets(Trouble::Stranger, 40) {
            state.note(by, &format!("#{call} answers {status}, and a portal 200"));
            Some(Response::new(200, "text/html", "<p>Welcome</p>"))
        } else {
            state.note(by, &format!("#{call} answers {status}"));
            answer
        };
        let way = state.way();
        state.after(way, Happening::Answer { call, answer });
    }
}

impl State {
    pub(crate) fn note(&mut self, who: &str, what: &str) {
        self.trace.note(self.step, self.now, who, what);
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Lets something happen in so many milliseconds.
    pub(crate) fn after(&mut self, millis: i64, happening: Happening) {
        let at = (self.now + millis.max(0), self.number());
        self.agenda.insert(at, happening);
    }

    /// What happens next; the clock is put to its time.
    pub(crate) fn next(&mut self) -> Option<Happening> {
        let ((at, _), happening) = self.agenda.pop_first()?;
        self.now = at;
        Some(happening)
    }

    /// Whether this kind of trouble is met now: so many times in a thousand, where it is at all.
    pub(crate) fn meets(&mut self, trouble: Trouble, in_thousand: u32) -> bool {
        let is_met = self.troubles.contains(&trouble) && self.chance.in_thousand(in_thousand);
        if is_met {
            self.count_trouble(trouble);
        }
        is_met
    }

    /// Counts a trouble that was met.
    pub(crate) fn count_trouble(&mut self, trouble: Trouble) {
        *self.met.entry(trouble).or_default() += 1;
    }

    /// How long a message is on its way, in milliseconds.
    fn way(&mut self) -> i64 {
        if self.meets(Trouble::Late, 80) {
            return self.chance.between(1_000, 60_000);
        }
        self.chance.between(2, 120)
    }

    fn is_cut(&self, who: Who) -> bool {
        matches!(who, Who::Tab(phone, _) if self.offline.contains(&phone))
    }

    /// Whether who made this call may still hear of it; then which task goes on.
    pub(crate) fn hear(&mut self, call: u64, answer: Option<Response>) -> Option<u64> {
        let Call {
            task, from, signal, ..
        } = self.calls.remove(&call)?;
        let answer = if self.is_cut(from) { None } else { answer };
        signal.say(answer);
        Some(task)
    }

    /// Nobody waits any more for what `who` asked.
    pub(crate) fn forget(&mut self, who: Who) {
        self.calls.retain(|_, call| call.from != who);
    }

    /// A new idempotency key.
    pub(crate) fn fresh_key(&mut self) -> String {
        let mut bytes = [0; 18];
        self.chance.fill(&mut bytes);
        IdempotencyKey::from_random(&bytes).as_str().to_owned()
    }

    /// What a clock of `who` says.
    pub(crate) fn clock(&self, who: Who) -> Timestamp {
        let skew = self.skews.get(&who).copied().unwrap_or_default();
        beginning().plus_millis(self.now + skew)
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Edge(process) => write!(f, "edge {process}"),
            Who::Relay(instance) => write!(f, "relay {instance}"),
            Who::Origin => f.write_str("origin"),
            Who::Tab(phone, tab) => write!(f, "phone {phone}.{tab}"),
        }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Site::Edge => f.write_str("edge"),
            Site::Relay(instance) => write!(f, "relay {instance}"),
            Site::Origin => f.write_str("origin"),
        }
    }
}
