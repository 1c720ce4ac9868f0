//! The edge is told of every change, whenever it can be reached.

use balagh_shared::status::State;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn the_edge_is_told_how_a_report_stands_as_soon_as_it_is_delivered() {
    let mut edge = Receiver::listen(0).await;
    let origin = Running::start(&edge.url).await;
    let delivery = delivery(1);
    origin.deliver(&delivery).await;

    let (id, event) = edge.next().await;
    assert_eq!(id, format!("{}:1", delivery.number));
    assert_eq!(event.municipality, "dammam");
    let status = event.status;
    assert_eq!(status.number, delivery.number);
    assert_eq!((status.state, status.revision), (State::Assigned, 1));
    assert_eq!(status.department.as_deref(), Some("cleanliness"));
    assert_eq!(status.due, Some(delivery.route.due));
    let states: Vec<State> = status.events.iter().map(|event| event.state).collect();
    assert_eq!(states, [State::Received, State::Screened, State::Assigned]);
}

#[tokio::test]
async fn an_edge_that_refuses_is_told_again() {
    let mut edge = Receiver::listen(2).await;
    let origin = Running::start(&edge.url).await;
    origin.deliver(&delivery(1)).await;
    assert_eq!(edge.next().await.1.status.number, number(1));
}

#[tokio::test]
async fn what_could_not_be_told_is_told_after_a_restart() {
    let origin = Running::start(NOWHERE).await;
    for seed in 1..=20 {
        assert_eq!(origin.deliver(&delivery(seed)).await.status(), 201);
    }
    assert_eq!(origin.count("status_queue").await, 20);
    let folder = origin.stop().await;

    let mut edge = Receiver::listen(0).await;
    let origin = Running::start_in(folder, &edge.url).await;
    let mut told = Vec::new();
    for _ in 0..20 {
        told.push(edge.next().await.1.status.number);
    }
    told.sort();
    let mut expected: Vec<String> = (1..=20).map(number).collect();
    expected.sort();
    assert_eq!(told, expected);
    origin.stop().await;
}

#[tokio::test]
async fn of_several_changes_meanwhile_the_latest_is_told_and_revisions_only_grow() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let started = origin.step(&number(1), 1, "start", json!({})).await;
    assert_eq!(started.status(), 200);
    let note = json!({"note": "بدأنا"});
    let resolved = origin.step(&number(1), 2, "resolve", note).await;
    assert_eq!(resolved.status(), 200);
    assert_eq!(origin.count("status_queue").await, 1);
    let folder = origin.stop().await;

    let mut edge = Receiver::listen(0).await;
    let origin = Running::start_in(folder, &edge.url).await;
    let (id, event) = edge.next().await;
    assert_eq!(id, format!("{}:3", number(1)));
    assert_eq!(
        (event.status.state, event.status.revision),
        (State::Resolved, 3)
    );
    assert_eq!(
        event.status.events.last().unwrap().note.as_deref(),
        Some("بدأنا")
    );
    origin.stop().await;
}

#[tokio::test]
async fn an_edge_that_never_answers_does_not_keep_the_origin_from_stopping() {
    // Connections are taken into the backlog and never answered.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = Running::start(&format!("http://{}", silent.local_addr().unwrap())).await;
    origin.deliver(&delivery(1)).await;
    let _asked = silent.accept().await.unwrap();
    let origin = Running::start_in(origin.stop().await, NOWHERE).await;
    assert_eq!(origin.count("status_queue").await, 1);
}

#[tokio::test]
async fn a_report_that_cannot_be_read_keeps_no_other_waiting() {
    let origin = Running::start(NOWHERE).await;
    for seed in 1..=20 {
        origin.deliver(&delivery(seed)).await;
    }
    let folder = origin.stop().await;
    for change in [
        "UPDATE reports SET report_json = 'broken' WHERE number = $1",
        "UPDATE status_queue SET next_attempt = 0 WHERE number = $1",
    ] {
        tamper(&folder, change, &number(1)).await;
    }

    let mut edge = Receiver::listen(0).await;
    let origin = Running::start_in(folder, &edge.url).await;
    let mut told = std::collections::BTreeSet::new();
    while told.len() < 19 {
        told.insert(edge.next().await.1.status.number);
    }
    assert!(!told.contains(&number(1)));
    let next = "SELECT next_attempt FROM status_queue WHERE number = $1";
    let next: i64 = sqlx::query_scalar(next)
        .bind(number(1))
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert!(next > 0);
    origin.stop().await;
}

#[tokio::test]
async fn what_a_wrong_clock_put_off_for_a_year_is_told_now() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let folder = origin.stop().await;
    // The year 2100.
    let change = "UPDATE status_queue SET next_attempt = 4102444800000 WHERE number = $1";
    tamper(&folder, change, &number(1)).await;
    let mut edge = Receiver::listen(0).await;
    let origin = Running::start_in(folder, &edge.url).await;
    assert_eq!(edge.next().await.1.status.number, number(1));
    origin.stop().await;
}
