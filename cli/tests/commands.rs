//! The binary as it is called: what it prints, where, and how it exits.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../../tests/folder.rs"]
mod folder;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use folder::Folder;
use serde_json::Value;

const DOCUMENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/municipalities/dammam/municipality.json"
);

/// The path of a file in it, as an argument.
fn in_folder(folder: &Folder, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

fn balagh(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_balagh"))
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads no input may be gone before it is written.
    let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Runs a command that must end with this exit code and these words on standard error.
#[track_caller]
fn check(arguments: &[&str], code: i32, says: &str) -> String {
    let output = balagh(arguments, "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    assert!(told.contains(says), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn an_edge_without_its_configuration_is_a_wrong_argument() {
    for arguments in [&["edge"][..], &["edge", "quarantine", "list"]] {
        check(arguments, 2, "--config <FILE>");
    }
}

#[test]
fn a_municipalitys_pack_finds_its_districts() {
    let folder = Folder::new("pack");
    let pack = in_folder(&folder, "made/on/the/way/dammam.pack");
    check(&["pack", "--municipality", DOCUMENT, "-o", &pack], 0, "");
    let output = balagh(
        &["locate", &pack],
        "[50.0, 26.4]\n\n[50.05001, 26.4, 20]\n[50, 26.1]\n",
    );
    assert!(output.status.success());
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 3);
    assert_eq!(
        answers[0],
        serde_json::json!({"state": "inside", "district": "west-dammam", "candidates": []})
    );
    assert_eq!(
        (&answers[1]["state"], &answers[1]["district"]),
        (&"near".into(), &"east-dammam".into())
    );
    assert_eq!(answers[1]["candidates"][1]["district"], "west-dammam");
    assert!(answers[1]["candidates"][1]["distance_m"].as_f64().unwrap() > 0.0);
    assert_eq!(
        (&answers[2]["state"], &answers[2]["district"]),
        (&"outside".into(), &Value::Null)
    );
}

#[test]
fn a_single_file_compiles_to_the_same_districts() {
    let folder = Folder::new("file");
    let pack = in_folder(&folder, "x.pack");
    let geojson = Path::new(DOCUMENT).with_file_name("districts.geojson");
    let geojson = geojson.to_str().unwrap();
    check(
        &[
            "pack",
            geojson,
            "--id",
            "id",
            "--name",
            "ar=name_ar",
            "-o",
            &pack,
        ],
        0,
        "",
    );
    let output = balagh(&["locate", &pack], "[50.1, 26.4]");
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("east-dammam")
    );
}

#[test]
fn what_is_wrong_with_a_file_is_reported_drawn_and_told_by_feature() {
    let folder = Folder::new("dirty");
    let [geojson, pack, report, svg] =
        ["in.geojson", "x.pack", "report.json", "x.svg"].map(|name| in_folder(&folder, name));
    let square = |id: &str, west: f64| {
        let east = west + 1.0;
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{id}","name_ar":"حي"}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{west},26],[{east},26],[{east},27],[{west},27]]]}}}}"#
        )
    };
    let empty = r#"{"type":"Feature","properties":{"code":"none","name_ar":"حي"},"geometry":null}"#;
    let features = [square("a", 46.0), square("b", 46.5), empty.to_owned()].join(",");
    std::fs::write(
        &geojson,
        format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#),
    )
    .unwrap();
    let arguments = [
        "pack", &geojson, "--id", "code", "--name", "name_ar", "--report", &report, "--svg", &svg,
        "-o", &pack,
    ];
    check(&arguments, 0, "districts / none (feature 2)");
    let found: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    let kinds: Vec<_> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["id"].as_str().unwrap(), it["kind"].as_str().unwrap()))
        .collect();
    for expected in [("a", "unclosed"), ("none", "no-area"), ("b", "overlap")] {
        assert!(kinds.contains(&expected), "{kinds:?}");
    }
    assert!(std::fs::read_to_string(&svg).unwrap().contains("overlaps"));

    let output = balagh(&["locate", &pack], "[46.7, 26.5]\nnonsense\n[46.2, 26.5]\n");
    assert_eq!(output.status.code(), Some(1), "one line had no answer");
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (&answers[0]["state"], &answers[0]["district"]),
        (&"near".into(), &"a".into())
    );
    assert_eq!(answers[0]["candidates"][1]["district"], "b");
    assert!(answers[1]["error"].is_string());
    assert_eq!(answers[2]["district"], "a");
}

#[test]
fn exchanged_coordinates_are_refused_with_the_advice_that_mends_them() {
    let folder = Folder::new("exchanged");
    let [geojson, pack, report, svg] =
        ["in.geojson", "x.pack", "report.json", "x.svg"].map(|name| in_folder(&folder, name));
    std::fs::write(
        &geojson,
        r#"{"type":"Feature","properties":{"id":1,"name_ar":"حي الملقا"},"geometry":{"type":"Polygon",
        "coordinates":[[[24.7,46.6],[24.7,46.7],[24.8,46.7],[24.7,46.6]]]}}"#,
    )
    .unwrap();
    let arguments = [
        "pack", &geojson, "--id", "id", "--name", "name_ar", "--report", &report, "--svg", &svg,
        "-o", &pack,
    ];
    check(&arguments, 1, "longitude first");
    let drawn = std::fs::read_to_string(&svg).unwrap();
    assert!(
        drawn.contains("<path") && drawn.contains("longitude first"),
        "{drawn}"
    );
    let found: Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    assert!(found["refused"]["message"].is_string());
    assert!(!Path::new(&pack).exists());
    check(&[&arguments[..], &["--near", "24.7,46.6"]].concat(), 0, "");
}

#[test]
fn the_public_document_is_the_same_from_a_pack_and_from_its_files_and_holds_no_key() {
    let folder = Folder::new("public");
    for (name, detail) in [("dammam.pack", "0"), ("dammam-phone.pack", "phone")] {
        let (pack, simplify) = (in_folder(&folder, name), ["--simplify", detail]);
        let arguments = ["pack", "--municipality", DOCUMENT, "-o", &pack];
        check(&[&arguments[..], &simplify].concat(), 0, "");
    }
    let packs = in_folder(&folder, "");
    let with = check(
        &[
            "public-document",
            "--municipality",
            DOCUMENT,
            "--packs",
            &packs,
        ],
        0,
        "",
    );
    let without = check(&["public-document", "--municipality", DOCUMENT], 0, "");
    assert_eq!(with, without);
    let public: Value = serde_json::from_str(&with).unwrap();
    assert_eq!(public["districts"].as_array().unwrap().len(), 3);
    assert!(!with.contains("key_hashes") && !with.contains("partners"));
}

#[test]
fn a_document_is_checked_and_its_faults_are_named_where_they_stand() {
    check(&["check", DOCUMENT], 0, "");
    let folder = Folder::new("check");
    for file in ["districts.geojson", "neighbours.geojson", "gazetteer.json"] {
        std::fs::copy(
            Path::new(DOCUMENT).with_file_name(file),
            in_folder(&folder, file),
        )
        .unwrap();
    }
    let sound = std::fs::read_to_string(DOCUMENT).unwrap();
    let path = in_folder(&folder, "municipality.json");

    std::fs::write(
        &path,
        sound.replace("\"triage\": \"triage\"", "\"triage\": \"nobody\""),
    )
    .unwrap();
    let faults = check(&["check", &path], 1, "1 fault");
    assert!(faults.starts_with("/triage: "), "{faults}");
    assert!(faults.ends_with("[department.unknown]\n"), "{faults}");
}

#[test]
fn faults_of_shape_meaning_and_files_are_told_together() {
    let folder = Folder::new("check-all");
    let path = in_folder(&folder, "municipality.json");
    let wrong = std::fs::read_to_string(DOCUMENT)
        .unwrap()
        .replace("\"prefix\"", "\"prefx\"")
        .replace("\"triage\": \"triage\"", "\"triage\": \"triag\"")
        .replace("\"emergency\": \"911\"", "\"emergency\": \"call us\"");
    std::fs::write(&path, wrong).unwrap();
    // The layers and the gazetteer are not beside it.
    let printed = check(&["check", &path, "--json"], 1, "5 fault");
    let faults: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let found: Vec<(&str, &str)> = faults
        .iter()
        .map(|fault| {
            (
                fault["path"].as_str().unwrap(),
                fault["code"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("/prefx", "field.unknown"),
            ("/layers", "layers.invalid"),
            ("/emergency", "phone.invalid"),
            ("/triage", "department.unknown"),
            ("/gazetteer", "gazetteer.invalid"),
        ]
    );
    assert_eq!(faults[0]["suggestion"], "prefix");
    assert_eq!(faults[3]["suggestion"], "triage");
    for fault in &faults {
        assert!(fault["message"].is_string() && fault["instead"].is_string());
    }

    std::fs::write(&path, "{\n  \"id\": ,").unwrap();
    let syntax = check(&["check", &path], 1, "1 fault");
    assert!(syntax.contains("line 2") && syntax.contains("[json.syntax]"));

    // What a text editor saved as something else is a fault like any other, also for programs.
    std::fs::write(&path, b"{\"id\": \"\xFF").unwrap();
    let printed = check(&["check", &path, "--json"], 1, "1 fault");
    let faults: Vec<Value> = serde_json::from_str(&printed).unwrap();
    assert_eq!(faults[0]["code"], "json.syntax");

    assert_eq!(check(&["check", DOCUMENT, "--json"], 0, ""), "[]\n");
    check(&["check", DOCUMENT, "--jsn"], 2, "--json");
}

#[test]
fn the_public_document_of_a_language_has_no_other_and_no_keyword() {
    let all = check(&["public-document", "--municipality", DOCUMENT], 0, "");
    let one = check(
        &[
            "public-document",
            "--municipality",
            DOCUMENT,
            "--lang",
            "en",
        ],
        0,
        "",
    );
    assert!(all.contains("نظافة الشوارع") && !one.contains("نظافة الشوارع"));
    assert!(one.contains("Street cleanliness") && !all.contains("keywords"));
}

#[test]
fn each_failure_says_what_is_missing() {
    check(&[], 2, "Usage");
    check(&["pack", "-o", "x"], 2, "<GEOJSON>");
    check(
        &["pack", "nowhere.geojson", "--id", "id", "-o", "x"],
        1,
        "cannot read nowhere.geojson",
    );
    check(&["locate", DOCUMENT], 1, "balagh pack");
    check(&["check", "nowhere.json"], 1, "cannot read nowhere.json");
    check(
        &["origin", "--config", "nowhere.toml"],
        1,
        "cannot read the configuration nowhere.toml",
    );
    check(&["edge", "--config", "nowhere.toml"], 1, "nowhere.toml");
}

#[test]
fn the_origin_refuses_to_start_without_its_keys() {
    let folder = Folder::new("keys");
    let config = in_folder(&folder, "origin.toml");
    let text = "listen = \"127.0.0.1:0\"\ndata = \"data\"\nmunicipalities = \"m\"\n[edge]\nurl = \"http://127.0.0.1:9\"\n";
    std::fs::write(&config, text).unwrap();
    check(
        &["origin", "--config", &config],
        1,
        "BALAGH_WEBHOOK_KEYS is not set",
    );
}

#[test]
fn a_member_of_staff_is_added_with_a_token_of_their_own() {
    let folder = Folder::new("staff");
    let municipalities = Path::new(DOCUMENT).ancestors().nth(2).unwrap();
    let config = in_folder(&folder, "origin.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ndata = {:?}\nmunicipalities = {municipalities:?}\n\
         [edge]\nurl = \"http://127.0.0.1:9\"\n",
        in_folder(&folder, "data"),
    );
    std::fs::write(&config, text).unwrap();
    let add = ["origin", "staff", "add", "Noura", "--config", &config];
    let with = |more: &[&'static str]| -> Vec<&str> { add.iter().chain(more).copied().collect() };
    let agent = with(&["--role", "agent"]);
    let first = check(&agent, 0, "this once");
    let second = check(&agent, 0, "this once");
    assert!(first.starts_with("balagh-staff-") && first.trim().len() > 70);
    assert_ne!(first, second, "added again, they have another");
    check(&with(&["--role", "field"]), 1, "cleanliness");
    check(&with(&["--role", "king"]), 2, "supervisor");
    check(
        &with(&["--role", "agent", "--municipality", "atlantis"]),
        1,
        "dammam",
    );
    check(&["origin"], 2, "--config");
    check(&["origin", "staff", "add", "Noura"], 2, "--role");
}
