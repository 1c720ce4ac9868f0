//! Each bad input has its pinned status and code, and leaves nothing behind.

use serde_json::{Value, json};

use super::origin::Origin;
use super::town::{Folder, Look, PORTAL, Town, code, letters, report};

struct Refused {
    folder: Folder,
    town: Town,
    origin: Origin,
}

impl Refused {
    async fn start() -> Refused {
        let (folder, origin) = (Folder::new("edge"), Origin::start().await);
        let town = Town::open(&folder, &origin.url()).await;
        Refused {
            folder,
            town,
            origin,
        }
    }

    async fn check(&self, request: reqwest::RequestBuilder, status: u16, expected: &str) {
        let response = request.send().await.unwrap();
        let status_given = response.status().as_u16();
        assert_eq!(
            (status_given, code(response).await.as_str()),
            (status, expected)
        );
    }

    /// Sends a report that differs from a good one in a field.
    async fn check_report(&self, change: impl FnOnce(&mut Value), status: u16, expected: &str) {
        let mut changed = report();
        change(&mut changed);
        let request = self
            .town
            .post(&letters('a'), &self.town.session().await, &changed);
        self.check(request, status, expected).await;
    }

    async fn end(mut self) {
        let look = Look::into(&self.folder).await;
        assert_eq!((look.reports().await, look.photos().await), (0, 0));
        assert_eq!(self.origin.rest(), []);
        self.town.close().await;
    }
}

#[tokio::test]
async fn what_is_not_a_report_is_refused() {
    let it = Refused::start().await;
    let session = it.town.session().await;
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"category\":1}",
        "<html>portal</html>",
    ] {
        let request = it.town.post(&letters('a'), &session, &json!(0)).body(body);
        it.check(request, 400, "request.malformed").await;
    }
    it.check_report(
        |it| it["categry"] = json!("lighting.dark"),
        400,
        "request.malformed",
    )
    .await;
    it.end().await;
}

#[tokio::test]
async fn a_missing_or_malformed_key_is_refused() {
    let it = Refused::start().await;
    let session = it.town.session().await;
    for key in ["short", &"x".repeat(65), &"é".repeat(12)] {
        it.check(it.town.post(key, &session, &report()), 400, "key.missing")
            .await;
    }
    let without = it.town.client.post(it.town.url("/v1/test-town/reports"));
    let without = without
        .header("origin", PORTAL)
        .header("content-type", "application/json");
    it.check(without.body(report().to_string()), 400, "key.missing")
        .await;
    it.end().await;
}

#[tokio::test]
async fn rules_refuse_with_what_to_mend() {
    let it = Refused::start().await;
    it.check_report(
        |it| it["category"] = json!("no.such"),
        422,
        "category.unknown",
    )
    .await;
    it.check_report(
        |it| it["place"]["at"] = json!({"lon": 46.7, "lat": 24.7}),
        422,
        "place.outside",
    )
    .await;
    it.check_report(|it| it["place"] = json!(null), 422, "place.missing")
        .await;
    it.check_report(|it| it["description"] = json!("  "), 422, "text.missing")
        .await;
    it.check_report(
        |it| it["contact"]["phone"] = json!("05 512"),
        422,
        "contact.phone",
    )
    .await;
    it.check_report(
        |it| it["declared"] = json!(false),
        422,
        "declaration.missing",
    )
    .await;
    it.check_report(
        |it| {
            it["place"] =
                json!({"at": {"lon": 50.0, "lat": 26.45, "accuracy_m": 30}, "source": "device"});
        },
        422,
        "place.ambiguous",
    )
    .await;
    it.end().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_announced_or_not() {
    let it = Refused::start().await;
    let session = it.town.session().await;
    let long = "x".repeat(64 * 1024 + 1);
    let announced = it.town.post(&letters('a'), &session, &json!(0)).body(long);
    it.check(announced, 413, "request.too_large").await;
    let chunked = raw(&it.town, &session, 70 * 1024).await;
    assert!(chunked.starts_with("HTTP/1.1 413 "), "{chunked}");
    let photo = vec![0; 1024 * 1024 + 1];
    let request = it.town.put_photo(&"0".repeat(64), &session, &photo);
    it.check(request, 413, "photo.too_large").await;
    it.end().await;
}

/// A report in chunks, without a length, as far as the answer's head.
async fn raw(town: &Town, session: &str, bytes: usize) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(town.address())
        .await
        .unwrap();
    let head = format!(
        "POST /v1/test-town/reports HTTP/1.1\r\nhost: town\r\nconnection: close\r\n\
         origin: {PORTAL}\r\ncontent-type: application/json\r\nidempotency-key: {}\r\n\
         balagh-session: {session}\r\ntransfer-encoding: chunked\r\n\r\n{bytes:x}\r\n{}\r\n0\r\n\r\n",
        letters('a'),
        "x".repeat(bytes),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_foreign_page_is_refused_everywhere_it_could_act() {
    let it = Refused::start().await;
    let session = it.town.session().await;
    for origin in [
        "https://evil.example",
        "null",
        "http://portal.example.evil.example",
    ] {
        let post = it.town.client.post(it.town.url("/v1/test-town/session"));
        it.check(post.header("origin", origin), 403, "origin.foreign")
            .await;
        let get = it.town.client.get(it.town.url("/v1/test-town/submission"));
        it.check(get.header("origin", origin), 403, "origin.foreign")
            .await;
    }
    let report = it
        .town
        .client
        .post(it.town.url("/v1/test-town/reports"))
        .header("origin", "https://evil.example")
        .header("content-type", "application/json")
        .header("idempotency-key", letters('a'))
        .header("balagh-session", &session)
        .body(report().to_string());
    it.check(report, 403, "origin.foreign").await;
    it.end().await;
}

#[tokio::test]
async fn sessions_that_are_not_ours_are_refused() {
    let it = Refused::start().await;
    it.check(
        it.town.post(&letters('a'), "", &report()),
        401,
        "session.missing",
    )
    .await;
    it.check(
        it.town.post(&letters('a'), "b1.x.y.z", &report()),
        401,
        "session.expired",
    )
    .await;
    let session = it.town.session().await;
    let own_page = it
        .town
        .client
        .post(it.town.url("/v1/test-town/reports"))
        .header("origin", "https://reports.town.example")
        .header("content-type", "application/json")
        .header("idempotency-key", letters('a'))
        .header("balagh-session", &session)
        .body(report().to_string());
    it.check(own_page, 401, "session.foreign").await;
    it.end().await;
}

#[tokio::test]
async fn what_is_no_photo_is_refused() {
    let it = Refused::start().await;
    let session = it.town.session().await;
    let sha256 = |bytes: &[u8]| {
        use sha2::Digest as _;
        balagh_shared::canonical::hex(&sha2::Sha256::digest(bytes))
    };
    let script = b"<script>alert(1)</script>";
    let put = |bytes: &[u8]| it.town.put_photo(&sha256(bytes), &session, bytes);
    it.check(put(script), 415, "photo.type").await;
    it.check(
        put(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"),
        415,
        "photo.heic_unsupported",
    )
    .await;
    it.check(put(b"\xFF\xD8\xFF"), 422, "photo.broken").await;
    it.check(put(b""), 422, "photo.empty").await;
    it.check(
        it.town.put_photo(&"0".repeat(64), &session, script),
        422,
        "photo.hash",
    )
    .await;
    it.check(
        it.town.put_photo(&sha256(script), "", script),
        401,
        "session.missing",
    )
    .await;
    it.end().await;
}

#[tokio::test]
async fn wrong_addresses_methods_and_types_are_refused() {
    let it = Refused::start().await;
    let get = |path: &str| it.town.client.get(it.town.url(path));
    it.check(get("/v1/nowhere"), 404, "municipality.unknown")
        .await;
    it.check(get("/v1/test-town/nothing"), 404, "route.unknown")
        .await;
    it.check(get("/../../etc/passwd"), 404, "route.unknown")
        .await;
    it.check(get("/v1/test-town/reports"), 405, "request.method")
        .await;
    let unknown = get("/v1/test-town/submission").header("idempotency-key", letters('q'));
    it.check(unknown, 404, "key.unknown").await;
    let text = it.town.client.post(it.town.url("/v1/test-town/reports"));
    it.check(
        text.header("content-type", "text/plain").body("x"),
        415,
        "request.type",
    )
    .await;
    it.end().await;
}

#[tokio::test]
async fn refusals_speak_the_language_asked_for() {
    let it = Refused::start().await;
    for (asked, expected) in [("ar-SA,en;q=0.5", "ar"), ("en", "en"), ("fr", "en")] {
        let request = it.town.client.get(it.town.url("/v1/nowhere"));
        let response = request
            .header("accept-language", asked)
            .send()
            .await
            .unwrap();
        assert_eq!(
            response.headers().get("content-language").unwrap(),
            expected
        );
        let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        let title = problem["title"].as_str().unwrap();
        let is_arabic = title
            .chars()
            .any(|c| ('\u{0600}'..='\u{06FF}').contains(&c));
        assert_eq!(is_arabic, expected == "ar", "{title}");
    }
    it.end().await;
}
