//! Citizens' phones: what is stored on each, the lock of its browser, its tabs.
//!
//! The machine that decides is the widget's own, `balagh_shared::queue`; what obeys it is
//! `widget/src/sender.rs` told again without a browser, step by step.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use balagh_shared::queue::{Answer, Event, Kept, Queue};

use crate::hub::{Hub, Site, Who};

/// What is written in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The key it is sent with.
    pub(crate) key: String,
    pub(crate) text: usize,
    /// The report of the same problem that it is joined to.
    pub(crate) joins: Option<String>,
}

/// One record of the device's store.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) draft: Draft,
    pub(crate) waits: bool,
    pub(crate) tried: bool,
    pub(crate) json: Option<String>,
}

/// A report that left the form.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) draft: Draft,
    pub(crate) json: Option<String>,
    pub(crate) queue: Queue,
    pub(crate) inbox: VecDeque<Event>,
    pub(crate) told: bool,
    pub(crate) behind: bool,
    pub(crate) session: Option<String>,
    pub(crate) stored: Option<bool>,
    pub(crate) last: Option<Answer>,
}

/// A page with the form.
#[derive(Debug, Default)]
pub(crate) struct Tab {
    pub(crate) form: Option<Draft>,
    /// Drafts that were put aside.
    pub(crate) parked: Vec<Draft>,
    pub(crate) waiting: Vec<Outgoing>,
}

/// A phone.
#[derive(Debug)]
pub(crate) struct Phone {
    pub(crate) id: usize,
    /// What its page was told to send to.
    pub(crate) edge: Site,
    pub(crate) store: BTreeMap<String, Record>,
    /// Its storage takes nothing more.
    pub(crate) full: bool,
    /// Which tab, for which report, holds the lock of the web origin.
    pub(crate) lock: Option<(u64, String)>,
    pub(crate) tabs: BTreeMap<u64, Tab>,
    /// What it was shown: numbers and tracking codes.
    pub(crate) receipts: Vec<(String, String)>,
    pub(crate) opened: u64,
}

impl Phone {
    pub(crate) fn new(id: usize, edge: Site) -> Phone {
        Phone {
            id,
            edge,
            store: BTreeMap::new(),
            full: false,
            lock: None,
            tabs: BTreeMap::new(),
            receipts: Vec::new(),
            opened: 0,
        }
    }

    /// Whether one of its tabs has this draft, sent or not.
    fn shows(&self, key: &str) -> bool {
        let drafts = |tab: &Tab| {
            let waiting = tab.waiting.iter().map(|it| &it.draft);
            let mut drafts = tab.form.iter().chain(&tab.parked).chain(waiting);
            drafts.any(|draft| draft.key == key)
        };
        self.tabs.values().any(drafts)
    }

    /// Whether something is stored that none of its tabs shows.
    pub(crate) fn is_forgotten(&self) -> bool {
        !self.store.is_empty() && self.tabs.values().all(Tab::is_empty)
    }

    /// Whether nothing on it is still to be sent, as far as it knows.
    pub(crate) fn rests(&self) -> bool {
        self.store.is_empty() && self.tabs.values().all(Tab::is_empty)
    }
}

impl Tab {
    fn is_empty(&self) -> bool {
        self.form.is_none() && self.parked.is_empty() && self.waiting.is_empty()
    }
}

impl Outgoing {
    pub(crate) fn new(draft: Draft, online: bool) -> Outgoing {
        Outgoing {
            draft,
            json: None,
            queue: Queue::new(Kept::default(), online),
            inbox: VecDeque::new(),
            told: false,
            behind: false,
            session: None,
            stored: None,
            last: None,
        }
    }

    /// One that was kept.
    pub(crate) fn restored(record: &Record, online: bool) -> Outgoing {
        let kept = Kept {
            waiting: true,
            tried: record.tried,
        };
        Outgoing {
            queue: Queue::new(kept, online),
            json: record.json.clone(),
            stored: Some(true),
            ..Outgoing::new(record.draft.clone(), online)
        }
    }

    /// As it is kept.
    pub(crate) fn record(&self) -> Record {
        Record {
            draft: self.draft.clone(),
            waits: true,
            tried: self.queue.kept().tried,
            json: self.json.clone(),
        }
    }
}

/// One tab of one phone.
#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) hub: Hub,
    pub(crate) phone: Arc<Mutex<Phone>>,
    pub(crate) tab: u64,
    pub(crate) who: Who,
}

impl Page {
    /// The phone. Nobody keeps it over an `await`.
    pub(crate) fn phone(&self) -> MutexGuard<'_, Phone> {
        self.phone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a tab and brings back what was left on the phone.
    pub(crate) fn open(hub: &Hub, phone: &Arc<Mutex<Phone>>) -> Page {
        let mut locked = phone.lock().unwrap_or_else(PoisonError::into_inner);
        locked.opened += 1;
        let (tab, id) = (locked.opened, locked.id);
        let online = !hub.lock().offline.contains(&id);
        let mut opened = Tab::default();
        for record in locked.store.values() {
            if record.waits {
                opened.waiting.push(Outgoing::restored(record, online));
            } else if locked.shows(&record.draft.key) {
                // Nobody writes on with one draft in two tabs: see `www/docs/simulation.md`.
            } else if opened.form.is_none() {
                opened.form = Some(record.draft.clone());
            } else {
                opened.parked.push(record.draft.clone());
            }
        }
        let keys = opened.waiting.iter().map(|it| it.draft.key.clone());
        let keys: Vec<String> = keys.collect();
        locked.tabs.insert(tab, opened);
        drop(locked);
        let page = Page {
            hub: hub.clone(),
            phone: Arc::clone(phone),
            tab,
            who: Who::Tab(id, tab),
        };
        page.hub.note(page.who, "opens");
        for key in keys {
            page.tell(&key, Event::Wake);
        }
        page
    }

    /// Closes the tab, whatever it was doing.
    pub(crate) fn close(phone: &mut Phone, tab: u64) {
        phone.tabs.remove(&tab);
        if phone.lock.as_ref().is_some_and(|(held, _)| *held == tab) {
            phone.lock = None;
        }
    }

    /// Runs `change` on the tab.
    pub(crate) fn tab<T>(&self, change: impl FnOnce(&mut Tab) -> T) -> Option<T> {
        self.phone().tabs.get_mut(&self.tab).map(change)
    }

    /// Runs `change` on the report with this key, if it still waits.
    pub(crate) fn with<T>(&self, key: &str, change: impl FnOnce(&mut Outgoing) -> T) -> Option<T> {
        self.tab(|tab| {
            let mut all = tab.waiting.iter_mut();
            all.find(|it| it.draft.key == key).map(change)
        })?
    }

    /// The keys of what waits in this tab.
    pub(crate) fn keys(&self) -> Vec<String> {
        let keys = |tab: &mut Tab| tab.waiting.iter().map(|it| it.draft.key.clone()).collect();
        self.tab(keys).unwrap_or_default()
    }

    /// Tells the machine of one report, in turn.
    pub(crate) fn tell(&self, key: &str, event: Event) {
        let begin = self.with(key, |report| {
            report.inbox.push_back(event);
            !std::mem::replace(&mut report.told, true)
        });
        if begin == Some(true) {
            let (page, key) = (self.clone(), key.to_owned());
            self.hub
                .spawn(self.who, async move { page.tell_it(key).await });
        }
    }
}
