//! What citizens do with their phones.

use std::sync::{Arc, Mutex};

use balagh_edge::http::Method;
use balagh_shared::queue::Event;

use crate::hub::{Hub, Who};
use crate::phone::{Draft, Outgoing, Page, Phone};

/// Tabs of one phone at the same time.
const MOST_TABS: usize = 3;
/// How long typing rests before it is kept, in milliseconds.
const REST_MS: i64 = 300;

/// One deed of who holds `phone`.
pub(crate) fn does(hub: &Hub, phone: &Arc<Mutex<Phone>>) {
    let Some(page) = page(hub, phone) else {
        Page::open(hub, phone);
        return;
    };
    let deed = hub.lock().chance.below(100);
    match deed {
        0..=24 => page.types(),
        25..=34 => page.types_on(),
        35..=54 => page.sends(),
        55..=58 => page.turns(Event::Edit),
        59..=60 => page.turns(Event::Delete),
        61..=65 => {
            let few = page.phone().tabs.len() < MOST_TABS;
            if few {
                Page::open(hub, phone);
            }
        }
        66..=70 => {
            for key in page.keys() {
                page.online(&key);
            }
        }
        71..=75 => {
            for key in page.keys() {
                page.tell(&key, Event::Wake);
            }
        }
        76..=87 => page.looks(),
        88..=95 => page.asks_again(),
        _ => {}
    }
}

/// Once it is calm: everything typed is sent.
pub(crate) fn finishes(hub: &Hub, phone: &Arc<Mutex<Phone>>) {
    match page(hub, phone) {
        // What another tab left behind comes back with the next one that is opened.
        Some(page) if page.phone().is_forgotten() => drop(Page::open(hub, phone)),
        Some(page) => page.sends(),
        None => drop(Page::open(hub, phone)),
    }
}

/// One of the phone's tabs.
fn page(hub: &Hub, phone: &Arc<Mutex<Phone>>) -> Option<Page> {
    let locked = phone
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let tabs: Vec<u64> = locked.tabs.keys().copied().collect();
    let tab = *hub.lock().chance.of_all(&tabs)?;
    Some(Page {
        hub: hub.clone(),
        phone: Arc::clone(phone),
        tab,
        who: Who::Tab(locked.id, tab),
    })
}

impl Page {
    /// Writes something new.
    fn types(&self) {
        let is_blank = self.tab(|tab| tab.form.is_none()).unwrap_or(false);
        if !is_blank {
            return;
        }
        let draft = {
            let mut state = self.hub.lock();
            let state = &mut *state;
            let key = state.fresh_key();
            let known: Vec<String> = state.truth.acknowledged.keys().cloned().collect();
            let joins = state.chance.of_all(&known).cloned();
            let joins = joins.filter(|_| state.chance.below(6) == 0);
            Draft {
                key,
                text: state.truth.typed(),
                joins,
            }
        };
        self.writes(draft);
    }

    /// Writes something else where something is written.
    fn types_on(&self) {
        let Some(mut draft) = self.tab(|tab| tab.form.clone()).flatten() else {
            return;
        };
        {
            let mut state = self.hub.lock();
            state.truth.of(draft.text, |it| it.dropped = true);
            draft.text = state.truth.typed();
        }
        self.writes(draft);
    }

    fn writes(&self, draft: Draft) {
        let text = draft.text;
        self.hub.note(self.who, format_args!("types text {text}"));
        self.tab(|tab| tab.form = Some(draft));
        let page = self.clone();
        self.hub.spawn(self.who, async move {
            page.pause(REST_MS).await;
            let now = page
                .tab(|tab| tab.form.as_ref().map(|it| it.text))
                .flatten();
            if now == Some(text) {
                page.save().await;
            }
        });
    }

    /// Sends what is written, unless the citizen saw that it arrived.
    fn sends(&self) {
        let form = self.tab(|tab| tab.form.clone()).flatten();
        if let Some(Draft { key, text, .. }) = form
            && self.hub.lock().truth.is_shown(text)
        {
            self.tab(|tab| tab.form = None);
            self.phone().store.remove(&key);
            return;
        }
        let id = self.phone().id;
        let online = !self.hub.lock().offline.contains(&id);
        let draft = self.tab(|tab| {
            let draft = tab.form.take().or_else(|| tab.parked.pop())?;
            let waits = tab.waiting.iter().any(|it| it.draft.key == draft.key);
            if !waits {
                tab.waiting.push(Outgoing::new(draft.clone(), online));
            }
            Some(draft)
        });
        if let Some(draft) = draft.flatten() {
            let mut state = self.hub.lock();
            let said = format!("sends text {}", draft.text);
            state.note(&self.who.to_string(), &said);
            state.truth.of(draft.text, |it| {
                it.asked = true;
                it.keys.insert(draft.key.clone());
            });
            drop(state);
            self.tell(&draft.key, Event::Send);
        }
    }

    /// Takes back, or deletes, something that waits.
    fn turns(&self, event: Event) {
        let keys = self.keys();
        let Some(key) = self.hub.lock().chance.of_all(&keys).cloned() else {
            return;
        };
        self.hub.note(self.who, format_args!("wants: {event:?}"));
        if event == Event::Delete
            && let Some(text) = self.with(&key, |report| report.draft.text)
        {
            self.hub.lock().truth.drops(&key, text);
        }
        self.tell(&key, event);
    }

    fn receipt(&self) -> Option<(String, String)> {
        let receipts = self.phone().receipts.clone();
        self.hub.lock().chance.of_all(&receipts).cloned()
    }

    /// Looks how a report stands.
    fn looks(&self) {
        let Some((number, secret)) = self.receipt() else {
            return;
        };
        let page = self.clone();
        self.hub.spawn(self.who, async move {
            let code = format!("Balagh {secret}");
            let fields = [("authorization", code.as_str())];
            let path = format!("/reports/{number}");
            page.call(Method::Get, &path, &fields, "").await;
        });
    }

    /// Asks for a report again, and once more where no answer comes.
    fn asks_again(&self) {
        let Some((number, secret)) = self.receipt() else {
            return;
        };
        let page = self.clone();
        self.hub.spawn(self.who, async move {
            let code = format!("Balagh {secret}");
            let fields = [("authorization", code.as_str())];
            let path = format!("/reports/{number}/follow-up");
            for _ in 0..2 {
                let came = page.call(Method::Post, &path, &fields, "{}").await;
                if came.is_some_and(|it| it.status == 200) {
                    return;
                }
            }
        });
    }
}
