//! One run: trouble for so many steps, then calm, then the reckoning.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::executor::Executor;
use crate::hub::{Happening, Hub, Site, Who};
use crate::phone::{Page, Phone};
use crate::servers::{EDGES, RELAYS, Servers, Town};
use crate::trouble::Trouble;
use crate::{citizen, reckoning};

/// Phones.
const PHONES: usize = 4;
/// How long after the last trouble everything has to be where it belongs, in milliseconds: a phone
/// waits for two minutes at most, an outbox for five, and what a server asked for an hour.
const PATIENCE_MS: i64 = 6 * 3_600_000;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// What all chance follows from.
    pub seed: u64,
    /// Steps with trouble.
    pub steps: u64,
    /// What may go wrong.
    pub troubles: BTreeSet<Trouble>,
    /// Whether the whole trace goes to standard error.
    pub aloud: bool,
}

/// What came of a run in which every promise was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Steps, those after the last trouble included.
    pub steps: u64,
    /// Reports that were acknowledged.
    pub reports: u64,
    /// Reports that the origin was told of.
    pub delivered: u64,
    /// How often each kind of trouble was met.
    pub met: BTreeMap<Trouble, u64>,
    /// Simulated time, in milliseconds.
    pub millis: i64,
    /// The trace as one number: the same for the same options.
    pub hash: u64,
}

/// A promise that was not kept.
#[derive(Debug, Clone)]
pub struct Broken {
    /// In which run.
    pub options: Options,
    /// After how many steps.
    pub step: u64,
    /// Which.
    pub how: String,
    /// The last that happened.
    pub trace: Vec<String>,
}

struct Run<'a> {
    options: &'a Options,
    hub: Hub,
    executor: Executor,
    servers: Servers,
    phones: Vec<Arc<Mutex<Phone>>>,
    calm: bool,
}

/// Runs `options` in `town`.
///
/// # Errors
/// [`Broken`], with what led to it.
pub async fn run(town: &Town, options: &Options) -> Result<Summary, Box<Broken>> {
    let hub = Hub::new(options.seed, options.troubles.clone(), options.aloud);
    let broken = |how: String| {
        let state = hub.lock();
        Box::new(Broken {
            options: options.clone(),
            step: state.step,
            how,
            trace: state.trace.tail(),
        })
    };
    let servers = Servers::new(town, &hub).await.map_err(broken)?;
    let phone = |id| {
        let edge = match id % (RELAYS + 1) {
            0 => Site::Edge,
            relay => Site::Relay(relay - 1),
        };
        Arc::new(Mutex::new(Phone::new(id, edge)))
    };
    let mut run = Run {
        options,
        executor: Executor::new(&hub, town.client.clone()),
        hub: hub.clone(),
        servers,
        phones: (0..PHONES).map(phone).collect(),
        calm: false,
    };
    run.go().await.map_err(broken)?;
    let state = hub.lock();
    Ok(Summary {
        steps: state.step,
        reports: state.truth.acknowledged.len() as u64,
        delivered: state.truth.delivered.len() as u64,
        met: state.met.clone(),
        millis: state.now,
        hash: state.trace.hash(),
    })
}

impl Run<'_> {
    async fn go(&mut self) -> Result<(), String> {
        self.start_all().await?;
        {
            let mut state = self.hub.lock();
            for phone in 0..PHONES {
                state.after(phone as i64, Happening::Citizen(phone));
            }
            state.after(1_000, Happening::Trouble);
        }
        self.executor.settle(None).await?;
        while self.hub.lock().step < self.options.steps {
            self.step().await?;
        }
        self.becalm().await?;
        let end = self.hub.lock().now + PATIENCE_MS;
        loop {
            self.step().await?;
            let (now, step) = {
                let state = self.hub.lock();
                (state.now, state.step)
            };
            // What the stores say costs more than a step.
            if step.is_multiple_of(20) && self.is_drained().await? {
                break;
            }
            if now > end {
                return Err(self.what_is_left().await);
            }
        }
        reckoning::reckon(&self.hub, &self.servers).await
    }

    async fn step(&mut self) -> Result<(), String> {
        let next = {
            let mut state = self.hub.lock();
            state.step += 1;
            state.next()
        };
        let next = next.ok_or("nothing is left to happen")?;
        let task = self.happen(next).await?;
        self.executor.settle(task).await?;
        let broken = self.hub.lock().truth.broken.take();
        broken.map_or(Ok(()), Err)
    }

    /// Lets it happen; gives the task that goes on by it.
    async fn happen(&mut self, happening: Happening) -> Result<Option<u64>, String> {
        match happening {
            Happening::Wake { task, signal } => {
                signal.say(());
                return Ok(Some(task));
            }
            Happening::Turn { task, who, signal } => {
                let mut state = self.hub.lock();
                let site = if who == Who::Origin {
                    Site::Origin
                } else {
                    Site::Edge
                };
                let is_full = state.full.contains(&site);
                if is_full {
                    state.note(&who.to_string(), "finds the disk full");
                }
                let full = || Err(std::io::ErrorKind::StorageFull.into());
                signal.say(if is_full { full() } else { Ok(()) });
                return Ok(Some(task));
            }
            Happening::Arrive {
                call,
                from,
                to,
                request,
            } => self.servers.arrive(call, from, to, request),
            Happening::Answer { call, answer } => return Ok(self.hub.lock().hear(call, answer)),
            Happening::Citizen(phone) => {
                if let Some(held) = self.phones.get(phone) {
                    if self.calm {
                        citizen::finishes(&self.hub, held);
                    } else {
                        citizen::does(&self.hub, held);
                    }
                }
                let mut state = self.hub.lock();
                let wait = state.chance.between(500, 40_000);
                state.after(wait, Happening::Citizen(phone));
            }
            Happening::Trouble => {
                if !self.calm {
                    self.trouble();
                    let mut state = self.hub.lock();
                    let wait = state.chance.between(100, 30_000);
                    state.after(wait, Happening::Trouble);
                }
            }
            Happening::Start(who) => self.servers.start(who).await?,
            Happening::Room(site) => drop(self.hub.lock().full.remove(&site)),
        }
        Ok(None)
    }

    /// One of the troubles that are met in this run.
    fn trouble(&mut self) {
        let mut state = self.hub.lock();
        let kinds: Vec<Trouble> = state.troubles.iter().copied().collect();
        let Some(kind) = state.chance.of_all(&kinds).copied() else {
            return;
        };
        let site = *state
            .chance
            .of_all(&[Site::Edge, Site::Origin])
            .unwrap_or(&Site::Edge);
        let nth = |end: usize, at: u64| usize::try_from(at).unwrap_or_default() % end;
        let at = state.chance.bits() >> 32;
        let (soon, long) = (
            state.chance.between(0, 5_000),
            state.chance.between(0, 600_000),
        );
        let wait = if state.chance.below(4) == 0 {
            long
        } else {
            soon
        };
        if !kind.is_of_messages() {
            state.count_trouble(kind);
        }
        match kind {
            Trouble::EdgeKilled => {
                let who = Who::Edge(nth(EDGES, at));
                state.after(wait, Happening::Start(who));
                drop(state);
                self.kill(who);
            }
            Trouble::RelayKilled => {
                drop(state);
                self.kill(Who::Relay(nth(RELAYS, at)));
            }
            Trouble::OriginKilled => {
                state.after(wait, Happening::Start(Who::Origin));
                drop(state);
                self.kill(Who::Origin);
            }
            Trouble::DiskFull => {
                state.note("", &format!("the disk of the {site} is full"));
                state.full.insert(site);
                state.after(wait, Happening::Room(site));
            }
            Trouble::Clock => {
                let clocks = [
                    Who::Edge(0),
                    Who::Edge(1),
                    Who::Relay(0),
                    Who::Relay(1),
                    Who::Origin,
                ];
                let who = clocks.get(nth(clocks.len(), at)).copied();
                let who = who.unwrap_or(Who::Origin);
                let wrong = [0, 0, 900, 5_000, 200_000, 3_600_000, 2 * 86_400_000];
                let by = state.chance.of_all(&wrong).copied().unwrap_or_default();
                let by = if state.chance.below(2) == 0 { by } else { -by };
                state.note(
                    &who.to_string(),
                    &format!("has a clock that is {by} ms off"),
                );
                state.skews.insert(who, by);
            }
            Trouble::TabClosed => {
                drop(state);
                self.close_tab(nth(PHONES, at));
            }
            Trouble::Offline => {
                let phone = nth(PHONES, at);
                let online = state.offline.remove(&phone);
                if !online {
                    state.offline.insert(phone);
                }
                state.note(&format!("phone {phone}"), &format!("online: {online}"));
                drop(state);
                self.tell_online(phone);
            }
            Trouble::PhoneFull => {
                drop(state);
                let id = nth(PHONES, at);
                if let Some(mut phone) = self.phone(id) {
                    phone.full = !phone.full;
                    let full = phone.full;
                    self.hub
                        .lock()
                        .note(&format!("phone {id}"), &format!("full: {full}"));
                }
            }
            Trouble::Lost | Trouble::Late | Trouble::Twice | Trouble::Stranger => {}
        }
    }

    fn phone(&self, id: usize) -> Option<MutexGuard<'_, Phone>> {
        let phone = self.phones.get(id)?;
        Some(phone.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn kill(&mut self, who: Who) {
        self.hub.note(who, "is killed");
        self.executor.kill(who);
        self.servers.kill(who);
    }

    fn close_tab(&mut self, id: usize) {
        let Some(mut phone) = self.phone(id) else {
            return;
        };
        let tabs: Vec<u64> = phone.tabs.keys().copied().collect();
        let Some(tab) = self.hub.lock().chance.of_all(&tabs).copied() else {
            return;
        };
        reckoning::excuse(&self.hub, &phone, tab);
        Page::close(&mut phone, tab);
        drop(phone);
        let who = Who::Tab(id, tab);
        self.hub.note(who, "is closed");
        self.executor.kill(who);
    }

    /// Tells the tabs of a phone whether there is a network.
    fn tell_online(&self, id: usize) {
        let Some(held) = self.phones.get(id) else {
            return;
        };
        let tabs: Vec<u64> = match self.phone(id) {
            Some(phone) => phone.tabs.keys().copied().collect(),
            None => return,
        };
        for tab in tabs {
            let page = Page {
                hub: self.hub.clone(),
                phone: Arc::clone(held),
                tab,
                who: Who::Tab(id, tab),
            };
            for key in page.keys() {
                page.online(&key);
            }
        }
    }

    async fn start_all(&mut self) -> Result<(), String> {
        for process in 0..EDGES {
            self.servers.start(Who::Edge(process)).await?;
        }
        self.servers.start(Who::Origin).await
    }

    /// Ends all trouble.
    async fn becalm(&mut self) -> Result<(), String> {
        self.calm = true;
        {
            let mut state = self.hub.lock();
            state.note("", "it is calm");
            state.troubles.clear();
            state.skews.clear();
            state.full.clear();
            state.offline.clear();
        }
        self.start_all().await?;
        for id in 0..PHONES {
            if let Some(mut phone) = self.phone(id) {
                phone.full = false;
            }
            self.tell_online(id);
        }
        self.executor.settle(None).await
    }

    async fn is_drained(&self) -> Result<bool, String> {
        let rest = (0..PHONES).all(|id| self.phone(id).is_some_and(|phone| phone.rests()));
        if !rest {
            return Ok(false);
        }
        let backlog = self.servers.ledger.backlog().await;
        let figures = self.servers.store.figures().await;
        let backlog = backlog.map_err(|error| error.to_string())?;
        let rows: i64 = backlog.iter().map(|it| it.waiting + it.dead).sum();
        let untold = figures.map_err(|error| error.to_string())?.status_queue;
        Ok(rows == 0 && untold == 0)
    }

    async fn what_is_left(&self) -> String {
        let rest: Vec<String> = (0..PHONES)
            .filter_map(|id| self.phone(id).filter(|phone| !phone.rests()))
            .map(|phone| format!("{phone:?}"))
            .collect();
        let backlog = self.servers.ledger.backlog().await;
        let figures = self.servers.store.figures().await;
        format!(
            "six hours after the last trouble something waits: {rest:?}, {} reports at the edge, \
             {} statuses at the origin",
            backlog.map_or(-1, |all| all.iter().map(|it| it.waiting + it.dead).sum()),
            figures.map_or(0, |it| it.status_queue)
        )
    }
}
