//! Who works at the municipality: tokens, passwords, sessions, tries.

use balagh_origin::staff::{Member, Role};
use balagh_origin::store::{IDLE_MS, Limited, StoreError};
use balagh_shared::limit::Gcra;
use balagh_shared::time::HOUR_MS;

use crate::support::{now, on_each};

fn huda(department: Option<&str>) -> Member {
    Member {
        name: "Huda O'Brien".into(),
        municipality: "dammam".into(),
        role: Role::Agent,
        department: department.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_member_has_one_token_and_is_gone_with_every_session() {
    on_each(async |town| {
        let store = &town.store;
        store.add_staff(&huda(None), "first", now()).await.unwrap();
        store
            .begin_session(
                "session",
                &huda(None).name,
                now().plus_millis(HOUR_MS),
                now(),
            )
            .await
            .unwrap();
        assert!(
            store.session("session", now()).await.unwrap().is_some(),
            "{}",
            town.place
        );
        let late = now().plus_millis(IDLE_MS + 1);
        assert!(
            store.session("session", late).await.unwrap().is_none(),
            "{}",
            town.place
        );
        store.set_language(&huda(None).name, "en").await.unwrap();
        let account = store.account(&huda(None).name).await.unwrap().unwrap();
        assert_eq!(account.language.as_deref(), Some("en"), "{}", town.place);
        store
            .add_staff(&huda(Some("cleanliness")), "second", now())
            .await
            .unwrap();
        assert!(
            store.session("session", now()).await.unwrap().is_none(),
            "{}",
            town.place
        );
        assert_eq!(
            store.staff_of_token("first").await.unwrap(),
            None,
            "{}",
            town.place
        );
        let moved = store.staff_of_token("second").await.unwrap();
        assert_eq!(moved, Some(huda(Some("cleanliness"))), "{}", town.place);
        store
            .begin_session(
                "session",
                &huda(None).name,
                now().plus_millis(HOUR_MS),
                now(),
            )
            .await
            .unwrap();
        store.end_session("session").await.unwrap();
        assert!(
            store.remove_staff(&huda(None).name).await.unwrap(),
            "{}",
            town.place
        );
        assert!(
            !store.remove_staff(&huda(None).name).await.unwrap(),
            "{}",
            town.place
        );
        store
            .audit("Huda", "DMM-1", "contact", now())
            .await
            .unwrap();
        let nobody = balagh_origin::password::Kept::from_stored("none".into());
        let unknown = store.set_password("Nobody", &nobody).await;
        assert!(
            matches!(unknown, Err(StoreError::Unknown)),
            "{}",
            town.place
        );
    })
    .await;
}

#[tokio::test]
async fn tries_are_counted_at_every_limit_or_at_none() {
    on_each(async |town| {
        let limited = |subject: &str, most: u32| Limited {
            subject: subject.into(),
            limit: Gcra::new(most, 3_600_000),
        };
        let both = [limited("name", 1), limited("network", 5)];
        assert_eq!(
            town.store.try_sign_in(&both, now()).await.unwrap(),
            None,
            "{}",
            town.place
        );
        let wait = town.store.try_sign_in(&both, now()).await.unwrap();
        assert!(wait.is_some_and(|wait| wait > 0), "{}", town.place);
        town.store.forget_tries("name").await.unwrap();
        assert_eq!(
            town.store.try_sign_in(&both, now()).await.unwrap(),
            None,
            "{}",
            town.place
        );
    })
    .await;
}
