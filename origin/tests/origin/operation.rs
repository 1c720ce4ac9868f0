//! What an operator sees: starting, health, metrics.

use balagh_origin::StartError;
use balagh_origin::server::Server;
use reqwest::Method;

use crate::support::*;

#[tokio::test]
async fn health_and_readiness_are_answered_and_other_addresses_are_not() {
    let origin = Running::start(NOWHERE).await;
    for path in ["/healthz", "/readyz"] {
        let response = origin.get(path).await;
        assert_eq!(
            (response.status().as_u16(), response.text().await.unwrap()),
            (200, "ok".into())
        );
    }
    assert_eq!(
        json(origin.get("/nothing").await).await["code"],
        "route.unknown"
    );
    let wrong = origin
        .request(Method::DELETE, "/edge/v1/reports")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), 405);
    assert_eq!(json(wrong).await["code"], "request.method");
}

#[tokio::test]
async fn metrics_count_reports_the_queue_and_refusals() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    origin
        .request(Method::POST, "/edge/v1/reports")
        .send()
        .await
        .unwrap();
    let page = origin.get("/metrics").await.text().await.unwrap();
    for line in [
        "balagh_origin_reports{municipality=\"dammam\",verdict=\"accept\",state=\"assigned\"} 1",
        "balagh_origin_status_queue 1",
        "balagh_origin_refusals_total{code=\"signature.invalid\"} 1",
    ] {
        assert!(
            page.lines().any(|it| it == line),
            "{line} is not in\n{page}"
        );
    }
}

#[tokio::test]
async fn a_report_survives_a_restart() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let origin = Running::start_in(origin.stop().await, NOWHERE).await;
    assert_eq!(origin.deliver(&delivery(1)).await.status(), 200);
}

#[tokio::test]
async fn an_origin_without_municipalities_or_with_a_taken_address_says_so_and_does_not_start() {
    let folder = Folder::new();
    let mut empty = config(&folder, NOWHERE);
    empty.municipalities = folder.0.to_path_buf();
    let refused = Server::start(&empty, keys()).await.unwrap_err();
    assert!(matches!(refused, StartError::Municipality(_)));
    assert!(refused.to_string().contains("municipality.json"));

    let running = Running::start(NOWHERE).await;
    let mut taken = config(&folder, NOWHERE);
    taken.listen = running.server.address();
    let refused = Server::start(&taken, keys()).await.unwrap_err();
    assert!(refused.to_string().contains(&taken.listen.to_string()));
}

#[test]
fn a_misspelt_setting_is_refused_by_name() {
    let folder = Folder::new();
    let path = folder.0.join("origin.toml");
    std::fs::write(&path, "listen = \"127.0.0.1:1\"\ndate = \"x\"\n").unwrap();
    let refused = balagh_origin::config::Config::read(&path).unwrap_err();
    assert!(refused.to_string().contains("date"), "{refused}");
}

#[test]
fn a_relative_path_is_meant_from_the_configurations_folder() {
    let folder = Folder::new();
    let path = folder.0.join("origin.toml");
    let text = "listen = \"127.0.0.1:1\"\ndata = \"data\"\nmunicipalities = \"/m\"\n\
                [edge]\nurl = \"http://127.0.0.1:1\"\n";
    std::fs::write(&path, text).unwrap();
    let config = balagh_origin::config::Config::read(&path).unwrap();
    assert_eq!(config.data, folder.0.join("data"));
    assert_eq!(config.municipalities, std::path::Path::new("/m"));
}
