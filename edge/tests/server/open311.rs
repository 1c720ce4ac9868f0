//! Open311 at the edge: a form goes the way every report goes, and is answered in its own form.

use balagh_edge::http::Method;
use balagh_edge::relay::{HEADER, Relayed, sign};
use balagh_edge::sender::Sender;
use balagh_shared::delivery::Verdict;
use balagh_shared::keyring::Keyring;
use balagh_shared::number::ReportNumber;
use balagh_shared::report::ReporterType;
use serde_json::Value;

use super::origin::Origin;
use super::town::{Folder, Look, PARTNER_KEY, Town, key, letters, now};

const JSON: &str = "/open311/v2/requests.json";
const XML: &str = "/open311/v2/requests.xml";

/// Dark lamps in the west.
const LAMPS: [(&str, &str); 6] = [
    ("api_key", PARTNER_KEY),
    ("service_code", "lighting.dark"),
    ("lat", "26.4"),
    ("long", "49.95"),
    (
        "description",
        "The lamps beside the school have been out for three nights.",
    ),
    ("media_url", "https://photos.example/lamps.jpg"),
];

/// [`LAMPS`] with fields put in place of its own, or added.
fn lamps(changes: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String { text.bytes().map(|it| format!("%{it:02X}")).collect() };
    let kept = LAMPS
        .iter()
        .filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
    let fields = kept.chain(changes);
    let pairs: Vec<String> = fields
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

fn form(town: &Town, path: &str, body: String) -> reqwest::RequestBuilder {
    town.client
        .post(town.url(path))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept-language", "en")
        .body(body)
}

/// The status, the media type and the body of an answer.
async fn answer(request: reqwest::RequestBuilder) -> (u16, String, String) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let media_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    (status, media_type, response.text().await.unwrap())
}

/// The number of what was created.
fn number_in(body: &str) -> String {
    let list: Value = serde_json::from_str(body).unwrap();
    let number = list[0]["service_request_id"].as_str().unwrap();
    assert!(ReportNumber::parse(number).is_ok(), "{number}");
    number.to_owned()
}

#[tokio::test]
async fn a_partners_form_is_screened_kept_and_delivered_as_any_report() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let more = [
        ("first_name", "Sara"),
        ("phone", "0501234567"),
        ("address_string", "opposite the school"),
        ("device_id", "device-7f3a"),
    ];
    let (status, media_type, body) = answer(form(&town, JSON, lamps(&more))).await;
    assert_eq!(
        (status, media_type.as_str()),
        (201, "application/json; charset=utf-8")
    );
    let number = number_in(&body);
    assert!(
        body.contains("We have the report and expect to resolve it before 20"),
        "{body}"
    );
    assert!(!body.contains("secret"), "{body}");
    let delivery = origin.next_report().await;
    assert_eq!(delivery.number, number);
    assert_eq!(delivery.partner.as_deref(), Some("portal"));
    assert_eq!(
        delivery.media_url.as_deref(),
        Some("https://photos.example/lamps.jpg")
    );
    let report = &delivery.report;
    assert_eq!(
        (report.channel.as_str(), report.reporter_type),
        ("open311", ReporterType::Person)
    );
    let contact = report.contact.as_ref().unwrap();
    assert_eq!(contact.phone.as_deref(), Some("0501234567"));
    assert_eq!(delivery.route.district.as_deref(), Some("west"));
    assert!(
        !serde_json::to_string(&delivery)
            .unwrap()
            .contains("device-7f3a")
    );
    assert_eq!(
        Look::into(&folder)
            .await
            .counters("partner/test-town/portal")
            .await
            .len(),
        1
    );
    town.close().await;
}

#[tokio::test]
async fn the_same_form_again_has_the_same_number_and_another_form_another() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    // Both sides of a midnight would be two days.
    let keyed =
        |body: String, key: char| form(&town, JSON, body).header("idempotency-key", letters(key));
    let (first, _, body) = answer(keyed(lamps(&[]), 'a')).await;
    let (again, _, same) = answer(keyed(lamps(&[]), 'a')).await;
    assert_eq!((first, again), (201, 200));
    assert_eq!(number_in(&body), number_in(&same));
    let (status, _, other) = answer(keyed(lamps(&[("lat", "26.401")]), 'a')).await;
    assert_eq!(status, 400, "{other}");
    assert!(other.contains("key.reused"), "{other}");
    // Without a key the form stands for itself, for the day.
    let plain = async |changes: &[(&str, &str)]| {
        number_in(&answer(form(&town, JSON, lamps(changes))).await.2)
    };
    let days = || now().millis() / 86_400_000;
    let (before, one, two, after) = (days(), plain(&[]).await, plain(&[]).await, days());
    assert!(one == two || before != after);
    assert_ne!(one, plain(&[("address_id", "lamp 7")]).await);
    town.close().await;
}

#[tokio::test]
async fn what_is_held_for_a_person_reads_like_what_is_taken() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let advert =
        "Best online casino bonus, win real money now: http://bit.ly/x7 WhatsApp 0501112233";
    let (status, media_type, body) =
        answer(form(&town, XML, lamps(&[("description", advert)]))).await;
    assert_eq!(
        (status, media_type.as_str()),
        (201, "text/xml; charset=utf-8")
    );
    let delivery = origin.next_report().await;
    assert_eq!(delivery.verdict, Verdict::Quarantine);
    let begins = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<service_requests><request>\
         <service_request_id>{}</service_request_id><service_notice>We have the report",
        delivery.number
    );
    assert!(body.starts_with(&begins), "{body}");
    town.close().await;
}

#[tokio::test]
async fn refusals_are_in_open311s_form_whoever_refuses() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    for (changes, status, says) in [
        (&[("api_key", "")][..], 403, "api_key"),
        (&[("api_key", "guessed")], 403, "api_key"),
        (&[("service_code", "")], 400, "service_code"),
        (&[("service_code", "flying.saucer")], 404, "service_code"),
        (&[("jurisdiction_id", "atlantis")], 404, "jurisdiction_id"),
        (&[("description", "")], 400, "text.missing"),
        (&[("lat", "27.9")], 400, "place.outside"),
        (&[("lat", "north")], 400, "lat"),
        (&[("media_url", "javascript:alert(1)")], 400, "media_url"),
        (&[("attribute[colour]", "red")], 400, "answer.unknown"),
    ] {
        let (seen, media_type, body) = answer(form(&town, JSON, lamps(changes))).await;
        assert_eq!(
            (seen, media_type.as_str()),
            (status, "application/json; charset=utf-8"),
            "{body}"
        );
        let faults: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(faults[0]["code"], status, "{body}");
        assert!(
            faults[0]["description"].as_str().unwrap().contains(says),
            "{changes:?}: {body}"
        );
        let (seen, media_type, body) = answer(form(&town, XML, lamps(changes))).await;
        assert_eq!(
            (seen, media_type.as_str()),
            (status, "text/xml; charset=utf-8")
        );
        let begins = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<errors><error><code>{status}</code><description>"
        );
        assert!(body.starts_with(&begins), "{body}");
    }
    assert_eq!(Look::into(&folder).await.reports().await, 0);
    town.close().await;
}

#[tokio::test]
async fn bodies_that_are_no_form_are_refused_in_open311s_form() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let bomb = "<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><request>&b;</request>";
    let send = |method: reqwest::Method, media_type: &str, body: String| {
        let request = town.client.request(method, town.url(JSON));
        request.header("content-type", media_type).body(body)
    };
    let post = reqwest::Method::POST;
    for (request, says) in [
        (
            send(post.clone(), "text/xml", bomb.into()),
            "application/x-www-form-urlencoded",
        ),
        (
            send(
                post.clone(),
                "multipart/form-data; boundary=b",
                "--b--".into(),
            ),
            "media_url",
        ),
        (
            send(
                post.clone(),
                "application/x-www-form-urlencoded",
                lamps(&[]) + "&description=x",
            ),
            "twice",
        ),
        (
            send(
                post.clone(),
                "application/x-www-form-urlencoded",
                "description=%E9".into(),
            ),
            "UTF-8",
        ),
        (
            send(
                post,
                "application/x-www-form-urlencoded",
                format!("a={}", "x".repeat(70_000)),
            ),
            "request.too_large",
        ),
        (
            send(reqwest::Method::GET, "text/plain", String::new()),
            "request.method",
        ),
    ] {
        let (status, media_type, body) = answer(request).await;
        assert_eq!(
            (status, media_type.as_str()),
            (400, "application/json; charset=utf-8"),
            "{body}"
        );
        assert!(body.contains(says), "{body}");
    }
    assert_eq!(Look::into(&folder).await.reports().await, 0);
    town.close().await;
}

#[tokio::test]
async fn a_ledger_that_is_away_asks_to_come_again_and_keeps_nothing() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    Look::into(&folder).await.break_the_outbox().await;
    let response = form(&town, XML, lamps(&[])).send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    let body = response.text().await.unwrap();
    assert!(body.contains("<errors><error><code>503</code>"), "{body}");
    assert_eq!(Look::into(&folder).await.reports().await, 0);
    town.close().await;
}

#[tokio::test]
async fn what_an_edge_function_passes_on_counts_for_its_sender() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let body = lamps(&[]);
    let keys = Keyring::parse("TEST", &key("BALAGH_RELAY_KEYS").unwrap()).unwrap();
    let sender = Sender {
        address: "A".repeat(22),
        network: "N".repeat(22),
    };
    let relayed = Relayed {
        method: Method::Post,
        path: JSON,
        body: body.as_bytes(),
    };
    let vouched = sign(&keys, relayed, &sender, now().seconds());
    let (status, _, told) = answer(form(&town, JSON, body.clone()).header(HEADER, vouched)).await;
    assert_eq!(status, 201, "{told}");
    let ceiling = format!("ceiling/test-town/{}", sender.address);
    assert_eq!(Look::into(&folder).await.counters(&ceiling).await.len(), 1);
    let forged = form(&town, JSON, body).header(HEADER, "r2.test");
    let (status, _, told) = answer(forged).await;
    assert_eq!(status, 403, "{told}");
    town.close().await;
}
