//! Reporters and departments are told by text message and e-mail: a real gateway and a real mail
//! server (`tests/harness/sinks.mjs`), which keep what they get.

use std::collections::BTreeMap;

use balagh_messages::{SmsConfig, SmtpConfig};
use balagh_origin::config::Config;
use balagh_origin::store::{Settled, Store};
use balagh_shared::delivery::{Delivery, Verdict};
use balagh_shared::reason::Reason;
use balagh_shared::report::Contact;
use balagh_shared::status::State;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sinks::Sinks;
use crate::support::*;

const HOUR_MS: i64 = 3_600_000;
const PHONE: &str = "+966501234567";

#[derive(Deserialize)]
struct Sections {
    sms: SmsConfig,
    smtp: SmtpConfig,
}

/// An origin in `folder` that sends to `sinks`.
async fn start_in(folder: Folder, sinks: &Sinks) -> Running {
    let toml = format!("{}{}", sinks.sms(), sinks.smtp("none"));
    let toml = toml.replace(", x-key = \"{env:KEY}\"", "");
    let Sections { sms, smtp } = toml::from_str(&toml).unwrap();
    let mut config = config(&folder, NOWHERE);
    config.edge.public_url = Some("https://r.example/".into());
    let config = Config {
        sms: Some(sms),
        smtp: Some(smtp),
        ..config
    };
    Running::start_as(folder, &config).await
}

/// An origin in `folder` whose gateway is away.
async fn start_cut_off(folder: Folder) -> Running {
    let mut config = config(&folder, NOWHERE);
    config.sms = Some(SmsConfig {
        url: format!("{NOWHERE}/sms"),
        method: "POST".into(),
        headers: BTreeMap::from([("content-type".into(), "application/json".into())]),
        body: Some(r#"{"to": "{to}", "text": "{text}"}"#.into()),
    });
    Running::start_as(folder, &config).await
}

/// As [`delivery`], from somebody else.
fn from(seed: u64, phone: Option<&str>, email: Option<&str>) -> Delivery {
    let mut delivery = delivery(seed);
    delivery.report.contact = Some(Contact {
        phone: phone.map(str::to_owned),
        email: email.map(str::to_owned),
        name: None,
    });
    delivery
}

/// What came of the messages about a report: template and outcome, the first queued first.
async fn outcomes(origin: &Running, number: &str) -> Vec<(String, Option<String>)> {
    sqlx::query_as("SELECT template, outcome FROM notices WHERE number = $1 ORDER BY id")
        .bind(number)
        .fetch_all(&origin.look().await)
        .await
        .unwrap()
}

/// Waits until nothing of a report waits to be sent.
async fn all_settled(origin: &Running, number: &str) -> Vec<(String, Option<String>)> {
    eventually(async || {
        let outcomes = outcomes(origin, number).await;
        let is_settled = outcomes.iter().all(|(_, outcome)| outcome.is_some());
        is_settled.then_some(outcomes)
    })
    .await
}

/// Asks until there is an answer.
async fn eventually<T>(ask: impl AsyncFn() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(found) = ask().await {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.unwrap()
}

/// The texts that came for somebody, the first first.
async fn texts(sinks: &Sinks, to: &str) -> Vec<String> {
    let messages = sinks.messages().await;
    let own = messages.iter().filter(|message| message["to"] == to);
    own.map(|message| message["text"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_reporter_is_told_the_number_the_code_and_the_end_in_that_order() {
    let sinks = Sinks::open(&[]);
    let origin = start_in(Folder::new(), &sinks).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    origin
        .step(&number, 1, "resolve", json!({"note": "قلنا"}))
        .await;
    eventually(async || (texts(&sinks, PHONE).await.len() == 2).then_some(())).await;
    origin.reporter(&number, "close", &json!({})).await;
    let outcomes = all_settled(&origin, &number).await;
    let sent = |template: &str| (template.to_owned(), Some("sent".to_owned()));
    let unworded = ("assigned".to_owned(), Some("nobody".to_owned()));
    // Whoever resolved it may have been quicker than the message about the department.
    assert_eq!(outcomes[0], sent("received"));
    assert!(outcomes[1] == unworded || outcomes[1].1.as_deref() == Some("superseded"));
    assert_eq!(outcomes[2..], [sent("resolved"), sent("closed")]);

    let texts = texts(&sinks, PHONE).await;
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert_eq!(texts[0], format!("رقم بلاغك {number}"));
    let link = format!("https://r.example/dammam/track?number={number}");
    let code = texts[1]
        .strip_prefix(&format!("عولج: {link}. رمزك "))
        .unwrap();
    assert_eq!(code.len(), 6);
    assert_eq!(texts[2], format!("أُغلق بلاغك {number}"));
    let all = texts.concat();
    assert!(!all.contains("سارة") && !all.contains("قلنا"), "{all}");
    let page = origin.get("/metrics").await.text().await.unwrap();
    assert!(
        page.contains("balagh_origin_messages{outcome=\"sent\"} 3"),
        "{page}"
    );
    origin.stop().await;
}

#[tokio::test]
async fn each_reporter_of_one_problem_is_told_in_their_own_language() {
    let sinks = Sinks::open(&[]);
    let origin = start_in(Folder::new(), &sinks).await;
    origin.deliver(&delivery(1)).await;
    let mut second = from(2, None, Some("amal@example.org"));
    second.joins = Some(number(1));
    second.report.lang = "en".into();
    origin.deliver(&second).await;
    origin
        .until(&number(2), |report| report.log.joins().is_some())
        .await;
    let revision = origin.stored(&number(1)).await.revision;
    let resolved = origin
        .step(&number(1), revision, "resolve", json!({}))
        .await;
    assert_eq!(resolved.status(), 200);
    all_settled(&origin, &number(1)).await;
    all_settled(&origin, &number(2)).await;
    let link = |seed| format!("https://r.example/dammam/track?number={}", number(seed));
    let first = texts(&sinks, PHONE).await;
    assert!(
        first
            .last()
            .unwrap()
            .starts_with(&format!("عولج: {}", link(1)))
    );
    // The report that it follows is the one that the code closes.
    let second = texts(&sinks, "amal@example.org").await;
    assert_eq!(
        second,
        [
            format!("Your report is {}", number(2)),
            format!("Your report is resolved: {}.", link(2))
        ]
    );
    origin.stop().await;
}

#[tokio::test]
async fn what_a_gateway_was_away_for_is_sent_once_after_a_restart() {
    let sinks = Sinks::open(&[]);
    let origin = start_cut_off(Folder::new()).await;
    for seed in 1..=20 {
        origin.deliver(&delivery(seed)).await;
    }
    let tried = "SELECT COUNT(*) FROM notices WHERE template = 'received' AND attempts > 0";
    eventually(async || {
        let tried: i64 = sqlx::query_scalar(tried)
            .fetch_one(&origin.look().await)
            .await
            .unwrap();
        (tried == 20).then_some(())
    })
    .await;
    let failed = origin.get("/metrics").await.text().await.unwrap();
    assert!(failed.contains("balagh_origin_message_failures_total{kind=\"temporary\"}"));
    let folder = origin.stop().await;

    let origin = start_in(folder, &sinks).await;
    for seed in 1..=20 {
        all_settled(&origin, &number(seed)).await;
    }
    let mut told = texts(&sinks, PHONE).await;
    told.sort();
    let mut expected: Vec<String> = (1..=20)
        .map(|it| format!("رقم بلاغك {}", number(it)))
        .collect();
    expected.sort();
    assert_eq!(told, expected, "none lost, none twice");
    let origin = start_in(origin.stop().await, &sinks).await;
    origin.deliver(&from(21, None, Some("a@example.org"))).await;
    all_settled(&origin, &number(21)).await;
    assert_eq!(texts(&sinks, PHONE).await.len(), 20);
    origin.stop().await;
}

#[tokio::test]
async fn what_the_gateway_refuses_for_good_is_a_dead_letter_that_can_be_replayed() {
    let sinks = Sinks::open(&[]);
    let origin = start_in(Folder::new(), &sinks).await;
    // The sink answers with the last three digits.
    origin.deliver(&from(1, Some("+966501200400"), None)).await;
    all_settled(&origin, &number(1)).await;
    let store = origin.server.store();
    let dead = store.dead_letters().await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].number, number(1));
    assert_eq!(
        (dead[0].template.as_str(), dead[0].cause.as_str()),
        ("received", "the answer was 400")
    );

    assert!(store.replay(dead[0].id, now()).await.unwrap());
    assert!(
        !store.replay(dead[0].id, now()).await.unwrap(),
        "it waits already"
    );
    assert!(store.dead_letters().await.unwrap().is_empty());
    // What comes to the queue wakes its sender, and the replayed one goes first.
    origin.deliver(&delivery(2)).await;
    all_settled(&origin, &number(2)).await;
    all_settled(&origin, &number(1)).await;
    assert_eq!(store.dead_letters().await.unwrap().len(), 1);
    origin.stop().await;
}

#[tokio::test]
async fn a_message_that_nobody_knows_to_be_sent_is_sent_once_more_and_no_third_time() {
    let sinks = Sinks::open(&[]);
    let origin = start_in(Folder::new(), &sinks).await;
    origin.deliver(&delivery(1)).await;
    all_settled(&origin, &number(1)).await;
    // As a crash leaves it that comes between the gateway's answer and the ledger.
    let crash = "UPDATE notices SET outcome = NULL, sent_at = NULL, claimed_until = 1 \
                 WHERE template = 'received' AND number = $1";
    let mut folder = origin.stop().await;
    for (sent, outcome) in [(2, "sent"), (2, "dead")] {
        tamper(&folder, crash, &number(1)).await;
        let origin = start_in(folder, &sinks).await;
        let outcomes = all_settled(&origin, &number(1)).await;
        assert_eq!(outcomes[0].1.as_deref(), Some(outcome));
        assert_eq!(texts(&sinks, PHONE).await.len(), sent);
        folder = origin.stop().await;
    }
}

#[tokio::test]
async fn a_trial_is_told_to_nobody_and_what_is_looked_at_only_its_number() {
    let sinks = Sinks::open(&[]);
    let origin = start_in(Folder::new(), &sinks).await;
    let mut trial = delivery(1);
    trial.report.test = true;
    origin.deliver(&trial).await;
    assert_eq!(origin.count("notices").await, 0);
    let mut suspect = delivery(2);
    suspect.verdict = Verdict::Quarantine;
    origin.deliver(&suspect).await;
    all_settled(&origin, &number(2)).await;
    assert_eq!(
        texts(&sinks, PHONE).await,
        [format!("رقم بلاغك {}", number(2))]
    );
    assert_eq!(
        origin.stored(&number(2)).await.life().state,
        State::Received
    );
    // Its sender may not be whom it names.
    let mut flood = delivery(3);
    flood.verdict = Verdict::Quarantine;
    flood.reasons = vec![Reason::LimitContact];
    origin.deliver(&flood).await;
    let notices = origin.count("notices").await;
    let looked_at = origin.step(&number(3), 1, "assign", json!({})).await;
    assert_eq!(looked_at.status(), 200);
    let told = all_settled(&origin, &number(3)).await;
    let told: Vec<&str> = told.iter().map(|(template, _)| template.as_str()).collect();
    assert_eq!(notices, 1, "only the other's");
    assert_eq!(told, ["assigned"], "once somebody has looked");
    origin.stop().await;
}

#[tokio::test]
async fn departments_hear_by_e_mail_of_what_is_past_due() {
    let sinks = Sinks::open(&[]);
    let origin = start_in(Folder::new(), &sinks).await;
    let mut late = delivery(1);
    // The document's levels are reached 24 and 72 hours past due; the second names triage.
    late.route.due = now().plus_millis(-100 * HOUR_MS);
    origin.deliver(&late).await;
    origin
        .until(&number(1), |report| report.life().level == 2)
        .await;
    all_settled(&origin, &number(1)).await;
    let messages = sinks.messages().await;
    let mails: Vec<&Value> = messages.iter().filter(|it| it["by"] == "email").collect();
    assert_eq!(mails.len(), 1, "the other department has no mailbox");
    assert_eq!(mails[0]["to"], "intake@dammam.example");
    let expected = format!("تأخر البلاغ {}: لدى الإدارة المختصة", number(1));
    assert_eq!(mails[0]["text"], expected);
    origin.stop().await;
}

#[tokio::test]
async fn the_messages_about_a_report_go_one_after_the_other_and_each_to_one_sender() {
    let origin = start_cut_off(Folder::new()).await;
    origin.deliver(&delivery(1)).await;
    origin.deliver(&delivery(2)).await;
    let folder = origin.stop().await;
    let store = Store::open_shut(&folder.1).await.unwrap();
    store.end_claims().await.unwrap();
    // However long the first was put off.
    let later = now().plus_millis(HOUR_MS);
    let first = store.claim_notices(later, 16).await.unwrap();
    let claimed: Vec<&str> = first.iter().map(|it| it.template.as_str()).collect();
    assert_eq!(
        claimed,
        ["received", "received"],
        "of each report the first"
    );
    assert!(store.claim_notices(later, 16).await.unwrap().is_empty());

    let done = first[0].id;
    store
        .notice_settled(done, &Settled::Sent, later)
        .await
        .unwrap();
    let next = store.claim_notices(later, 16).await.unwrap();
    assert_eq!(next.len(), 1);
    assert_eq!(next[0].template, "assigned");
    assert_eq!(next[0].number, first[0].number);
    store.close().await;
}
