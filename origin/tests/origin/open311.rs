//! Open311: what partners post and what the public may read.

use balagh_shared::delivery::Verdict;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row;

use crate::schema;
use crate::support::*;

const KEY: &str = "fixture-partner-key";

/// Percent-encoding every byte is allowed, and needs no encoder here.
pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    };
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    body.join("&")
}

pub(crate) async fn post(origin: &Running, form: &[(&str, &str)]) -> (u16, Value) {
    let response = origin
        .request(Method::POST, "/open311/v2/requests.json")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept-language", "en")
        .body(encoded(form))
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), json(response).await)
}

/// A street light that is out in West Dammam.
pub(crate) const LIGHT: [(&str, &str); 6] = [
    ("api_key", KEY),
    ("service_code", "lighting.out"),
    ("lat", "26.412345"),
    ("long", "49.987654"),
    ("description", "ثلاثة أعمدة مطفأة في الشارع"),
    ("attribute[extent]", "street"),
];

/// [`LIGHT`] with fields put in place of its own, or added.
pub(crate) fn light<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = LIGHT
        .iter()
        .filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    kept.chain(changes)
        .copied()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// Posts [`LIGHT`] with changes that make it one to refuse.
async fn check_refused(changes: &[(&str, &str)], code: u64, names: &str) {
    let origin = Running::start(NOWHERE).await;
    let (status, body) = post(&origin, &light(changes)).await;
    let fault = &body[0];
    assert_eq!(
        (u64::from(status), fault["code"].as_u64()),
        (code, Some(code)),
        "{body}"
    );
    assert!(
        fault["description"].as_str().unwrap().contains(names),
        "{body}"
    );
    assert_eq!(origin.count("reports").await, 0);
}

#[tokio::test]
async fn the_services_are_the_categories_in_the_language_asked_for() {
    let origin = Running::start(NOWHERE).await;
    let arabic = json(origin.get("/open311/v2/services.json").await).await;
    schema::check("services", &arabic);
    for service in arabic.as_array().unwrap() {
        schema::check("service", service);
    }
    let light = |services: &Value| {
        let all = services.as_array().unwrap().clone();
        all.into_iter()
            .find(|service| service["service_code"] == "lighting.out")
            .unwrap()
    };
    assert_eq!(arabic.as_array().unwrap().len(), 8);
    assert_eq!(light(&arabic)["service_name"], "إنارة معطلة");
    let english = origin.request(
        Method::GET,
        "/open311/v2/services.json?jurisdiction_id=dammam",
    );
    let english = english
        .header("accept-language", "en")
        .send()
        .await
        .unwrap();
    assert_eq!(english.headers()["access-control-allow-origin"], "*");
    assert_eq!(
        light(&json(english).await),
        json!({
            "service_code": "lighting.out", "service_name": "Street light out",
            "description": null, "metadata": true, "type": "realtime", "keywords": "lamp,dark",
            "group": "Maintenance"
        })
    );
    let unknown = origin
        .get("/open311/v2/services.json?jurisdiction_id=atlantis")
        .await;
    assert_eq!(unknown.status(), 404);
    assert_eq!(json(unknown).await[0]["code"], 404);
}

#[tokio::test]
async fn a_request_that_reads_like_another_service_is_taken_and_marked() {
    for (description, reasons) in [
        ("ثلاثة أعمدة مطفأة في الشارع", "[]"),
        (
            "زبالة وأكياس قمامة متناثرة في كل الشارع ولا أحد يكنس",
            "[\"category.doubtful\"]",
        ),
    ] {
        let origin = Running::start(NOWHERE).await;
        let (status, body) = post(&origin, &light(&[("description", description)])).await;
        assert_eq!(status, 201, "{body}");
        let row = sqlx::query("SELECT reasons FROM reports")
            .fetch_one(&origin.look().await)
            .await
            .unwrap();
        assert_eq!(row.get::<String, _>("reasons"), reasons, "{description}");
    }
}

#[tokio::test]
async fn a_posted_request_is_routed_numbered_and_shown_without_its_words() {
    let origin = Running::start(NOWHERE).await;
    let contact = [
        ("phone", "0501234567"),
        ("first_name", "سارة"),
        ("address_string", "حي الفيصلية"),
    ];
    let (status, body) = post(&origin, &light(&contact)).await;
    assert_eq!(status, 201, "{body}");
    let number = body[0]["service_request_id"].as_str().unwrap();
    assert!(balagh_shared::number::ReportNumber::parse(number).is_ok());
    assert!(body[0]["service_notice"].is_string() && body[0]["account_id"].is_null());

    let row = sqlx::query("SELECT * FROM reports")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    for (column, expected) in [
        ("number", number),
        ("district", "west-dammam"),
        ("department", "lighting"),
        ("state", "assigned"),
        ("channel", "open311"),
        ("partner", "portal"),
    ] {
        assert_eq!(row.get::<String, _>(column), expected, "{column}");
    }
    assert!(
        row.get::<String, _>("contact_sealed")
            .starts_with("s1.own.")
    );
    let place = origin.stored(number).await.report.place.unwrap();
    assert_eq!(place.landmark.as_deref(), Some("حي الفيصلية"));

    let note = json!({"note": "اتصلنا بك على رقمك"});
    assert_eq!(origin.step(number, 1, "note", note).await.status(), 200);
    let shown = json(
        origin
            .get(&format!("/open311/v2/requests/{number}.json"))
            .await,
    )
    .await;
    schema::check("requests", &shown);
    assert_eq!(
        shown[0]["status_notes"], "لدى الإدارة المختصة",
        "what is noted is written to the reporter, and where it stands is for all"
    );
    schema::check("request", &shown[0]);
    assert_eq!(shown[0]["status"], "open");
    assert_eq!(shown[0]["service_code"], "lighting.out");
    assert_eq!(shown[0]["agency_responsible"], "إدارة الإنارة");
    assert_eq!(
        (&shown[0]["lat"], &shown[0]["long"]),
        (&json!(26.412), &json!(49.988))
    );
    assert_eq!(
        (&shown[0]["description"], &shown[0]["address"]),
        (&Value::Null, &Value::Null)
    );
    assert!(!shown.to_string().contains("501234567") && !shown.to_string().contains("أعمدة"));
}

#[tokio::test]
async fn without_a_partners_key_nothing_is_taken() {
    check_refused(&[("api_key", "")], 403, "api_key").await;
    check_refused(&[("api_key", "guessed")], 403, "api_key").await;
}

#[tokio::test]
async fn what_breaks_the_rules_is_refused_by_their_names() {
    check_refused(&[("service_code", "")], 400, "service_code").await;
    check_refused(&[("service_code", "flying.saucer")], 404, "service_code").await;
    check_refused(&[("jurisdiction_id", "atlantis")], 404, "jurisdiction_id").await;
    check_refused(&[("description", "")], 400, "text.missing").await;
    check_refused(&[("attribute[extent]", "")], 400, "answer.missing").await;
    check_refused(&[("attribute[extent]", "galaxy")], 400, "answer.unknown").await;
    check_refused(&[("lat", ""), ("long", "")], 400, "place.missing").await;
    check_refused(&[("lat", "26.1")], 400, "place.outside").await;
    check_refused(&[("lat", "north")], 400, "lat").await;
    check_refused(&[("phone", "12")], 400, "contact.phone").await;
}

#[tokio::test]
async fn nobody_guesses_where_the_place_is_near_a_border_or_in_words_only() {
    for place in [
        &[("lat", "26.4"), ("long", "50.05001")][..],
        &[
            ("lat", ""),
            ("long", ""),
            ("address_string", "خلف السوق القديم"),
        ][..],
    ] {
        let origin = Running::start(NOWHERE).await;
        assert_eq!(post(&origin, &light(place)).await.0, 201);
        let row = sqlx::query("SELECT district, candidates, department FROM reports")
            .fetch_one(&origin.look().await)
            .await
            .unwrap();
        assert_eq!(row.get::<Option<String>, _>("district"), None);
        assert!(row.get::<String, _>("candidates").contains("east-dammam"));
        assert_eq!(row.get::<String, _>("department"), "triage");
    }
}

#[tokio::test]
async fn another_agencys_subject_is_transferred_to_it() {
    let origin = Running::start(NOWHERE).await;
    let cable = light(&[
        ("service_code", "electricity.cable"),
        ("attribute[extent]", ""),
    ]);
    let (_, body) = post(&origin, &cable).await;
    let number = body[0]["service_request_id"].as_str().unwrap();
    let shown = json(
        origin
            .get(&format!("/open311/v2/requests/{number}.json"))
            .await,
    )
    .await;
    assert_eq!(shown[0]["agency_responsible"], "شركة الكهرباء");
}

#[tokio::test]
async fn what_is_kept_from_the_public_looks_like_what_is_not_there() {
    let origin = Running::start(NOWHERE).await;
    let mut never = delivery(1);
    never.report.category = "health.food".into();
    let mut quarantined = delivery(2);
    quarantined.verdict = Verdict::Quarantine;
    let mut trial = delivery(3);
    trial.report.test = true;
    for delivery in [&never, &quarantined, &trial] {
        assert_eq!(origin.deliver(delivery).await.status(), 201);
    }
    let ask = async |file: &str| {
        let response = origin.get(&format!("/open311/v2/requests/{file}")).await;
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let not_there = ask(&format!("{}.json", number(9))).await;
    assert_eq!(not_there.0, 404);
    for hidden in [number(1), number(2), number(3), "nonsense".into()] {
        assert_eq!(ask(&format!("{hidden}.json")).await, not_there);
    }
}

#[tokio::test]
async fn media_is_stored_and_the_edge_is_not_told_of_what_it_did_not_send() {
    let origin = Running::start(NOWHERE).await;
    let media = "https://photos.example/1.jpg";
    post(&origin, &light(&[("media_url", media)])).await;
    let number: String = sqlx::query_scalar("SELECT number FROM reports")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(
        origin.stored(&number).await.media_url.as_deref(),
        Some(media)
    );
    assert_eq!(origin.count("status_queue").await, 0);
}
