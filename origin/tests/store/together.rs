//! Several at once: nobody overwrites anybody, and nothing is half there.

use std::sync::Arc;

use balagh_origin::lifecycle::step::Step;
use balagh_origin::store::{Inserted, StoreError};

use crate::support::{now, number, on_each, report, take};

#[tokio::test]
async fn of_two_who_close_a_report_at_once_one_is_told_that_it_has_changed() {
    on_each(async |town| {
        town.insert(&report(1)).await;
        let other = town.another().await;
        let close = Step::Reject {
            note: "ليس لنا".into(),
        };
        let number = number(1);
        let (one, two) = tokio::join!(
            take(&town.store, &town.documents, &number, 1, &close),
            take(&other, &town.documents, &number, 1, &close),
        );
        let (taken, stale): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
        assert_eq!((taken.len(), stale.len()), (1, 1), "{}", town.place);
        let Some(Err(StoreError::Stale(2))) = stale.first() else {
            panic!("{stale:?} on {}", town.place)
        };
        assert_eq!(town.report(&number).await.revision, 2, "{}", town.place);
    })
    .await;
}

#[tokio::test]
async fn what_several_bring_at_once_is_there_once() {
    on_each(async |town| {
        let stores = [town.store.clone(), town.another().await];
        // Both bring the same twenty.
        let bringing = stores.map(|store| {
            let documents = Arc::clone(&town.documents);
            tokio::spawn(async move {
                let mut new = 0;
                for hours in 1..=20 {
                    match store
                        .insert(&report(hours), &documents, now())
                        .await
                        .unwrap()
                    {
                        Inserted::New => new += 1,
                        Inserted::Known => {}
                        Inserted::Conflict => panic!("the same is another"),
                    }
                }
                new
            })
        });
        let mut new = 0;
        for task in bringing {
            new += task.await.unwrap();
        }
        assert_eq!(new, 20, "{}", town.place);
        for hours in 1..=20 {
            let events = town.report(&number(hours)).await.log.events().len();
            assert_eq!(events, 3, "{}", town.place);
        }
    })
    .await;
}

#[tokio::test]
async fn reports_that_come_at_once_share_commits_and_one_that_cannot_be_stored_is_refused_alone() {
    on_each(async |town| {
        let place = &town.place;
        // From here on there are keys to draw without waiting for them.
        town.insert(&report(1)).await;
        let before = town.store.commits();
        let mut coming = tokio::task::JoinSet::new();
        for hours in 2..=40 {
            let (store, documents) = (town.store.clone(), Arc::clone(&town.documents));
            let mut new = report(hours);
            match hours {
                20 => new.municipality = "nowhere".into(),
                // The number of another one, and the same again.
                21 => new.number = report(1).number,
                22 => new = report(1),
                _ => {}
            }
            coming.spawn(async move { (hours, store.insert(&new, &documents, now()).await) });
        }
        for (hours, came) in coming.join_all().await {
            match hours {
                20 => assert!(matches!(came, Err(StoreError::Undocumented(_))), "{place}"),
                21 => assert_eq!(came.unwrap(), Inserted::Conflict, "{place}"),
                22 => assert_eq!(came.unwrap(), Inserted::Known, "{place}"),
                _ => assert_eq!(came.unwrap(), Inserted::New, "{place}"),
            }
        }
        let after = town.store.commits();
        assert_eq!(after.works - before.works, 39, "{place}");
        let groups = after.groups - before.groups;
        assert!(groups < 39, "{groups} commits on {place}");
        for hours in (1..=40).filter(|hours| !(20..=22).contains(hours)) {
            let stored = town.report(&number(hours)).await;
            assert_eq!(stored.log.events().len(), 3, "{place}");
        }
        for hours in 20..=22 {
            let stored = town.store.report(&number(hours)).await.unwrap();
            assert!(stored.is_none(), "{hours} on {place}");
        }
    })
    .await;
}

/// Polls it once: it begins, and waits.
async fn begin<T>(future: &mut (impl Future<Output = T> + Unpin)) {
    std::future::poll_fn(|context| {
        let polled = std::pin::Pin::new(&mut *future).poll(context);
        assert!(polled.is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}

#[tokio::test]
async fn what_others_asked_for_is_done_although_whoever_wrote_it_with_them_is_gone() {
    on_each(async |town| {
        let place = &town.place;
        // From here on there are keys to draw without waiting for them.
        town.insert(&report(1)).await;
        let all: Vec<_> = (2..=4).map(report).collect();
        let insert = |at: usize| Box::pin(town.store.insert(&all[at], &town.documents, now()));
        let (mut first, mut leads, mut follows) = (insert(0), insert(1), insert(2));
        begin(&mut first).await;
        // These two gather meanwhile, and go together.
        begin(&mut leads).await;
        begin(&mut follows).await;
        assert_eq!(first.await.unwrap(), Inserted::New, "{place}");
        begin(&mut leads).await;
        drop(leads);
        assert_eq!(follows.await.unwrap(), Inserted::New, "{place}");
        let stored = town.report(&number(4)).await;
        assert_eq!(stored.log.events().len(), 3, "{place}");
        // Nobody was told of the other one, and it comes again.
        assert_eq!(insert(1).await.unwrap(), Inserted::New, "{place}");
    })
    .await;
}
