//! Two edges on one database of PostgreSQL's.

use std::time::Duration;

use balagh_database::cluster::Cluster;
use sqlx::AnyPool;
use tokio::time::timeout;

use super::night::submission;
use super::origin::Origin;
use super::town::{Folder, Town, key, letters, report};

/// The turn that every writer of the database waits for.
const TURN: &str = "BEGIN; SELECT pg_advisory_xact_lock(108170569672552)";
/// The bound of what waits for a condition.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_edge_that_is_asked_after_an_attempt_knows_that_another_is_storing_it() {
    let Some(cluster) = Cluster::shared().unwrap() else {
        return;
    };
    let address = cluster.database().await.unwrap();
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let variable = |name: &str| match name {
        "EDGE_DATABASE_URL" => Some(address.clone()),
        other => key(other),
    };
    let one = Town::open_with(&folder, &origin.url(), &variable).await;
    let other = Town::open_with(&folder, &origin.url(), &variable).await;
    let (key, session) = (letters('a'), one.session().await);
    assert_eq!(submission(&other, &key).await, 404);

    let pool = AnyPool::connect(&address).await.unwrap();
    let turn = pool.begin_with(TURN).await.unwrap();
    let begun = tokio::spawn(one.post(&key, &session, &report()).send());
    // An edit now would be a second report.
    let waiting = async { while submission(&other, &key).await != 409 {} };
    let told = timeout(PATIENCE, waiting).await;
    told.expect("the other edge says that there is no such attempt");
    turn.rollback().await.unwrap();
    assert_eq!(begun.await.unwrap().unwrap().status(), 201);
    assert_eq!(submission(&other, &key).await, 200);
    pool.close().await;
    one.close().await;
    other.close().await;
}
