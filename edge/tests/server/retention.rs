//! What is erased after its days, and what stays: the clock of the rows is moved, not waited for.

use balagh_shared::canonical::hex;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::origin::Origin;
use super::photos::phone_jpeg;
use super::town::{Folder, Look, PORTAL, Town, letters, report};

const BODIES: &str = r#"balagh_edge_erased_total{what="bodies"}"#;
const PHOTOS: &str = r#"balagh_edge_erased_total{what="photos"}"#;
const DELIVERED: &str =
    r#"balagh_edge_delivery_attempts_total{destination="origin",outcome="delivered"}"#;

/// Fifteen days pass for every row; the document says fourteen.
async fn days_pass(folder: &Folder) {
    let look = Look::into(folder).await;
    for statement in [
        "UPDATE reports SET received_at = received_at - 1296000000",
        "UPDATE photos SET stored_at = stored_at - 1296000000",
        "UPDATE nearby SET received_at = received_at - 1296000000",
        "UPDATE outbox SET queued_at = queued_at - 1296000000,
                           delivered_at = delivered_at - 1296000000",
    ] {
        look.change(statement).await;
    }
}

/// Whether any file of the ledger holds this.
fn holds(folder: &Folder, words: &str) -> bool {
    let files = std::fs::read_dir(&**folder).unwrap();
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.to_string_lossy().contains("edge.sqlite"))
        .any(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(words.len()).any(|it| it == words.as_bytes())
        })
}

fn photo_files(folder: &Folder) -> usize {
    std::fs::read_dir(folder.join("photos")).unwrap().count()
}

async fn put(town: &Town) -> String {
    let photo = phone_jpeg();
    let sent = hex(&Sha256::digest(&photo));
    let session = town.session().await;
    let put = town.put_photo(&sent, &session, &photo).send().await;
    assert_eq!(put.unwrap().status(), 201);
    sent
}

#[tokio::test]
async fn words_and_photos_go_after_their_days_and_key_receipt_and_status_stay() {
    let words = "Lamps out beside the school, says the neighbour of the mayor himself.";
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let mut long_ago = report();
    long_ago["description"] = json!(words);
    // So exact that no time of day reads like it.
    long_ago["place"]["at"]["lat"] = json!(26.401_238);
    long_ago["photos"] = json!([put(&town).await]);
    let receipt = town.accepted(&letters('a'), &long_ago).await;
    origin.next_report().await;
    town.until_metric(DELIVERED, 1.0).await;
    town.close().await;
    assert!(holds(&folder, words) && photo_files(&folder) == 1);

    days_pass(&folder).await;
    let town = Town::open(&folder, &origin.url()).await;
    town.until_metric(BODIES, 1.0).await;
    town.until_metric(PHOTOS, 1.0).await;
    assert_eq!(town.metric("balagh_edge_bodies").await, Some(0.0));
    let asked = town
        .client
        .get(town.url("/v1/test-town/submission"))
        .header("origin", PORTAL)
        .header("idempotency-key", letters('a'));
    let again = asked.send().await.unwrap();
    assert_eq!(again.status(), 200);
    let again: Value = serde_json::from_slice(&again.bytes().await.unwrap()).unwrap();
    assert_eq!(again["number"], json!(receipt.number));
    let tracked = town
        .client
        .get(town.url(&format!("/v1/test-town/reports/{}", receipt.number)))
        .header("authorization", format!("Balagh {}", receipt.secret));
    assert_eq!(tracked.send().await.unwrap().status(), 200);
    town.close().await;
    assert_eq!(photo_files(&folder), 0);
    for gone in [words, "the school", "401238"] {
        assert!(!holds(&folder, gone), "{gone}");
    }
    // A later round erases the next one, and counts nothing twice.
    let town = Town::open(&folder, &origin.url()).await;
    town.accepted(&letters('c'), &report()).await;
    town.until_metric(DELIVERED, 1.0).await;
    town.close().await;
    days_pass(&folder).await;
    let town = Town::open(&folder, &origin.url()).await;
    town.until_metric("balagh_edge_bodies", 0.0).await;
    assert_eq!(town.metric(BODIES).await, Some(2.0));
    assert_eq!(town.metric(PHOTOS).await, Some(1.0));
    town.close().await;
}

#[tokio::test]
async fn what_is_not_delivered_is_kept_however_old_it_is() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    town.accepted(&letters('a'), &report()).await;
    origin.next_report().await;
    town.until_metric(DELIVERED, 1.0).await;
    origin.goes_away();
    let mut with_photo = report();
    with_photo["photos"] = json!([put(&town).await]);
    let receipt = town.accepted(&letters('b'), &with_photo).await;
    town.close().await;
    let look = Look::into(&folder).await;
    look.change("UPDATE outbox SET dead_at = 1 WHERE delivered_at IS NULL")
        .await;
    days_pass(&folder).await;

    // Put aside, it is looked at by nobody but who replays it.
    let town = Town::open(&folder, &origin.url()).await;
    // The round that erased the other one has left it alone.
    town.until_metric(BODIES, 1.0).await;
    assert_eq!(town.metric("balagh_edge_bodies").await, Some(1.0));
    assert_eq!(photo_files(&folder), 1);
    town.close().await;
    origin.returns();
    look.change("UPDATE outbox SET dead_at = NULL").await;
    let town = Town::open(&folder, &origin.url()).await;
    let delivery = origin.next_report().await;
    assert_eq!(delivery.number, receipt.number);
    assert_eq!(delivery.photos.len(), 1);
    town.until_metric(DELIVERED, 1.0).await;
    assert_eq!(town.metric(BODIES).await, Some(1.0));
    town.close().await;
}
