//! Photos of the work: who hands them over, who sees them, and until when.

use balagh_shared::canonical::hex;
use balagh_shared::keyring::Keyring;
use balagh_shared::photo::{Limits, clean};
use balagh_shared::receipt::Receipt;
use balagh_shared::signature::sign;
use balagh_shared::status::{PublicStatus, StatusEvent, TeamPhoto, What};
use sha2::{Digest, Sha256};

use super::origin::Origin;
use super::photos::phone_jpeg;
use super::town::{Folder, Town, key, letters, now, report};
use super::tracking::{status, tell, track};

fn keys() -> String {
    key("BALAGH_WEBHOOK_KEYS").unwrap()
}

/// A photo as the origin keeps it, and its name.
fn cleaned() -> (Vec<u8>, String) {
    let bytes = clean(&phone_jpeg(), &Limits::default()).unwrap().bytes;
    let sha256 = hex(&Sha256::digest(&bytes));
    (bytes, sha256)
}

async fn hand_over(town: &Town, path: &str, id: &str, bytes: &[u8]) -> u16 {
    let keys = Keyring::parse("TEST", &keys()).unwrap();
    let signed = sign(&keys, id, now().seconds(), bytes).unwrap();
    let request = town
        .client
        .put(town.url(&format!("/origin/v1/photos/{path}")))
        .header("webhook-id", signed.id)
        .header("webhook-timestamp", signed.timestamp)
        .header("webhook-signature", signed.signature)
        .body(bytes.to_vec());
    request.send().await.unwrap().status().as_u16()
}

async fn get(url: &str) -> u16 {
    reqwest::get(url).await.unwrap().status().as_u16()
}

/// News of a report with this photo of its work.
async fn told(
    town: &Town,
    receipt: &Receipt,
    revision: u64,
    photo: Option<TeamPhoto>,
) -> PublicStatus {
    let mut news = status(track(town, &receipt.number, &receipt.secret).await).await;
    news.revision = revision;
    news.events.retain(|event| event.photo.is_none());
    news.events.extend(photo.map(|photo| StatusEvent {
        at: now(),
        state: news.state,
        what: Some(What::Photo),
        note: None,
        photo: Some(photo),
    }));
    assert_eq!(tell(town, &news, &keys()).await, 204);
    status(track(town, &receipt.number, &receipt.secret).await).await
}

fn named(sha256: &str, is_public: bool) -> TeamPhoto {
    TeamPhoto {
        sha256: sha256.to_owned(),
        width: 4,
        height: 3,
        is_public,
        url: None,
    }
}

#[tokio::test]
async fn a_photo_of_the_work_is_its_reporters_to_see_until_the_origin_names_it_no_more() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &report()).await;
    let (bytes, sha256) = cleaned();
    let path = format!("{}/{sha256}", receipt.number);
    assert_eq!(hand_over(&town, &path, &path, &bytes).await, 204);
    assert_eq!(hand_over(&town, &path, &path, &bytes).await, 204, "again");
    let bare = town.url(&format!("/v1/test-town/reports/{path}"));
    assert_eq!(get(&bare).await, 404, "nobody has told of it");

    let shown = told(&town, &receipt, 3, Some(named(&sha256, false))).await;
    let address = shown
        .events
        .iter()
        .find_map(|it| it.photo.as_ref()?.url.clone());
    let address = address.unwrap();
    let (_, pass) = address.split_once('?').unwrap();
    let with_pass = format!("{bare}?{pass}");
    let seen = reqwest::get(&with_pass).await.unwrap();
    assert_eq!(
        (
            seen.status().as_u16(),
            seen.headers()["content-type"].to_str().unwrap()
        ),
        (200, "image/jpeg")
    );
    assert_eq!(seen.bytes().await.unwrap(), bytes);
    assert_eq!(get(&bare).await, 404, "without a pass");
    let form = format!("number={}&code={}", receipt.number, receipt.secret);
    let page = town
        .client
        .post(town.url("/test-town/track?lang=ar"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let page = page.send().await.unwrap().text().await.unwrap();
    assert!(
        page.contains(&format!("{path}?pass=")) && page.contains("صورة من فريق العمل"),
        "{page}"
    );

    told(&town, &receipt, 4, Some(named(&sha256, true))).await;
    assert_eq!(get(&bare).await, 200, "made public it needs none");
    told(&town, &receipt, 5, None).await;
    assert_eq!(
        (get(&bare).await, get(&with_pass).await),
        (404, 404),
        "erased"
    );
    town.close().await;
}

#[tokio::test]
async fn what_is_handed_over_is_the_origins_own_for_that_report_and_only_a_picture() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &report()).await;
    let other = town.accepted(&letters('b'), &report()).await;
    let (bytes, sha256) = cleaned();
    let path = format!("{}/{sha256}", receipt.number);
    let of_other = format!("{}/{sha256}", other.number);
    assert_eq!(
        hand_over(&town, &of_other, &path, &bytes).await,
        401,
        "another report's"
    );
    let sent = town
        .client
        .put(town.url(&format!("/origin/v1/photos/{path}")));
    let sent = sent.body(bytes.clone()).send().await.unwrap();
    assert_eq!(sent.status(), 401, "unsigned");
    let changed = [&bytes[..], b"x"].concat();
    assert_eq!(
        hand_over(&town, &path, &path, &changed).await,
        422,
        "not what its name says"
    );
    let with_metadata = phone_jpeg();
    let named = format!(
        "{}/{}",
        receipt.number,
        hex(&Sha256::digest(&with_metadata))
    );
    assert_eq!(
        hand_over(&town, &named, &named, &with_metadata).await,
        422,
        "not cleaned"
    );
    town.close().await;
}
