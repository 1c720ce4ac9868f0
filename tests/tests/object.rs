//! What an object keeps of the recorded stream's reports: the statements and what is read of them, over
//! SQLite in memory.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

use std::cell::RefCell;

use balagh_edge::durable::sql::{Row, Sql, Value};
use balagh_edge::durable::{Failure, Keeper, Load, StoreError};
use balagh_edge::outbox::schedule::Next;
use balagh_edge::screen::{Effect, Insert};
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::Screening;
use balagh_shared::time::{DAY_MS, Timestamp};
use balagh_tests::stream::{Judge, Recording, record};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Row as _, TypeInfo as _, ValueRef as _};
use tokio::runtime::{Builder, Runtime};

/// Requests of the stream: some dozens of them are reports that are taken.
const REQUESTS: usize = 200;
const SEALED_WITH: [u8; 24] = [3; 24];
const DAY: i64 = DAY_MS;

/// SQLite as an object has it: each statement done when it returns.
struct Database {
    runtime: Runtime,
    connection: RefCell<SqliteConnection>,
}

impl Database {
    fn open() -> Database {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let options = SqliteConnectOptions::new()
            .in_memory(true)
            .foreign_keys(true);
        let connection = runtime.block_on(options.connect()).unwrap();
        let database = Database {
            runtime,
            connection: RefCell::new(connection),
        };
        Keeper::prepare(&database).unwrap();
        database
    }

    /// All of `work`, or nothing of it where it fails.
    fn at_once<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.run_script("BEGIN").unwrap();
        let done = work();
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.run_script(end).unwrap();
        done
    }

    fn count(&self, table: &str) -> i64 {
        let rows = self.run(&format!("SELECT count(*) FROM {table}"), &[]);
        rows.unwrap()[0].at(0).unwrap()
    }
}

impl Sql for Database {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned()));
        for value in values {
            query = match value.clone() {
                Value::Null => query.bind(None::<i64>),
                Value::Integer(number) => query.bind(number),
                Value::Real(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        let connection = &mut *self.connection.borrow_mut();
        let rows = self.runtime.block_on(query.fetch_all(connection));
        let rows = rows.map_err(|error| match error.as_database_error() {
            Some(refused) if refused.is_unique_violation() => StoreError::Conflict,
            _ => StoreError::Storage(error.to_string()),
        })?;
        Ok(rows
            .iter()
            .map(|row| Row::new((0..row.len()).map(|at| value(row, at)).collect()))
            .collect())
    }

    fn run_script(&self, script: &str) -> Result<(), StoreError> {
        let connection = &mut *self.connection.borrow_mut();
        let script = sqlx::raw_sql(sqlx::AssertSqlSafe(script.to_owned())).execute(connection);
        let done = self.runtime.block_on(script);
        done.map(drop)
            .map_err(|error| StoreError::Storage(error.to_string()))
    }
}

fn value(row: &sqlx::sqlite::SqliteRow, at: usize) -> Value {
    let raw = row.try_get_raw(at).unwrap();
    if raw.is_null() {
        return Value::Null;
    }
    match raw.type_info().name() {
        "INTEGER" | "BOOLEAN" => Value::Integer(row.try_get_unchecked(at).unwrap()),
        "REAL" => Value::Real(row.try_get_unchecked(at).unwrap()),
        "BLOB" => Value::Bytes(row.try_get_unchecked(at).unwrap()),
        _ => Value::Text(row.try_get_unchecked(at).unwrap()),
    }
}

fn seals() -> Keyring {
    Keyring::parse("TEST", &format!("1:{}", "A".repeat(43))).unwrap()
}

/// What the screen writes for the reports of the stream that it takes.
fn decided() -> Vec<(Vec<Effect>, Timestamp)> {
    let Recording {
        setting,
        pack,
        requests,
    } = record(REQUESTS).unwrap();
    let mut judge = Judge::open(&setting, pack).unwrap();
    let decided: Vec<_> = requests
        .iter()
        .filter_map(|it| judge.accepted(it))
        .collect();
    assert!(decided.len() > 20, "{}", decided.len());
    decided
}

fn insert(effects: &[Effect]) -> &Insert {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::InsertReport(insert) => Some(&**insert),
        Effect::SpendNonce { .. } | Effect::Count { .. } => None,
    });
    found.unwrap()
}

/// A report with a photo that is not there yet, as the first of the stream.
fn with_photo(decided: &[(Vec<Effect>, Timestamp)], name: &str) -> (Vec<Effect>, Timestamp) {
    let (mut effects, now) = decided[0].clone();
    for effect in &mut effects {
        if let Effect::InsertReport(insert) = effect {
            insert.delivery.report.photos = vec![name.to_owned()];
        }
    }
    (effects, now)
}

fn photo(name: &str) -> StoredPhoto {
    StoredPhoto {
        sha256: "c".repeat(64),
        sent_sha256: name.to_owned(),
        media_type: "image/jpeg".to_owned(),
        bytes: 3,
        width: 1,
        height: 1,
    }
}

fn ceiling(now: Timestamp) -> Effect {
    Effect::Count {
        subject: "ceiling".to_owned(),
        tat: now.millis() + 1_000,
        step_ms: 1_000,
        beyond: now.millis() + 3_000,
    }
}

#[test]
fn every_report_is_found_again_as_it_was_written() {
    let (database, seals) = (Database::open(), seals());
    let keeper = Keeper::new(&database, &seals);
    let decided = decided();
    for (effects, now) in &decided {
        database
            .at_once(|| keeper.apply(effects, &SEALED_WITH, *now))
            .unwrap();
    }
    for (effects, _) in &decided {
        let Insert {
            slot,
            fingerprint,
            stub,
            delivery,
            ..
        } = insert(effects);
        let stored = keeper.submission(*slot).unwrap().unwrap();
        assert_eq!((&stored.fingerprint, &stored.stub), (fingerprint, stub));
        let found = keeper.delivery(&delivery.number).unwrap().unwrap();
        assert_eq!(&found, delivery);
        let status = keeper.status(&delivery.number).unwrap().unwrap();
        assert_eq!(
            (status.number.as_str(), status.revision),
            (delivery.number.as_str(), 0)
        );
        let kid = keeper
            .secret_kid(&delivery.municipality, &delivery.number)
            .unwrap();
        assert_eq!(kid.as_ref(), Some(&delivery.secret_kid));
        assert_eq!(
            keeper.secret_kid("elsewhere", &delivery.number).unwrap(),
            None
        );
    }
    // A restart reads what came lately: as much as it was.
    let recent = keeper
        .recall(&insert(&decided[0].0).delivery.municipality)
        .unwrap();
    let (effects, now) = decided.last().unwrap();
    let fingerprint = insert(effects).screened.fingerprint.unwrap();
    let text = balagh_edge::screen::Text {
        fingerprint,
        within: 0,
    };
    let municipality = &insert(effects).delivery.municipality;
    assert!(recent.alike(municipality, text, *now) >= 1);
}

#[test]
fn a_decision_is_written_whole_or_not_at_all() {
    let (database, seals) = (Database::open(), seals());
    let keeper = Keeper::new(&database, &seals);
    let (effects, now) = &decided()[0];
    database
        .at_once(|| keeper.apply(effects, &SEALED_WITH, *now))
        .unwrap();
    let tables = [
        "submissions",
        "reports",
        "screenings",
        "outbox",
        "nonces",
        "counters",
    ];
    let before = tables.map(|table| database.count(table));
    // The same session for another report: its nonce is spent, after everything else was written.
    let mut again = effects.clone();
    for effect in &mut again {
        if let Effect::InsertReport(insert) = effect {
            insert.delivery.number = "EP-00000-00000-0".to_owned();
        }
    }
    again.reverse();
    let refused = database.at_once(|| keeper.apply(&again, &SEALED_WITH, *now));
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    assert_eq!(tables.map(|table| database.count(table)), before);
}

#[test]
fn what_waits_is_due_until_the_origin_has_it_and_a_late_photo_waits_for_its_report() {
    let (database, seals) = (Database::open(), seals());
    let keeper = Keeper::new(&database, &seals);
    let name = "a".repeat(64);
    let (effects, now) = with_photo(&decided(), &name);
    keeper.apply(&effects, &SEALED_WITH, now).unwrap();
    let municipality = insert(&effects).delivery.municipality.clone();
    keeper
        .keep_photo(&municipality, &photo(&name), &ceiling(now), now)
        .unwrap();
    let due = |now| keeper.due(now, DAY, 8).unwrap();
    let first = due(now);
    assert_eq!(
        first.iter().map(|job| &job.load).collect::<Vec<_>>(),
        [&Load::Report]
    );

    let away = Failure {
        code: "unreachable".to_owned(),
        is_refusal: false,
    };
    let later = now.plus_millis(60_000);
    keeper
        .failed(&first[0], &away, Next::Again(later), now)
        .unwrap();
    assert!(due(now).is_empty());
    assert_eq!(keeper.next_due().unwrap(), Some(later));
    keeper.hasten(now).unwrap();
    let again = due(now);
    assert_eq!((again[0].tried.attempts, again[0].tried.refusals), (1, 0));

    keeper.delivered(&again[0], &[], &[], now, now).unwrap();
    let follows = due(now);
    assert_eq!(follows[0].load, Load::Photo(name.clone()));
    let refused = Failure {
        code: "http.404".to_owned(),
        is_refusal: true,
    };
    keeper
        .failed(&follows[0], &refused, Next::Dead, now)
        .unwrap();
    assert!(
        due(later).is_empty(),
        "what was put aside waits for a person"
    );
}

#[test]
fn what_the_origin_has_is_erased_after_its_days_and_nothing_else_ever() {
    let (database, seals) = (Database::open(), seals());
    let keeper = Keeper::new(&database, &seals);
    let name = "a".repeat(64);
    let all = decided();
    let (effects, now) = with_photo(&all, &name);
    let municipality = insert(&effects).delivery.municipality.clone();
    keeper
        .keep_photo(&municipality, &photo(&name), &ceiling(now), now)
        .unwrap();
    keeper.apply(&effects, &SEALED_WITH, now).unwrap();
    let waiting = all[1..]
        .iter()
        .find(|(other, _)| insert(other).stub.number != insert(&effects).stub.number);
    let (other, then) = waiting.unwrap();
    keeper.apply(other, &SEALED_WITH, *then).unwrap();
    let job = keeper.due(now, DAY, 8).unwrap().remove(0);
    assert_eq!(job.number, insert(&effects).delivery.number);
    let held = keeper.delivery(&job.number).unwrap().unwrap().photos;
    keeper.delivered(&job, &held, &[], now, now).unwrap();

    let screening = Screening::default();
    let erased = |now| keeper.erase(&municipality, &screening, now).unwrap();
    assert!(erased(now).files.is_empty());
    let days = i64::from(
        screening
            .retention
            .body_days
            .max(screening.retention.photo_days),
    );
    let over = now.plus_millis((days + 1) * DAY);
    let gone = erased(over);
    assert_eq!(gone.files, ["c".repeat(64)]);
    assert!(!keeper.names_file(&gone.files[0]).unwrap());
    assert!(keeper.delivery(&job.number).unwrap().is_none());
    assert!(
        keeper.status(&job.number).unwrap().is_some(),
        "it can still be tracked"
    );
    let kept = keeper.delivery(&insert(other).delivery.number).unwrap();
    assert!(kept.is_some(), "what nobody else has is kept");
    assert!(keeper.submission(insert(&effects).slot).unwrap().is_some());
    let forgotten = now.plus_millis(401 * DAY);
    erased(forgotten);
    assert!(keeper.submission(insert(&effects).slot).unwrap().is_none());
}

#[test]
fn events_decided_at_one_moment_each_add_their_own() {
    let (database, seals) = (Database::open(), seals());
    let keeper = Keeper::new(&database, &seals);
    let now = Timestamp::from_millis(1_795_243_260_000);
    let state = || keeper.counter("ceiling").unwrap().unwrap() - now.millis();
    for expected in [1_000, 2_000, 3_000, 3_000] {
        keeper.count(&ceiling(now)).unwrap();
        assert_eq!(state(), expected);
    }
    // A clock that was wrong wrote further than any bucket reaches.
    keeper
        .count(&Effect::Count {
            subject: "ceiling".to_owned(),
            tat: now.millis() - 500_000,
            step_ms: 1_000,
            beyond: now.millis() - 497_000,
        })
        .unwrap();
    assert_eq!(state(), -500_000);
}

#[test]
fn an_object_keeps_one_municipality() {
    let (database, seals) = (Database::open(), seals());
    let keeper = Keeper::new(&database, &seals);
    assert_eq!(keeper.municipality().unwrap(), None);
    keeper.belong_to("here").unwrap();
    keeper.belong_to("here").unwrap();
    assert!(keeper.belong_to("there").is_err());
}
