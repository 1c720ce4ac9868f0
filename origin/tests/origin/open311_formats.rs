//! Open311: XML, languages, discovery and what browsers may read.

use reqwest::Method;
use serde_json::json;

use crate::open311::{encoded, light};
use crate::schema;
use crate::support::*;

/// What a path gives: status, media type, body.
async fn ask(origin: &Running, path: &str) -> (u16, String, String) {
    let response = origin
        .request(Method::GET, path)
        .header("accept-language", "en")
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let media_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        response.headers()["access-control-allow-origin"],
        "*",
        "{path}"
    );
    (status, media_type, response.text().await.unwrap())
}

async fn xml(origin: &Running, path: &str) -> String {
    let (status, media_type, body) = ask(origin, path).await;
    assert_eq!(
        (status, media_type.as_str()),
        (200, "text/xml; charset=utf-8"),
        "{body}"
    );
    let (declaration, rest) = body.split_once('\n').unwrap();
    assert_eq!(declaration, "<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    rest.to_owned()
}

#[tokio::test]
async fn services_and_their_questions_are_there_in_both_formats() {
    let origin = Running::start(NOWHERE).await;
    let services = xml(&origin, "/open311/v2/services.xml").await;
    assert!(
        services.starts_with("<services><service><service_code>cleanliness.street</service_code>")
    );
    assert!(services.contains("<keywords>lamp,dark</keywords><group>Maintenance</group>"));
    assert_eq!(
        xml(&origin, "/open311/v2/services/lighting.out.xml").await,
        "<service_definition><service_code>lighting.out</service_code><attributes><attribute>\
         <variable>true</variable><code>extent</code><datatype>singlevaluelist</datatype>\
         <required>true</required><datatype_description/><order>1</order>\
         <description>How many lamps?</description><values><value><key>one</key><name>One</name>\
         </value><value><key>street</key><name>The whole street</name></value></values>\
         </attribute></attributes></service_definition>"
    );
    let (status, media_type, body) = ask(&origin, "/open311/v2/services/lighting.out.json").await;
    assert_eq!(
        (status, media_type.as_str()),
        (200, "application/json; charset=utf-8")
    );
    let definition = serde_json::from_str(&body).unwrap();
    schema::check("service-definition", &definition);
    assert_eq!(definition["attributes"][0]["values"][1]["key"], "street");
    let none = xml(&origin, "/open311/v2/services/cleanliness.street.xml").await;
    assert!(none.contains("<attributes></attributes>"), "{none}");
}

#[tokio::test]
async fn a_request_is_posted_and_read_in_xml() {
    let origin = Running::start(NOWHERE).await;
    let posted = origin
        .request(Method::POST, "/open311/v2/requests.xml")
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .header("accept-language", "en")
        .body(encoded(&light(&[])))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 201);
    let body = posted.text().await.unwrap();
    let number = body
        .split("service_request_id>")
        .nth(1)
        .unwrap()
        .trim_end_matches("</");
    assert!(
        body.contains("<service_requests><request><service_request_id>TD-"),
        "{body}"
    );
    assert!(body.contains("<service_notice>We have the report and expect to resolve it before 20"));
    let one = xml(&origin, &format!("/open311/v2/requests/{number}.xml")).await;
    let list = xml(&origin, "/open311/v2/requests.xml").await;
    assert_eq!(one, list);
    let notes = "<status>open</status><status_notes>With the department</status_notes>";
    assert!(one.contains(notes), "{one}");
    assert!(
        one.contains("<lat>26.412</lat><long>49.988</long><media_url/></request>"),
        "{one}"
    );
    let empty = xml(
        &origin,
        "/open311/v2/requests.xml?service_code=cleanliness.street",
    )
    .await;
    assert_eq!(empty, "<service_requests></service_requests>");
}

#[tokio::test]
async fn refusals_come_in_the_format_asked_for() {
    let origin = Running::start(NOWHERE).await;
    let unknown = "<errors><error><code>404</code><description>service_code was not found\
        </description></error></errors>";
    let (status, media_type, body) = ask(&origin, "/open311/v2/services/flying.saucer.xml").await;
    assert_eq!(
        (status, media_type.as_str()),
        (404, "text/xml; charset=utf-8")
    );
    assert!(body.ends_with(unknown), "{body}");
    for (path, expected) in [
        ("/open311/v2/services/flying.saucer.json", 404),
        ("/open311/v2/services/lighting.out.yaml", 404),
        ("/open311/v2/services/lighting", 404),
        ("/open311/v2/services", 404),
        ("/open311/v2/requests.yaml", 404),
        ("/open311/v2/nothing.json", 404),
        ("/open311/v3/services.json", 404),
        ("/open311/v2/services.json?jurisdiction_id=atlantis", 404),
        ("/open311/v2/requests/TD-AAAAA-AAAAA-A.json", 404),
        ("/open311/v2/services/%FF.json", 400),
    ] {
        let (status, media_type, body) = ask(&origin, path).await;
        assert_eq!(
            (status, media_type.as_str()),
            (expected, "application/json; charset=utf-8"),
            "{path}"
        );
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body[0]["code"], expected, "{path}");
        assert!(!body[0]["description"].as_str().unwrap().is_empty());
    }
    let refused = origin
        .request(Method::DELETE, "/open311/v2/requests.xml")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 400);
    assert!(
        refused
            .text()
            .await
            .unwrap()
            .contains("<errors><error><code>400</code>")
    );
}

#[tokio::test]
async fn where_there_are_several_municipalities_each_request_names_its_own() {
    let folder = Folder::new();
    for (id, prefix) in [("dammam", "TD"), ("khobar", "KH")] {
        let copy = folder.0.join("municipalities").join(id);
        std::fs::create_dir_all(&copy).unwrap();
        for file in std::fs::read_dir(fixtures().join("dammam")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
        }
        let path = copy.join("municipality.json");
        let document = std::fs::read_to_string(&path).unwrap();
        let document = document
            .replacen("\"dammam\"", &format!("\"{id}\""), 1)
            .replacen("\"TD\"", &format!("\"{prefix}\""), 1);
        std::fs::write(&path, document).unwrap();
    }
    let mut config = config(&folder, NOWHERE);
    config.municipalities = folder.0.join("municipalities");
    let origin = Running::start_as(folder, &config).await;
    let mut report = delivery(1);
    report.received_at = now();
    assert_eq!(origin.deliver(&report).await.status(), 201);
    let one = format!("requests/{}", number(1));
    for what in [
        "services",
        "services/lighting.out",
        "requests",
        one.as_str(),
    ] {
        for (query, expected) in [
            ("", 400),
            ("?jurisdiction_id=", 400),
            ("?jurisdiction_id=atlantis", 404),
            ("?jurisdiction_id=dammam", 200),
        ] {
            let path = format!("/open311/v2/{what}.json{query}");
            assert_eq!(ask(&origin, &path).await.0, expected, "{path}");
        }
    }
    // A number is its own municipality's, and no other's.
    let path = format!("/open311/v2/{one}.json?jurisdiction_id=khobar");
    assert_eq!(ask(&origin, &path).await.0, 404);
    let (_, _, list) = ask(&origin, "/open311/v2/requests.json?jurisdiction_id=khobar").await;
    assert_eq!(list, "[]");
    let posted = origin
        .request(
            Method::POST,
            "/open311/v2/requests.json?jurisdiction_id=khobar",
        )
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(&light(&[])))
        .send()
        .await
        .unwrap();
    assert!(posted.text().await.unwrap().contains("\"KH-"));
}

#[tokio::test]
async fn discovery_says_where_the_endpoint_is_and_whom_to_ask() {
    let origin = Running::start(NOWHERE).await;
    let (_, _, body) = ask(&origin, "/open311/discovery.json").await;
    let found: serde_json::Value = serde_json::from_str(&body).unwrap();
    let endpoint = &found["endpoints"][0];
    let here = format!("http://{}/open311/v2", origin.server.address());
    assert_eq!(endpoint["url"], json!(here));
    assert_eq!(endpoint["formats"], json!(["text/xml", "application/json"]));
    assert_eq!(endpoint["type"], "production");
    assert!(
        found["contact"]
            .as_str()
            .unwrap()
            .contains("jurisdiction_id dammam")
    );
    assert!(found["key_service"].is_string() && found["changeset"].is_string());
    let beside = xml(&origin, "/open311/v2/discovery.xml").await;
    assert!(beside.starts_with("<discovery><changeset>20"), "{beside}");
    assert!(beside.contains("<formats><format>text/xml</format><format>application/json</format></formats></endpoint></endpoints></discovery>"));
    assert_eq!(beside, xml(&origin, "/open311/discovery.xml").await);
}

#[tokio::test]
async fn a_page_of_any_site_may_read_and_is_told_so_beforehand() {
    let origin = Running::start(NOWHERE).await;
    let told = origin
        .request(Method::OPTIONS, "/open311/v2/requests.json")
        .send()
        .await
        .unwrap();
    assert_eq!(told.status(), 204);
    assert_eq!(told.headers()["access-control-allow-origin"], "*");
    assert_eq!(
        told.headers()["access-control-allow-methods"],
        "GET, HEAD, POST"
    );
}
