//! Open311: which reports a list holds, by each filter.

use balagh_shared::delivery::Verdict;
use balagh_shared::time::{DAY_MS, Timestamp};
use serde_json::{Value, json};

use crate::open311::{light, post};
use crate::schema;
use crate::support::*;

/// An origin with a report a day for ten days, the youngest of today.
async fn ten_days() -> Running {
    let origin = Running::start(NOWHERE).await;
    for days in 0..10 {
        deliver(&origin, days, "cleanliness.street", days * DAY_MS).await;
    }
    origin
}

/// Delivers a report of this category that was received so long ago.
async fn deliver(origin: &Running, seed: i64, category: &str, ago_ms: i64) {
    let mut delivery = delivery(u64::try_from(seed).unwrap());
    delivery.report.category = category.into();
    delivery.received_at = now().plus_millis(-ago_ms);
    assert_eq!(origin.deliver(&delivery).await.status(), 201);
}

/// Puts so many copies of a report behind it, each a second older.
async fn multiply(origin: &Running, number: &str, copies: u32) {
    let pool = origin.look().await;
    let names = match origin.folder.is_on_postgres() {
        true => {
            "SELECT string_agg(column_name::text, ', ') FROM information_schema.columns \
                 WHERE table_name = 'reports' AND column_name NOT IN ('number', 'received_ms')"
        }
        false => {
            "SELECT group_concat(name, ', ') FROM pragma_table_info('reports') \
                  WHERE name NOT IN ('number', 'received_ms')"
        }
    };
    let columns: String = sqlx::query_scalar(names).fetch_one(&pool).await.unwrap();
    let copy = format!(
        "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
         INSERT INTO reports (number, received_ms, {columns}) \
         SELECT number || '-' || i, received_ms - i * 1000, {columns} FROM reports, n WHERE number = $2"
    );
    let copied = sqlx::query(sqlx::AssertSqlSafe(copy))
        .bind(i64::from(copies))
        .bind(number);
    let copied = copied.execute(&pool).await.unwrap();
    assert_eq!(copied.rows_affected(), u64::from(copies));
    pool.close().await;
}

/// The list that a query gives, checked against the published schema.
async fn list(origin: &Running, query: &str) -> Vec<Value> {
    let response = origin
        .get(&format!("/open311/v2/requests.json?{query}"))
        .await;
    assert_eq!(response.status(), 200, "{query}");
    let list = json(response).await;
    schema::check("requests", &list);
    let list = list.as_array().unwrap().clone();
    for request in &list {
        schema::check("request", request);
    }
    list
}

/// Asserts which of the reports `number(seed)` a query gives, and in which order.
async fn check(origin: &Running, query: &str, seeds: &[u64]) {
    let given = list(origin, query).await;
    let given: Vec<&str> = given
        .iter()
        .map(|request| request["service_request_id"].as_str().unwrap())
        .collect();
    let expected: Vec<String> = seeds.iter().map(|seed| number(*seed)).collect();
    assert_eq!(given, expected, "{query}");
}

#[tokio::test]
async fn without_a_filter_the_newest_of_ninety_days_come_first() {
    let origin = ten_days().await;
    deliver(&origin, 89, "cleanliness.street", 89 * DAY_MS).await;
    deliver(&origin, 91, "cleanliness.street", 91 * DAY_MS).await;
    check(&origin, "", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 89]).await;
    check(
        &origin,
        "status=&start_date=&service_code=&page=",
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 89],
    )
    .await;
}

#[tokio::test]
async fn a_time_is_from_its_start_to_its_end() {
    let origin = ten_days().await;
    let day = |ago: i64| now().plus_millis(-ago * DAY_MS - DAY_MS / 2);
    check(&origin, &format!("start_date={}", day(3)), &[0, 1, 2, 3]).await;
    check(&origin, &format!("end_date={}", day(6)), &[7, 8, 9]).await;
    let both = format!("start_date={}&end_date={}", day(5), day(2));
    check(&origin, &both, &[3, 4, 5]).await;
    // The same by another clock, its plus encoded or not.
    for plus in ["%2B", "+"] {
        let from = day(3)
            .plus_millis(3 * 3_600_000)
            .to_string()
            .replace('Z', "");
        check(
            &origin,
            &format!("start_date={from}{plus}03:00"),
            &[0, 1, 2, 3],
        )
        .await;
    }
    // An old start alone reaches ninety days.
    deliver(&origin, 200, "cleanliness.street", 200 * DAY_MS).await;
    check(&origin, &format!("start_date={}", day(250)), &[200]).await;
    let most = now().plus_millis(-200 * DAY_MS);
    let exactly = format!(
        "start_date={most}&end_date={}",
        most.plus_millis(90 * DAY_MS)
    );
    list(&origin, &exactly).await;
}

#[tokio::test]
async fn services_states_and_numbers_are_lists() {
    let origin = ten_days().await;
    deliver(&origin, 20, "cleanliness.container", 60_000).await;
    deliver(&origin, 21, "lighting.out", 120_000).await;
    check(&origin, "service_code=lighting.out", &[21]).await;
    check(
        &origin,
        "service_code=lighting.out,cleanliness.container",
        &[20, 21],
    )
    .await;
    check(
        &origin,
        "service_code=lighting.out&service_code=cleanliness.container,",
        &[20, 21],
    )
    .await;
    check(&origin, "service_code=flying.saucer", &[]).await;
    let note = json!({"note": "مكرر"});
    let rejected = origin.step(&number(20), 1, "reject", note).await;
    assert_eq!(rejected.status(), 200);
    check(&origin, "status=closed", &[20]).await;
    check(
        &origin,
        "status=open&service_code=lighting.out,cleanliness.container",
        &[21],
    )
    .await;
    check(
        &origin,
        "status=Open,CLOSED&service_code=lighting.out,cleanliness.container",
        &[20, 21],
    )
    .await;
    // Numbers override all the rest, however wrong that is, and unknown ones are nobody's.
    let asked = format!(
        "service_request_id={},{},nonsense&service_request_id={}&status=half&start_date=never",
        number(4),
        number(21),
        number(999)
    );
    check(&origin, &asked, &[21, 4]).await;
}

#[tokio::test]
async fn a_list_comes_by_the_page_and_ends_at_a_thousand() {
    let origin = ten_days().await;
    check(&origin, "page_size=4", &[0, 1, 2, 3]).await;
    check(&origin, "page_size=4&page=3", &[8, 9]).await;
    check(&origin, "page_size=4&page=4", &[]).await;
    check(
        &origin,
        "page_size=1000&page=1",
        &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    )
    .await;
}

#[tokio::test]
async fn of_a_thousand_and_one_the_newest_thousand_are_given() {
    let origin = ten_days().await;
    multiply(&origin, &number(9), 1_000).await;
    let given = list(&origin, "").await;
    assert_eq!(given.len(), 1_000);
    assert_eq!(given[0]["service_request_id"], json!(number(0)));
    let rest = list(&origin, "page=2").await;
    assert_eq!(rest.len(), 10);
}

#[tokio::test]
async fn nothing_of_what_the_public_may_not_know_is_in_any_list() {
    let origin = ten_days().await;
    deliver(&origin, 30, "health.food", 60_000).await;
    for (seed, change) in [(31, true), (32, false)] {
        let mut hidden = delivery(seed);
        hidden.received_at = now();
        if change {
            hidden.verdict = Verdict::Quarantine;
        } else {
            hidden.report.test = true;
        }
        assert_eq!(origin.deliver(&hidden).await.status(), 201);
    }
    check(&origin, "service_code=health.food", &[]).await;
    check(&origin, "page_size=1", &[0]).await;
    let asked = format!(
        "service_request_id={},{},{}",
        number(30),
        number(31),
        number(32)
    );
    check(&origin, &asked, &[]).await;
    // Once a person has looked at what was held, it is as public as any other.
    let released = origin.step(&number(31), 1, "assign", json!({})).await;
    assert_eq!(released.status(), 200);
    check(&origin, &asked, &[31]).await;
}

#[tokio::test]
async fn words_are_shown_where_the_category_allows_it_and_a_person_has_made_them_public() {
    let origin = Running::start(NOWHERE).await;
    deliver(&origin, 1, "cleanliness.container", 60_000).await;
    deliver(&origin, 2, "cleanliness.street", 120_000).await;
    let words = async || {
        let list = list(&origin, "").await;
        list.iter()
            .map(|one| one["description"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(words().await, [Value::Null, Value::Null]);
    for seed in [1, 2] {
        // What may not be published is refused, which is not what is asked here.
        origin.step(&number(seed), 1, "publish", json!({})).await;
    }
    assert_eq!(
        words().await,
        [json!(delivery(1).report.description), Value::Null]
    );
}

#[tokio::test]
async fn what_goes_beyond_the_specification_is_told_under_its_own_key_to_who_asks() {
    let origin = Running::start(NOWHERE).await;
    deliver(&origin, 1, "cleanliness.street", 60_000).await;
    let plain = list(&origin, "extensions=false").await;
    assert_eq!(plain[0].get("extended_attributes"), None);
    let extended = list(&origin, "extensions=true").await;
    assert_eq!(
        extended[0]["extended_attributes"],
        json!({
            "kind": "report", "state": "assigned", "district": "west-dammam",
            "department": "cleanliness", "agency": null
        })
    );
}

#[tokio::test]
async fn a_change_is_seen_by_its_time() {
    let origin = Running::start(NOWHERE).await;
    deliver(&origin, 1, "cleanliness.street", 3_600_000).await;
    let before = now();
    let note = json!({"note": "مكرر"});
    assert_eq!(
        origin.step(&number(1), 1, "reject", note).await.status(),
        200
    );
    let shown = list(&origin, "").await;
    let updated = shown[0]["updated_datetime"].as_str().unwrap();
    assert!(Timestamp::parse(updated).unwrap() >= before, "{updated}");
    assert_eq!(shown[0]["status"], "closed");
}

#[tokio::test]
async fn a_posted_request_is_in_the_list() {
    let origin = Running::start(NOWHERE).await;
    let (status, created) = post(&origin, &light(&[])).await;
    assert_eq!(status, 201, "{created}");
    let listed = list(&origin, "status=open").await;
    assert_eq!(
        listed[0]["service_request_id"],
        created[0]["service_request_id"]
    );
}

#[tokio::test]
async fn a_token_is_the_number_of_what_may_be_seen() {
    let origin = Running::start(NOWHERE).await;
    deliver(&origin, 1, "cleanliness.street", 60_000).await;
    deliver(&origin, 2, "health.food", 60_000).await;
    let ask = async |seed| {
        let response = origin
            .get(&format!("/open311/v2/tokens/{}.json", number(seed)))
            .await;
        (response.status().as_u16(), json(response).await)
    };
    let expected = json!([{"service_request_id": number(1), "token": number(1)}]);
    assert_eq!(ask(1).await, (200, expected));
    for hidden in [2, 3] {
        let expected = json!([{"code": 404, "description": "token was not found"}]);
        assert_eq!(ask(hidden).await, (404, expected));
    }
}

#[tokio::test]
async fn a_page_is_found_in_an_index_whatever_is_asked_for() {
    use balagh_origin::store::{Listing, Span, Which};
    use balagh_shared::open311::Status;
    let origin = Running::start(NOWHERE).await;
    let store = origin.server.store();
    let all = || -> Vec<String> { vec!["cleanliness.street".into(), "lighting.out".into()] };
    for (categories, states, index) in [
        (vec![], vec![], "reports_listed ("),
        (vec![], Status::Open.states().collect(), "reports_listed ("),
        (all(), vec![], "reports_listed ("),
        (
            vec!["lighting.out".to_owned()],
            vec![],
            "reports_listed_by_category (",
        ),
        (
            vec!["lighting.out".to_owned()],
            Status::Closed.states().collect(),
            "reports_listed_by_category (",
        ),
    ] {
        let span = Span {
            from: now().plus_millis(-90 * DAY_MS),
            until: now(),
            categories,
            states,
            skip: 0,
            most: 1_000,
        };
        let listing = Listing {
            municipality: "dammam".into(),
            public: all(),
            which: Which::Span(span.clone()),
        };
        let plan = store.listing_plan(&listing).await.unwrap();
        if origin.folder.is_on_postgres() {
            let index = format!(
                "Scan Backward using {}on reports",
                index.trim_end_matches('(')
            );
            assert!(
                plan.iter().any(|step| step.contains(&index)),
                "{span:?}: {plan:#?}"
            );
            continue;
        }
        let inner: Vec<&String> = plan
            .iter()
            .filter(|step| step.contains("USING COVERING INDEX"))
            .collect();
        assert!(
            inner.iter().any(|step| step.contains(index)),
            "{span:?}: {plan:#?}"
        );
        // The page itself is a thousand rows, which are put in order; never all there are.
        let sorts = plan
            .iter()
            .filter(|step| step.contains("TEMP B-TREE"))
            .count();
        assert!(sorts <= 1, "{plan:#?}");
        assert!(
            !plan.iter().any(|step| step.starts_with("SCAN reports")),
            "{plan:#?}"
        );
    }
}
