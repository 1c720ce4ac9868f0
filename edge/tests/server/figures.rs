//! Open data at the edge: the origin's, asked for seldom.

use serde_json::{Value, json};

use super::origin::{Origin, Told};
use super::town::{Folder, Town};

async fn ask(town: &Town, path_and_query: &str) -> reqwest::Response {
    let url = town.url(&format!("/v1/test-town/{path_and_query}"));
    let request = town.client.get(url).header("accept-language", "ar");
    let request = request.header("origin", "https://anybody.example");
    request.send().await.unwrap()
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
    let (folder, mut origin) = (Folder::new(), Origin::start().await);
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
    let (folder, mut origin) = (Folder::new(), Origin::start().await);
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
        let (folder, mut origin) = (Folder::new(), Origin::start().await);
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
