//! A ledger in one file, and an origin that goes on from it on another engine.

use std::path::{Path, PathBuf};

use balagh_database::Place;
use balagh_database::backup::BackupError;
use balagh_origin::backup::{Failed, What, back_up, restore};
use balagh_shared::status::State;
use serde_json::json;

use crate::support::{Folder, NOWHERE, Running, delivery, fixtures, number, on_postgres};

/// `origin.toml` of an origin with its data in `folder` and its ledger at `place`.
pub(crate) fn settings(folder: &Folder, place: &Place) -> PathBuf {
    let database = match place {
        Place::Postgres(address) => address.clone(),
        Place::File(path) => path.display().to_string(),
        Place::Memory => panic!("nobody else sees a database in memory"),
    };
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata = \"data\"\ndatabase = {database:?}\n\
         municipalities = {:?}\n[edge]\nurl = \"{NOWHERE}\"\n",
        fixtures().display().to_string()
    );
    let file = folder.0.join("origin.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// The engine that the ledger of `folder` is not on, where there is another.
fn other(folder: &Folder) -> Place {
    let file = || Place::File(folder.0.join("moved.sqlite"));
    match folder.is_on_postgres() {
        true => file(),
        false => on_postgres().unwrap_or_else(file),
    }
}

#[tokio::test]
async fn a_city_moves_to_another_engine_and_goes_on_where_it_was() {
    let origin = Running::start(NOWHERE).await;
    for report in [1, 2] {
        origin.deliver(&delivery(report)).await;
    }
    origin.step(&number(1), 1, "start", json!({})).await;
    let backup = origin.folder.0.join("backup");
    // While it runs.
    let made = back_up(
        What::Ledger,
        &settings(&origin.folder, &origin.folder.1),
        &backup,
    )
    .await
    .unwrap();
    assert_eq!(made.rows.get("reports"), Some(&2));
    let before = origin.stored(&number(1)).await;
    let mut folder = origin.stop().await;
    let again = back_up(What::Ledger, &settings(&folder, &folder.1), &backup)
        .await
        .unwrap_err();
    assert!(
        matches!(again, Failed::Backup(BackupError::File(_))),
        "{again}"
    );

    let full = restore(What::Ledger, &settings(&folder, &folder.1), &backup, false)
        .await
        .unwrap_err();
    assert!(
        matches!(full, Failed::Backup(BackupError::NotEmpty { .. })),
        "{full}"
    );
    folder.1 = other(&folder);
    restore(What::Ledger, &settings(&folder, &folder.1), &backup, false)
        .await
        .unwrap();
    let origin = Running::start_in(folder, NOWHERE).await;
    let after = origin.stored(&number(1)).await;
    assert_eq!((after.revision, &after.log), (before.revision, &before.log));
    assert_eq!(after.report, before.report);
    let going_on = origin.step(&number(1), 2, "resolve", json!({})).await;
    assert_eq!(going_on.status(), 200);
    assert_eq!(
        origin.stored(&number(1)).await.log.state(),
        Some(State::Resolved)
    );
    assert_eq!(
        origin.deliver(&delivery(2)).await.status(),
        200,
        "it is known"
    );
}

#[tokio::test]
async fn no_ledger_is_made_by_backing_it_up_and_no_backup_by_failing() {
    let folder = Folder::new();
    let place = Place::File(folder.0.join("none.sqlite"));
    let config = settings(&folder, &place);
    let backup = folder.0.join("backup");
    let missing = back_up(What::Ledger, &config, &backup).await.unwrap_err();
    assert!(matches!(missing, Failed::NoDatabase(_)), "{missing}");
    let absent = restore(What::Ledger, &config, Path::new("/nowhere/backup"), false)
        .await
        .unwrap_err();
    assert!(
        matches!(absent, Failed::Backup(BackupError::File(_))),
        "{absent}"
    );
    assert!(!folder.0.join("none.sqlite").exists() && !backup.exists());
}
