//! What an edge function passes on is taken as it vouches for it, and nobody else can vouch.

use balagh_edge::http::Method;
use balagh_edge::relay::{HEADER, Relayed, sign};
use balagh_edge::sender::Sender;
use balagh_shared::keyring::Keyring;
use balagh_shared::session::Session;
use serde_json::Value;

use super::origin::Origin;
use super::town::{Folder, Look, Town, code, key, letters, now, report};

/// A page in the function's own web origin, which no document names.
const FUNCTION: &str = "https://function.example";
const PATH: &str = "/v1/test-town/reports";

fn relayed(town: &Town, keys: &str, key_letter: char, body: &Value) -> reqwest::RequestBuilder {
    let sessions = Keyring::parse("TEST", &key("BALAGH_SESSION_KEYS").unwrap()).unwrap();
    let nonce = [u8::try_from(key_letter).unwrap(); 16];
    let session = Session::mint(&sessions, "test-town", FUNCTION, &nonce, now().seconds());
    let body = body.to_string();
    let sender = Sender {
        address: "A".repeat(22),
        network: "N".repeat(22),
    };
    let vouched = sign(
        &Keyring::parse("TEST", keys).unwrap(),
        Relayed {
            method: Method::Post,
            path: PATH,
            body: body.as_bytes(),
        },
        &sender,
        now().seconds(),
    );
    town.client
        .post(town.url(PATH))
        .header("origin", FUNCTION)
        .header("content-type", "application/json")
        .header("idempotency-key", letters(key_letter))
        .header("balagh-session", session)
        .header(HEADER, vouched)
        .body(body)
}

#[tokio::test]
async fn a_functions_page_is_its_own_to_judge() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let keys = key("BALAGH_RELAY_KEYS").unwrap();
    let response = relayed(&town, &keys, 'a', &report()).send().await.unwrap();
    assert_eq!(response.status(), 201);
    town.close().await;
}

#[tokio::test]
async fn who_has_no_relay_key_vouches_for_nothing() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let other_keys = key("BALAGH_SEAL_KEYS").unwrap();
    let forged = relayed(&town, &other_keys, 'b', &report())
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 401);
    assert_eq!(code(forged).await, "signature.invalid");
    let keys = key("BALAGH_RELAY_KEYS").unwrap();
    let changed = relayed(&town, &keys, 'c', &report())
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(code(changed).await, "signature.invalid");
    assert_eq!(Look::into(&folder).await.reports().await, 0);
    town.close().await;
}
