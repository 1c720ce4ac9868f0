//! `balagh edge --config FILE …` on a ledger: what it says where there is nothing, or something else than
//! was asked for.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../../tests/folder.rs"]
mod folder;

use std::process::Command;

use folder::Folder;

const KEYS: [&str; 5] = ["NUMBER", "WEBHOOK", "SEAL", "CLOSING", "CONTACT"];

/// Runs a command beside the edge whose data are in `folder`: its exit code, and what it says on
/// standard output and standard error.
fn edge(folder: &Folder, arguments: &[&str]) -> (Option<i32>, String, String) {
    let config = folder.join("edge.toml");
    let text = "listen = \"127.0.0.1:0\"\npublic_url = \"http://127.0.0.1\"\ndata = \".\"\n\
                municipalities = \".\"\n[origin]\nurl = \"http://127.0.0.1:1\"\n";
    std::fs::write(&config, text).unwrap();
    let key = format!("test:{}A", "A".repeat(42));
    let keys = KEYS.map(|name| (format!("BALAGH_{name}_KEYS"), key.clone()));
    let output = Command::new(env!("CARGO_BIN_EXE_balagh"))
        .args(["edge", "--config", config.to_str().unwrap()])
        .args(arguments)
        .env_clear()
        .envs(keys)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn where_no_edge_ran_there_is_no_ledger_and_none_is_made() {
    let folder = Folder::new("no-ledger");
    for command in [
        &["quarantine", "list"][..],
        &["outbox", "list"],
        &["report"],
    ] {
        let (code, out, told) = edge(&folder, command);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{command:?}");
        assert!(told.contains("there is no ledger"), "{told}");
    }
    assert!(!folder.join("edge.sqlite").exists());
}

#[test]
fn what_is_not_there_is_told_by_its_name() {
    let folder = Folder::new("empty-ledger");
    // An empty file is a database without tables.
    std::fs::write(folder.join("edge.sqlite"), "").unwrap();
    let thresholds = folder.join("none.json");
    let thresholds = thresholds.to_str().unwrap();
    let wrong = folder.join("per-cent.json");
    std::fs::write(&wrong, "{\"challenge\": 10, \"quarantine\": 45}").unwrap();
    let wrong = wrong.to_str().unwrap();
    for (command, code, expected) in [
        (&["quarantine", "list"][..], 0, ""),
        (&["outbox", "list"], 0, ""),
        (&["outbox", "replay", "--all"], 0, "0 queued anew"),
        (&["report", "--since", "7d"], 0, "no report came within 7d"),
        (&["report", "--since", "a week"], 1, "7d"),
        (&["replay", "--thresholds", thresholds], 1, thresholds),
        (
            &["replay", "--thresholds", wrong],
            1,
            "quarantine 1 or less",
        ),
        (&["quarantine", "show", "EP-1"], 1, "EP-1: "),
        (
            &["quarantine", "show", "ep 0w3ge 1r70w 9"],
            1,
            "there is no report EP-0W3GE-1R70W-9 here",
        ),
        (
            &["outbox", "replay", "EP-0W3GE-1R70W-9"],
            1,
            "nothing was put aside of EP-0W3GE-1R70W-9",
        ),
        (&["quarantine"], 2, "Usage"),
    ] {
        let (given, out, told) = edge(&folder, command);
        assert_eq!(
            (given, out.as_str()),
            (Some(code), ""),
            "{command:?} {told}"
        );
        assert!(told.contains(expected), "{command:?}: {told}");
    }
}
