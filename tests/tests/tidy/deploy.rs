//! The examples of how it is run: hardened as they say, by systemd's own judgement where systemd is.

use std::collections::BTreeSet;
use std::process::Command;

use super::ROOT;
use super::skipped::skipped;

const UNIT: &str = "deploy/balagh-edge.service";

fn read(path: &str) -> String {
    std::fs::read_to_string(format!("{ROOT}/{path}")).unwrap()
}

/// What `systemd-analyze` says of the unit; nothing where there is no systemd.
fn analyze(arguments: &[&str]) -> Option<(bool, String)> {
    let run = Command::new("systemd-analyze")
        .args(arguments)
        .arg(format!("{ROOT}/{UNIT}"))
        .output()
        .ok()?;
    let said = [run.stdout, run.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    Some((run.status.success(), said.concat()))
}

#[test]
fn the_unit_locks_up_everything_but_its_own_folder() {
    let unit = read(UNIT);
    for line in [
        "DynamicUser=yes",
        "StateDirectory=balagh-edge",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "MemoryDenyWriteExecute=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6",
        "SystemCallFilter=@system-service",
        "KillSignal=SIGTERM",
    ] {
        assert!(unit.lines().any(|it| it == line), "{line}");
    }
    for line in unit.lines().filter(|line| !line.starts_with('#')) {
        let is_setting = line.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        assert!(
            line.is_empty() || line.starts_with('[') || is_setting,
            "{line}"
        );
    }
}

#[test]
fn systemd_finds_the_unit_sound_and_locked_up() {
    let (Some((_, said)), Some((is_fine, judged))) = (
        analyze(&["verify"]),
        analyze(&["security", "--offline=true", "--threshold=15"]),
    ) else {
        return skipped("there is no systemd-analyze");
    };
    // The one thing that is wrong here: the binary is not installed.
    let rest = said.lines().filter(|line| !line.contains("not executable"));
    assert_eq!(rest.collect::<Vec<_>>(), Vec::<&str>::new());
    assert!(is_fine, "{judged}");
}

#[test]
fn every_metric_of_both_servers_is_told_to_operators_and_no_other() {
    let names = |prefix: &str, text: &str| -> BTreeSet<String> {
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        text.match_indices(prefix)
            .map(|(at, _)| text[at..].chars().take_while(|c| is_name(*c)).collect())
            .collect()
    };
    let told = read("www/docs/operating.md");
    for (prefix, source) in [
        ("balagh_edge_", "edge/src/native/metrics.rs"),
        ("balagh_origin_", "origin/src/metrics.rs"),
    ] {
        let counted = names(prefix, &read(source));
        assert!(!counted.is_empty(), "{source} counts nothing");
        assert_eq!(names(prefix, &told), counted, "{source}");
    }
}

#[test]
fn the_unit_and_the_image_start_stop_and_lay_things_out_alike() {
    let (unit, image) = (read(UNIT), read("deploy/Containerfile"));
    let setting = |name: &str| {
        let lines = unit.lines().filter_map(|line| line.split_once('='));
        let named = lines.filter(|(known, _)| *known == name);
        named.map(|(_, value)| value).collect::<Vec<_>>()
    };
    let list = |name: &str| -> String {
        let mut lines = image.lines().filter_map(|line| line.strip_prefix(name));
        let list: Vec<String> = serde_json::from_str(lines.next().unwrap()).unwrap();
        list.join(" ")
    };
    let started = format!("{} {}", list("ENTRYPOINT "), list("CMD "));
    assert_eq!(setting("ExecStart"), [started.as_str()]);
    let stopped = format!("STOPSIGNAL {}", setting("KillSignal")[0]);
    assert!(image.lines().any(|line| line == stopped), "{stopped}");
    for place in ["/usr/share/balagh", "/etc/balagh/edge.toml"] {
        assert!(unit.contains(place) && image.contains(place), "{place}");
    }
}

#[test]
fn the_image_is_empty_but_for_the_binary_and_runs_as_nobody() {
    let image = read("deploy/Containerfile");
    let (_, last) = image.rsplit_once("\nFROM ").unwrap();
    assert!(last.starts_with("scratch\n"), "{last}");
    assert!(
        !last.contains("\nRUN "),
        "there is no shell to run anything"
    );
    assert!(last.contains("\nUSER 65532:65532\n"), "{last}");
    assert!(last.contains("\nHEALTHCHECK "), "{last}");
    assert!(image.contains("--read-only"), "{image}");
}
