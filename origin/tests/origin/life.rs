//! A report's life in the ledger, by staff, reporters and the clock.

use balagh_origin::lifecycle::life::Life;
use balagh_origin::lifecycle::{Log, What};
use balagh_origin::staff::Role;
use balagh_shared::closing_code::ClosingCode;
use balagh_shared::delivery::Verdict;
use balagh_shared::status::{PublicStatus, State};
use balagh_shared::time::HOUR_MS;
use proptest::prelude::*;
use reqwest::Response;
use serde_json::{Value, json};
use sqlx::Row;

use crate::support::*;

/// Delivers a report with this verdict, and looks at the state it is stored with.
async fn check(verdict: Verdict, agency: Option<&str>, is_trial: bool, expected: &str) {
    let origin = Running::start(NOWHERE).await;
    let mut delivery = delivery(1);
    delivery.verdict = verdict;
    delivery.route.agency = agency.map(str::to_owned);
    delivery.report.test = is_trial;
    origin.deliver(&delivery).await;
    let state: String = sqlx::query_scalar("SELECT state FROM reports")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!(state, expected, "{verdict:?}");
}

#[tokio::test]
async fn an_accepted_report_is_assigned() {
    check(Verdict::Accept, None, false, "assigned").await;
}

#[tokio::test]
async fn another_agencys_report_is_transferred() {
    check(Verdict::Redirect, Some("electricity"), false, "transferred").await;
}

#[tokio::test]
async fn a_quarantined_report_waits_for_a_person_and_a_trial_for_nobody() {
    check(Verdict::Quarantine, None, false, "received").await;
    check(Verdict::Accept, None, true, "screened").await;
}

#[tokio::test]
async fn what_was_quarantined_goes_on_once_a_person_has_looked() {
    let origin = Running::start(NOWHERE).await;
    let mut delivery = delivery(1);
    delivery.verdict = Verdict::Quarantine;
    origin.deliver(&delivery).await;
    assert_eq!(origin.count("jobs").await, 0, "nothing happens by itself");
    let looked_at = origin.step(&number(1), 1, "assign", json!({})).await;
    assert_eq!(looked_at.status(), 200);
    let states: Vec<State> = origin
        .stored(&number(1))
        .await
        .log
        .events()
        .iter()
        .map(|event| event.state)
        .collect();
    assert_eq!(states, [State::Received, State::Screened, State::Assigned]);
    assert_eq!(origin.count("jobs").await, 1);
}

#[tokio::test]
async fn the_log_and_the_audit_cannot_be_rewritten() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    origin.step(&number(1), 1, "start", json!({})).await;
    assert_eq!(origin.count("audit").await, 1);
    let folder = origin.stop().await;
    let pool = folder.database().await;
    for change in [
        "UPDATE events SET state = 'closed'",
        "DELETE FROM events",
        "UPDATE audit SET staff = 'nobody'",
        "DELETE FROM audit",
    ] {
        let refused = sqlx::query(change).execute(&pool).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    pool.close().await;
}

#[tokio::test]
async fn of_two_who_act_on_the_same_revision_one_is_told_that_it_has_changed() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    let (one, two) = tokio::join!(
        origin.step(&number, 1, "start", json!({})),
        origin.step(&number, 1, "resolve", json!({})),
    );
    let (told, done): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(|it| it.status() == 409);
    assert_eq!((told.len(), done.len()), (1, 1));
    let [told] = <[Response; 1]>::try_from(told).unwrap();
    let problem = json(told).await;
    assert_eq!(problem["code"], "state.stale");
    assert_eq!(problem["violations"][0]["params"]["revision"], "2");
    let other = crate::support::number(2);
    assert_eq!(
        origin.step(&other, 1, "start", json!({})).await.status(),
        404
    );
}

async fn code(response: Response) -> Value {
    json(response).await["code"].take()
}

#[tokio::test]
async fn a_step_that_cannot_be_taken_is_refused_with_its_reason() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let step = async |action, body| code(origin.step(&number(1), 1, action, body).await).await;
    assert_eq!(step("close", json!({})).await, "state.conflict");
    assert_eq!(step("reopen", json!({})).await, "state.conflict");
    assert_eq!(step("reject", json!({})).await, "note.missing");
    assert_eq!(
        step("wait", json!({"note": " \u{200f}"})).await,
        "note.missing"
    );
    let nobody = json!({"department": "nobody"});
    assert_eq!(step("assign", nobody).await, "department.unknown");
    assert_eq!(
        step("transfer", json!({"agency": "nobody"})).await,
        "agency.unknown"
    );
    assert_eq!(
        step("resolve", json!({"note": "a\u{0007}"})).await,
        "text.control"
    );
    assert_eq!(step("publish", json!({})).await, "state.conflict");
    assert_eq!(step("dance", json!({})).await, "route.unknown");
    assert_eq!(
        step("start", json!({"notes": 1})).await,
        "request.malformed"
    );
    assert_eq!(origin.stored(&number(1)).await.revision, 1);
}

#[tokio::test]
async fn whose_work_it_is_does_not_close_past_its_reporter() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let one = number(1);
    let department = origin.stored(&one).await.life().department;
    origin
        .hire("Sami", "spot", Role::Field, Some(&department))
        .await;
    let by_field =
        async |revision, action, body| origin.step_of("spot", (&one, revision), action, body).await;
    let asked = by_field(1, "wait", json!({"note": "which?"})).await;
    assert_eq!(asked.status(), 200);
    let closed = by_field(2, "close", json!({})).await;
    assert_eq!(code(closed).await, "staff.forbidden");
    let stored = origin.stored(&one).await;
    assert_eq!(stored.life().state, State::WaitingForReporter);
    let by_supervisor = origin.step(&one, stored.revision, "close", json!({})).await;
    assert_eq!(by_supervisor.status(), 200);
}

#[tokio::test]
async fn whoever_has_no_token_is_nobody() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    for given in [
        None,
        Some("Bearer"),
        Some("Bearer stolen"),
        Some("Basic eA=="),
    ] {
        let mut request = origin.request(reqwest::Method::GET, "/staff/v1/reports");
        if let Some(given) = given {
            request = request.header("authorization", given);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{given:?}");
        assert_eq!(code(answer).await, "staff.unknown");
    }
}

#[tokio::test]
async fn a_reporters_step_is_signed_for_itself_and_nothing_else() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    let path = format!("/edge/v1/reports/{number}/follow-up");
    let id = format!("{number}/close");
    let refused = origin.send(reqwest::Method::POST, &path, &id, b"{}").await;
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn a_report_escalates_level_by_level_and_never_twice() {
    let origin = Running::start(NOWHERE).await;
    let mut late = delivery(1);
    // The document's levels are reached 24 and 72 hours past due.
    late.route.due = now().plus_millis(-100 * HOUR_MS);
    origin.deliver(&late).await;
    let number = number(1);
    origin
        .until(&number, |report| report.life().level == 2)
        .await;
    let told = async |origin: &Running| {
        let rows = sqlx::query(
            "SELECT audience, recipient FROM notices WHERE template IN ('escalated', 'overdue') ORDER BY id",
        )
        .fetch_all(&origin.look().await)
        .await
        .unwrap();
        let told: Vec<(String, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        told
    };
    let expected = [
        ("department", "cleanliness"),
        ("department", "triage"),
        ("reporter", ""),
    ]
    .map(|(audience, recipient)| (audience.to_owned(), recipient.to_owned()));
    assert_eq!(told(&origin).await, expected);

    // A restart, and a clock that starts from nothing, find nothing to do again.
    let origin = Running::start_in(origin.stop().await, NOWHERE).await;
    origin.deliver(&delivery(2)).await;
    origin.step(&number, 3, "resolve", json!({})).await;
    origin
        .until(&number, |report| report.life().state == State::Resolved)
        .await;
    assert_eq!(told(&origin).await, expected);
    let escalations = origin.stored(&number).await.log;
    let levels: Vec<&What> = escalations
        .events()
        .iter()
        .map(|event| &event.what)
        .filter(|what| matches!(what, What::Escalated { .. }))
        .collect();
    assert_eq!(
        levels,
        [&What::Escalated { level: 1 }, &What::Escalated { level: 2 }]
    );
    origin.stop().await;
}

#[tokio::test]
async fn what_its_reporter_says_nothing_about_closes_by_itself() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    origin.step(&number, 1, "resolve", json!({})).await;
    let status = origin.stored(&number).await;
    assert_eq!(status.life().state, State::Resolved);
    let folder = origin.stop().await;
    // Fourteen days later.
    tamper(
        &folder,
        "UPDATE jobs SET due = 1 WHERE number = $1",
        &number,
    )
    .await;
    let origin = Running::start_in(folder, NOWHERE).await;
    origin
        .until(&number, |report| report.life().state == State::Closed)
        .await;
    assert_eq!(origin.count("jobs").await, 0);
    origin.stop().await;
}

#[tokio::test]
async fn who_was_quicker_than_the_clock_wins() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    origin.step(&number, 1, "resolve", json!({})).await;
    let reopened = origin
        .reporter(&number, "reopen", &json!({"note": "لا يزال هناك"}))
        .await;
    assert_eq!(reopened.status(), 200);
    let jobs = origin.server.store().jobs().await.unwrap();
    assert_eq!(jobs.len(), 1);
    assert!(jobs[0].id.ends_with("/escalation/1"), "{}", jobs[0].id);
}

#[tokio::test]
async fn the_code_that_the_edge_shows_closes_at_the_origin() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    origin.step(&number, 1, "resolve", json!({})).await;
    let shown = ClosingCode::derive(&keys().closing, "dammam", &number, 1);
    let code = json!({"code": shown.to_string()});
    let closed = origin.step(&number, 2, "close", code).await;
    assert_eq!(closed.status(), 200);
    assert_eq!(json(closed).await["status"]["state"], "closed");
}

#[tokio::test]
async fn a_report_joins_one_that_comes_after_it_and_its_followers_move_along() {
    let origin = Running::start(NOWHERE).await;
    let (first, second, third) = (number(1), number(2), number(3));
    // The edge delivers them in any order.
    let mut early = delivery(2);
    early.joins = Some(first.clone());
    origin.deliver(&early).await;
    assert_eq!(origin.stored(&second).await.life().joins, None);
    origin.deliver(&delivery(1)).await;
    assert_eq!(
        origin.stored(&second).await.life().joins.as_ref(),
        Some(&first)
    );
    assert_eq!(
        origin.stored(&first).await.life().gained,
        std::slice::from_ref(&second)
    );
    let path = format!("/staff/v1/reports/{first}");
    let leader = origin
        .request(reqwest::Method::GET, &path)
        .header("authorization", format!("Bearer {TOKEN}"));
    let leader = json(leader.send().await.unwrap()).await;
    let shown: PublicStatus = serde_json::from_value(leader["status"].clone()).unwrap();
    assert_eq!(shown.joined, 1);
    assert!(
        shown.events.iter().all(|event| event.what.is_none()),
        "a line for each who joins would outgrow what an edge is told"
    );

    origin.deliver(&delivery(3)).await;
    let revision = origin.stored(&first).await.revision;
    let joined = origin
        .step(&first, revision, "join", json!({"to": third}))
        .await;
    assert_eq!(joined.status(), 200);
    for follower in [&first, &second] {
        assert_eq!(
            origin.stored(follower).await.life().joins.as_ref(),
            Some(&third)
        );
    }
    let revision = origin.stored(&third).await.revision;
    let note = json!({"note": "ليس من عملنا"});
    origin.step(&third, revision, "reject", note).await;
    for follower in [&first, &second] {
        let stored = origin.stored(follower).await;
        assert_eq!(stored.life().state, State::Rejected);
        let last = stored.log.events().last().unwrap();
        assert_eq!(last.note.as_deref(), Some("ليس من عملنا"), "why, for all");
    }
    let itself = origin
        .step(&third, revision + 1, "join", json!({"to": third}))
        .await;
    assert_eq!(code(itself).await, "report.unknown");
    assert_eq!(origin.count("jobs").await, 0);
}

#[tokio::test]
async fn what_attacks_the_screen_raises_nothing() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let mut spam = delivery(2);
    spam.verdict = Verdict::Quarantine;
    spam.joins = Some(number(1));
    origin.deliver(&spam).await;
    assert!(origin.stored(&number(1)).await.life().gained.is_empty());
}

#[tokio::test]
async fn words_are_public_only_where_a_person_and_the_document_say_so() {
    let mut edge = Receiver::listen(0).await;
    let origin = Running::start(&edge.url).await;
    let mut report = delivery(1);
    report.report.category = "cleanliness.container".into();
    let words = report.report.description.clone();
    origin.deliver(&report).await;
    assert_eq!(edge.next().await.1.public_text, None);
    let published = origin.step(&number(1), 1, "publish", json!({})).await;
    assert_eq!(published.status(), 200);
    assert_eq!(edge.next().await.1.public_text, Some(words));
    origin.stop().await;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_stored_state_is_always_the_one_rebuilt_from_the_log(
        tries in proptest::collection::vec(0_usize..STEPS.len(), 0..25),
    ) {
        tokio::runtime::Runtime::new().unwrap().block_on(lead_a_life(tries));
    }
}

/// Whose step it is, which, and what belongs to it.
const STEPS: [(bool, &str, &str); 15] = [
    (true, "assign", r#"{"department": "triage"}"#),
    (true, "start", "{}"),
    (true, "wait", r#"{"note": "?"}"#),
    (
        true,
        "transfer",
        r#"{"agency": "electricity", "reference": "7"}"#,
    ),
    (true, "resolve", "{}"),
    (true, "close", r#"{"code": "123456"}"#),
    (true, "reject", r#"{"note": "x"}"#),
    (true, "reopen", "{}"),
    (true, "note", r#"{"note": "x", "internal": true}"#),
    (false, "follow-up", "{}"),
    (false, "follow-up", r#"{"note": "x"}"#),
    (false, "close", "{}"),
    (false, "reopen", r#"{"note": "x"}"#),
    (false, "rate", r#"{"quality": 1, "speed": 1, "service": 2}"#),
    (false, "rate", r#"{"quality": 5, "speed": 4, "service": 3}"#),
];

async fn lead_a_life(tries: Vec<usize>) {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    let number = number(1);
    let mut before = origin.stored(&number).await;
    for index in tries {
        let (by_staff, action, body) = STEPS[index];
        let body: Value = serde_json::from_str(body).unwrap();
        let answer = if by_staff {
            origin.step(&number, before.revision, action, body).await
        } else {
            origin.reporter(&number, action, &body).await
        };
        let done = answer.status() == 200;
        assert!(done || matches!(answer.status().as_u16(), 409 | 422));
        let said = json(answer).await;
        let stored = origin.stored(&number).await;
        // A wrong closing code is refused, and remembered.
        assert_eq!(
            stored.revision > before.revision,
            done || said["code"] == "closing.code" && before.life().miscoded < 5
        );
        let log = Log::rebuild(stored.log.events().to_vec()).unwrap();
        let life = Life::of(&stored.head, &log);
        let row = sqlx::query(
            "SELECT state, current_department, current_agency, current_due, level, revision \
             FROM reports",
        )
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
        assert_eq!(row.get::<String, _>("state"), life.state.code());
        assert_eq!(row.get::<String, _>("current_department"), life.department);
        assert_eq!(row.get::<Option<String>, _>("current_agency"), life.agency);
        assert_eq!(row.get::<i64, _>("current_due"), life.due.millis());
        assert_eq!(row.get::<i64, _>("level"), i64::from(life.level));
        if done && !by_staff {
            let told: PublicStatus = serde_json::from_value(said).unwrap();
            assert_eq!(told.state, life.state);
            assert_eq!(told.times_resolved(), life.times_resolved);
        }
        before = stored;
    }
    origin.stop().await;
}
