//! What `cargo xtask bench origin` runs: an origin with so many reports, asked for its pages and given
//! reports as fast as it takes them. `load FOLDER COUNT` prints one line of JSON.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that cannot go on has failed, and what it finds is what it is for"
)]

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::{Duration, Instant};

use balagh_origin::config::Config;
use balagh_origin::hire::{Newcomer, seat};
use balagh_origin::server::Server;
use balagh_origin::staff::Role;
use balagh_replay::documents::{Place, write};
use balagh_replay::filled::fill;
use balagh_replay::stack::origin_keys;
use balagh_shared::delivery::{Delivery, Verdict};
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::report::Report;
use balagh_shared::routing::route;
use balagh_shared::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use balagh_shared::time::Timestamp;
use reqwest::Client;
use serde_json::json;

/// How often a page is asked for.
const TIMES: usize = 15;
/// How often a page of requests is.
const TIMES_OF_REQUESTS: usize = 100;
/// How long reports are sent for: by then there are as many that are sealed as a search opens.
const INTAKE: Duration = Duration::from_secs(10);
/// Reports on their way at once: as many as an edge delivers, twice.
const AT_ONCE: usize = 16;
/// What a page of the queue holds once a report, what none of it holds, and what the figures hold.
const ROWS_OF_QUEUE: Holds = ("/console/reports/EP-", 50..=50);
const NO_ROWS_OF_QUEUE: Holds = ("/console/reports/EP-", 0..=0);
const CHARTS: Holds = ("<figure>", 8..=8);
/// Of so many reports one is among a page's, where there are fewer than the page could hold.
const OF_SO_MANY: usize = 20;
const NAME: &str = "Bench";
const PASSWORD: &str = "a long enough password";

/// What a page holds, and how often.
type Holds = (&'static str, RangeInclusive<usize>);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, count] = arguments.as_slice() else {
        println!("load FOLDER COUNT");
        return;
    };
    let (folder, count) = (Path::new(folder), count.parse().unwrap());
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    std::fs::create_dir_all(folder).unwrap();
    let places = write(&folder.join("municipalities"));
    let place = places.iter().find(|it| it.town.id == "eastern-province");
    let place = place.unwrap();
    let file = folder.join("origin.toml");
    // Nobody listens there: what is told to edges is not what is measured.
    let settings = "listen = \"127.0.0.1:0\"\ndata = \"data\"\nmunicipalities = \"municipalities\"\n\
         packs = \"municipalities\"\n[edge]\nurl = \"http://127.0.0.1:9\"\n";
    std::fs::write(&file, settings).unwrap();
    let newcomer = Newcomer {
        name: NAME.to_owned(),
        role: Role::Supervisor,
        municipality: Some(place.town.id.to_owned()),
        department: None,
    };
    seat(&file, &newcomer, PASSWORD).await.unwrap();
    let config = Config::read(&file).unwrap();
    // The first report comes by the door; what it leaves is what the others are made of.
    let server = Server::start(&config, origin_keys()).await.unwrap();
    // What the server installs for TLS serves this client too.
    let client = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("http://{}", server.address());
    deliver(&client, &url, &delivery(place, 0)).await;
    server.stop().await.unwrap();
    let summing = fill(&folder.join("data/origin.sqlite"), place, count).await;

    let server = Server::start(&config, origin_keys()).await.unwrap();
    let url = format!("http://{}", server.address());
    let cookie = sign_in(&client, &url).await;
    // Each with something of which it must hold so many, or it is another page that is so fast.
    let page = async |path: &str, times: usize, (part, times_held): Holds| {
        let mut millis = Vec::new();
        for _ in 0..times {
            let begun = Instant::now();
            let request = client.get(format!("{url}{path}")).header("cookie", &cookie);
            let response = request.send().await.unwrap();
            let status = response.status();
            let body = response.text().await.unwrap();
            millis.push(begun.elapsed().as_secs_f64() * 1e3);
            assert!(status.is_success(), "{path}: {status} {body}");
            let held = body.matches(part).count();
            assert!(times_held.contains(&held), "{path}: {held} times {part}");
        }
        millis.sort_by(f64::total_cmp);
        millis
    };
    let at = |millis: &[f64], percent: usize| {
        let rank = (millis.len() * percent).div_ceil(100).max(1) - 1;
        millis.get(rank).copied().unwrap_or_default()
    };
    let queue = page("/console/queue", TIMES, ROWS_OF_QUEUE).await;
    let figures = async |query: &str| {
        let path = format!("/console/figures?{query}");
        page(&path, TIMES, CHARTS).await
    };
    let year = figures("period=2025&baseline=year-before").await;
    let hijri_year = figures("period=ah1446&baseline=none").await;
    let half = figures("period=2025-h2&baseline=previous").await;
    let month = figures("period=2025-11&baseline=previous").await;
    let requests = async |rows: usize| {
        let path = format!(
            "/open311/v2/requests.json?jurisdiction_id=eastern-province&page_size={rows}\
             &start_date=2025-10-01T00:00:00Z&end_date=2025-12-29T00:00:00Z"
        );
        let fewest = rows.min(count as usize / OF_SO_MANY);
        let holds = ("\"service_request_id\"", fewest..=rows);
        page(&path, TIMES_OF_REQUESTS, holds).await
    };
    let (hundred, thousand) = (requests(100).await, requests(1_000).await);
    let intake = intake(&client, &url, place).await;
    // Words that no report holds: as many are opened as ever are for a page, all of them from just now.
    let words = "/console/queue?view=all&q=submarine";
    let words = page(words, TIMES, NO_ROWS_OF_QUEUE).await;
    println!(
        "{}",
        json!({
            "reports": count,
            "summing_ms": summing,
            "queue_ms": at(&queue, 50),
            "queue_words_ms": at(&words, 50),
            "figures_year_ms": at(&year, 50),
            "figures_hijri_year_ms": at(&hijri_year, 50),
            "figures_half_ms": at(&half, 50),
            "figures_month_ms": at(&month, 50),
            "requests_p95_ms": at(&hundred, 95),
            "requests_1000_p95_ms": at(&thousand, 95),
            "intake_per_second": intake,
        })
    );
    server.stop().await.unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

async fn sign_in(client: &Client, url: &str) -> String {
    let form = format!("name={NAME}&password={}", PASSWORD.replace(' ', "+"));
    let request = client
        .post(format!("{url}/console/sign-in"))
        .header("origin", url)
        .header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(form).send().await.unwrap();
    let cookie = response
        .headers()
        .get("set-cookie")
        .unwrap()
        .to_str()
        .unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Reports taken a second, each delivered as an edge does it and on disk before it is answered.
async fn intake(client: &Client, url: &str, place: &Place) -> f64 {
    let begun = Instant::now();
    let mut count = 0_u64;
    let mut tasks = tokio::task::JoinSet::new();
    let mut taken = 0_u64;
    while begun.elapsed() < INTAKE || !tasks.is_empty() {
        while tasks.len() < AT_ONCE && begun.elapsed() < INTAKE {
            count += 1;
            let delivery = delivery(place, count);
            let (client, url) = (client.clone(), url.to_owned());
            tasks.spawn(async move { deliver(&client, &url, &delivery).await });
        }
        tasks.join_next().await.unwrap().unwrap();
        taken += 1;
    }
    taken as f64 / begun.elapsed().as_secs_f64()
}

/// As an edge does it.
async fn deliver(client: &Client, url: &str, delivery: &Delivery) {
    let body = serde_json::to_vec(delivery).unwrap();
    let signed = sign(
        &origin_keys().webhooks,
        &delivery.number,
        now().seconds(),
        &body,
    )
    .unwrap();
    let request = client
        .post(format!("{url}/edge/v1/reports"))
        .header(ID_HEADER, signed.id)
        .header(TIMESTAMP_HEADER, signed.timestamp)
        .header(SIGNATURE_HEADER, signed.signature)
        .body(body);
    assert_eq!(request.send().await.unwrap().status(), 201);
}

fn now() -> Timestamp {
    balagh_world::now()
}

fn delivery(place: &Place, count: u64) -> Delivery {
    let prefix = Prefix::parse(&place.document.prefix).unwrap();
    let seed = (count + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let number = ReportNumber::mint(&prefix, &seed.to_be_bytes());
    let category = place.document.category("cleanliness.street").unwrap();
    let received_at = now();
    let district = "west-dammam";
    let body = json!({
        "category": category.code,
        "description": "نفايات متراكمة أمام المدرسة منذ ثلاثة أيام، والحاويات ممتلئة",
        "lang": "ar",
        "place": {
            "at": { "lon": 49.95, "lat": 26.4 }, "source": "map", "district": district,
        },
        "contact": { "phone": place.town.phone_number(count) },
        "declared": true,
        "channel": "widget",
    });
    let report: Report = serde_json::from_value(body).unwrap();
    Delivery {
        municipality: place.town.id.to_owned(),
        number: number.as_str().to_owned(),
        secret_kid: "replay".to_owned(),
        received_at,
        verdict: Verdict::Accept,
        reasons: Vec::new(),
        route: route(&place.document, category, Some(district), &[], received_at),
        partner: None,
        joins: None,
        media_url: None,
        confirmed: None,
        report,
        photos: Vec::new(),
    }
}
