//! Sending, as `widget/src/sender.rs` does it: the machine decides, this does it.

use balagh_edge::http::{Method, Response};
use balagh_shared::queue::{Answer, Command, Event};
use balagh_shared::reason::Reason;
use balagh_shared::receipt::Receipt;
use balagh_shared::time::Timestamp;
use serde_json::{Value, json};

use crate::hub::Happening;
use crate::phone::{Draft, Outgoing, Page, Record};
use crate::servers::request;
use crate::signal::Signal;
use crate::truth::words;

/// How long an answer is waited for, in milliseconds.
const PATIENCE_MS: i64 = 20_000;

/// What another tab made of a report meanwhile.
enum Elsewhere {
    Nothing,
    /// It was taken back, or deleted.
    Withdrawn,
    /// Nobody can tell now.
    Unknown,
}

impl Page {
    pub(crate) async fn tell_it(self, mut key: String) {
        let mut answer = None;
        loop {
            let next = |report: &mut Outgoing| report.inbox.pop_front();
            let event = answer.take().or_else(|| self.with(&key, next).flatten());
            let Some(event) = event else { break };
            let now = Timestamp::from_millis(self.hub.lock().now);
            let commands = self.with(&key, |report| report.queue.step(event, now));
            for command in commands.unwrap_or_default() {
                if let Some(came) = self.obey(&mut key, command).await {
                    answer = Some(came);
                }
            }
        }
        self.with(&key, |report| report.told = false);
    }

    async fn obey(&self, key: &mut String, command: Command) -> Option<Event> {
        if !matches!(command, Command::Wake(_)) {
            self.hub
                .note(self.who, format_args!("{}: {command:?}", short(key)));
        }
        match command {
            Command::Keep => self.keep_it(key).await,
            Command::Lock => {
                let ours = self.lock(key);
                self.with(key, |report| report.behind = !ours);
                if !ours {
                    return Some(Event::Lock(false));
                }
                return match self.elsewhere(key).await {
                    Elsewhere::Nothing => Some(Event::Lock(true)),
                    Elsewhere::Withdrawn => None,
                    Elsewhere::Unknown => {
                        self.unlock(key);
                        Some(Event::Lock(false))
                    }
                };
            }
            Command::Unlock => {
                self.unlock(key);
                self.next();
            }
            Command::Attempt => return Some(Event::Answer(self.attempt(key).await)),
            Command::Renew => {
                self.with(key, |report| report.session = None);
                return Some(Event::Answer(self.attempt(key).await));
            }
            // A phone that cannot do the work: nothing that it has changes the answer.
            Command::Work => {
                let last = self.with(key, |it| it.last.clone()).flatten();
                return Some(Event::Answer(last.unwrap_or(Answer::None)));
            }
            Command::Ask => return Some(Event::Answer(self.submission(key).await)),
            Command::Wake(at) => {
                let wait = at.millis() - self.hub.lock().now;
                let (page, key) = (self.clone(), key.clone());
                self.hub.spawn(self.who, async move {
                    page.pause(wait.max(1)).await;
                    page.tell(&key, Event::Wake);
                });
            }
            Command::Show(receipt) => self.received(key, &receipt),
            Command::Mend { fresh_key } => self.reopen(key, fresh_key).await,
            Command::Open => self.reopen(key, true).await,
            Command::Erase => {
                self.pause(3).await;
                self.phone().store.remove(key);
                self.forget(key);
                self.next();
            }
        }
        None
    }

    /// Waits so many milliseconds.
    pub(crate) async fn pause(&self, millis: i64) {
        let signal = Signal::new();
        let said = signal.said();
        {
            let mut state = self.hub.lock();
            let task = state.current;
            state.after(millis, Happening::Wake { task, signal });
        }
        said.await;
    }

    /// Becomes the one sender of the phone's browser, while no other tab is.
    fn lock(&self, key: &str) -> bool {
        let mut phone = self.phone();
        let is_free = phone.lock.is_none();
        if is_free {
            phone.lock = Some((self.tab, key.to_owned()));
        }
        is_free
    }

    fn unlock(&self, key: &str) {
        self.with(key, |report| report.session = None);
        let mut phone = self.phone();
        if phone
            .lock
            .as_ref()
            .is_some_and(|(tab, held)| *tab == self.tab && held == key)
        {
            phone.lock = None;
        }
    }

    /// Lets a report of this tab try that stood behind another.
    fn next(&self) {
        let behind = self.tab(|tab| {
            let next = tab.waiting.iter_mut().find(|it| it.behind)?;
            next.behind = false;
            Some(next.draft.key.clone())
        });
        if let Some(key) = behind.flatten() {
            self.online(&key);
        }
    }

    /// Tries this one now.
    pub(crate) fn online(&self, key: &str) {
        let id = self.phone().id;
        let online = !self.hub.lock().offline.contains(&id);
        self.tell(key, Event::Online(online));
    }

    fn forget(&self, key: &str) {
        self.unlock(key);
        self.tab(|tab| tab.waiting.retain(|it| it.draft.key != key));
    }

    async fn keep_it(&self, key: &str) {
        match self.with(key, |report| report.record()) {
            Some(record) => {
                let stored = self.put(record).await;
                self.with(key, |report| report.stored = Some(stored));
            }
            // It is in the form again.
            None => self.save().await,
        }
    }

    /// Keeps what is in the form.
    pub(crate) async fn save(&self) {
        let Some(draft) = self.tab(|tab| tab.form.clone()).flatten() else {
            return;
        };
        self.put(unfinished(&draft)).await;
    }

    /// Keeps a record; it is on the device when this is done, and may be earlier.
    async fn put(&self, record: Record) -> bool {
        let (first, rest) = {
            let mut state = self.hub.lock();
            (state.chance.between(1, 6), state.chance.between(0, 3))
        };
        self.pause(first).await;
        let (key, text) = (record.draft.key.clone(), record.draft.text);
        {
            let mut phone = self.phone();
            if phone.full {
                return false;
            }
            phone.store.insert(key.clone(), record);
            self.hub.lock().truth.keeps(&key, text);
        }
        self.pause(rest).await;
        true
    }

    /// One attempt: a session if there is none, the report.
    async fn attempt(&self, key: &str) -> Answer {
        let answer = self.try_it(key).await;
        self.with(key, |report| report.last = Some(answer.clone()));
        answer
    }

    async fn try_it(&self, key: &str) -> Answer {
        let Some(json) = self.settled(key).await else {
            return Answer::None;
        };
        let session = self.with(key, |report| report.session.clone()).flatten();
        let session = match session {
            Some(session) => session,
            None => {
                let came = self.call(Method::Post, "/session", &[], "").await;
                match came.as_ref().and_then(token) {
                    Some(session) => session,
                    None => return read(came),
                }
            }
        };
        self.with(key, |report| report.session = Some(session.clone()));
        let joins = self.with(key, |it| it.draft.joins.clone()).flatten();
        let path = match &joins {
            Some(number) => format!("/reports/{number}/join"),
            None => "/reports".to_owned(),
        };
        let fields = [("idempotency-key", key), ("balagh-session", &session)];
        let came = read(self.call(Method::Post, &path, &fields, &json).await);
        let over = matches!(
            came,
            Answer::Problem {
                code: Reason::JoinClosed | Reason::ReportUnknown,
                ..
            }
        );
        if over && joins.is_some() {
            // What it was to join is over: the citizen is asked.
            self.with(key, |report| {
                report.draft.joins = None;
                report.json = None;
            });
            return Answer::Problem {
                status: 422,
                code: Reason::JoinClosed,
                retry_after: None,
            };
        }
        came
    }

    /// The report as it is sent, decided and kept before the first attempt.
    async fn settled(&self, key: &str) -> Option<String> {
        if let Some(json) = self.with(key, |report| report.json.clone())? {
            return Some(json);
        }
        let draft = self.with(key, |report| report.draft.clone())?;
        let json = written(&draft);
        self.with(key, |report| report.json = Some(json.clone()))?;
        self.keep_it(key).await;
        Some(json)
    }

    async fn submission(&self, key: &str) -> Answer {
        let fields = [("idempotency-key", key)];
        read(self.call(Method::Get, "/submission", &fields, "").await)
    }

    /// Sends a request to the edge that this page knows.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        fields: &[(&str, &str)],
        body: &str,
    ) -> Option<Response> {
        let edge = self.phone().edge;
        let request = request(method, path, fields, body);
        self.hub.call(self.who, edge, request, PATIENCE_MS).await
    }

    /// What another tab made of the report meanwhile.
    async fn elsewhere(&self, key: &str) -> Elsewhere {
        let stored = self.with(key, |report| report.stored).flatten() == Some(true);
        self.pause(2).await;
        let waits = self.phone().store.get(key).is_some_and(|it| it.waits);
        if !stored || waits {
            return Elsewhere::Nothing;
        }
        match self.submission(key).await {
            Answer::Receipt(_) => Elsewhere::Nothing,
            Answer::Problem { status: 404, .. } => {
                self.forget(key);
                Elsewhere::Withdrawn
            }
            _ => Elsewhere::Unknown,
        }
    }

    /// Shows the receipt.
    fn received(&self, key: &str, receipt: &Receipt) {
        let Some(text) = self.with(key, |it| it.draft.text) else {
            return;
        };
        let shown = (receipt.number.clone(), receipt.secret.clone());
        self.phone().receipts.push(shown);
        self.tab(|tab| {
            if tab.form.as_ref().is_some_and(|form| form.key == key) {
                tab.form = None;
            }
        });
        let mut state = self.hub.lock();
        let number = receipt.number.clone();
        state.note("", &format!("text {text} is shown as {number}"));
        state.truth.of(text, |it| it.shown = Some(number));
    }

    /// Takes a report back into the form; what is written there is put aside.
    async fn reopen(&self, key: &mut String, fresh: bool) {
        let Some(mut draft) = self.with(key, |report| report.draft.clone()) else {
            return;
        };
        self.save().await;
        self.tab(|tab| {
            if tab.form.as_ref().is_some_and(|form| form.key != *key) {
                tab.parked.extend(tab.form.take());
            }
        });
        self.forget(key);
        if fresh {
            // An edited report is another one.
            draft.key = self.hub.lock().fresh_key();
            self.pause(3).await;
            let mut phone = self.phone();
            if !phone.full {
                phone.store.remove(key);
                phone.store.insert(draft.key.clone(), unfinished(&draft));
                self.hub.lock().truth.keeps(&draft.key, draft.text);
            }
            key.clone_from(&draft.key);
        }
        self.tab(|tab| tab.form = Some(draft));
    }
}

/// A draft that nobody sent yet, as it is kept.
fn unfinished(draft: &Draft) -> Record {
    Record {
        draft: draft.clone(),
        waits: false,
        tried: false,
        json: None,
    }
}

/// The report of a draft, as the form writes it.
fn written(draft: &Draft) -> String {
    json!({
        "category": "lighting.dark",
        "description": words(draft.text),
        "lang": "en",
        "place": {"at": {"lon": 49.95, "lat": 26.4}, "source": "map", "district": "west"},
        "declared": true,
        "channel": "widget",
    })
    .to_string()
}

/// Reads what came. Only JSON counts.
fn read(came: Option<Response>) -> Answer {
    let Some(came) = came else {
        return Answer::None;
    };
    let Ok(body) = serde_json::from_slice::<Value>(&came.body) else {
        return Answer::Foreign;
    };
    if let Some(code) = body.get("code").and_then(Value::as_str) {
        return Answer::Problem {
            status: came.status,
            code: Reason::from_code(code).unwrap_or(Reason::Internal),
            retry_after: came
                .headers
                .get("retry-after")
                .and_then(|it| it.parse().ok()),
        };
    }
    serde_json::from_value(body).map_or(Answer::Foreign, Answer::Receipt)
}

fn token(came: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&came.body).ok()?;
    let is_success = (200..300).contains(&came.status);
    Some(body.get("token")?.as_str()?.to_owned()).filter(|_| is_success)
}

fn short(key: &str) -> &str {
    key.get(..6).unwrap_or(key)
}
