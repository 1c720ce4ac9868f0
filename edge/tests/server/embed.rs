//! What browsers need: CORS, cache rules, the widget's files, the public document.

use balagh_shared::canonical::hex;
use balagh_shared::categorise::{Categoriser, Tongue};
use balagh_shared::district::Pack;
use balagh_shared::municipality::PublicMunicipality;
use sha2::{Digest, Sha256};

use super::origin::Origin;
use super::town::{Folder, PORTAL, Town, letters, report};

fn header(response: &reqwest::Response, name: &str) -> String {
    let value = response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap());
    value.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_partners_page_is_echoed_and_a_foreign_one_is_not() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let session = async |origin: &str| {
        let request = town.client.post(town.url("/v1/test-town/session"));
        request.header("origin", origin).send().await.unwrap()
    };
    let admitted = session(PORTAL).await;
    assert_eq!(header(&admitted, "access-control-allow-origin"), PORTAL);
    assert_eq!(
        header(&admitted, "access-control-expose-headers"),
        "retry-after"
    );
    assert!(header(&admitted, "access-control-allow-credentials").is_empty());
    let foreign = session("null").await;
    assert_eq!(foreign.status(), 403);
    assert!(header(&foreign, "access-control-allow-origin").is_empty());
    for response in [admitted, foreign] {
        assert!(
            header(&response, "vary").contains("Origin"),
            "{}",
            header(&response, "vary")
        );
    }
    // Refusals too can be read by the page.
    let refused = town
        .post(&letters('a'), "", &report())
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(header(&refused, "access-control-allow-origin"), PORTAL);
    assert!(header(&refused, "vary").contains("Accept-Language"));
    town.close().await;
}

#[tokio::test]
async fn a_preflight_is_answered_for_two_hours() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let preflight = async |origin: &str| {
        let url = town.url("/v1/test-town/reports");
        let request = town.client.request(reqwest::Method::OPTIONS, url);
        let request = request.header("access-control-request-method", "POST");
        request.header("origin", origin).send().await.unwrap()
    };
    let answer = preflight(PORTAL).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "access-control-allow-origin"), PORTAL);
    assert_eq!(header(&answer, "access-control-max-age"), "7200");
    let allowed = header(&answer, "access-control-allow-headers");
    assert!(allowed.contains("idempotency-key") && allowed.contains("balagh-session"));
    assert_eq!(preflight("https://evil.example").await.status(), 403);
    town.close().await;
}

#[tokio::test]
async fn anyone_reads_the_public_document_and_the_boundaries() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let get = async |path: &str| {
        let request = town
            .client
            .get(town.url(path))
            .header("origin", "https://any.example");
        request.send().await.unwrap()
    };
    let response = get("/v1/test-town").await;
    assert_eq!(header(&response, "access-control-allow-origin"), "*");
    assert_eq!(
        header(&response, "cross-origin-resource-policy"),
        "cross-origin"
    );
    let etag = header(&response, "etag");
    let body = response.text().await.unwrap();
    assert!(!body.contains("key_hashes") && !body.contains("portal.example"));
    let public: PublicMunicipality = serde_json::from_str(&body).unwrap();
    let again = town
        .client
        .get(town.url("/v1/test-town"))
        .header("if-none-match", etag);
    assert_eq!(again.send().await.unwrap().status(), 304);

    let (full, phone) = (&public.pack.sha256, public.pack.phone.as_ref().unwrap());
    assert_ne!(full, phone);
    for (detail, checksum, other) in [("full", full, phone), ("phone", phone, full)] {
        let path = format!("/v1/test-town/districts.pack?detail={detail}");
        let response = get(&format!("{path}&v={checksum}")).await;
        assert!(header(&response, "cache-control").contains("immutable"));
        let pack = Pack::open(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(&pack.checksum_hex(), checksum);
        assert_eq!(pack.bound_m() > 0.0, detail == "phone");
        for path in [format!("{path}&v={other}"), path] {
            let response = get(&path).await;
            assert!(!header(&response, "cache-control").contains("immutable"));
        }
    }
    let response = get("/v1/test-town/districts.pack").await;
    let pack = Pack::open(&response.bytes().await.unwrap()).unwrap();
    assert_eq!(&pack.checksum_hex(), full, "who asks for nothing special");

    let words = public.words.unwrap();
    for tongue in Tongue::ALL {
        let checksum = words.of_tongue(tongue);
        let path = format!("/v1/test-town/words?tongue={}", tongue.code());
        let response = get(&format!("{path}&v={checksum}")).await;
        assert!(header(&response, "cache-control").contains("immutable"));
        let bytes = response.bytes().await.unwrap();
        assert_eq!(hex(&Sha256::digest(&bytes)), checksum);
        let categoriser = Categoriser::open(&bytes).unwrap();
        let known: Vec<&str> = categoriser.codes().collect();
        assert!(known.contains(&"lighting.dark"), "{tongue:?}: {known:?}");
        let response = get(&path).await;
        assert!(!header(&response, "cache-control").contains("immutable"));
    }
    for unknown in ["tongue=bn", "script=arabic"] {
        let unknown = get(&format!("/v1/test-town/words?{unknown}")).await;
        assert_eq!(unknown.status(), 404);
    }

    let gazetteer = get("/v1/test-town/gazetteer").await.text().await.unwrap();
    assert!(gazetteer.contains("corniche"));
    town.close().await;
}

#[tokio::test]
async fn the_public_document_of_a_language_has_its_own_labels_and_tag() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let get = async |query: &str| {
        let url = town.url(&format!("/v1/test-town{query}"));
        let response = town.client.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200, "{query}");
        assert!(header(&response, "cache-control").contains("max-age=300"));
        let etag = header(&response, "etag");
        (etag, response.text().await.unwrap())
    };
    let (all, english) = (get("").await, get("?lang=en").await);
    let (arabic, unknown) = (get("?lang=ar").await, get("?lang=tlh").await);
    assert!(all.1.contains("Test Town") && all.1.contains("أمانة التجربة"));
    assert!(english.1.contains("Test Town") && !english.1.contains("أمانة التجربة"));
    assert!(arabic.1.contains("أمانة التجربة") && !arabic.1.contains("Test Town"));
    // The town's first language.
    assert_eq!(unknown, arabic);
    assert!(all.0 != english.0 && english.0 != arabic.0);
    let request = town.client.get(town.url("/v1/test-town?lang=en"));
    let again = request.header("if-none-match", &english.0).send().await;
    assert_eq!(again.unwrap().status(), 304);
    town.close().await;
}

#[tokio::test]
async fn the_schemas_can_be_read_by_any_page() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let get = async |name: &str| {
        let url = town.url(&format!("/schema/{name}.json"));
        let request = town.client.get(url).header("origin", "https://any.example");
        request.send().await.unwrap()
    };
    for name in [
        "municipality",
        "public-municipality",
        "report",
        "receipt",
        "status",
        "problem",
    ] {
        let response = get(name).await;
        assert_eq!(header(&response, "content-type"), "application/schema+json");
        assert_eq!(header(&response, "access-control-allow-origin"), "*");
        let text = response.text().await.unwrap();
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(schema["$id"], format!("/schema/{name}.json"));
    }
    assert_eq!(get("nothing").await.status(), 404);
    town.close().await;
}

#[tokio::test]
async fn the_widgets_files_have_their_types_and_their_cache_rules() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let get = async |path: &str| town.client.get(town.url(path)).send().await.unwrap();
    let loader = get("/balagh.js").await;
    assert_eq!(loader.status(), 200);
    assert_eq!(
        header(&loader, "content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(header(&loader, "cache-control"), "public, max-age=300");
    assert_eq!(header(&loader, "access-control-allow-origin"), "*");
    assert_eq!(header(&loader, "x-content-type-options"), "nosniff");
    let wasm = get("/a/balagh-0a1b.wasm").await;
    assert_eq!(header(&wasm, "content-type"), "application/wasm");
    assert!(header(&wasm, "cache-control").contains("immutable"));
    assert_eq!(get("/a/missing.js").await.status(), 404);
    town.close().await;
}

#[tokio::test]
async fn the_frame_is_for_partners_and_health_and_metrics_for_operators() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let get = async |path: &str| town.client.get(town.url(path)).send().await.unwrap();
    let policy = header(
        &get("/embed/test-town?lang=ar").await,
        "content-security-policy",
    );
    assert!(
        policy.contains("frame-ancestors 'self' http://portal.example"),
        "{policy}"
    );
    let framed = get("/embed/test-town?lang=en&theme=dark").await;
    let html = framed.text().await.unwrap();
    let element = "municipality=\"test-town\" lang=\"en\" theme=\"dark\" \
                   framed=\"http://portal.example\">";
    assert!(html.contains(element), "{html}");
    let link = "/test-town/report?lang=ar&category=nothing&lat=26.4&lon=50.1&asset=L%2D7%22\
                &ref=A+%26+B&lat=91";
    let html = get(link).await.text().await.unwrap();
    let known = "prefill=\"{&quot;place&quot;:{&quot;asset&quot;:&quot;L-7\\&quot;&quot;,\
                 &quot;lat&quot;:26.4,&quot;lon&quot;:50.1},&quot;reference&quot;:&quot;A &amp; B&quot;}\"";
    assert!(html.contains(known), "{html}");
    let html = get("/test-town/report?lang=ar&lat=91&lon=x&category=");
    let html = html.await.text().await.unwrap();
    assert!(!html.contains("prefill"), "{html}");
    assert_eq!(get("/healthz").await.text().await.unwrap(), "ok");
    assert_eq!(get("/readyz").await.status(), 200);
    town.accepted(&letters('a'), &report()).await;
    let metrics = get("/metrics").await.text().await.unwrap();
    for line in [
        "balagh_edge_requests_total{route=\"reports\",status=\"201\"} 1",
        "balagh_edge_verdicts_total{verdict=\"accept\",step=\"verdict\"} 1",
        "# TYPE balagh_edge_outbox_depth gauge",
    ] {
        assert!(metrics.contains(line), "{metrics}");
    }
    town.close().await;
}
