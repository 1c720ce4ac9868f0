//! One view of a person: what joins reports and what does not, who may look, what is handed out, and
//! that what is erased is gone from the ledger and from every backup of it.

use std::path::Path;

use balagh_origin::backup::{self, What};
use balagh_origin::keys::Keys;
use balagh_origin::server::{Server, StartError};
use balagh_origin::staff::Role;
use balagh_origin::store::{Privacy, StoreError};
use balagh_shared::contact::Channel;
use balagh_shared::delivery::{Confirmation, Delivery};
use balagh_shared::keyring::Keyring;
use balagh_shared::report::Contact;
use serde_json::Value;

use super::*;
use crate::backup::settings;

const PHONE: &str = "0501234567";
const WHY: (&str, &str) = ("why", "the caller asks about their reports");

/// A report whose phone a code has confirmed.
fn confirmed(seed: u64) -> Delivery {
    let mut delivery = delivery(seed);
    delivery.confirmed = Some(Confirmation {
        contact: Some(Channel::Phone),
        identity: None,
    });
    delivery
}

/// Looks somebody up by a contact.
async fn look(browser: &Browser, contact: &str) -> Page {
    let form = browser.get("/console/customer").await;
    let fields = [("contact", contact), WHY];
    browser.send(&form, "/console/customer", &fields).await
}

/// An origin with a report that is over, with a photo, a word of its reporter and one to them; and an
/// administrator.
async fn with_one_over() -> (Running, Browser, String) {
    let origin = Running::start(NOWHERE).await;
    origin.put_photo().await;
    let mut delivery = confirmed(1);
    delivery.photos = vec![stored_photo()];
    assert_eq!(origin.deliver(&delivery).await.status(), 201);
    let number = delivery.number;
    let word = serde_json::json!({ "note": "الرائحة لا تطاق" });
    assert_eq!(
        origin.reporter(&number, "follow-up", &word).await.status(),
        200
    );
    let seen = origin.stored(&number).await.revision;
    let why = serde_json::json!({ "note": "خارج النطاق يا سارة" });
    assert_eq!(
        origin.step(&number, seen, "reject", why).await.status(),
        200
    );
    seat(&origin, "Huda", Role::Administrator, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    (origin, browser, number)
}

async fn erase(browser: &Browser, count: &str) -> Page {
    let found = look(browser, PHONE).await;
    browser
        .send(&found, "/console/customer/erase", &[("count", count)])
        .await
}

/// Copies the ledger and the photos, as an operator's backup does; the keys are not among them.
async fn back_up(origin: &Running) -> crate::folder::Folder {
    let backup = crate::folder::Folder::new("backup");
    let settings = settings(&origin.folder, &origin.folder.1);
    let made = backup::back_up(What::Ledger, &settings, &backup.join("ledger")).await;
    assert_eq!(made.unwrap().rows.get("reports"), Some(&1));
    let photo = origin.folder.0.join("photos").join(PNG_SHA256);
    std::fs::copy(photo, backup.join(PNG_SHA256)).unwrap();
    backup
}

/// Puts a backup in the place of what a stopped origin had.
async fn restore(folder: &Folder, backup: &Path) {
    let settings = settings(folder, &folder.1);
    let restored = backup::restore(What::Ledger, &settings, &backup.join("ledger"), true).await;
    assert_eq!(restored.unwrap().rows.get("reports"), Some(&1));
    let photo = folder.0.join("photos").join(PNG_SHA256);
    std::fs::copy(backup.join(PNG_SHA256), photo).unwrap();
}

#[tokio::test]
async fn what_was_erased_is_gone_from_a_backup_of_before_and_what_is_counted_stays() {
    let (origin, browser, number) = with_one_over().await;
    let backup = back_up(&origin).await;
    let wrong = erase(&browser, "7").await;
    assert_eq!(wrong.status, 422);
    let words = delivery(1).report.description;
    assert_eq!(origin.stored(&number).await.report.description, words);
    let erased = erase(&browser, "1").await;
    assert!(erased.has("Erased: 1. Once over: 0."), "{}", erased.text);

    let check = async |origin: &Running| {
        let stored = origin.stored(&number).await;
        assert!(matches!(stored.privacy, Privacy::Erased));
        assert_eq!(stored.report.description, "");
        assert!(stored.contact.is_none() && stored.report.place.unwrap().at.is_none());
        assert!(stored.log.events().iter().all(|event| event.note.is_none()));
        assert_eq!(stored.log.state().unwrap().code(), "rejected");
        // It still counts, and still has its category, district and times.
        let day = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM facts WHERE number = $1");
        let day = day.bind(&number).fetch_one(&origin.look().await).await;
        assert_eq!(
            (day.unwrap(), stored.head.district.as_deref()),
            (1, Some("west-dammam"))
        );
    };
    check(&origin).await;
    assert_eq!(origin.count("photos").await, 0);
    assert!(!origin.folder.0.join("photos").join(PNG_SHA256).exists());

    let folder = origin.stop().await;
    restore(&folder, &backup).await;
    let origin = Running::start_in(folder, NOWHERE).await;
    check(&origin).await;
    // The round at the start finds what the backup brought back, and takes it out of the file again.
    let gone = async {
        while origin.folder.0.join("photos").join(PNG_SHA256).exists() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM reports WHERE personal IS NOT NULL")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
    let look = look(&Browser::signed(&origin, "Huda").await, PHONE).await;
    assert!(!look.has(&number));
}

#[tokio::test]
async fn whoever_is_erased_is_erased_whole_also_beyond_what_one_page_shows() {
    let origin = Running::start(NOWHERE).await;
    for seed in 1..=103 {
        assert_eq!(origin.deliver(&confirmed(seed)).await.status(), 201);
    }
    seat(&origin, "Huda", Role::Administrator, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let erased = erase(&browser, "103").await;
    assert!(erased.has("Erased: 0. Once over: 103."), "{}", erased.text);
}

#[tokio::test]
async fn what_somebody_still_works_on_is_erased_once_it_is_over() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&confirmed(1)).await;
    seat(&origin, "Huda", Role::Administrator, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let erased = erase(&browser, "1").await;
    assert!(erased.has("Erased: 0. Once over: 1."), "{}", erased.text);
    let stored = origin.stored(&number(1)).await;
    assert!(!stored.report.description.is_empty());
    let why = serde_json::json!({ "note": "مكرر" });
    origin
        .step(&number(1), stored.revision, "reject", why)
        .await;
    // A restart looks at once; else it is looked every hour.
    let origin = Running::start_in(origin.stop().await, NOWHERE).await;
    let is_erased = |it: &balagh_origin::store::StoredReport| matches!(it.privacy, Privacy::Erased);
    origin.until(&number(1), is_erased).await;
    // Nothing can be added to it.
    let word = serde_json::json!({ "note": "مرة أخرى" });
    let seen = origin.stored(&number(1)).await.revision;
    let noted = origin.step(&number(1), seen, "note", word).await;
    assert_eq!(json(noted).await["code"], "report.erased");
}

#[tokio::test]
async fn personal_data_goes_by_itself_when_its_days_are_over() {
    let (origin, _, number) = with_one_over().await;
    let folder = origin.stop().await;
    let mut settings = config(&folder, NOWHERE);
    settings.personal_days = 30;
    let month =
        "UPDATE reports SET over_ms = over_ms - 29 * CAST(86400000 AS BIGINT) WHERE number = $1";
    tamper(&folder, month, &number).await;
    let origin = Running::start_as(folder, &settings).await;
    // Its round is over once it has sealed and erased whatever it would.
    assert!(matches!(
        origin.stored(&number).await.privacy,
        Privacy::Open(_)
    ));
    let folder = origin.stop().await;
    let day =
        "UPDATE reports SET over_ms = over_ms - 2 * CAST(86400000 AS BIGINT) WHERE number = $1";
    tamper(&folder, day, &number).await;
    let origin = Running::start_as(folder, &settings).await;
    origin
        .until(&number, |it| matches!(it.privacy, Privacy::Erased))
        .await;
}

#[tokio::test]
async fn reports_of_one_confirmed_contact_are_one_persons_whatever_the_channel() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&confirmed(1)).await;
    // The same number, written otherwise, through another channel, by somebody of the household.
    let mut call = confirmed(2);
    call.report.channel = "whatsapp".into();
    call.report.contact = Some(Contact {
        phone: Some("٠٥٠ ١٢٣ ٤٥٦٧".into()),
        email: None,
        name: Some("أحمد".into()),
    });
    origin.deliver(&call).await;
    // Somebody typed that number and confirmed nothing; and somebody else confirmed another.
    origin.deliver(&delivery(3)).await;
    let mut other = confirmed(4);
    other.report.contact.as_mut().unwrap().phone = Some("+966507654321".into());
    origin.deliver(&other).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    for contact in [PHONE, "+966 50 123 4567"] {
        let found = look(&browser, contact).await;
        assert_eq!(found.status, 200);
        assert!(found.has(&number(1)) && found.has(&number(2)));
        assert!(!found.has(&number(3)) && !found.has(&number(4)));
        assert!(found.has("household") && found.has("أحمد") && found.has("WhatsApp"));
    }
    // From a report's own page it is the same.
    let page = browser
        .get(&format!("/console/reports/{}", number(2)))
        .await;
    let fields = [WHY];
    let found = browser.send(&page, "/console/customer", &fields).await;
    assert!(found.has(&number(1)) && found.has(&number(2)) && !found.has(&number(4)));
    let page = browser
        .get(&format!("/console/reports/{}", number(3)))
        .await;
    let alone = browser.send(&page, "/console/customer", &fields).await;
    assert!(
        alone.has(&number(3)) && !alone.has(&number(1)),
        "{}",
        alone.text
    );
    // An agent is offered neither a copy nor erasure.
    assert!(!found.has("/console/customer/erase") && !found.has("/console/customer/export"));
}

#[tokio::test]
async fn every_look_says_what_for_and_stands_in_the_audit() {
    let (origin, browser, number) = with_one_over().await;
    let form = browser.get("/console/customer").await;
    for (contact, why, said) in [
        (PHONE, "", "3 to 200"),
        (PHONE, "hm", "3 to 200"),
        ("blue gate", "a caller", "phone number or an e-mail"),
        ("050", "a caller", "phone number or an e-mail"),
    ] {
        let fields = [("contact", contact), ("why", why)];
        let refused = browser.send(&form, "/console/customer", &fields).await;
        assert_eq!(refused.status, 422, "{contact} {why}");
        assert!(refused.has(said) && refused.has(contact));
    }
    assert_eq!(audited(&origin, "person").await, 0);
    assert_eq!(look(&browser, "0507654321").await.status, 200);
    look(&browser, PHONE).await;
    // The look itself, in vain too, and each report that was shown.
    assert_eq!(audited(&origin, "person").await, 3);
    let audit = browser.get("/console/audit?action=person").await;
    assert!(audit.has(&number) && audit.has(WHY.1) && audit.has("Huda"));
    assert!(!audit.has("1234567"));
    seat(&origin, "Reem", Role::Supervisor, None).await;
    let supervisor = Browser::signed(&origin, "Reem").await;
    assert_eq!(supervisor.get("/console/audit").await.status, 403);
    seat(&origin, "Sami", Role::Department, Some("cleanliness")).await;
    let department = Browser::signed(&origin, "Sami").await;
    assert_eq!(department.get("/console/customer").await.status, 403);
}

/// A day by the municipality's clocks, so many before today, as a form sends it.
fn day(before: i64) -> String {
    let there = now().plus_millis((3 - 24 * before) * 3_600_000);
    there.to_string()[..10].to_owned()
}

/// A report of the same person's that came so many days ago.
async fn came(origin: &Running, seed: u64, days: i64) {
    let mut delivery = confirmed(seed);
    delivery.received_at = now().plus_millis(-days * 24 * 3_600_000);
    assert_eq!(origin.deliver(&delivery).await.status(), 201);
}

#[tokio::test]
async fn a_number_that_went_to_somebody_else_shows_them_nothing_of_before() {
    let origin = Running::start(NOWHERE).await;
    came(&origin, 1, 9).await;
    came(&origin, 2, 1).await;
    seat(&origin, "Huda", Role::Supervisor, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let change = async |deed: &str, since: &str| {
        let found = look(&browser, PHONE).await;
        let action = format!("/console/customer/{deed}");
        browser.send(&found, &action, &[("since", since)]).await
    };
    // No day on which it cannot have been: none before what came first, and none that is to come.
    for since in [day(12), day(-2), "2026-13-01".to_owned()] {
        let refused = change("changed", &since).await;
        assert_eq!(refused.status, 422, "{since}");
        assert!(
            refused.has(&day(9)) && refused.has(&day(0)),
            "{}",
            refused.text
        );
    }
    assert_eq!(change("changed", &day(5)).await.status, 200);
    let found = look(&browser, PHONE).await;
    assert!(found.has(&number(2)) && !found.has(&number(1)));
    let page = browser
        .get(&format!("/console/reports/{}", number(1)))
        .await;
    let before = browser.send(&page, "/console/customer", &[WHY]).await;
    assert!(before.has(&number(1)) && !before.has(&number(2)));

    // It was a mistake. Who finds nothing of what was theirs is shown why, and the way back.
    assert!(found.has("The contact is another person’s since"));
    let back = browser
        .send(&found, "/console/customer/unchanged", &[])
        .await;
    assert!(back.has("Taken back."), "{}", back.text);
    let found = look(&browser, PHONE).await;
    assert!(found.has(&number(1)) && found.has(&number(2)));
    assert!(!found.has("The contact is another person’s since"));
    for (action, times) in [("changed", 4 + 2), ("unchanged", 1)] {
        assert!(audited(&origin, action).await >= times, "{action}");
    }
    seat(&origin, "Sami", Role::Agent, None).await;
    let agent = Browser::signed(&origin, "Sami").await;
    let found = look(&agent, PHONE).await;
    assert!(!found.has("/console/customer/changed"));
}

#[tokio::test]
async fn a_copy_holds_everything_that_is_held_and_nothing_of_colleagues() {
    let (origin, browser, number) = with_one_over().await;
    let seen = origin.stored(&number).await.revision;
    let inner = serde_json::json!({ "note": "المبلّغة معروفة", "internal": true });
    assert_eq!(
        origin.step(&number, seen, "note", inner).await.status(),
        200
    );
    let found = look(&browser, PHONE).await;
    let copy = browser.send(&found, "/console/customer/export", &[]).await;
    assert_eq!(copy.status, 200);
    let held: Value = serde_json::from_str(&copy.text).unwrap();
    let report = &held["reports"][0];
    assert_eq!(report["number"], number.as_str());
    assert_eq!(report["contact"]["phone"], "+966501234567");
    assert_eq!(report["report"]["place"]["landmark"], "بجانب المسجد");
    assert_eq!(report["photos"][0]["sha256"], PNG_SHA256);
    for said in ["الرائحة لا تطاق", "خارج النطاق يا سارة", WHY.1] {
        assert!(copy.has(said), "{said}");
    }
    assert!(!copy.has("المبلّغة معروفة") && !copy.has("Huda"));
}

/// The fixture's keys with these master keys.
fn masters(text: &str) -> Keys {
    let seals = Keyring::parse("BALAGH_SEAL_KEYS", text).unwrap();
    Keys { seals, ..keys() }
}

#[tokio::test]
async fn a_new_master_key_takes_over_and_the_old_one_can_go() {
    let (origin, _, number) = with_one_over().await;
    let folder = origin.stop().await;
    let (old, new) = (
        format!("t:{}", "c".repeat(43)),
        format!("u:{}", "k".repeat(43)),
    );
    // Removed too early, nothing opens; the life goes on, and what is said is refused, not lost.
    let server = Server::start(&config(&folder, NOWHERE), masters(&new))
        .await
        .unwrap();
    let stored = server.store().report(&number).await.unwrap().unwrap();
    assert!(matches!(stored.privacy, Privacy::Locked) && stored.report.description.is_empty());
    assert_eq!(stored.log.state().unwrap().code(), "rejected");
    server.stop().await.unwrap();

    let both = format!("{new},{old}");
    let server = Server::start(&config(&folder, NOWHERE), masters(&both))
        .await
        .unwrap();
    let keys = format!("sqlite://{}", folder.0.join("keys.sqlite").display());
    let keys = sqlx::AnyPool::connect(&keys).await.unwrap();
    let waiting = async {
        let old = "SELECT COUNT(*) FROM item_keys WHERE kid = 't'";
        while sqlx::query_scalar::<_, i64>(old)
            .fetch_one(&keys)
            .await
            .unwrap()
            > 0
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    keys.close().await;
    server.stop().await.unwrap();
    let server = Server::start(&config(&folder, NOWHERE), masters(&new))
        .await
        .unwrap();
    let stored = server.store().report(&number).await.unwrap().unwrap();
    assert_eq!(stored.report.description, delivery(1).report.description);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn without_its_keys_a_ledger_is_not_served() {
    let (origin, _, number) = with_one_over().await;
    let folder = origin.stop().await;
    let file = folder.0.join("keys.sqlite");
    std::fs::rename(&file, folder.0.join("away")).unwrap();
    let started = Server::start(&config(&folder, NOWHERE), keys()).await;
    let Err(StartError::Store(StoreError::Keyless)) = started else {
        panic!("it started without its keys");
    };
    // Nor beside another ledger's.
    let other = Running::start(NOWHERE).await.stop().await;
    std::fs::copy(other.0.join("keys.sqlite"), &file).unwrap();
    assert!(
        Server::start(&config(&folder, NOWHERE), keys())
            .await
            .is_err()
    );
    std::fs::rename(folder.0.join("away"), &file).unwrap();
    let origin = Running::start_in(folder, NOWHERE).await;
    assert!(!origin.stored(&number).await.report.description.is_empty());
}

#[tokio::test]
async fn a_report_of_an_older_version_that_cannot_be_read_keeps_no_other_in_clear() {
    let origin = Running::start(NOWHERE).await;
    let mut numbers = [number(1), number(2)];
    for seed in [1, 2] {
        assert_eq!(origin.deliver(&delivery(seed)).await.status(), 201);
    }
    // They are looked at in this order.
    numbers.sort();
    let [broken, whole] = numbers;
    let folder = origin.stop().await;
    let clear = "UPDATE reports SET key_id = NULL, personal = NULL, contact_sealed = NULL \
                 WHERE number = $1";
    for number in [&broken, &whole] {
        tamper(&folder, clear, number).await;
    }
    let broke = "UPDATE reports SET report_json = 'no report' WHERE number = $1";
    tamper(&folder, broke, &broken).await;
    let origin = Running::start_in(folder, NOWHERE).await;
    origin
        .until(&whole, |it| matches!(it.privacy, Privacy::Open(_)))
        .await;
    let left: Vec<String> = sqlx::query_scalar("SELECT number FROM reports WHERE key_id IS NULL")
        .fetch_all(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(left, [broken]);
}
