//! Open311: what nobody who means it sends.

use reqwest::Method;
use serde_json::{Value, json};

use crate::open311::{encoded, light};
use crate::support::*;

/// Posts a body as it is; gives the status and the first fault's description.
async fn post(
    origin: &Running,
    media_type: Option<&str>,
    body: impl Into<reqwest::Body>,
) -> (u16, String) {
    let mut request = origin
        .request(Method::POST, "/open311/v2/requests.json")
        .body(body);
    if let Some(media_type) = media_type {
        request = request.header("content-type", media_type);
    }
    let response = request
        .header("accept-language", "en")
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let body = json(response).await;
    let description = body[0]["description"].as_str().unwrap_or_default();
    (status, description.to_owned())
}

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

#[tokio::test]
async fn xml_and_multipart_are_refused_unread() {
    let origin = Running::start(NOWHERE).await;
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"&b;&b;\"><!ENTITY b SYSTEM \
        \"file:///etc/passwd\">]><request><description>&a;</description></request>";
    for media_type in [
        "text/xml",
        "application/xml",
        "multipart/form-data; boundary=b",
        "application/json",
        "",
    ] {
        let (status, told) = post(&origin, Some(media_type), bomb).await;
        assert_eq!(status, 400, "{media_type}");
        assert!(told.contains("application/x-www-form-urlencoded"), "{told}");
    }
    // As a form it is a field with a strange name.
    let (status, told) = post(&origin, FORM, bomb).await;
    assert_eq!((status, told.contains("root:")), (403, false));
    assert_eq!(origin.count("reports").await, 0);
}

#[tokio::test]
async fn markup_and_statements_stay_text_in_every_field() {
    let origin = Running::start(NOWHERE).await;
    for nasty in [
        "'; DROP TABLE reports; --",
        "\" OR 1=1 --",
        "<script>alert(1)</script>",
        "]]><x/>",
        "=cmd|'/c calc'!A1",
    ] {
        for field in [
            "jurisdiction_id",
            "service_code",
            "api_key",
            "lat",
            "long",
            "description",
            "address_string",
            "address_id",
            "email",
            "phone",
            "first_name",
            "last_name",
            "device_id",
            "account_id",
            "media_url",
            "attribute[extent]",
            "attribute['; --]",
        ] {
            let (status, told) = post(&origin, FORM, encoded(&light(&[(field, nasty)]))).await;
            assert!(
                matches!(status, 201 | 400 | 403 | 404),
                "{field}={nasty}: {status}"
            );
            assert!(!told.contains("<script"), "{told}");
        }
        for field in [
            "service_request_id",
            "service_code",
            "start_date",
            "end_date",
            "status",
            "page",
            "page_size",
            "extensions",
            "jurisdiction_id",
        ] {
            let query = encoded(&[(field, nasty)]);
            for format in ["json", "xml"] {
                let response = origin
                    .get(&format!("/open311/v2/requests.{format}?{query}"))
                    .await;
                assert!(
                    matches!(response.status().as_u16(), 200 | 400 | 404),
                    "{field}={nasty}"
                );
                assert!(!response.text().await.unwrap().contains("<script"));
            }
        }
    }
    assert!(origin.count("reports").await > 0, "what is text is taken");
}

#[tokio::test]
async fn a_form_that_is_not_utf_8_or_too_long_is_refused() {
    let origin = Running::start(NOWHERE).await;
    let form = |more: &str| format!("{}&{more}", encoded(&light(&[("description", "")])));
    let (status, told) = post(&origin, FORM, form("description=caf%E9+out")).await;
    assert_eq!(status, 400);
    assert!(told.contains("UTF-8"), "{told}");
    let mut bytes = form("description=").into_bytes();
    bytes.extend([0xFF, 0xFE]);
    assert_eq!(post(&origin, FORM, bytes).await.0, 400);
    let (status, told) = post(
        &origin,
        FORM,
        form(&format!("description={}", "x".repeat(70_000))),
    )
    .await;
    assert_eq!(status, 400);
    assert!(told.contains("too large"), "{told}");
    assert_eq!(post(&origin, FORM, "a=1&".repeat(101)).await.0, 400);
    // Without a type it is taken for what the specification says it is.
    assert_eq!(post(&origin, None, encoded(&light(&[]))).await.0, 201);
}

#[tokio::test]
async fn what_is_there_twice_is_refused_where_one_is_meant() {
    let origin = Running::start(NOWHERE).await;
    for field in ["api_key", "service_code", "lat", "description", "phone"] {
        let form = format!("{}&{field}=1", encoded(&light(&[("phone", "0501234567")])));
        let (status, told) = post(&origin, FORM, form).await;
        assert_eq!(status, 400);
        assert!(told.contains(field) && told.contains("twice"), "{told}");
    }
    let form = format!("{}&api_key=", encoded(&light(&[])));
    assert_eq!(
        post(&origin, FORM, form).await.0,
        201,
        "an empty one is none"
    );
    let asked = origin.get("/open311/v2/requests.json?page=1&page=2").await;
    assert_eq!(asked.status(), 400);
}

#[tokio::test]
async fn filters_that_mean_nothing_are_named() {
    let origin = Running::start(NOWHERE).await;
    let many = format!("service_request_id={}", "TD-00000-00000-0,".repeat(1_001));
    for (query, names) in [
        ("start_date=yesterday", "start_date"),
        ("start_date=2026-11-21", "start_date"),
        ("end_date=2026-02-30T00:00:00Z", "end_date"),
        ("start_date=2026-11-21T00:00:00", "start_date"),
        (
            "start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z",
            "before",
        ),
        (
            "start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z",
            "90 days",
        ),
        ("status=half", "status"),
        ("page_size=1001", "page_size"),
        ("page_size=0", "page_size"),
        ("page_size=-1", "page_size"),
        ("page=0", "page"),
        ("page=4294967295", "page"),
        ("page=99999999999999999999", "page"),
        ("page=one", "page"),
        ("start_date=%FF", "UTF-8"),
        (many.as_str(), "service_request_id"),
    ] {
        let response = origin
            .get(&format!("/open311/v2/requests.json?{query}"))
            .await;
        let status = response.status();
        let body: Value = json(response).await;
        assert_eq!(
            (status.as_u16(), &body[0]["code"]),
            (400, &json!(400)),
            "{query}"
        );
        let told = body[0]["description"].as_str().unwrap();
        assert!(told.contains(names), "{query}: {told}");
    }
}

#[tokio::test]
async fn each_rule_that_is_broken_is_a_fault_of_its_own() {
    let origin = Running::start(NOWHERE).await;
    let form = encoded(&light(&[("description", ""), ("phone", "12")]));
    let response = origin
        .request(Method::POST, "/open311/v2/requests.json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let body = json(response).await;
    let codes: Vec<&str> = body
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            fault["description"]
                .as_str()
                .unwrap()
                .split(':')
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(codes, ["text.missing", "contact.phone"]);
}

#[tokio::test]
async fn what_is_followed_around_by_is_kept_nowhere() {
    let origin = Running::start(NOWHERE).await;
    let form = light(&[("device_id", "device-7f3a"), ("account_id", "account-9")]);
    assert_eq!(post(&origin, FORM, encoded(&form)).await.0, 201);
    let row: String = sqlx::query_scalar(
        "SELECT report_json || description || COALESCE(landmark, '') || COALESCE(media_url, '') FROM reports",
    )
    .fetch_one(&origin.look().await)
    .await
    .unwrap();
    assert!(!row.contains("device-7f3a") && !row.contains("account-9"));
}
