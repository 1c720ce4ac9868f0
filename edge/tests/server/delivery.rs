//! Nothing acknowledged is ever lost: the origin away, the edge killed, the ledger kept.

use serde_json::json;

use super::origin::{Origin, Told};
use super::town::{Folder, Look, Town, letters, report};

#[tokio::test]
async fn what_is_delivered_is_what_was_sent_and_where_it_goes() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let receipt = town.accepted(&letters('a'), &report()).await;
    let delivery = origin.next_report().await;
    assert_eq!(delivery.number, receipt.number);
    assert_eq!(delivery.received_at, receipt.received_at);
    assert_eq!(delivery.partner.as_deref(), Some("portal"));
    assert_eq!(delivery.route.district.as_deref(), Some("west"));
    assert_eq!(Some(delivery.route.department), receipt.department);
    assert_eq!(
        serde_json::to_value(&delivery.report.contact).unwrap(),
        report()["contact"]
    );
    town.close().await;
}

#[tokio::test]
async fn the_citizen_gets_a_number_while_the_origin_is_away_and_it_gets_the_report_once() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    origin.goes_away();
    let receipt = town.accepted(&letters('b'), &report()).await;
    assert_eq!(origin.next().await, Told::Knock);
    origin.returns();
    assert_eq!(origin.next_report().await.number, receipt.number);
    town.close().await;
    let rest = origin.rest();
    assert!(
        !rest.iter().any(|told| matches!(told, Told::Report(_))),
        "{rest:?}"
    );
    assert_eq!(Look::into(&folder).await.undelivered().await, 0);
}

#[test]
fn what_a_killed_edge_acknowledged_is_delivered_by_the_next() {
    let folder = Folder::new("edge");
    let life = || tokio::runtime::Runtime::new().unwrap();
    let observer = life();
    let mut origin = observer.block_on(Origin::start());
    origin.goes_away();

    let first_life = life();
    let receipt = first_life.block_on(async {
        let town = Town::open(&folder, &origin.url()).await;
        town.accepted(&letters('c'), &report()).await
    });
    // No farewell: its tasks are dropped wherever they are.
    first_life.shutdown_background();

    origin.returns();
    let second_life = life();
    let town = second_life.block_on(Town::open(&folder, &origin.url()));
    let delivered = observer.block_on(origin.next_report());
    assert_eq!(delivered.number, receipt.number);
    second_life.block_on(async {
        // The key still stands for it.
        let session = town.session().await;
        let again = town
            .post(&letters('c'), &session, &report())
            .send()
            .await
            .unwrap();
        assert_eq!(again.status(), 200);
        town.close().await;
    });
}

#[tokio::test]
async fn no_contact_is_readable_in_the_ledger() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    // A space is in no hash and no seal, of which four letters are one in some thousands.
    let name = "Sara of the lighthouse";
    let mut named = report();
    named["contact"]["name"] = json!(name);
    let receipt = town.accepted(&letters('d'), &named).await;
    origin.next_report().await;
    town.close().await;
    for entry in std::fs::read_dir(&*folder).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("edge.sqlite") {
            let bytes = std::fs::read(&path).unwrap();
            for secret in ["501234567", name, receipt.secret.as_str()] {
                let found = bytes
                    .windows(secret.len())
                    .any(|it| it == secret.as_bytes());
                assert!(!found, "{secret} in {}", path.display());
            }
        }
    }
}
