//! The process is killed while reports come: what was acknowledged is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use balagh_database::Place;
use balagh_origin::store::Inserted;

use crate::folder::Folder;
use crate::support::{Town, now, number, report};

/// Names the folder of the ledger, to the process that is to be killed.
const FOLDER: &str = "BALAGH_STORE_KILLED";
/// Reports on their way at once.
const AT_ONCE: i64 = 16;
/// Acknowledged before it is killed.
const ENOUGH: usize = 200;

#[tokio::test]
async fn a_process_that_is_killed_loses_no_report_that_it_acknowledged() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return bring(Path::new(&folder)).await;
    }
    let folder = Folder::new("store-killed");
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "killed::a_process_that_is_killed_loses_no_report_that_it_acknowledged",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, &*folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut acknowledged = Vec::new();
    for line in said.map_while(Result::ok) {
        // What the harness says is no line of ours; the last one may be half a line.
        if let Some(hours) = line
            .strip_prefix("brought ")
            .and_then(|it| it.strip_suffix('.'))
        {
            acknowledged.push(hours.parse::<i64>().unwrap());
            if acknowledged.len() == ENOUGH {
                process.kill().unwrap();
            }
        }
    }
    process.wait().unwrap();
    assert!(acknowledged.len() >= ENOUGH, "{}", acknowledged.len());

    let town = Town::open(Place::File(folder.join("origin.sqlite"))).await;
    for hours in acknowledged {
        let stored = town.report(&number(hours)).await;
        assert_eq!(stored.report.description, report(hours).report.description);
        assert_eq!(stored.log.events().len(), 3);
        assert_eq!(town.store.jobs_of(&number(hours)).await.unwrap().len(), 1);
    }
    town.store.close().await;
}

/// Brings reports until it is killed, and says of each that it is there.
async fn bring(folder: &Path) {
    let town = Arc::new(Town::open(Place::File(folder.join("origin.sqlite"))).await);
    let bringing = (1..=AT_ONCE).map(|who| {
        let town = Arc::clone(&town);
        tokio::spawn(async move {
            for hours in (who..).step_by(AT_ONCE as usize) {
                let new = report(hours);
                let came = town.store.insert(&new, &town.documents, now());
                assert_eq!(came.await.unwrap(), Inserted::New);
                // In one piece: nobody reads half a line of another's.
                let mut out = std::io::stdout().lock();
                writeln!(out, "brought {hours}.").unwrap();
                out.flush().unwrap();
            }
        })
    });
    for task in bringing.collect::<Vec<_>>() {
        task.await.unwrap();
    }
}
