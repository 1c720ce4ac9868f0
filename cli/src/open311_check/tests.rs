//! The suite against our own origin, which keeps everything, and against servers that are as servers
//! are.

#[path = "../../../tests/folder.rs"]
mod folder;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use balagh_origin::config::{Config, DEFAULT_PERSONAL_DAYS, Edge};
use balagh_origin::keys::Keys;
use balagh_origin::server::Server;
use balagh_shared::keyring::Keyring;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use folder::Folder;

use super::ask::{Endpoint, Posting};
use super::examine;
use super::report::{Outcome, Report};
use super::rules::{Level, RULES};

/// What the fixture's partner posts with.
const KEY: &str = "fixture-partner-key";

async fn report(base: &str, posting: Option<Posting>) -> Report {
    let endpoint = Endpoint {
        base: base.to_owned(),
        jurisdiction: None,
        pause: Duration::ZERO,
        posting,
    };
    match examine(&endpoint).await {
        Ok(report) => report,
        Err(_) => panic!("no report of {base}"),
    }
}

/// Our own origin with the fixtures' municipality, and its endpoint.
async fn origin(folder: &Folder) -> (Server, String) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/municipalities");
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data: folder.to_path_buf(),
        database: None,
        municipalities: fixtures,
        packs: None,
        edge: Edge {
            url: "http://127.0.0.1:9".to_owned(),
            public_url: None,
        },
        sms: None,
        smtp: None,
        report_keys: None,
        personal_days: DEFAULT_PERSONAL_DAYS,
    };
    let keyring = |fill: &str| Keyring::parse("TEST", &format!("t:{}", fill.repeat(43))).unwrap();
    let keys = Keys {
        webhooks: keyring("A"),
        seals: keyring("c"),
        persons: keyring("g"),
        closing: keyring("E"),
        numbers: None,
    };
    let server = Server::start(&config, keys).await.unwrap();
    let base = format!("http://{}/open311/v2", server.address());
    (server, base)
}

/// A posting at a place in the fixture's municipality.
fn posting(service_code: &str) -> Posting {
    Posting {
        api_key: Some(KEY.to_owned()),
        service_code: Some(service_code.to_owned()),
        at: Some("26.412,49.988".to_owned()),
    }
}

/// The ids of rules that came out so, with their format.
fn with_outcome(report: &Report, outcome: Outcome) -> BTreeSet<String> {
    let findings = report.findings().iter();
    findings
        .filter(|finding| finding.outcome == outcome)
        .map(|finding| match finding.format {
            Some(format) => format!("{} {format}", finding.rule),
            None => finding.rule.to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn our_own_origin_keeps_every_must_and_every_should_in_both_formats() {
    let folder = Folder::new("open311");
    let (server, base) = origin(&folder).await;
    // So that the lists hold something, of more than one service; itself by the suite.
    report(&base, Some(posting("cleanliness.street"))).await;
    let found = report(&base, Some(posting("lighting.out"))).await;
    assert_eq!(
        with_outcome(&found, Outcome::Broken),
        BTreeSet::new(),
        "{}",
        found.text()
    );
    // By https a test cannot be.
    let unseen: BTreeSet<String> = [String::from("R-WEB-02")].into();
    assert_eq!(
        with_outcome(&found, Outcome::NotSeen),
        unseen,
        "{}",
        found.text()
    );
    server.stop().await.unwrap();
}

#[tokio::test]
async fn nothing_is_posted_unless_it_is_asked_for() {
    let server = Canned::listen(&[]).await;
    let found = report(&server.base, None).await;
    assert!(server.methods().iter().all(|method| method == "GET"));
    for finding in found.findings() {
        if finding.rule.starts_with("R-PST") {
            assert_eq!(finding.outcome, Outcome::NotSeen);
            assert!(finding.seen.contains("--post"), "{}", finding.seen);
        }
    }
}

#[tokio::test]
async fn without_a_key_only_what_must_be_refused_is_posted() {
    let server = Canned::listen(&[]).await;
    let only = Posting {
        api_key: None,
        service_code: None,
        at: None,
    };
    report(&server.base, Some(only)).await;
    let posted = server
        .methods()
        .iter()
        .filter(|method| *method == "POST")
        .count();
    assert_eq!(posted, 1);
}

#[tokio::test]
async fn an_endpoint_is_asked_few_questions() {
    let server = Canned::listen(&[]).await;
    report(&server.base, None).await;
    let count = server.methods().len();
    assert!(count <= 32, "{count} requests");
}

#[tokio::test]
async fn nobody_there_is_said_and_not_a_failure_of_the_suite() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/open311/v2", listener.local_addr().unwrap());
    drop(listener);
    let found = report(&base, None).await;
    let first = &found.findings()[0];
    assert_eq!((first.rule, first.outcome), ("R-FMT-01", Outcome::Broken));
    assert!(first.seen.contains("no connection"), "{}", first.seen);
    assert!(found.broken_musts() >= 1);
}

/// A server that answers everything rightly, but for what a test puts in place of an answer.
struct Canned {
    base: String,
    methods: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
}

/// An answer: status, media type, body.
type Page = (u16, &'static str, &'static str);

const XML: &str = "text/xml; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";

const SERVICES_XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><services><service><service_code>1</service_code><service_name>Hole</service_name><description/><metadata>true</metadata><type>realtime</type></service><service><service_code>2</service_code><service_name>Lamp</service_name><metadata>false</metadata><type>realtime</type></service></services>";
const SERVICE_JSON: &str = r#"[{"service_code":"1","service_name":"Hole","description":null,"metadata":true,"type":"realtime","keywords":null,"group":"Roads"},{"service_code":"2","service_name":"Lamp","description":null,"metadata":false,"type":"realtime","keywords":null,"group":"Light"}]"#;
const REQUEST_JSON: &str = r#"[{"service_request_id":"a1","status":"open","service_code":"1","service_name":"Hole","requested_datetime":"2026-01-01T10:00:00+03:00","lat":26.4,"long":50.0}]"#;

/// Every answer of a server that keeps to the specification, by its path; `*` is what an unknown id
/// is answered with.
const RIGHT: &[(&str, Page)] = &[
    ("services.xml", (200, XML, SERVICES_XML)),
    ("services.json", (200, JSON, SERVICE_JSON)),
    (
        "services/1.xml",
        (
            200,
            XML,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><service_definition><service_code>1</service_code><attributes><attribute><variable>true</variable><code>q</code><datatype>singlevaluelist</datatype><required>true</required><order>1</order><description>How?</description><values><value><key>k</key><name>n</name></value></values></attribute></attributes></service_definition>",
        ),
    ),
    (
        "services/1.json",
        (
            200,
            JSON,
            r#"{"service_code":"1","attributes":[{"variable":true,"code":"q","datatype":"singlevaluelist","required":true,"order":1,"description":"How?","values":[{"key":"k","name":"n"}]}]}"#,
        ),
    ),
    (
        "requests.xml",
        (
            200,
            XML,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><service_requests><request><service_request_id>a1</service_request_id><status>open</status><service_code>1</service_code><service_name>Hole</service_name><requested_datetime>2026-01-01T10:00:00+03:00</requested_datetime><lat>26.40</lat><long>50</long></request></service_requests>",
        ),
    ),
    ("requests.json", (200, JSON, REQUEST_JSON)),
    (
        "requests/a1.xml",
        (
            200,
            XML,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><service_requests><request><service_request_id>a1</service_request_id><status>open</status><service_code>1</service_code><service_name>Hole</service_name><requested_datetime>2026-01-01T10:00:00+03:00</requested_datetime><lat>26.40</lat><long>50</long></request></service_requests>",
        ),
    ),
    ("requests/a1.json", (200, JSON, REQUEST_JSON)),
    (
        "requests.json?start_date=not-a-date",
        (
            400,
            JSON,
            r#"[{"code":400,"description":"start_date is none"}]"#,
        ),
    ),
    (
        "*.xml",
        (
            404,
            XML,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><errors><error><code>404</code><description>not found</description></error></errors>",
        ),
    ),
    (
        "*.json",
        (404, JSON, r#"[{"code":404,"description":"not found"}]"#),
    ),
];

impl Canned {
    /// One with these answers in place of the right ones.
    async fn listen(wrong: &'static [(&'static str, Page)]) -> Canned {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let methods = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let heard = std::sync::Arc::clone(&methods);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, wrong, std::sync::Arc::clone(&heard)));
            }
        });
        Canned {
            base: format!("http://{address}/open311/v2"),
            methods,
        }
    }

    fn methods(&self) -> Vec<String> {
        self.methods.lock().unwrap().clone()
    }
}

async fn answer(
    mut stream: TcpStream,
    wrong: &'static [(&'static str, Page)],
    heard: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let head = loop {
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(length) => request.extend_from_slice(&piece[..length]),
        }
        let text = String::from_utf8_lossy(&request).into_owned();
        if text.contains("\r\n\r\n") {
            break text;
        }
    };
    let mut line = head.split(' ');
    let (method, target) = (line.next().unwrap(), line.next().unwrap());
    heard.lock().unwrap().push(method.to_owned());
    let path = target.strip_prefix("/open311/v2/").unwrap_or(target);
    let bare = path.split('?').next().unwrap();
    let unknown = format!("*.{}", bare.rsplit('.').next().unwrap());
    let pages: BTreeMap<&str, Page> = RIGHT.iter().chain(wrong).copied().collect();
    let page = [path, bare, unknown.as_str()]
        .iter()
        .find_map(|path| pages.get(path));
    let (status, media_type, body) = page.copied().unwrap_or((404, "text/html", "<p>Sorry"));
    // A redirect's target stands in its body.
    let location = match status {
        301..=308 => format!("location: /open311/v2/{body}\r\n"),
        _ => String::new(),
    };
    let answer = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\
         access-control-allow-origin: *\r\nconnection: close\r\n{location}\r\n{body}",
        body.len()
    );
    let _gone = stream.write_all(answer.as_bytes()).await;
}

/// What is broken at a server with one answer wrong, beyond what is at the right one; and a part of
/// what is said to have been seen of the first of it.
async fn check(wrong: &'static [(&'static str, Page)], rules: &[&str], seen: &str) {
    let right = Canned::listen(&[]).await;
    let usual = with_outcome(&report(&right.base, None).await, Outcome::Broken);
    let server = Canned::listen(wrong).await;
    let found = report(&server.base, None).await;
    let broken: BTreeSet<String> = with_outcome(&found, Outcome::Broken)
        .difference(&usual)
        .cloned()
        .collect();
    let expected: BTreeSet<String> = rules.iter().map(|rule| (*rule).to_owned()).collect();
    assert_eq!(broken, expected, "{wrong:?}\n{}", found.text());
    let said: Vec<&str> = found
        .findings()
        .iter()
        .filter(|finding| {
            finding.outcome == Outcome::Broken
                && finding.rule == rules[0].split(' ').next().unwrap()
        })
        .map(|finding| finding.seen.as_str())
        .collect();
    assert!(said.iter().any(|said| said.contains(seen)), "{said:?}");
}

#[tokio::test]
async fn a_right_server_lacks_its_discovery_alone() {
    let server = Canned::listen(&[]).await;
    let found = report(&server.base, None).await;
    let broken = with_outcome(&found, Outcome::Broken);
    let expected = ["R-DIS-01 json", "R-DIS-01 xml"].map(str::to_owned);
    assert_eq!(broken, expected.into(), "{}", found.text());
}

#[tokio::test]
async fn wrong_media_types_and_missing_charsets_are_told_apart() {
    check(
        &[("services.xml", (200, "application/xml", SERVICES_XML))],
        &["R-FMT-03 xml", "R-FMT-05 xml"],
        "application/xml from http",
    )
    .await;
    check(
        &[("services.json", (200, "application/json", SERVICE_JSON))],
        &["R-FMT-05 json"],
        "application/json",
    )
    .await;
    check(
        &[(
            "requests.json",
            (200, "text/html; charset=UTF-8", REQUEST_JSON),
        )],
        &["R-FMT-04 json"],
        "text/html",
    )
    .await;
}

#[tokio::test]
async fn a_service_with_wrong_values_is_named() {
    check(
        &[("services.json", (200, JSON, r#"[{"service_code":"1","service_name":"Hole","metadata":"yes","type":"realtime"},{"service_code":"1","service_name":"","metadata":true,"type":"live"}]"#))],
        &["R-SVC-02 json", "R-SVC-03 json", "R-SVC-04 json", "R-SVC-05"],
        "number 1 (service_code 1): metadata is \"yes\", not true or false",
    )
    .await;
    check(
        &[("services.json", (200, JSON, r#"[{"service_code":1,"service_name":"Hole","metadata":"true","type":"realtime"},{"service_code":2,"service_name":"Lamp","metadata":false,"type":"realtime"}]"#))],
        &["R-SVC-04 json"],
        "service_code is 1, not text in quotes",
    )
    .await;
}

#[tokio::test]
async fn another_convention_of_json_is_read_all_the_same() {
    check(
        &[("requests.json", (200, JSON, r#"{"service_requests":{"request":[{"service_request_id":"a1","status":"open","service_code":"1","service_name":"Hole","requested_datetime":"2026-01-01T10:00:00+03:00","lat":26.4,"long":50.0}]}}"#))],
        &["R-JSN-01 json"],
        "{\"service_requests\"",
    )
    .await;
}

#[tokio::test]
async fn dates_without_a_zone_and_ids_that_come_twice_are_told() {
    check(
        &[("requests.json", (200, JSON, r#"[{"service_request_id":"a1","status":"open","service_code":"1","requested_datetime":"2026-01-01 10:00:00","lat":"26.4","long":50.0},{"service_request_id":"a1","status":"Open","service_code":"9","requested_datetime":"2026-01-01T10:00+03:00","updated_datetime":"2025-01-01T10:00:00Z","lat":95}]"#))],
        &["R-REQ-03 json", "R-REQ-02 json", "R-REQ-04 json", "R-REQ-06 json", "R-REQ-07", "R-REQ-08", "R-REQ-10", "R-REQ-13 json", "R-REQ-14 json", "R-REQ-15"],
        "not a time with its zone",
    )
    .await;
}

#[tokio::test]
async fn filters_that_filter_nothing_are_found_out() {
    const ALL: &str = r#"[{"service_request_id":"a1","status":"open","service_code":"1","requested_datetime":"2026-01-01T10:00:00Z"},{"service_request_id":"b2","status":"closed","service_code":"2","requested_datetime":"2025-12-01T10:00:00Z"},{"service_request_id":"c3","status":"closed","service_code":"2","requested_datetime":"2025-11-01T10:00:00Z"}]"#;
    check(
        &[("requests.json", (200, JSON, ALL))],
        &["R-REQ-07", "R-REQ-08", "R-REQ-09", "R-REQ-10"],
        "service_code 2",
    )
    .await;
}

#[tokio::test]
async fn errors_of_another_shape_and_status_are_told() {
    check(
        &[("*.json", (422, JSON, r#"{"error":"nothing"}"#))],
        &[
            "R-ERR-01 json",
            "R-ERR-02 json",
            "R-ERR-03",
            "R-DEF-05 json",
            "R-ONE-02 json",
            "R-TOK-01",
        ],
        "no list of errors",
    )
    .await;
    check(
        &[(
            "*.xml",
            (500, "text/html", "<html><body><p>Error</body></html>"),
        )],
        &["R-ERR-01 xml", "R-DEF-05 xml", "R-ERR-03", "R-ONE-02 xml"],
        "it begins \"<html>",
    )
    .await;
}

#[tokio::test]
async fn xml_that_names_what_it_should_not_is_read_and_told() {
    check(
        &[("requests.xml", (200, XML, "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><service_requests xmlns=\"urn:x\"><request><service_request_id>a1</service_request_id><status>open</status><service_code>1</service_code><requested_datetime>2026-01-01T10:00:00+03:00</requested_datetime><description>&e;</description></request></service_requests>"))],
        &["R-XML-01 xml", "R-ENC-02 xml"],
        "a document type",
    )
    .await;
}

#[tokio::test]
async fn redirects_are_followed_and_told() {
    check(
        &[("requests/a1.json", (301, JSON, "requests.json"))],
        &["R-WEB-03"],
        "leads to",
    )
    .await;
}

#[tokio::test]
async fn what_is_not_utf_8_and_what_is_no_json_are_told() {
    check(
        &[("services.json", (200, JSON, "<html>Please log in</html>"))],
        &["R-FMT-02", "R-REQ-12"],
        "no JSON",
    )
    .await;
}

#[test]
fn rules_are_numbered_once_and_say_what_they_expect() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    for rule in RULES {
        assert!(
            !rule.expected.is_empty() && !rule.section.is_empty(),
            "{}",
            rule.id
        );
        assert!(
            rule.id.len() == 8 && rule.id.starts_with("R-"),
            "{}",
            rule.id
        );
    }
    assert!(RULES.iter().any(|rule| rule.level == Level::Must));
}

#[tokio::test]
async fn the_report_is_text_for_people_and_json_for_programs() {
    let server = Canned::listen(&[]).await;
    let found = report(&server.base, None).await;
    let text = found.text();
    assert!(text.contains("BROKEN R-DIS-01 MUST   xml"), "{text}");
    assert!(text.contains("         seen: 404 from http://"), "{text}");
    assert!(text.ends_with("not seen"), "{text}");
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["specification"], "Open311 GeoReport v2");
    assert_eq!(json["summary"]["must_broken"], 2);
    let first = &json["findings"][0];
    assert_eq!(
        (&first["rule"], &first["level"], &first["outcome"]),
        (&"R-FMT-01".into(), &"MUST".into(), &"kept".into())
    );
}

#[test]
fn the_documentation_lists_every_rule() {
    const BEGIN: &str =
        "<!-- rules: written by BALAGH_BLESS=1 cargo test -p balagh open311_check -->\n";
    const END: &str = "<!-- end of rules -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/docs/open311.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (listed, after) = rest.split_once(END).unwrap();
    let mut table = "| rule | section | | expected |\n| --- | --- | --- | --- |\n".to_owned();
    for rule in RULES {
        let level = match rule.level {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
        };
        let expected = rule.expected.replace('<', "`<").replace('>', ">`");
        table += &format!(
            "| {} | {} | {level} | {expected} |\n",
            rule.id, rule.section
        );
    }
    if std::env::var_os("BALAGH_BLESS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        listed, table,
        "BALAGH_BLESS=1 cargo test -p balagh open311_check"
    );
}
