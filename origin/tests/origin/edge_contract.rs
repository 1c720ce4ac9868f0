//! The door of the edge: signed, idempotent, and nothing stored that is refused.

use balagh_origin::lifecycle::What;
use balagh_shared::contact::Channel;
use balagh_shared::delivery::Confirmation;
use balagh_shared::signature::sign;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::*;

const REPORTS: &str = "/edge/v1/reports";

/// Sends `body` as the edge would, and looks at the refusal's code.
#[track_caller]
fn refused(status: u16, code: &str, answer: (u16, Value)) {
    assert_eq!(
        (answer.0, answer.1["code"].as_str()),
        (status, Some(code)),
        "{}",
        answer.1
    );
}

async fn answer(response: reqwest::Response) -> (u16, Value) {
    (response.status().as_u16(), json(response).await)
}

#[tokio::test]
async fn a_delivery_is_stored_with_its_route_its_life_and_its_sealed_contact() {
    let origin = Running::start(NOWHERE).await;
    let delivery = delivery(1);
    let (status, body) = answer(origin.deliver(&delivery).await).await;
    assert_eq!(
        (status, body["number"].as_str()),
        (201, Some(delivery.number.as_str()))
    );

    let row = sqlx::query("SELECT * FROM reports")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    let text = |column: &str| row.get::<Option<String>, _>(column);
    for (column, expected) in [
        ("number", delivery.number.as_str()),
        ("municipality", "dammam"),
        ("category", "cleanliness.street"),
        ("district", "west-dammam"),
        ("department", "cleanliness"),
        ("state", "assigned"),
        ("verdict", "accept"),
        ("received_at", "2026-11-21T06:41:00Z"),
        ("due", DUE),
        ("language", "ar"),
        ("channel", "widget"),
        ("description", ""),
        ("partner", "portal"),
    ] {
        assert_eq!(text(column).as_deref(), Some(expected), "{column}");
    }
    // The street, and not the door.
    assert_eq!((row.get("lon"), row.get("lat")), (49.988, 26.412));
    assert_eq!(row.get::<i64, _>("revision"), 1);

    for column in ["contact_sealed", "personal"] {
        assert!(text(column).unwrap().starts_with("s1.own."), "{column}");
    }
    let stored = origin.stored(&delivery.number).await;
    let contact = stored.contact(&keys().seals).unwrap().unwrap();
    assert_eq!(contact.phone.as_deref(), Some("+966501234567"));
    assert_eq!(stored.report.description, "نفايات متراكمة أمام المدرسة");
    let at = stored.report.place.unwrap().at.unwrap();
    assert_eq!((at.lon, at.lat), (49.987_654, 26.412_345));
}

#[tokio::test]
async fn nothing_that_is_somebodys_is_in_any_file_in_clear() {
    let origin = Running::start(NOWHERE).await;
    origin.put_photo().await;
    let mut delivery = delivery(1);
    delivery.photos = vec![stored_photo()];
    origin.deliver(&delivery).await;
    let word = json!({ "note": "منذ أسبوع والرائحة لا تطاق" });
    let asked = origin.reporter(&delivery.number, "follow-up", &word).await;
    assert_eq!(asked.status(), 200);
    let folder = origin.stop().await;
    let photo = folder.0.join("photos").join(PNG_SHA256);
    let photo = std::fs::read(photo).unwrap();
    assert!(!photo.windows(8).any(|part| part == &PNG[..8]));
    for entry in std::fs::read_dir(&*folder.0).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let holds = |text: &str| {
                bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes())
            };
            for text in [
                "501234567",
                "سارة",
                "نفايات",
                "المسجد",
                "الرائحة",
                "49.987654",
            ] {
                assert!(!holds(text), "{text} in {}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn the_same_delivery_again_changes_nothing() {
    let origin = Running::start(NOWHERE).await;
    let delivery = delivery(1);
    assert_eq!(origin.deliver(&delivery).await.status(), 201);
    for _ in 0..3 {
        let (status, body) = answer(origin.deliver(&delivery).await).await;
        assert_eq!(
            (status, body["number"].as_str()),
            (200, Some(delivery.number.as_str()))
        );
    }
    assert_eq!(origin.count("reports").await, 1);
    let events: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM events")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(events, 3);
}

#[tokio::test]
async fn deliveries_of_one_report_at_the_same_time_make_one_row() {
    let origin = std::sync::Arc::new(Running::start(NOWHERE).await);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let origin = std::sync::Arc::clone(&origin);
        tries.spawn(async move { origin.deliver(&delivery(1)).await.status().as_u16() });
    }
    let mut statuses = tries.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    assert_eq!(origin.count("reports").await, 1);
}

#[tokio::test]
async fn a_number_that_stands_for_another_report_is_refused_and_the_first_one_stays() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let mut other = delivery(1);
    other.report.description = "شيء آخر".into();
    refused(
        409,
        "number.reused",
        answer(origin.deliver(&other).await).await,
    );
    let stored = origin.stored(&number(1)).await.report;
    assert_eq!(stored.description, delivery(1).report.description);
}

#[tokio::test]
async fn a_request_that_the_edge_did_not_sign_so_is_refused_and_nothing_stored() {
    let origin = Running::start(NOWHERE).await;
    let delivery = delivery(1);
    let body = serde_json::to_vec(&delivery).unwrap();
    let now = now().seconds();
    let signed = |id: &str, at: i64, body: &[u8]| sign(&keys().webhooks, id, at, body).unwrap();

    let mut tampered = signed(&delivery.number, now, &body);
    tampered.signature = tampered.signature.replacen("v1,", "v1,A", 1);
    for (what, headers) in [
        ("a tampered signature", tampered),
        ("another body", signed(&delivery.number, now, b"{}")),
        (
            "an old timestamp",
            signed(&delivery.number, now - 301, &body),
        ),
        (
            "a timestamp ahead",
            signed(&delivery.number, now + 310, &body),
        ),
        ("another message's id", signed(&number(2), now, &body)),
    ] {
        let (status, problem) = answer(
            origin
                .send_with(Method::POST, REPORTS, &headers, &body)
                .await,
        )
        .await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (401, Some("signature.invalid")),
            "{what}"
        );
    }
    let unsigned = origin
        .request(Method::POST, REPORTS)
        .body(body)
        .send()
        .await
        .unwrap();
    refused(401, "signature.invalid", answer(unsigned).await);
    assert_eq!(origin.count("reports").await, 0);
}

#[tokio::test]
async fn what_is_signed_but_no_delivery_of_ours_is_refused_by_name() {
    let origin = Running::start(NOWHERE).await;
    let elsewhere = balagh_shared::delivery::Delivery {
        municipality: "x".into(),
        ..delivery(1)
    };
    refused(
        404,
        "municipality.unknown",
        answer(origin.deliver(&elsewhere).await).await,
    );
    let mut mistyped = delivery(1);
    let last = mistyped.number.pop().unwrap();
    mistyped.number.push(if last == '7' { '8' } else { '7' });
    refused(
        422,
        "number.invalid",
        answer(origin.deliver(&mistyped).await).await,
    );
    let foreign = balagh_shared::number::Prefix::parse("EP").unwrap();
    let number = balagh_shared::number::ReportNumber::mint(&foreign, &[3; 8]);
    let foreign = balagh_shared::delivery::Delivery {
        number: number.as_str().into(),
        ..delivery(1)
    };
    refused(
        422,
        "number.invalid",
        answer(origin.deliver(&foreign).await).await,
    );
    let broken = origin
        .send(Method::POST, REPORTS, "x", b"{\"municipality\":")
        .await;
    refused(400, "request.malformed", answer(broken).await);
    let long = vec![b' '; 300 * 1024];
    let long = origin.send(Method::POST, REPORTS, "x", &long).await;
    refused(413, "request.too_large", answer(long).await);
    assert_eq!(origin.count("reports").await, 0);
}

#[tokio::test]
async fn what_an_edge_acknowledged_is_stored_even_where_the_document_has_changed_since() {
    let origin = Running::start(NOWHERE).await;
    let mut delivery = delivery(1);
    delivery.report.category = "abolished.last_week".into();
    delivery.route.department = "abolished".into();
    assert_eq!(origin.deliver(&delivery).await.status(), 201);
}

#[tokio::test]
async fn a_refusal_speaks_the_language_asked_for() {
    let origin = Running::start(NOWHERE).await;
    let refusal = |language: &'static str| {
        origin
            .request(Method::POST, REPORTS)
            .header("accept-language", language)
            .send()
    };
    let english = refusal("en").await.unwrap();
    assert_eq!(
        english.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(english.headers()["vary"], "Accept-Language");
    let (english, arabic) = (
        json(english).await,
        json(refusal("ar").await.unwrap()).await,
    );
    assert_eq!(english["code"], arabic["code"]);
    assert_ne!(english["title"], arabic["title"]);
    assert!(!arabic["title"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn a_photo_is_kept_under_the_hash_of_its_bytes_and_belongs_to_its_report() {
    let origin = Running::start(NOWHERE).await;
    assert_eq!(origin.put_photo().await.status(), 201);
    assert_eq!(origin.put_photo().await.status(), 200);

    // The same picture in two reports: one file, two rows.
    for seed in [1, 2] {
        let mut delivery = delivery(seed);
        delivery.photos = vec![stored_photo()];
        assert_eq!(origin.deliver(&delivery).await.status(), 201);
    }
    assert_eq!(origin.count("photos").await, 2);
}

#[tokio::test]
async fn what_was_shown_of_who_reports_is_kept_with_the_report() {
    let origin = Running::start(NOWHERE).await;
    let mut delivery = delivery(1);
    let confirmed = Confirmation {
        contact: Some(Channel::Phone),
        identity: None,
    };
    delivery.confirmed = Some(confirmed.clone());
    origin.deliver(&delivery).await;
    let kept: String = sqlx::query_scalar("SELECT confirmed FROM reports")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(
        serde_json::from_str::<Confirmation>(&kept).unwrap(),
        confirmed
    );
}

#[tokio::test]
async fn a_photo_that_comes_after_its_report_is_attached_once() {
    let origin = Running::start(NOWHERE).await;
    let mut delivery = delivery(1);
    delivery.photos = vec![stored_photo()];
    // Named before its bytes are here: the row waits for them, the report does not.
    assert_eq!(origin.deliver(&delivery).await.status(), 201);
    assert_eq!(origin.count("photos").await, 0);

    let attach = async |number: &str| {
        let path = format!("/edge/v1/reports/{number}/photos");
        let body = serde_json::to_vec(&stored_photo()).unwrap();
        let id = format!("{number}/{PNG_SHA256}");
        answer(origin.send(Method::POST, &path, &id, &body).await).await
    };
    refused(409, "photo.missing", attach(&delivery.number).await);
    origin.put_photo().await;
    assert_eq!(attach(&delivery.number).await.0, 200);
    assert_eq!(attach(&delivery.number).await.0, 200);
    assert_eq!(origin.deliver(&delivery).await.status(), 200);
    assert_eq!(origin.count("photos").await, 1);
    let log = origin.stored(&delivery.number).await.log;
    let came = log.events().iter().filter(|it| it.what == What::Photo);
    assert_eq!(came.count(), 1, "its reporter is told once");
    refused(404, "report.unknown", attach(&number(9)).await);
}

#[tokio::test]
async fn a_photo_message_replayed_to_another_report_is_refused() {
    let origin = Running::start(NOWHERE).await;
    origin.put_photo().await;
    for seed in [1, 2] {
        origin.deliver(&delivery(seed)).await;
    }
    let body = serde_json::to_vec(&stored_photo()).unwrap();
    let path = format!("/edge/v1/reports/{}/photos", number(2));
    let id = format!("{}/{PNG_SHA256}", number(1));
    let replayed = origin.send(Method::POST, &path, &id, &body).await;
    refused(401, "signature.invalid", answer(replayed).await);
    assert_eq!(origin.count("photos").await, 0);
}

#[tokio::test]
async fn a_file_that_is_not_the_clean_picture_it_is_called_is_refused() {
    let origin = Running::start(NOWHERE).await;
    let put = async |name: &str, bytes: &[u8]| {
        let path = format!("/edge/v1/photos/{name}");
        answer(origin.send(Method::PUT, &path, name, bytes).await).await
    };
    let hash = |bytes: &[u8]| {
        use sha2::Digest as _;
        balagh_shared::canonical::hex(&sha2::Sha256::digest(bytes))
    };
    refused(422, "photo.hash", put(&"0".repeat(64), PNG).await);
    refused(422, "photo.hash", put(&"Z".repeat(64), PNG).await);
    let outside = "/edge/v1/photos/..%2Forigin.sqlite";
    let outside = origin.send(Method::PUT, outside, PNG_SHA256, PNG).await;
    refused(401, "signature.invalid", answer(outside).await);
    let text = b"<script>alert(1)</script>";
    refused(415, "photo.type", put(&hash(text), text).await);
    let with_trailer = [PNG, b"GPS 26.4, 49.9"].concat();
    refused(
        422,
        "photo.broken",
        put(&hash(&with_trailer), &with_trailer).await,
    );
    let photos = std::fs::read_dir(origin.folder.0.join("photos")).unwrap();
    assert_eq!(photos.count(), 0);
}
