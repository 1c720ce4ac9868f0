//! `/metrics` as Prometheus reads it, and as the page for operators tells it.

use std::collections::BTreeSet;

use super::origin::Origin;
use super::town::{Folder, Town, letters, report};

const PAGE: &str = include_str!("../../../www/docs/operating.md");

/// The names of metrics in a text.
fn names(text: &str) -> BTreeSet<&str> {
    let of_a_name = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let words = text.split(of_a_name);
    words.filter(|it| it.starts_with("balagh_edge_")).collect()
}

#[tokio::test]
async fn every_metric_has_its_help_its_kind_and_unit_and_a_line_on_the_operators_page() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    town.accepted(&letters('a'), &report()).await;
    origin.next_report().await;
    let page = town.client.get(town.url("/metrics")).send().await.unwrap();
    let media_type = page.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(media_type.starts_with("text/plain; version=0.0.4"));
    let page = page.text().await.unwrap();
    let mut family = "";
    let mut told = BTreeSet::new();
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, help) = help.split_once(' ').unwrap();
            assert!(help.ends_with('.') && told.insert(name), "{line}");
            family = name;
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert_eq!(name, family, "{line}");
            // What only grows says so by its name; what has a unit ends in it.
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            assert!(["counter", "gauge"].contains(&kind), "{line}");
        } else {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert_eq!(name.split('{').next(), Some(family), "{line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
    assert_eq!(told, names(PAGE));
    town.close().await;
}
