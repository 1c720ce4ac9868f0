//! What wakes an operator at night: clients that hang up, crowds at one moment, files that are gone,
//! a ledger that cannot be written.

use std::collections::BTreeSet;

use balagh_edge::native::start;
use balagh_shared::canonical::hex;
use balagh_shared::municipality::Screening;
use balagh_shared::receipt::Receipt;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::origin::{Origin, Told};
use super::photos::phone_jpeg;
use super::town::{Folder, Look, PORTAL, Town, code, config, key, letters, now, report};

/// What the edge says of an attempt with this key.
pub(crate) async fn submission(town: &Town, key: &str) -> u16 {
    let request = town
        .client
        .get(town.url("/v1/test-town/submission"))
        .header("origin", PORTAL)
        .header("idempotency-key", key);
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_report_that_arrived_whole_is_kept_and_delivered_though_its_sender_hung_up() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let (key, session, body) = (letters('a'), town.session().await, report().to_string());
    let head = format!(
        "POST /v1/test-town/reports HTTP/1.1\r\nhost: edge\r\norigin: {PORTAL}\r\n\
         content-type: application/json\r\nidempotency-key: {key}\r\n\
         balagh-session: {session}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let lock = Look::into(&folder).await.lock().await;
    let mut sender = TcpStream::connect(town.address()).await.unwrap();
    sender.write_all((head + &body).as_bytes()).await.unwrap();
    while submission(&town, &key).await != 409 {}
    drop(sender);
    // By then the server has seen that nobody waits for the answer.
    for _ in 0..20 {
        assert_eq!(submission(&town, &key).await, 409);
    }
    lock.rollback().await.unwrap();
    origin.next_report().await;
    assert_eq!(submission(&town, &key).await, 200);
    town.close().await;
}

#[tokio::test]
async fn a_photo_that_cannot_be_read_does_not_keep_its_report_back_and_follows_when_it_can() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let (photo, session) = (phone_jpeg(), town.session().await);
    let sent = hex(&Sha256::digest(&photo));
    let put = town.put_photo(&sent, &session, &photo).send().await;
    assert_eq!(put.unwrap().status(), 201);
    let photos = folder.join("photos");
    let file = std::fs::read_dir(&photos).unwrap().next().unwrap().unwrap();
    let bytes = std::fs::read(file.path()).unwrap();
    std::fs::remove_file(file.path()).unwrap();

    let mut with_photo = report();
    with_photo["photos"] = json!([sent]);
    let receipt = town.accepted(&letters('b'), &with_photo).await;
    let delivery = origin.next_report().await;
    assert_eq!(delivery.number, receipt.number);
    assert_eq!(delivery.photos, []);

    std::fs::write(file.path(), bytes).unwrap();
    loop {
        if let Told::LatePhoto(number, photo) = origin.next().await {
            assert_eq!((number, photo.sent_sha256), (receipt.number, sent));
            break;
        }
    }
    town.close().await;
}

#[tokio::test]
async fn a_photo_that_the_origin_refuses_does_not_keep_its_report_back() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let (photo, session) = (phone_jpeg(), town.session().await);
    let sent = hex(&Sha256::digest(&photo));
    let put = town.put_photo(&sent, &session, &photo).send().await;
    assert_eq!(put.unwrap().status(), 201);
    origin.refuses_photos();
    let mut with_photo = report();
    with_photo["photos"] = json!([sent]);
    let receipt = town.accepted(&letters('b'), &with_photo).await;
    assert_eq!(origin.next_report().await.number, receipt.number);
    town.close().await;
}

#[tokio::test]
async fn everyone_of_a_crowd_at_one_moment_is_counted() {
    const CROWD: i64 = 12;
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let began = now().millis();
    let mut crowd = JoinSet::new();
    for place in 0..CROWD {
        // Each from a phone of its own: how often one may come is another limit.
        let mut report = report();
        report["contact"]["phone"] = json!(format!("05012345{place:02}"));
        let session = town.session().await;
        crowd.spawn(town.post(&format!("{place:024}"), &session, &report).send());
    }
    while let Some(sent) = crowd.join_next().await {
        assert_eq!(sent.unwrap().unwrap().status(), 201);
    }
    let look = Look::into(&folder).await;
    let counted = look.counters("ceiling/").await;
    let [tat] = *counted else {
        panic!("{counted:?}")
    };
    let one = 1000 * i64::from(Screening::default().ceiling.every_seconds);
    assert!(tat - began >= CROWD * one, "{} of {one}", tat - began);
    town.close().await;
}

#[tokio::test]
async fn a_crowd_that_waits_for_the_disk_goes_there_together_and_each_for_itself() {
    // All of it while the ledger is locked, which a write waits for five seconds, also on a slow machine.
    const CROWD: usize = 32;
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    // It would have syncs of its own.
    origin.goes_away();
    let town = Town::open(&folder, &origin.url()).await;
    let mut sessions = Vec::new();
    for _ in 0..=CROWD {
        sessions.push(town.session().await);
    }
    let lock = Look::into(&folder).await.lock().await;
    let mut crowd = JoinSet::new();
    let mut keys = Vec::new();
    for place in 0..CROWD {
        let mut report = report();
        report["contact"]["phone"] = json!(format!("05012345{place:02}"));
        let key = format!("{place:024}");
        let session = sessions.pop().unwrap();
        let from_elsewhere = town
            .post(&key, &session, &report)
            .header("x-forwarded-for", format!("198.51.100.{place}"));
        crowd.spawn(from_elsewhere.send());
        keys.push(key);
    }
    // Two of them with one session: one is refused, and takes nobody with it.
    let session = sessions.pop().unwrap();
    for letter in ['x', 'y'] {
        crowd.spawn(town.post(&letters(letter), &session, &report()).send());
        keys.push(letters(letter));
    }
    for key in &keys {
        while submission(&town, key).await != 409 {}
    }
    lock.rollback().await.unwrap();
    let mut statuses = Vec::new();
    while let Some(sent) = crowd.join_next().await {
        statuses.push(sent.unwrap().unwrap().status().as_u16());
    }
    statuses.sort_unstable();
    let mut expected = vec![201; CROWD + 1];
    expected.push(401);
    assert_eq!(statuses, expected);
    let groups = town.metric("balagh_edge_ledger_commits_total").await;
    let groups = groups.unwrap();
    assert!(groups <= CROWD as f64 / 4.0, "{groups} syncs for {CROWD}");
    town.close().await;
}

#[tokio::test]
async fn fifty_attempts_with_one_key_at_one_moment_are_one_report_with_one_number() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let session = town.session().await;
    let mut attempts = JoinSet::new();
    for _ in 0..50 {
        attempts.spawn(town.post(&letters('c'), &session, &report()).send());
    }
    let mut numbers = BTreeSet::new();
    while let Some(attempt) = attempts.join_next().await {
        let response = attempt.unwrap().unwrap();
        match response.status().as_u16() {
            200 | 201 => {
                let body = response.bytes().await.unwrap();
                let receipt: Receipt = serde_json::from_slice(&body).unwrap();
                numbers.insert(receipt.number);
            }
            _ => assert_eq!(code(response).await, "key.in_flight"),
        }
    }
    assert_eq!(numbers.len(), 1);
    assert_eq!(Look::into(&folder).await.reports().await, 1);
    let delivered = origin.next_report().await.number;
    town.close().await;
    assert!(numbers.contains(&delivered));
    assert_eq!(origin.rest(), []);
}

#[tokio::test]
async fn two_edges_on_one_ledger_still_make_one_report_of_one_key() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let one = Town::open(&folder, &origin.url()).await;
    let other = Town::open(&folder, &origin.url()).await;
    for letter in 'a'..='h' {
        let (key, report) = (letters(letter), report());
        let sessions = [one.session().await, other.session().await];
        let [first, second] = &sessions;
        let (here, there) = tokio::join!(
            one.post(&key, first, &report).send(),
            other.post(&key, second, &report).send()
        );
        let mut statuses = [here, there].map(|it| it.unwrap().status().as_u16());
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 201]);
    }
    assert_eq!(Look::into(&folder).await.reports().await, 8);
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn one_session_for_two_reports_at_one_moment_serves_one_of_them() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let (session, report) = (town.session().await, report());
    let [first, second] = ['d', 'e'].map(letters);
    let (first, second) = tokio::join!(
        town.post(&first, &session, &report).send(),
        town.post(&second, &session, &report).send()
    );
    let mut statuses = [first, second].map(|it| it.unwrap().status().as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401]);
    assert_eq!(Look::into(&folder).await.reports().await, 1);
    town.close().await;
}

#[tokio::test]
async fn an_edge_whose_ledger_cannot_be_written_is_not_ready() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let asked = || town.client.get(town.url("/readyz")).send();
    Look::into(&folder).await.break_the_counters().await;
    let answer = asked().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(code(answer).await, "storage.unavailable");
    let alive = town.client.get(town.url("/healthz")).send().await.unwrap();
    assert_eq!(alive.status(), 200);
    town.close().await;
}

#[tokio::test]
async fn an_edge_that_cannot_store_photos_is_not_ready() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let photos = folder.join("photos");
    std::fs::remove_dir_all(&photos).unwrap();
    std::fs::write(&photos, "in the way").unwrap();
    let answer = town.client.get(town.url("/readyz")).send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(code(answer).await, "storage.unavailable");
    town.close().await;
}

#[tokio::test]
async fn an_edge_that_is_about_to_stop_says_so_and_takes_reports_until_it_does() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let mut config = config(&folder, &origin.url());
    config.linger_seconds = 3_600;
    let town = Town::of(start(config, &key).await.unwrap());
    let (client, ready) = (reqwest::Client::new(), town.url("/readyz"));
    assert_eq!(client.get(&ready).send().await.unwrap().status(), 200);
    let session = town.session().await;
    let late = town.post(&letters('l'), &session, &report());
    let (again, asked_again) = oneshot::channel::<()>();
    let stopping = tokio::spawn(town.close_by(async { drop(asked_again.await) }));
    while client.get(&ready).send().await.unwrap().status() == 200 {}
    assert_eq!(late.send().await.unwrap().status(), 201);
    origin.next_report().await;
    again.send(()).unwrap();
    stopping.await.unwrap();
    assert!(client.get(&ready).send().await.is_err());
}

#[tokio::test]
async fn after_every_key_was_rotated_yesterdays_report_is_repeated_tracked_and_delivered() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    origin.goes_away();
    let town = Town::open(&folder, &origin.url()).await;
    let session = town.session().await;
    let receipt = town.accepted(&letters('f'), &report()).await;
    town.close().await;

    let rotated = |variable: &str| Some(format!("new:{},{}", "c".repeat(42) + "A", key(variable)?));
    origin.returns();
    let town = Town::open_with(&folder, &origin.url(), &rotated).await;
    let delivery = origin.next_report().await;
    assert_eq!(delivery.number, receipt.number);
    assert_eq!(
        serde_json::to_value(&delivery.report.contact).unwrap(),
        report()["contact"]
    );
    // A session of yesterday is still good.
    let again = town.post(&letters('f'), &session, &report()).send().await;
    let again = again.unwrap();
    assert_eq!(again.status(), 200);
    let again: Receipt = serde_json::from_slice(&again.bytes().await.unwrap()).unwrap();
    assert_eq!(again, receipt);
    let fresh = town.post(&letters('g'), &session, &report()).send().await;
    assert_eq!(fresh.unwrap().status(), 201);
    let tracked = town
        .client
        .get(town.url(&format!("/v1/test-town/reports/{}", receipt.number)))
        .header("authorization", format!("Balagh {}", receipt.secret));
    assert_eq!(tracked.send().await.unwrap().status(), 200);
    town.close().await;
}

#[tokio::test]
async fn an_edge_that_is_stopped_answers_what_it_had_begun() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let (key, session) = (letters('h'), town.session().await);
    let lock = Look::into(&folder).await.lock().await;
    let begun = tokio::spawn(town.post(&key, &session, &report()).send());
    while submission(&town, &key).await != 409 {}
    let stopping = tokio::spawn(town.close());
    lock.rollback().await.unwrap();
    assert_eq!(begun.await.unwrap().unwrap().status(), 201);
    stopping.await.unwrap();
}
