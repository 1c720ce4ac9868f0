//! Photos: cleaned, kept once, before their report or after it.

use balagh_shared::canonical::hex;
use balagh_shared::photo::contains_metadata;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::origin::{Origin, Told};
use super::town::{Folder, Look, Town, letters, report};

/// Stands where a phone writes the place.
const SENTINEL: &[u8] = b"+26.4207+050.0888";

fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker][..], &length, payload].concat()
}

/// A grey picture of 8 by 8 pixels with EXIF, a comment, and a film behind its end.
pub(crate) fn phone_jpeg() -> Vec<u8> {
    let code = |class: u8| [&[class, 1][..], &[0; 15], &[0]].concat();
    [
        vec![0xFF, 0xD8],
        segment(
            0xE1,
            &[
                b"Exif\0\0MM\0\x2A\0\0\0\x08\0\0\0\0\0\0".as_slice(),
                SENTINEL,
            ]
            .concat(),
        ),
        segment(0xFE, SENTINEL),
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
        segment(0xC4, &code(0x00)),
        segment(0xC4, &code(0x10)),
        segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        vec![0x3F, 0xFF, 0xD9],
        [b"\0\0\0\x18ftypmp42".as_slice(), SENTINEL].concat(),
    ]
    .concat()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

#[tokio::test]
async fn a_photo_is_stored_and_delivered_without_metadata() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let (photo, session) = (phone_jpeg(), town.session().await);
    assert!(holds(&photo, SENTINEL));
    let sent = hex(&Sha256::digest(&photo));
    for status in [201, 200] {
        let response = town
            .put_photo(&sent, &session, &photo)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        let kept: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(kept["sha256"], json!(sent));
        assert_eq!((&kept["width"], &kept["height"]), (&json!(8), &json!(8)));
    }
    let mut with_photo = report();
    with_photo["photos"] = json!([sent]);
    town.accepted(&letters('a'), &with_photo).await;

    let Told::Photo(sha256) = origin.next().await else {
        panic!("the photo comes first")
    };
    let delivery = origin.next_report().await;
    let [stored] = delivery.photos.as_slice() else {
        panic!("{:?}", delivery.photos)
    };
    assert_eq!((&stored.sha256, &stored.sent_sha256), (&sha256, &sent));
    let delivered = origin.photo(&sha256).unwrap();
    assert!(!holds(&delivered, SENTINEL) && !contains_metadata(&delivered));
    let on_disk = std::fs::read(folder.join("photos").join(&sha256)).unwrap();
    assert_eq!(on_disk, delivered);
    assert_eq!(hex(&Sha256::digest(&on_disk)), sha256);
    town.close().await;
}

#[tokio::test]
async fn a_photo_may_follow_after_the_receipt() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let photo = phone_jpeg();
    let sent = hex(&Sha256::digest(&photo));
    let mut with_photo = report();
    with_photo["photos"] = json!([sent]);
    let receipt = town.accepted(&letters('b'), &with_photo).await;
    assert_eq!(origin.next_report().await.photos, []);

    let session = town.session().await;
    let response = town
        .put_photo(&sent, &session, &photo)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    let Told::Photo(sha256) = origin.next().await else {
        panic!("the file comes first")
    };
    let Told::LatePhoto(number, stored) = origin.next().await else {
        panic!("then its report")
    };
    assert_eq!((number, stored.sha256), (receipt.number, sha256));
    town.close().await;
}

#[tokio::test]
async fn a_portal_that_says_yes_to_everything_has_not_taken_a_photo() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let photo = phone_jpeg();
    let sent = hex(&Sha256::digest(&photo));
    let mut with_photo = report();
    with_photo["photos"] = json!([sent]);
    let receipt = town.accepted(&letters('d'), &with_photo).await;
    origin.next_report().await;

    origin.is_behind_a_portal();
    let session = town.session().await;
    let put = town.put_photo(&sent, &session, &photo).send().await;
    assert_eq!(put.unwrap().status(), 201);
    assert_eq!(origin.next().await, Told::Knock);
    origin.returns();
    let mut told = Vec::new();
    loop {
        match origin.next().await {
            Told::LatePhoto(number, _) => break assert_eq!(number, receipt.number),
            Told::Knock => {}
            other => told.push(other),
        }
    }
    assert!(matches!(told[..], [Told::Photo(_)]), "the file once more");
    town.close().await;
}

#[tokio::test]
async fn a_photo_nobody_names_is_kept_and_not_delivered() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let photo = phone_jpeg();
    let session = town.session().await;
    let sent = hex(&Sha256::digest(&photo));
    town.put_photo(&sent, &session, &photo)
        .send()
        .await
        .unwrap();
    town.accepted(&letters('c'), &report()).await;
    assert_eq!(origin.next_report().await.photos, []);
    assert_eq!(origin.rest(), []);
    assert_eq!(Look::into(&folder).await.photos().await, 1);
    town.close().await;
}
