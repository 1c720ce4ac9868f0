//! Reports: kept once, changed step by step, joined.

use balagh_origin::lifecycle::Actor;
use balagh_origin::lifecycle::step::Step;
use balagh_origin::store::{Inserted, Joiner, NewReport, StoreError};
use balagh_shared::delivery::StoredPhoto;
use balagh_shared::reason::Reason;
use balagh_shared::status::State;

use crate::support::{now, number, on_each, report};

fn photo(sha256: &str) -> StoredPhoto {
    StoredPhoto {
        sha256: sha256.repeat(32),
        sent_sha256: "00".repeat(32),
        media_type: "image/jpeg".into(),
        bytes: 123_456,
        width: 1600,
        height: 1200,
    }
}

#[tokio::test]
async fn a_report_is_kept_once_and_as_it_came() {
    on_each(async |town| {
        let new = report(1);
        town.insert(&new).await;
        let again = town
            .store
            .insert(&new, &town.documents, now())
            .await
            .unwrap();
        assert_eq!(again, Inserted::Known, "{}", town.place);
        let other = NewReport {
            fingerprints: report(2).fingerprints,
            ..new.clone()
        };
        let conflict = town
            .store
            .insert(&other, &town.documents, now())
            .await
            .unwrap();
        assert_eq!(conflict, Inserted::Conflict, "{}", town.place);
        let kept = town.report(&number(1)).await;
        assert_eq!(kept.report, new.report, "{}", town.place);
        assert_eq!(kept.log.events(), new.log.events(), "{}", town.place);
        assert_eq!(kept.head.received_at, new.received_at);
        assert_eq!((kept.revision, kept.secret_kid.is_some()), (1, true));
        assert!(town.store.report("DMM-0000-0000").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn photos_stay_in_the_order_they_came_in_and_are_attached_once() {
    on_each(async |town| {
        let (first, second, third) = (photo("ff"), photo("aa"), photo("cc"));
        let new = NewReport {
            photos: vec![first.clone(), second.clone()],
            ..report(1)
        };
        town.insert(&new).await;
        for _ in 0..2 {
            let number = number(1);
            let attached = town
                .store
                .attach_photo(&number, &third, &town.documents, now());
            attached.await.unwrap();
        }
        let kept = town.store.photos(&number(1)).await.unwrap();
        assert_eq!(kept, [first, second, third], "{}", town.place);
        assert_eq!(town.report(&number(1)).await.revision, 2, "{}", town.place);
    })
    .await;
}

#[tokio::test]
async fn a_step_is_written_whole_and_one_from_an_older_revision_not_at_all() {
    on_each(async |town| {
        town.insert(&report(1)).await;
        let taken = town.step(&number(1), 1, &Step::Start).await.unwrap();
        assert_eq!(taken.report.revision, 2, "{}", town.place);
        let stale = town
            .step(&number(1), 1, &Step::Resolve { note: None })
            .await;
        assert!(matches!(stale, Err(StoreError::Stale(2))), "{}", town.place);
        let kept = town.report(&number(1)).await;
        assert_eq!(kept.log, taken.report.log, "{}", town.place);
        assert_eq!(kept.log.state(), Some(State::InProgress));
        let unknown = town.step("DMM-0000-0000", 1, &Step::Start).await;
        assert!(
            matches!(unknown, Err(StoreError::Unknown)),
            "{}",
            town.place
        );
    })
    .await;
}

#[tokio::test]
async fn a_report_follows_the_one_that_it_is_joined_to() {
    on_each(async |town| {
        for hours in [1, 2] {
            town.insert(&report(hours)).await;
        }
        let by = Joiner {
            actor: Actor::Staff,
            staff: Some("Huda"),
        };
        let (follower, leader) = (number(1), number(2));
        let joined = town
            .store
            .join(&follower, 1, &leader, by, &town.documents, now())
            .await;
        assert!(joined.unwrap().is_ok(), "{}", town.place);
        let again = town
            .store
            .join(&leader, 2, &leader, by, &town.documents, now())
            .await;
        assert_eq!(again.unwrap().unwrap_err(), Reason::ReportUnknown);
        town.step(&leader, 2, &Step::Start).await.unwrap();
        let state = town.report(&follower).await.log.state();
        assert_eq!(state, Some(State::InProgress), "{}", town.place);
        // One that came before the one its reporter named.
        let early = NewReport {
            joins: Some(number(4)),
            ..report(3)
        };
        town.insert(&early).await;
        town.insert(&report(4)).await;
        let joins = town.report(&number(3)).await;
        assert_eq!(
            joins.log.joins(),
            Some(number(4).as_str()),
            "{}",
            town.place
        );
    })
    .await;
}
