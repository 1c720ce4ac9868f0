//! Open data at the edge: the origin's, asked for seldom.

use std::path::Path;
use std::time::Duration;

use balagh_edge::native::start;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::origin::{Origin, Told};
use super::town::{Folder, Town, config, key};

async fn ask(town: &Town, path_and_query: &str) -> reqwest::Response {
    question(town, "test-town", path_and_query)
        .send()
        .await
        .unwrap()
}

fn question(town: &Town, municipality: &str, path_and_query: &str) -> reqwest::RequestBuilder {
    let url = town.url(&format!("/v1/{municipality}/{path_and_query}"));
    let request = town.client.get(url).header("accept-language", "ar");
    request.header("origin", "https://anybody.example")
}

/// An edge of the town and of a neighbour that is like it.
async fn two_towns(folder: &Folder, origin: &Origin) -> Town {
    let all = folder.join("municipalities");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/municipalities");
    for (id, prefix) in [("test-town", "TT"), ("next-town", "NT")] {
        std::fs::create_dir_all(all.join(id)).unwrap();
        for file in std::fs::read_dir(fixtures.join("test-town")).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), all.join(id).join(file.file_name())).unwrap();
        }
        let path = all.join(id).join("municipality.json");
        let document = std::fs::read_to_string(&path).unwrap();
        let mut document: Value = serde_json::from_str(&document).unwrap();
        (document["id"], document["prefix"]) = (json!(id), json!(prefix));
        std::fs::write(path, document.to_string()).unwrap();
    }
    let mut config = config(folder, &origin.url());
    config.municipalities = all;
    Town::of(start(config, &key).await.unwrap())
}

async fn code(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, body["code"].as_str().unwrap().to_owned())
}

fn asked(path: &str) -> Told {
    Told::Figures(format!("/v1/test-town/{path}"))
}

#[tokio::test]
async fn a_months_figures_are_the_origins_and_it_is_asked_once_for_them() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let figures = json!({ "municipality": "test-town", "total": { "received": 8 } }).to_string();
    origin.answers(200, figures.clone());
    for _ in 0..3 {
        let answer = ask(&town, "figures?month=2024-03").await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.headers()["cache-control"], "public, max-age=3600");
        assert_eq!(answer.text().await.unwrap(), figures);
    }
    ask(&town, "figures?lang=en").await;
    origin.answers(200, "\u{feff}dimension,kind\r\n".to_owned());
    let file = ask(&town, "figures.csv?month=2024-03&lang=ur").await;
    let name = file.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(
        name,
        "attachment; filename=\"figures-test-town-2024-03.csv\""
    );
    assert!(file.text().await.unwrap().ends_with("dimension,kind\r\n"));
    let expected = [
        "figures?lang=ar&month=2024-03",
        "figures?lang=en",
        "figures.csv?lang=ur&month=2024-03",
    ];
    assert_eq!(origin.rest(), expected.map(asked));
    town.close().await;
}

#[tokio::test]
async fn what_is_no_month_does_not_reach_the_origin_and_what_it_refuses_is_refused() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    for month in ["2024", "2024-3", "ah1445-09", "%0d%0a", "2024-03-05", ""] {
        let refused = code(ask(&town, &format!("figures?month={month}")).await).await;
        assert_eq!(refused, (400, "figures.period".into()), "{month}");
    }
    origin.answers(400, json!({ "code": "figures.period" }).to_string());
    let refused = code(ask(&town, "figures?month=2150-01").await).await;
    assert_eq!(refused, (400, "figures.period".into()));
    assert_eq!(origin.rest(), [asked("figures?lang=ar&month=2150-01")]);
    town.close().await;
}

#[tokio::test]
async fn an_origin_that_is_away_is_left_alone_and_no_portal_is_believed() {
    for (status, body) in [
        (503, ""),
        (200, "<html>Welcome</html>"),
        (200, r#"{"municipality": "another"}"#),
    ] {
        let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
        let town = Town::open(&folder, &origin.url()).await;
        origin.answers(status, body.to_owned());
        for _ in 0..3 {
            let refused = code(ask(&town, "figures").await).await;
            assert_eq!(refused, (503, "origin.unavailable".into()), "{body}");
        }
        assert_eq!(origin.rest(), [asked("figures?lang=ar")]);
        town.close().await;
    }
}

/// The bound of what waits for a condition, and nothing else.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_city_whose_origin_is_slow_keeps_no_other_waiting_and_is_asked_once_by_all_who_wait() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = two_towns(&folder, &origin).await;
    origin.is_slow_over(Some("next-town"));
    let figures = |id| json!({ "municipality": id, "total": {} }).to_string();
    origin.answers(200, figures("next-town"));
    let waiting: Vec<_> = (0..3)
        .map(|_| tokio::spawn(question(&town, "next-town", "figures").send()))
        .collect();
    let asked_of = |id: &str| Told::Figures(format!("/v1/{id}/figures?lang=ar"));
    assert_eq!(origin.next().await, asked_of("next-town"));

    origin.answers(200, figures("test-town"));
    let other = timeout(PATIENCE, ask(&town, "figures")).await;
    assert_eq!(other.expect("it waits for its neighbour").status(), 200);
    assert_eq!(origin.next().await, asked_of("test-town"));

    origin.answers(200, figures("next-town"));
    origin.is_slow_over(None);
    for answer in waiting {
        assert_eq!(answer.await.unwrap().unwrap().status(), 200);
    }
    assert_eq!(origin.rest(), [], "one asked for all");
    town.close().await;
}
