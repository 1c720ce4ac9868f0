//! What breaks in the middle: nothing of it is there, and the next attempt works.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use balagh_database::Place;
use balagh_database::cluster::Cluster;
use balagh_origin::lifecycle::step::Step;
use balagh_origin::store::StoreError;

use crate::support::{Town, decide, now, number, on_each, report};

#[tokio::test]
async fn a_step_that_fails_half_way_leaves_nothing_behind() {
    on_each(async |town| {
        let number = number(1);
        town.insert(&report(1)).await;
        let before = town.report(&number).await;
        let failed = town
            .store
            .step(&number, Some(1), &town.documents, now(), |_| {
                Err(StoreError::Randomness)
            });
        assert!(failed.await.is_err(), "{}", town.place);
        let after = town.report(&number).await;
        assert_eq!(
            (after.revision, after.log),
            (before.revision, before.log),
            "{}",
            town.place
        );
        town.step(&number, 1, &Step::Start).await.unwrap();
    })
    .await;
}

/// Ends the connection that is in the middle of a transaction, as an administrator does it.
fn kill_the_writer(address: &str) {
    let address = address.to_owned();
    let killed = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let pool = sqlx::AnyPool::connect(&address).await.unwrap();
            let killed: i64 = sqlx::query_scalar(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                 WHERE datname = current_database() AND state = 'idle in transaction'",
            )
            .fetch_one(&pool)
            .await
            .unwrap();
            pool.close().await;
            killed
        })
    });
    assert_eq!(killed.join().unwrap(), 1);
}

#[tokio::test]
async fn a_connection_that_is_killed_in_the_middle_of_a_step_takes_the_step_with_it() {
    let Some(cluster) = Cluster::shared().unwrap() else {
        return;
    };
    let address = cluster.database().await.unwrap();
    let town = Town::open(Place::Postgres(address.clone())).await;
    let number = number(1);
    town.insert(&report(1)).await;
    let step = town
        .store
        .step(&number, Some(1), &town.documents, now(), |report| {
            kill_the_writer(&address);
            decide(report, &town.documents, &Step::Start)
        });
    assert!(matches!(step.await, Err(StoreError::Database(_))));
    assert_eq!(town.report(&number).await.revision, 1);
    // Without being started again.
    let taken = town.step(&number, 1, &Step::Start).await.unwrap();
    assert_eq!(taken.report.revision, 2);
}

#[tokio::test]
async fn a_crash_of_postgresql_loses_no_report_that_was_acknowledged() {
    let Some(cluster) = Cluster::start().unwrap() else {
        return;
    };
    let place = Place::Postgres(cluster.database().await.unwrap());
    let town = Arc::new(Town::open(place).await);
    let over = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU32::new(0));
    let bringing: Vec<_> = (0..3)
        .map(|who| {
            let (town, over) = (Arc::clone(&town), Arc::clone(&over));
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(async move {
                let mut brought = Vec::new();
                for count in 1.. {
                    if over.load(Ordering::Acquire) {
                        break;
                    }
                    // Tried again until it is there, as an edge does it.
                    let new = report(who + 3 * count);
                    while town
                        .store
                        .insert(&new, &town.documents, now())
                        .await
                        .is_err()
                    {
                        tokio::task::yield_now().await;
                    }
                    acknowledged.fetch_add(1, Ordering::AcqRel);
                    brought.push(new);
                }
                brought
            })
        })
        .collect();
    let until = async |some: u32| {
        while acknowledged.load(Ordering::Acquire) < some {
            tokio::task::yield_now().await;
        }
    };
    until(20).await;
    let cluster = tokio::task::spawn_blocking(move || {
        cluster.crash().unwrap();
        cluster
    })
    .await
    .unwrap();
    until(acknowledged.load(Ordering::Acquire) + 20).await;
    over.store(true, Ordering::Release);
    for task in bringing {
        for new in task.await.unwrap() {
            let kept = town.report(new.number.as_str()).await;
            assert_eq!(kept.log.events(), new.log.events());
            assert_eq!(
                town.store.jobs_of(new.number.as_str()).await.unwrap().len(),
                1
            );
        }
    }
    town.store.close().await;
    drop(cluster);
}
