//! What every ledger can be asked, and how each of them is: a native one on memory, SQLite or
//! PostgreSQL, and a Durable Object's.

use std::path::PathBuf;
use std::rc::Rc;

use balagh_database::Place;
use balagh_database::cluster::Cluster;
use balagh_shared::delivery::{Delivery, OriginEvent, StoredPhoto};
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::Screening;
use balagh_shared::report::Contact;
use balagh_shared::status::PublicStatus;
use balagh_shared::time::{DAY_MS, Timestamp};

use super::made::at;
use super::sqlite::Database;
use crate::codes::{Checked, Entry, Sent, ask};
use crate::durable::{Keeper, StoreError};
use crate::keys::for_tests;
use crate::ledger::job::{Failure, Job, ORIGIN};
use crate::native::ledger::{Ledger, LedgerError, Overdue};
use crate::nearby::{Around, Found};
use crate::outbox::schedule::Next;
use crate::screen::{Effect, Leader, Reads, Slot, StoredSubmission, Wanted};

/// Longer than anything is put off, in milliseconds.
pub(super) const LONG: i64 = DAY_MS;

/// A key, a number or a nonce is taken; nothing was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken;

/// A ledger of the municipality `ep`. What fails otherwise fails the test.
pub(super) trait Store {
    async fn read(&self, wanted: &Wanted, now: Timestamp) -> Reads;
    async fn apply(&self, effects: &[Effect], now: Timestamp) -> Result<(), Taken>;
    async fn submission(&self, slot: Slot) -> Option<StoredSubmission>;
    async fn counter(&self, subject: &str) -> Option<i64>;
    async fn contact(&self, municipality: &str, number: &str) -> Option<(String, Option<Contact>)>;

    async fn due(&self, now: Timestamp) -> Vec<Job>;
    async fn next_due(&self) -> Option<Timestamp>;
    async fn delivery(&self, number: &str) -> Option<Delivery>;
    /// The origin has it with `photos`; those `left_behind` follow from `now` on.
    async fn delivered(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        left_behind: &[StoredPhoto],
        now: Timestamp,
    );
    async fn failed(&self, job: &Job, failure: Failure<'_>, next: Next, now: Timestamp);
    async fn hasten(&self, now: Timestamp);

    async fn photo(&self, sent_sha256: &str) -> Option<StoredPhoto>;
    async fn keep_photo(&self, photo: &StoredPhoto, count: &Effect, now: Timestamp);
    async fn renew_photo(&self, sent_sha256: &str, now: Timestamp);
    async fn keep_team_photo(&self, number: &str, sha256: &str, now: Timestamp);
    async fn team_photo(&self, number: &str, sha256: &str) -> Option<String>;
    async fn names_file(&self, sha256: &str) -> bool;

    async fn secret_kid(&self, municipality: &str, number: &str) -> Option<String>;
    async fn status(&self, number: &str) -> Option<PublicStatus>;
    async fn keep_status(&self, event: &OriginEvent);
    async fn leader(&self, municipality: &str, number: &str) -> Leader;
    async fn around(&self, around: &Around) -> Vec<Found>;

    async fn codes(&self, wanted: &ask::Wanted) -> ask::Reads;
    async fn code(&self, subject: &str) -> Entry;
    async fn send_code(&self, sent: &Sent, now: Timestamp) -> Result<(), Taken>;
    async fn check_code(&self, subject: &str, now: Timestamp, decide: fn(Entry) -> Checked);

    /// Everything that is overdue; the names of files that no row names any more.
    async fn erase(&self, screening: &Screening, now: Timestamp) -> Vec<String>;
}

impl Store for Ledger {
    async fn read(&self, wanted: &Wanted, _now: Timestamp) -> Reads {
        Ledger::read(self, "ep", wanted).await.unwrap()
    }

    async fn apply(&self, effects: &[Effect], now: Timestamp) -> Result<(), Taken> {
        match Ledger::apply(self, effects, now).await {
            Err(LedgerError::Conflict) => Err(Taken),
            done => {
                done.unwrap();
                Ok(())
            }
        }
    }

    async fn submission(&self, slot: Slot) -> Option<StoredSubmission> {
        Ledger::submission(self, slot).await.unwrap()
    }

    async fn counter(&self, subject: &str) -> Option<i64> {
        Ledger::counter(self, subject).await.unwrap()
    }

    async fn contact(&self, municipality: &str, number: &str) -> Option<(String, Option<Contact>)> {
        Ledger::contact(self, municipality, number).await.unwrap()
    }

    async fn due(&self, now: Timestamp) -> Vec<Job> {
        Ledger::due(self, ORIGIN, now, LONG, 10).await.unwrap()
    }

    async fn next_due(&self) -> Option<Timestamp> {
        Ledger::next_due(self, ORIGIN).await.unwrap()
    }

    async fn delivery(&self, number: &str) -> Option<Delivery> {
        Ledger::delivery(self, number).await.unwrap()
    }

    async fn delivered(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        left_behind: &[StoredPhoto],
        now: Timestamp,
    ) {
        let followed = Ledger::follow(self, job, left_behind, now, now).await;
        followed.unwrap();
        Ledger::delivered(self, job, photos, None, now)
            .await
            .unwrap();
    }

    async fn failed(&self, job: &Job, failure: Failure<'_>, next: Next, now: Timestamp) {
        Ledger::failed(self, job, &failure, next, now)
            .await
            .unwrap();
    }

    async fn hasten(&self, now: Timestamp) {
        Ledger::hasten(self, ORIGIN, now).await.unwrap();
    }

    async fn photo(&self, sent_sha256: &str) -> Option<StoredPhoto> {
        Ledger::photo(self, "ep", sent_sha256).await.unwrap()
    }

    async fn keep_photo(&self, photo: &StoredPhoto, count: &Effect, now: Timestamp) {
        Ledger::keep_photo(self, "ep", photo, count, now)
            .await
            .unwrap();
    }

    async fn renew_photo(&self, sent_sha256: &str, now: Timestamp) {
        Ledger::renew_photo(self, "ep", sent_sha256, now)
            .await
            .unwrap();
    }

    async fn keep_team_photo(&self, number: &str, sha256: &str, now: Timestamp) {
        Ledger::keep_team_photo(self, number, sha256, "image/jpeg", now)
            .await
            .unwrap();
    }

    async fn team_photo(&self, number: &str, sha256: &str) -> Option<String> {
        Ledger::team_photo(self, number, sha256).await.unwrap()
    }

    async fn names_file(&self, sha256: &str) -> bool {
        let removed = self.unless_named(sha256, async {}).await.unwrap();
        removed.is_none()
    }

    async fn secret_kid(&self, municipality: &str, number: &str) -> Option<String> {
        Ledger::secret_kid(self, municipality, number)
            .await
            .unwrap()
    }

    async fn status(&self, number: &str) -> Option<PublicStatus> {
        Ledger::status(self, number).await.unwrap()
    }

    async fn keep_status(&self, event: &OriginEvent) {
        Ledger::keep_status(self, event).await.unwrap();
    }

    async fn leader(&self, municipality: &str, number: &str) -> Leader {
        Ledger::leader(self, municipality, number).await.unwrap()
    }

    async fn around(&self, around: &Around) -> Vec<Found> {
        Ledger::around(self, around).await.unwrap()
    }

    async fn codes(&self, wanted: &ask::Wanted) -> ask::Reads {
        self.peek_codes(wanted).await.unwrap()
    }

    async fn code(&self, subject: &str) -> Entry {
        self.peek_code(subject).await.unwrap()
    }

    async fn send_code(&self, sent: &Sent, now: Timestamp) -> Result<(), Taken> {
        let wanted = ask::Wanted {
            subject: sent.subject.clone(),
            counters: Vec::new(),
            proof: None,
        };
        match Ledger::send_code(self, &wanted, now, |_| Ok(sent.clone())).await {
            Err(LedgerError::Conflict) => Err(Taken),
            done => {
                done.unwrap().unwrap();
                Ok(())
            }
        }
    }

    async fn check_code(&self, subject: &str, now: Timestamp, decide: fn(Entry) -> Checked) {
        Ledger::check_code(self, subject, now, decide)
            .await
            .unwrap();
    }

    async fn erase(&self, screening: &Screening, now: Timestamp) -> Vec<String> {
        let overdue = Overdue::of(screening, now);
        let mut files = Vec::new();
        loop {
            let (reports, forgotten) = self.erase_photos("ep", overdue).await.unwrap();
            files.extend(forgotten);
            if reports == 0 {
                break;
            }
        }
        while self.erase_bodies("ep", overdue, now).await.unwrap() > 0 {}
        let old = now.plus_millis(-2 * DAY_MS);
        self.forget_orphans(old).await.unwrap();
        self.forget_unnamed_team_photos(old).await.unwrap();
        self.forget_keys(now).await.unwrap();
        files
    }
}

/// A Durable Object's ledger: what the object runs, over SQLite as it has it.
#[derive(Debug, Clone)]
pub(super) struct Object {
    database: Rc<Database>,
    seals: Keyring,
}

impl Object {
    fn new() -> Object {
        let database = Database::open();
        database.at_once(|| Keeper::prepare(&database)).unwrap();
        // As at each start: nothing is left to be brought up to date.
        database.at_once(|| Keeper::prepare(&database)).unwrap();
        Object {
            database: Rc::new(database),
            seals: for_tests::ledger().seals,
        }
    }

    /// The ledger as it is for the length of one transaction.
    pub(super) fn at_once<T>(
        &self,
        work: impl FnOnce(&Keeper<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let keeper = Keeper::new(&*self.database, &self.seals);
        self.database.at_once(|| work(&keeper))
    }

    fn done<T>(&self, work: impl FnOnce(&Keeper<'_>) -> Result<T, StoreError>) -> T {
        self.at_once(work).unwrap()
    }

    fn taken_or_done(
        &self,
        work: impl FnOnce(&Keeper<'_>) -> Result<(), StoreError>,
    ) -> Result<(), Taken> {
        match self.at_once(work) {
            Err(StoreError::Conflict) => Err(Taken),
            done => {
                done.unwrap();
                Ok(())
            }
        }
    }
}

impl Store for Object {
    async fn read(&self, wanted: &Wanted, now: Timestamp) -> Reads {
        self.done(|it| it.read("ep", wanted, &it.recall("ep")?, now))
    }

    async fn apply(&self, effects: &[Effect], now: Timestamp) -> Result<(), Taken> {
        self.taken_or_done(|it| it.apply(effects, &[3; 24], now))
    }

    async fn submission(&self, slot: Slot) -> Option<StoredSubmission> {
        self.done(|it| it.submission(slot))
    }

    async fn counter(&self, subject: &str) -> Option<i64> {
        self.done(|it| it.counter(subject))
    }

    async fn contact(&self, municipality: &str, number: &str) -> Option<(String, Option<Contact>)> {
        self.done(|it| it.contact(municipality, number))
    }

    async fn due(&self, now: Timestamp) -> Vec<Job> {
        self.done(|it| it.due(now, LONG, 10))
    }

    async fn next_due(&self) -> Option<Timestamp> {
        self.done(|it| it.next_due())
    }

    async fn delivery(&self, number: &str) -> Option<Delivery> {
        self.done(|it| it.delivery(number))
    }

    async fn delivered(
        &self,
        job: &Job,
        photos: &[StoredPhoto],
        left_behind: &[StoredPhoto],
        now: Timestamp,
    ) {
        self.done(|it| it.delivered(job, photos, left_behind, now, now));
    }

    async fn failed(&self, job: &Job, failure: Failure<'_>, next: Next, now: Timestamp) {
        self.done(|it| it.failed(job, &failure, next, now));
    }

    async fn hasten(&self, now: Timestamp) {
        self.done(|it| it.hasten(now));
    }

    async fn photo(&self, sent_sha256: &str) -> Option<StoredPhoto> {
        self.done(|it| it.photo("ep", sent_sha256))
    }

    async fn keep_photo(&self, photo: &StoredPhoto, count: &Effect, now: Timestamp) {
        self.done(|it| it.keep_photo("ep", photo, count, now));
    }

    async fn renew_photo(&self, sent_sha256: &str, now: Timestamp) {
        self.done(|it| it.renew_photo("ep", sent_sha256, now));
    }

    async fn keep_team_photo(&self, number: &str, sha256: &str, now: Timestamp) {
        self.done(|it| it.keep_team_photo(number, sha256, "image/jpeg", now));
    }

    async fn team_photo(&self, number: &str, sha256: &str) -> Option<String> {
        self.done(|it| it.team_photo(number, sha256))
    }

    async fn names_file(&self, sha256: &str) -> bool {
        self.done(|it| it.names_file(sha256))
    }

    async fn secret_kid(&self, municipality: &str, number: &str) -> Option<String> {
        self.done(|it| it.secret_kid(municipality, number))
    }

    async fn status(&self, number: &str) -> Option<PublicStatus> {
        self.done(|it| it.status(number))
    }

    async fn keep_status(&self, event: &OriginEvent) {
        self.done(|it| it.keep_status(event));
    }

    async fn leader(&self, municipality: &str, number: &str) -> Leader {
        self.done(|it| it.leader(municipality, number))
    }

    async fn around(&self, around: &Around) -> Vec<Found> {
        self.done(|it| it.around(around))
    }

    async fn codes(&self, wanted: &ask::Wanted) -> ask::Reads {
        self.done(|it| it.codes(wanted))
    }

    async fn code(&self, subject: &str) -> Entry {
        self.done(|it| it.code(subject))
    }

    async fn send_code(&self, sent: &Sent, now: Timestamp) -> Result<(), Taken> {
        self.taken_or_done(|it| it.send_code(sent, now))
    }

    async fn check_code(&self, subject: &str, now: Timestamp, decide: fn(Entry) -> Checked) {
        self.done(|it| match decide(it.code(subject)?).entry {
            Some(entry) => it.keep_code(subject, &entry, now),
            None => Ok(()),
        });
    }

    async fn erase(&self, screening: &Screening, now: Timestamp) -> Vec<String> {
        let mut files = Vec::new();
        loop {
            let erased = self.done(|it| it.erase("ep", screening, now));
            files.extend(erased.files);
            if !erased.more {
                return files;
            }
        }
    }
}

/// Where a native ledger is kept for a test, and how it is opened once more.
pub(crate) struct Kept {
    place: Place,
    folder: Option<PathBuf>,
}

impl Kept {
    /// A ledger, and what another edge finds there: where there is no other edge, the same.
    pub(crate) async fn open_twice(&self) -> (Ledger, Ledger) {
        let one = self.open().await;
        let other = match self.place {
            Place::Postgres(_) => self.open().await,
            _ => one.clone(),
        };
        (one, other)
    }

    async fn open(&self) -> Ledger {
        let seals = for_tests::ledger().seals;
        Ledger::open(&self.place, seals).await.unwrap()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            drop(std::fs::remove_dir_all(folder));
        }
    }
}

/// Every place for a native ledger that is on this machine.
pub(crate) async fn places(name: &str) -> Vec<Kept> {
    let folder = std::env::temp_dir().join(format!("balagh-suite-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut places = vec![
        Kept {
            place: Place::Memory,
            folder: None,
        },
        Kept {
            place: Ledger::in_folder(&folder),
            folder: Some(folder),
        },
    ];
    if let Some(cluster) = Cluster::shared().unwrap() {
        places.push(Kept {
            place: Place::Postgres(cluster.database().await.unwrap()),
            folder: None,
        });
    }
    places
}

/// A Durable Object's ledger, and what its next life finds there.
pub(super) fn object() -> (Object, Object) {
    let object = Object::new();
    (object.clone(), object)
}

/// The first report of a letter, taken.
pub(super) async fn accepted(store: &impl Store, letter: u8) -> String {
    let decision = super::made::decision(letter);
    store.apply(&decision, at(0)).await.unwrap();
    super::made::number(letter)
}
