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
        let documents = Arc::new(
            crate::support::Town::open(balagh_database::Place::Memory)
                .await
                .documents,
        );
        // Both bring the same twenty.
        let bringing = stores.map(|store| {
            let documents = Arc::clone(&documents);
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
