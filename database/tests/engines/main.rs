//! The same behaviour on every engine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backups;
#[path = "../../../tests/folder.rs"]
mod folder;
mod together;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use balagh_database::cluster::Cluster;
use balagh_database::{Care, Connection, Database, OpenError, Place, Schema, is_taken};
use sqlx::Row;
use sqlx::any::AnyQueryResult;

use folder::Folder;

static SCHEMA: Schema = Schema {
    sqlite: sqlx::migrate!("tests/engines/sqlite"),
    postgres: sqlx::migrate!("tests/engines/postgres"),
};
const CARE: Care = Care {
    readers: 2,
    overwrite_deleted: true,
};

/// Runs a test on a database of each kind.
async fn on_each(test: impl AsyncFn(&Place, Database)) {
    // What an address gives a meaning to may stand in a path.
    let folder = Folder::new("all things");
    let file = Place::File(folder.join("things? 100%#.sqlite"));
    let mut places = vec![Place::Memory, file];
    if let Some(cluster) = Cluster::shared().unwrap() {
        places.push(Place::Postgres(cluster.database().await.unwrap()));
    }
    for place in places {
        let database = Database::open(&place, &SCHEMA, CARE).await.unwrap();
        test(&place, database.clone()).await;
        database.close().await;
    }
}

const INSERT: &str = "INSERT INTO things (name, count, is_new) VALUES ($1, $2, 0)";

/// A row of this name.
async fn insert(
    connection: &mut Connection,
    name: &str,
    count: i64,
) -> Result<AnyQueryResult, sqlx::Error> {
    let insert = sqlx::query(INSERT).bind(name).bind(count);
    insert.execute(connection).await
}

async fn count(database: &Database) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM things")
        .fetch_one(database.readers())
        .await
        .unwrap()
}

#[tokio::test]
async fn values_come_back_as_they_went() {
    on_each(async |place, database| {
        let (none, real) = (None::<&str>, 0.1_f64 + 0.2);
        let mut write = database.write().await.unwrap();
        let written = sqlx::query(
            "INSERT INTO things (name, count, exact, body, is_new) VALUES ($1, $2, $3, $4, $5) \
             RETURNING name, count, exact, body, is_new",
        )
        .bind("بلاغ")
        .bind(i64::MAX)
        .bind(real)
        .bind(&b"\0\xff"[..])
        .bind(1_i64)
        .fetch_one(&mut *write)
        .await
        .unwrap();
        assert_eq!(written.get::<i64, _>("count"), i64::MAX, "{place}");
        sqlx::query(
            "INSERT INTO things (name, count, exact, body, is_new) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind("null")
        .bind(i64::MIN)
        .bind(None::<f64>)
        .bind(None::<Vec<u8>>)
        .bind(0_i64)
        .execute(&mut *write)
        .await
        .unwrap();
        write.commit().await.unwrap();

        let rows = sqlx::query(
            "SELECT * FROM things WHERE ($1 IS NULL OR name = $1) AND is_new >= $2 ORDER BY name LIMIT $3",
        )
        .bind(none)
        .bind(0_i64)
        .bind(10_i64)
        .fetch_all(database.readers())
        .await
        .unwrap();
        let [null, first] = rows.try_into().unwrap_or_else(|_| unreachable!("not two on {place}"));
        assert_eq!(first.get::<String, _>("name"), "بلاغ", "{place}");
        assert_eq!(first.get::<f64, _>("exact").to_bits(), real.to_bits());
        assert_eq!(first.get::<Vec<u8>, _>("body"), b"\0\xff");
        assert_eq!(first.get::<i64, _>("is_new"), 1);
        assert_eq!(null.get::<i64, _>("count"), i64::MIN);
        assert_eq!(null.get::<Option<f64>, _>("exact"), None);
        assert_eq!(null.get::<Option<Vec<u8>>, _>("body"), None);
    })
    .await;
}

#[tokio::test]
async fn texts_are_in_the_order_of_their_bytes() {
    on_each(async |place, database| {
        let mut write = database.write().await.unwrap();
        for name in ["b", "a", "B", "ä", "_"] {
            insert(&mut write, name, 0).await.unwrap();
        }
        write.commit().await.unwrap();
        let names: Vec<String> =
            sqlx::query_scalar("SELECT name FROM things WHERE name > 'A' ORDER BY name")
                .fetch_all(database.readers())
                .await
                .unwrap();
        assert_eq!(names, ["B", "_", "a", "b", "ä"], "{place}");
    })
    .await;
}

#[tokio::test]
async fn what_is_not_committed_never_was() {
    on_each(async |place, database| {
        let mut dropped = database.write().await.unwrap();
        insert(&mut dropped, "a", 0).await.unwrap();
        drop(dropped);
        let mut taken_back = database.write().await.unwrap();
        insert(&mut taken_back, "a", 0).await.unwrap();
        taken_back.rollback().await.unwrap();
        assert_eq!(count(&database).await, 0, "{place}");
    })
    .await;
}

#[tokio::test]
async fn what_fails_behind_a_savepoint_fails_alone() {
    on_each(async |place, database| {
        let mut write = database.write().await.unwrap();
        for (name, is_free) in [("a", true), ("a", false), ("b", true)] {
            let mut part = write.savepoint().await.unwrap();
            let written = insert(&mut part, name, 0).await;
            match written {
                Ok(_) => part.commit().await.unwrap(),
                Err(error) => {
                    assert!(is_taken(&error), "{place}: {error}");
                    part.rollback().await.unwrap();
                    assert!(!is_free, "{place}: {name} is not taken");
                }
            }
        }
        write.commit().await.unwrap();
        assert_eq!(count(&database).await, 2, "{place}");
    })
    .await;
}

#[tokio::test]
async fn a_commit_after_a_statement_that_failed_says_what_it_did() {
    on_each(async |place, database| {
        let mut write = database.write().await.unwrap();
        insert(&mut write, "a", 0).await.unwrap();
        let again = insert(&mut write, "a", 0).await;
        assert!(is_taken(&again.unwrap_err()), "{place}");
        // SQLite keeps what came before, PostgreSQL does not: either is said.
        let kept = i64::from(write.commit().await.is_ok());
        assert_eq!(count(&database).await, kept, "{place}");
    })
    .await;
}

#[tokio::test]
async fn two_who_add_to_what_they_read_lose_nothing() {
    on_each(async |place, database| {
        let mut write = database.write().await.unwrap();
        insert(&mut write, "sum", 0).await.unwrap();
        write.commit().await.unwrap();
        // Two processes, where more than one can share a database.
        let other = match place {
            Place::Memory => database.clone(),
            shared => Database::open(shared, &SCHEMA, CARE).await.unwrap(),
        };
        let adding = [database.clone(), other].map(|database| {
            tokio::spawn(async move {
                for _ in 0..25 {
                    let mut write = database.write().await.unwrap();
                    let sum: i64 = sqlx::query_scalar("SELECT count FROM things")
                        .fetch_one(&mut *write)
                        .await
                        .unwrap();
                    tokio::task::yield_now().await;
                    sqlx::query("UPDATE things SET count = $1")
                        .bind(sum + 1)
                        .execute(&mut *write)
                        .await
                        .unwrap();
                    write.commit().await.unwrap();
                }
            })
        });
        for task in adding {
            task.await.unwrap();
        }
        let sum: i64 = sqlx::query_scalar("SELECT count FROM things")
            .fetch_one(database.readers())
            .await
            .unwrap();
        assert_eq!(sum, 50, "{place}");
    })
    .await;
}

#[tokio::test]
async fn who_only_reads_cannot_write() {
    on_each(async |place, database| {
        if *place == Place::Memory {
            return;
        }
        let written = sqlx::query(INSERT)
            .bind("a")
            .bind(0_i64)
            .execute(database.readers())
            .await;
        assert!(written.is_err(), "{place}");
    })
    .await;
}

#[tokio::test]
async fn a_database_is_found_again_with_what_was_in_it() {
    on_each(async |place, database| {
        if *place == Place::Memory {
            return;
        }
        let mut write = database.write().await.unwrap();
        insert(&mut write, "a", 0).await.unwrap();
        write.commit().await.unwrap();
        database.close().await;
        let again = Database::open(place, &SCHEMA, CARE).await.unwrap();
        assert_eq!(count(&again).await, 1, "{place}");
        assert!(again.fold().await.unwrap(), "{place}");
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_server_that_would_lose_commits_is_refused() {
    let Some(cluster) = Cluster::shared().unwrap() else {
        return;
    };
    let address = cluster.database().await.unwrap();
    let place = Place::Postgres(address.clone());
    let database = Database::open(&place, &SCHEMA, CARE).await.unwrap();
    let mut write = database.write().await.unwrap();
    let name: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut *write)
        .await
        .unwrap();
    let weaken = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    sqlx::raw_sql(sqlx::AssertSqlSafe(weaken))
        .execute(&mut *write)
        .await
        .unwrap();
    write.commit().await.unwrap();
    let refused = Database::open(&place, &SCHEMA, CARE).await.unwrap_err();
    assert!(
        matches!(
            &refused,
            OpenError::NotDurable {
                setting: "synchronous_commit",
                ..
            }
        ),
        "{refused}"
    );
}

#[tokio::test]
async fn a_crash_of_the_server_under_load_loses_nothing_that_was_acknowledged() {
    let Some(cluster) = Cluster::start().unwrap() else {
        return;
    };
    let place = Place::Postgres(cluster.database().await.unwrap());
    let database = Database::open(&place, &SCHEMA, CARE).await.unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU32::new(0));
    let writing: Vec<_> = (0..4)
        .map(|writer| {
            let (database, over) = (database.clone(), over.clone());
            let acknowledged = acknowledged.clone();
            tokio::spawn(async move {
                let mut names = Vec::new();
                for count in 0_i64.. {
                    if over.load(Ordering::Acquire) {
                        break;
                    }
                    let name = format!("{writer}/{count}");
                    let written: Result<(), sqlx::Error> = async {
                        let mut write = database.write().await?;
                        insert(&mut write, &name, count).await?;
                        write.commit().await
                    }
                    .await;
                    if written.is_ok() {
                        acknowledged.fetch_add(1, Ordering::AcqRel);
                        names.push(name);
                    }
                }
                names
            })
        })
        .collect();
    let until = async |some: u32| {
        while acknowledged.load(Ordering::Acquire) < some {
            tokio::task::yield_now().await;
        }
    };
    until(50).await;
    let cluster = tokio::task::spawn_blocking(move || {
        cluster.crash().unwrap();
        cluster
    })
    .await
    .unwrap();
    until(acknowledged.load(Ordering::Acquire) + 50).await;
    over.store(true, Ordering::Release);
    for task in writing {
        for name in task.await.unwrap() {
            let found: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM things WHERE name = $1")
                .bind(&name)
                .fetch_one(database.readers())
                .await
                .unwrap();
            assert_eq!(found, 1, "{name} was acknowledged and is gone");
        }
    }
    database.close().await;
    drop(cluster);
}

#[tokio::test]
async fn what_a_process_is_busy_with_the_others_know_until_it_is_over_or_gone() {
    let Some(cluster) = Cluster::shared().unwrap() else {
        return;
    };
    let place = Place::Postgres(cluster.database().await.unwrap());
    let one = Database::open(&place, &SCHEMA, CARE).await.unwrap();
    let other = Database::open(&place, &SCHEMA, CARE).await.unwrap();
    let elsewhere = Place::Postgres(cluster.database().await.unwrap());
    let elsewhere = Database::open(&elsewhere, &SCHEMA, CARE).await.unwrap();
    let is_over = async |what| {
        while other.is_announced(what).await.unwrap() {
            tokio::task::yield_now().await;
        }
    };
    let busy = one.announce(u32::MAX).await.unwrap();
    assert!(other.is_announced(u32::MAX).await.unwrap());
    assert!(!other.is_announced(1).await.unwrap());
    assert!(!elsewhere.is_announced(u32::MAX).await.unwrap());
    // Two are busy with it, and it is over with the second.
    let too = other.announce(u32::MAX).await.unwrap();
    drop(busy);
    assert!(one.is_announced(u32::MAX).await.unwrap());
    drop(too);
    is_over(u32::MAX).await;
    // A process that is gone is busy with nothing.
    let _never_over = one.announce(7).await.unwrap();
    assert!(other.is_announced(7).await.unwrap());
    one.close().await;
    is_over(7).await;
    for database in [other, elsewhere] {
        database.close().await;
    }
}

#[tokio::test]
async fn where_nobody_else_could_hear_it_nothing_is_announced() {
    on_each(async |place, database| {
        let said = database.announce(1).await.unwrap();
        let is_shared = matches!(place, Place::Postgres(_));
        assert_eq!(said.is_some(), is_shared, "{place}");
        assert_eq!(database.is_announced(1).await.unwrap(), is_shared);
    })
    .await;
}
