//! Backups: the same from each engine, put back into any, whole or not at all.

use std::io::Cursor;

use balagh_database::backup::{BackupError, Manifest, restore};
use balagh_database::cluster::Cluster;
use balagh_database::{Database, Place};
use sqlx::Row;

use crate::folder::Folder;
use crate::{CARE, INSERT, SCHEMA, count, on_each};

/// A place of each kind that keeps what is in it, with nothing in it.
async fn places(folder: &Folder, name: &str) -> Vec<Place> {
    let mut places = vec![Place::File(folder.join(name))];
    if let Some(cluster) = Cluster::shared().unwrap() {
        places.push(Place::Postgres(cluster.database().await.unwrap()));
    }
    places
}

/// Two things, with everything that a value may be, and notes on one of them.
async fn fill(database: &Database) {
    let mut write = database.write().await.unwrap();
    sqlx::query("INSERT INTO things (name, count, exact, body, is_new) VALUES ($1, $2, $3, $4, 1)")
        .bind("بلاغ \"\n{\"rows\":[")
        .bind(i64::MIN)
        .bind(0.1_f64 + 0.2)
        .bind(&b"\0\xff"[..])
        .execute(&mut *write)
        .await
        .unwrap();
    sqlx::query(INSERT)
        .bind("none")
        .bind(0_i64)
        .execute(&mut *write)
        .await
        .unwrap();
    for note in [Some("first"), None] {
        sqlx::query("INSERT INTO notes (thing, note) VALUES ('none', $1)")
            .bind(note)
            .execute(&mut *write)
            .await
            .unwrap();
    }
    write.commit().await.unwrap();
}

async fn back_up(database: &Database) -> Vec<u8> {
    let mut file = Vec::new();
    let manifest = database.back_up("test", &mut file).await.unwrap();
    assert_eq!(
        manifest.rows.into_iter().collect::<Vec<_>>(),
        [("notes".into(), 2), ("things".into(), 2)]
    );
    file
}

async fn put_back(file: &[u8], place: &Place, replace: bool) -> Result<Manifest, BackupError> {
    restore(
        "test",
        &mut Cursor::new(file),
        (place, &SCHEMA, CARE),
        replace,
    )
    .await
}

#[tokio::test]
async fn a_backup_from_either_engine_goes_back_into_either_and_comes_out_the_same() {
    on_each(async |place, database| {
        fill(&database).await;
        let file = back_up(&database).await;
        let folder = Folder::new("backups");
        for into in places(&folder, "restored.sqlite").await {
            put_back(&file, &into, false).await.unwrap();
            let restored = Database::open(&into, &SCHEMA, CARE).await.unwrap();
            let again = back_up(&restored).await;
            assert_eq!(
                String::from_utf8(again).unwrap(),
                String::from_utf8(file.clone()).unwrap(),
                "{place} to {into}"
            );
            // What gets a number by itself goes on behind what was there.
            let mut write = restored.write().await.unwrap();
            let added = "INSERT INTO notes (thing) VALUES ('none') RETURNING id";
            let added = sqlx::query(added).fetch_one(&mut *write).await.unwrap();
            assert_eq!(added.get::<i64, _>("id"), 3, "{place} to {into}");
            write.rollback().await.unwrap();
            restored.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_of_one_moment_while_others_write() {
    on_each(async |place, database| {
        if *place == Place::Memory {
            return;
        }
        fill(&database).await;
        let before = back_up(&database).await;
        let mut write = database.write().await.unwrap();
        sqlx::query(INSERT)
            .bind("late")
            .bind(0_i64)
            .execute(&mut *write)
            .await
            .unwrap();
        assert_eq!(back_up(&database).await, before, "{place}");
        write.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_backup_that_was_cut_short_or_changed_is_refused_and_changes_nothing() {
    let folder = Folder::new("backups");
    let database = Database::open(&Place::Memory, &SCHEMA, CARE).await.unwrap();
    fill(&database).await;
    let file = back_up(&database).await;
    for into in places(&folder, "untouched.sqlite").await {
        let there = Database::open(&into, &SCHEMA, CARE).await.unwrap();
        fill(&there).await;
        there.close().await;
        for end in (0..file.len())
            .step_by(7)
            .chain([file.len() - 2, file.len() - 1])
        {
            let refused = put_back(&file[..end], &into, true).await.unwrap_err();
            let is_said = matches!(refused, BackupError::CutShort | BackupError::Foreign(None));
            assert!(is_said, "{end}: {refused}");
        }
        let mut changed = file.clone();
        let at = file.windows(5).position(|it| it == b"first").unwrap();
        changed[at] = b'F';
        let refused = put_back(&changed, &into, true).await.unwrap_err();
        assert!(matches!(refused, BackupError::Changed), "{refused}");
        let more = [file.as_slice(), b"[]\n"].concat();
        let refused = put_back(&more, &into, true).await.unwrap_err();
        assert!(matches!(refused, BackupError::Changed), "{refused}");
        let other = String::from_utf8(file.clone())
            .unwrap()
            .replacen("test", "edge", 1);
        let refused = put_back(other.as_bytes(), &into, true).await.unwrap_err();
        assert!(
            matches!(refused, BackupError::Foreign(Some(_))),
            "{refused}"
        );
        let there = Database::open(&into, &SCHEMA, CARE).await.unwrap();
        assert_eq!(back_up(&there).await, file, "{into}");
        there.close().await;
    }
}

#[tokio::test]
async fn what_is_in_a_database_goes_only_when_somebody_says_so() {
    let folder = Folder::new("backups");
    let database = Database::open(&Place::Memory, &SCHEMA, CARE).await.unwrap();
    fill(&database).await;
    let file = back_up(&database).await;
    for into in places(&folder, "full.sqlite").await {
        let there = Database::open(&into, &SCHEMA, CARE).await.unwrap();
        let mut write = there.write().await.unwrap();
        sqlx::query(INSERT)
            .bind("theirs")
            .bind(0_i64)
            .execute(&mut *write)
            .await
            .unwrap();
        write.commit().await.unwrap();
        let refused = put_back(&file, &into, false).await.unwrap_err();
        assert!(
            matches!(&refused, BackupError::NotEmpty { table } if table == "things"),
            "{refused}"
        );
        assert_eq!(count(&there).await, 1, "{into}");
        there.close().await;
        put_back(&file, &into, true).await.unwrap();
        let there = Database::open(&into, &SCHEMA, CARE).await.unwrap();
        assert_eq!(back_up(&there).await, file, "{into}");
        there.close().await;
    }
}

#[tokio::test]
async fn a_backup_of_an_older_version_is_brought_up_to_date_and_of_a_newer_one_refused() {
    let folder = Folder::new("backups");
    for from in places(&folder, "old.sqlite").await {
        let database = Database::connect(&from, CARE).await.unwrap();
        let nothing = database.back_up("test", &mut Vec::new()).await.unwrap_err();
        assert!(matches!(nothing, BackupError::NoTables), "{nothing}");
        let schema = match &from {
            Place::Postgres(_) => &SCHEMA.postgres,
            _ => &SCHEMA.sqlite,
        };
        let mut write = database.write().await.unwrap();
        schema.run_to(1, &mut *write).await.unwrap();
        sqlx::query(INSERT)
            .bind("old")
            .bind(7_i64)
            .execute(&mut *write)
            .await
            .unwrap();
        write.commit().await.unwrap();
        let mut file = Vec::new();
        database.back_up("test", &mut file).await.unwrap();
        database.close().await;
        for into in places(&folder, "new.sqlite").await {
            put_back(&file, &into, true).await.unwrap();
            let restored = Database::open(&into, &SCHEMA, CARE).await.unwrap();
            let row = sqlx::query("SELECT count, owner FROM things");
            let row = row.fetch_one(restored.readers()).await.unwrap();
            assert_eq!(row.get::<i64, _>("count"), 7, "{from} to {into}");
            assert_eq!(row.get::<String, _>("owner"), "nobody", "{from} to {into}");
            restored.close().await;
        }
        let database = Database::open(&from, &SCHEMA, CARE).await.unwrap();
        let mut write = database.write().await.unwrap();
        let newer = "UPDATE _sqlx_migrations SET version = 99 WHERE version = 2";
        sqlx::query(newer).execute(&mut *write).await.unwrap();
        write.commit().await.unwrap();
        let mut file = Vec::new();
        database.back_up("test", &mut file).await.unwrap();
        database.close().await;
        let refused = put_back(&file, &Place::Memory, false).await.unwrap_err();
        assert!(
            matches!(refused, BackupError::Version { has: 99, known: 2 }),
            "{refused}"
        );
    }
}
