//! What an edge says that does not start: each wrong setting by its name, with what to write instead.

use balagh_edge::native::start;

use super::town::{Folder, config_with, key};

const ORIGIN: &str = "[origin]\nurl = \"http://127.0.0.1:1\"\n";

/// What the start says of a configuration with these sections, in an environment without `missing`.
async fn told(folder: &Folder, sections: &str, missing: &str) -> String {
    let variable = |name: &str| match name {
        name if name == missing => None,
        "BALAGH_PHOTOS_KEY_ID" | "BALAGH_PHOTOS_SECRET" => Some("somebody".to_owned()),
        name => key(name),
    };
    let config = config_with(folder, &format!("{ORIGIN}{sections}"));
    start(config, &variable).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_setting_that_would_lose_something_in_silence_is_told_at_the_start() {
    let folder = Folder::new("edge");
    let crm =
        "[[destinations]]\nid = \"crm\"\nspeaks = \"webhook\"\nurl = \"https://crm.example\"\n";
    let photos = "[photos]\nbucket = \"photos\"\n";
    for (sections, missing, expected) in [
        ("", "BALAGH_SEAL_KEYS", "BALAGH_SEAL_KEYS"),
        (crm, "BALAGH_CRM_SECRETS", "BALAGH_CRM_SECRETS"),
        (photos, "BALAGH_PHOTOS_KEY_ID", "BALAGH_PHOTOS_KEY_ID"),
        (photos, "BALAGH_PHOTOS_SECRET", "BALAGH_PHOTOS_SECRET"),
        (
            &format!("{crm}municipalities = [\"test-twon\"]\n"),
            "",
            "the reports of test-twon, which is not served",
        ),
    ] {
        let said = told(&folder, sections, missing).await;
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[tokio::test]
async fn a_ledger_that_is_none_is_named() {
    let folder = Folder::new("edge");
    let file = folder.join("edge.sqlite");
    std::fs::write(&file, "no database ".repeat(1000)).unwrap();
    let said = told(&folder, "", "").await;
    assert!(said.contains(&file.display().to_string()), "{said}");
}
