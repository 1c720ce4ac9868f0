//! What an alarm does: carries what waits, erases what is overdue, sets the next alarm. It may be ended
//! anywhere: what was sent and not noted is sent again, and the origin takes it once, by its number.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::time::{DAY_MS, Timestamp};
use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::super::host;
use super::Object;
use super::origin::Unheard;
use crate::durable::{Keeper, StoreError};
use crate::ledger::job::{Failure, Job, Load};
use crate::outbox::Ended;
use crate::outbox::breaker::{Admission, Breaker, Change};
use crate::outbox::schedule::{Next, Schedule, Tried};
use crate::outbox::wire::Message;

/// Jobs carried at the same time: with the origin's photos among them they stay far below what an
/// isolate may hold.
const AT_ONCE: u32 = 4;
/// Rounds of one alarm, of jobs and of what is erased. What is left is due at once: the next alarm follows.
const MOST_ROUNDS: usize = 20;
/// Questions to the origin and the bucket after which an alarm leaves the rest to the next: the platform
/// bounds them, and the time that one alarm may take.
const MOST_ASKED: u32 = 40;

thread_local! {
    // In memory, as natively: an object that wakes learns within a few messages what it knew.
    static BREAKERS: RefCell<BTreeMap<String, Breaker>> = const { RefCell::new(BTreeMap::new()) };
}

/// What arrived with a job.
#[derive(Default)]
struct Arrived {
    photos: Vec<StoredPhoto>,
    /// Those that follow on their own.
    left_behind: Vec<StoredPhoto>,
}

pub(super) async fn ring(object: Rc<Object>) -> Result<(), StoreError> {
    let mut closed_until = None;
    for _ in 0..MOST_ROUNDS {
        if object.asked.get() >= MOST_ASKED {
            break;
        }
        let now = host::now();
        let most = match object.breaker(|breaker| breaker.admission(now)) {
            Admission::All => AT_ONCE,
            Admission::One => 1,
            Admission::Nothing { until } => {
                closed_until = Some(until);
                break;
            }
        };
        let longest = Schedule::Patient.longest_ms();
        let jobs = object.keeper(|keeper| keeper.due(now, longest, most))?;
        if jobs.is_empty() {
            break;
        }
        let carried: Array = jobs.into_iter().map(|job| carried(&object, job)).collect();
        // A job that fails notes so itself; what is left are failures to note.
        if let Err(error) = JsFuture::from(Promise::all(&carried)).await {
            return Err(StoreError::Storage(error.as_string().unwrap_or_default()));
        }
    }
    object.erase().await?;
    // Read and set without a wait between: whatever comes meanwhile sets its own.
    let (due, erasure) =
        object.keeper(|keeper| Ok((keeper.next_due()?, keeper.next_erasure()?)))?;
    let due = due.map(|due| closed_until.map_or(due, |until| due.max(until)));
    let next = due.map_or(erasure, |due| due.min(erasure));
    object.storage.wake_at(next.max(host::now()));
    Ok(())
}

fn carried(object: &Rc<Object>, job: Job) -> Promise {
    let object = Rc::clone(object);
    future_to_promise(async move {
        let done = object.deliver(&job).await;
        done.map(|()| JsValue::UNDEFINED)
            .map_err(|error| JsValue::from_str(&error.to_string()))
    })
}

impl Object {
    pub(super) fn keeper<T>(
        &self,
        work: impl FnOnce(&Keeper<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.storage.keeper(&self.edge, work)
    }

    fn breaker<T>(&self, work: impl FnOnce(&mut Breaker) -> T) -> T {
        BREAKERS.with_borrow_mut(|all| work(all.entry(self.municipality.clone()).or_default()))
    }

    /// Carries a job; after this the origin has it, or its row says what becomes of it.
    async fn deliver(&self, job: &Job) -> Result<(), StoreError> {
        let arrived = self.carry(job).await;
        let (now, jitter) = (host::now(), jitter());
        let ended = match &arrived {
            Ok(_) => Ended::Taken,
            Err(unheard) => unheard.ended(),
        };
        match arrived {
            Ok(Arrived {
                photos,
                left_behind,
            }) => {
                let first = Tried {
                    attempts: 1,
                    refusals: 1,
                };
                let due = match Schedule::Patient.next(first, Ended::Refused, now, jitter) {
                    Next::Again(due) => due,
                    Next::Dead => now,
                };
                self.storage.at_once(&self.edge, |keeper| {
                    keeper.delivered(job, &photos, &left_behind, now, due)
                })?;
            }
            Err(unheard) => self.put_off(job, &unheard, ended, now, jitter)?,
        }
        match self.breaker(|breaker| breaker.ended(ended, now, jitter)) {
            Some(Change::Recovered) => self.keeper(|keeper| keeper.hasten(now)),
            Some(Change::Opened { .. }) => {
                host::complain("the origin is away: left alone");
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn put_off(
        &self,
        job: &Job,
        unheard: &Unheard,
        ended: Ended,
        now: Timestamp,
        jitter: u8,
    ) -> Result<(), StoreError> {
        let is_refusal = !matches!(ended, Ended::Failed { .. });
        let tried = Tried {
            attempts: job.attempts.saturating_add(1),
            refusals: job.refusals.saturating_add(u32::from(is_refusal)),
        };
        let next = Schedule::Patient.next(tried, ended, now, jitter);
        let code = unheard.code();
        if next == Next::Dead {
            host::complain(&format!("{} is put aside: {code}", job.number));
        }
        let failure = Failure {
            code: &code,
            is_refusal,
            // The origin takes a number once.
            in_doubt: false,
        };
        self.keeper(|keeper| keeper.failed(job, &failure, next, now))
    }

    async fn carry(&self, job: &Job) -> Result<Arrived, Unheard> {
        if job.load == Load::Review {
            return self.carry_review(job).await;
        }
        let delivery = self.keeper(|keeper| keeper.delivery(&job.number));
        let delivery = delivery.map_err(unread)?;
        // The body was erased: there is nothing to carry any more.
        let Some(mut delivery) = delivery else {
            return Ok(Arrived::default());
        };
        let all = std::mem::take(&mut delivery.photos);
        if let Load::Photo(sent) = &job.load {
            if let Some(photo) = all.iter().find(|photo| photo.sent_sha256 == *sent) {
                self.carry_photo(photo).await?;
                self.tell(&Message::late_photo(&job.number, photo)?).await?;
            }
            return Ok(Arrived::default());
        }
        let mut left_behind = Vec::new();
        for photo in all {
            match self.carry_photo(&photo).await {
                Ok(()) => delivery.photos.push(photo),
                Err(unheard) if unheard.is_away() => return Err(unheard),
                // A photo never keeps its report back: it goes on trying by itself.
                Err(_) => left_behind.push(photo),
            }
        }
        self.tell(&Message::report(&delivery)?).await?;
        Ok(Arrived {
            photos: delivery.photos,
            left_behind,
        })
    }

    /// What a person said of a held report, also where its words are erased by now.
    async fn carry_review(&self, job: &Job) -> Result<Arrived, Unheard> {
        let screening = self.keeper(|keeper| keeper.screening(&job.number));
        if let Some(label) = screening.map_err(unread)?.and_then(|it| it.label) {
            let message = Message::review(&job.number, label.outcome())?;
            self.tell(&message).await?;
        }
        Ok(Arrived::default())
    }

    async fn carry_photo(&self, photo: &StoredPhoto) -> Result<(), Unheard> {
        self.ask();
        let file = self
            .edge
            .behind
            .bucket
            .read(&self.municipality, &photo.sha256)
            .await;
        let Ok(Some(bytes)) = file else {
            return Err(Unheard::Unread("photo.unreadable"));
        };
        self.tell(&Message::photo(photo, bytes)).await
    }

    /// Erases what is overdue, if it was not looked within the hour; once a day, some thousands an hour, also
    /// the files that no row names, of whoever was ended between file and row.
    async fn erase(&self) -> Result<(), StoreError> {
        let now = host::now();
        let Some(served) = self.edge.municipality(&self.municipality) else {
            return Ok(());
        };
        let next = self.keeper(|keeper| keeper.next_erasure())?;
        if next > now {
            return Ok(());
        }
        let screening = &served.document().screening;
        let mut is_done = false;
        for _ in 0..MOST_ROUNDS {
            let erased = self.storage.at_once(&self.edge, |keeper| {
                keeper.erase(&self.municipality, screening, now)
            })?;
            self.remove(&erased.files).await?;
            if !erased.more {
                is_done = true;
                break;
            }
        }
        if !is_done {
            return Ok(());
        }
        let is_new_day = next.millis() / DAY_MS != now.millis() / DAY_MS;
        let from = self.keeper(|keeper| keeper.swept_to())?;
        if is_new_day || !from.is_empty() {
            let before = Keeper::orphans_before(now).millis();
            let bucket = &self.edge.behind.bucket;
            let old = bucket.old(&self.municipality, before, &from).await;
            let old = old.unwrap_or_default();
            self.remove(&old.files).await?;
            self.keeper(|keeper| keeper.sweep_on(&old.next))?;
        }
        self.keeper(|keeper| keeper.erased(now))
    }

    /// Removes files that no row names. Those that cannot be removed now are found again tomorrow.
    async fn remove(&self, files: &[String]) -> Result<(), StoreError> {
        let mut unnamed = Vec::new();
        for file in files {
            if !self.keeper(|keeper| keeper.names_file(file))? {
                unnamed.push(file.clone());
            }
        }
        if unnamed.is_empty() {
            return Ok(());
        }
        // Nothing waited since they were looked for: whoever names one from here on is told that it leaves.
        let bucket = &self.edge.behind.bucket;
        if bucket.remove(&self.municipality, &unnamed).await.is_err() {
            host::complain("files of photos cannot be removed");
        }
        Ok(())
    }
}

/// The ledger would not say what is to be delivered.
fn unread(error: StoreError) -> Unheard {
    host::complain(&error.to_string());
    Unheard::Unread("ledger")
}

/// 0 to 255, so that many objects do not knock at once.
fn jitter() -> u8 {
    let [drawn] = host::random().unwrap_or([128]);
    drawn
}
