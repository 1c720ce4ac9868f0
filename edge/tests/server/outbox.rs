//! The outbox as an operator meets it: a destination that is away is left alone, a message that it
//! will not have is put aside, and neither holds up anything else.

use balagh_edge::keys::LedgerKeys;
use balagh_edge::native::ledger::{Ledger, LetterState, ORIGIN, Which};

use super::origin::{Origin, Told};
use super::town::{Folder, Look, Town, key, letters, now, report};

/// The ledger as the command line opens it.
async fn ledger(folder: &Folder) -> Ledger {
    let keys = LedgerKeys::read(&key).unwrap();
    Ledger::open(&Ledger::in_folder(folder), keys.seals)
        .await
        .unwrap()
}

const OPEN: &str = r#"balagh_edge_breaker_state{destination="origin",state="open"}"#;
const FAILED: &str =
    r#"balagh_edge_delivery_attempts_total{destination="origin",outcome="failed"}"#;
const DEAD: &str = r#"balagh_edge_outbox_dead{destination="origin"}"#;

#[tokio::test]
async fn an_origin_that_is_away_is_left_alone_and_gets_everything_once_when_it_is_back() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    origin.goes_away();
    let mut numbers = Vec::new();
    for letter in 'a'..='h' {
        numbers.push(town.accepted(&letters(letter), &report()).await.number);
    }
    town.until_metric(OPEN, 1.0).await;
    // Until everybody who was on the way is back.
    let mut knocks = 0;
    while town.metric(FAILED).await != Some(f64::from(knocks)) {
        knocks += u32::try_from(origin.rest().len()).unwrap();
    }
    numbers.push(town.accepted(&letters('i'), &report()).await.number);
    // Neither who is due again nor who is new: one finds out whether it is back.
    assert_eq!(origin.next().await, Told::Knock);
    town.until_metric(FAILED, f64::from(knocks + 1)).await;
    town.until_metric(OPEN, 1.0).await;
    assert_eq!(origin.rest(), [], "an open breaker lets nobody knock");
    origin.returns();
    let mut delivered = Vec::new();
    for _ in &numbers {
        delivered.push(origin.next_report().await.number);
    }
    numbers.sort();
    delivered.sort();
    assert_eq!(delivered, numbers);
    assert_eq!(town.metric(OPEN).await, None);
    town.close().await;
    assert_eq!(Look::into(&folder).await.undelivered().await, 0);
}

#[tokio::test]
async fn a_report_that_is_refused_again_and_again_is_put_aside_and_arrives_when_it_is_replayed() {
    let (folder, mut origin) = (Folder::new("edge"), Origin::start().await);
    origin.goes_away();
    let town = Town::open(&folder, &origin.url()).await;
    let refused = town.accepted(&letters('a'), &report()).await.number;
    assert_eq!(origin.next().await, Told::Knock);
    town.close().await;
    // An hour of refusals later.
    let look = Look::into(&folder).await;
    let hour = "UPDATE outbox SET attempts = 19, refusals = 19, due_at = 0";
    look.change(hour).await;
    origin.refuses(Some(&refused));
    origin.returns();
    let town = Town::open(&folder, &origin.url()).await;
    town.until_metric(DEAD, 1.0).await;
    let other = town.accepted(&letters('b'), &report()).await.number;
    assert_eq!(origin.next_report().await.number, other);
    assert_eq!(
        town.metric(OPEN).await,
        None,
        "it is no failure of the origin"
    );
    town.close().await;

    let ledger = ledger(&folder).await;
    let dead = Which {
        dead: true,
        destination: Some(ORIGIN),
        number: None,
    };
    let listed = ledger.letters(dead, 10).await.unwrap();
    let [letter] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    assert_eq!((letter.state, letter.attempts), (LetterState::Dead, 20));
    assert_eq!(letter.number, refused);
    assert_eq!(letter.last_error.as_deref(), Some("http.422"));
    let only = |number| Which {
        number: Some(number),
        ..Which::default()
    };
    assert_eq!(ledger.replay(only(&other), now()).await.unwrap(), 0);
    assert_eq!(ledger.replay(only(&refused), now()).await.unwrap(), 1);
    ledger.close().await;

    origin.refuses(None);
    let town = Town::open(&folder, &origin.url()).await;
    assert_eq!(origin.next_report().await.number, refused);
    town.until_metric(DEAD, 0.0).await;
    town.close().await;
    assert_eq!(look.undelivered().await, 0);
}
