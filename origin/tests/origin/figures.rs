//! What the figures say of reports that came and went.

use balagh_origin::password::Kept;
use balagh_origin::staff::Role;
use balagh_shared::delivery::{Delivery, Verdict};
use balagh_shared::municipality::Municipality;
use balagh_shared::reason::Reason;
use balagh_shared::time::{DAY_MS, HOUR_MS, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::*;

/// A report like the usual one, received at this time.
fn at(seed: u64, received_at: &str) -> Delivery {
    let received_at = Timestamp::parse(received_at).unwrap();
    let mut delivery = delivery(seed);
    delivery.received_at = received_at;
    delivery.route.due = received_at.plus_millis(100_000 * HOUR_MS);
    delivery
}

async fn ask(origin: &Running, query: &str) -> Value {
    let response = asked(origin, TOKEN, query).await;
    let status = response.status();
    let body = json(response).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn asked(origin: &Running, token: &str, query: &str) -> reqwest::Response {
    let request = origin.request(Method::GET, &format!("/staff/v1/figures?{query}"));
    request.bearer_auth(token).send().await.unwrap()
}

#[tokio::test]
async fn a_report_counts_from_its_receipt_to_its_last_rating() {
    let origin = Running::start(NOWHERE).await;
    let one = at(1, "2026-10-05T06:00:00Z");
    let other = at(2, "2026-10-06T06:00:00Z");
    origin.deliver(&one).await;
    origin.deliver(&other).await;
    let october = "period=2026-10&baseline=none";
    let total = ask(&origin, october).await["total"].clone();
    assert_eq!(
        (&total["received"], &total["completed"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(total["median_hours"], Value::Null);
    assert_eq!(total["satisfaction_percent"], Value::Null, "nobody rated");

    origin.step(&one.number, 1, "resolve", json!({})).await;
    let rated = json!({"quality": 5, "speed": 4, "service": 3});
    origin.reporter(&one.number, "close", &json!({})).await;
    let answer = origin.reporter(&one.number, "rate", &rated).await;
    assert_eq!(answer.status(), 200);
    let total = ask(&origin, october).await["total"].clone();
    assert_eq!(
        (&total["received"], &total["completed"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(total["completion_percent"], 50.0);
    assert_eq!(
        (&total["on_time"], &total["on_time_percent"]),
        (&json!(1), &json!(100.0))
    );
    assert_eq!(
        (&total["satisfaction_percent"], &total["mean_mark"]),
        (&json!(100.0), &json!(4.0))
    );

    let revision = origin.stored(&one.number).await.revision;
    origin
        .step(&one.number, revision, "reopen", json!({}))
        .await;
    let total = ask(&origin, october).await["total"].clone();
    assert_eq!(
        (&total["completed"], &total["reopened"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        total["satisfaction_percent"], 100.0,
        "what was said stays said"
    );
    let months_before = ask(&origin, "period=2026-09").await;
    assert_eq!(months_before["total"]["received"], 0);
    assert_eq!(months_before["total"]["completion_percent"], Value::Null);
    assert_eq!(months_before["change"]["received"]["percent"], Value::Null);
}

#[tokio::test]
async fn trials_and_what_the_screen_holds_do_not_count_until_somebody_lets_them_through() {
    let origin = Running::start(NOWHERE).await;
    let mut trial = at(1, "2026-10-05T06:00:00Z");
    trial.report.test = true;
    let mut spam = at(2, "2026-10-05T06:00:00Z");
    spam.verdict = Verdict::Quarantine;
    spam.reasons = vec![Reason::SpamLinks];
    let mut doubted = at(3, "2026-10-05T06:00:00Z");
    doubted.verdict = Verdict::Quarantine;
    for delivery in [&trial, &spam, &doubted] {
        assert_eq!(origin.deliver(delivery).await.status(), 201);
    }
    let received = async || ask(&origin, "period=2026-10").await["total"]["received"].clone();
    assert_eq!(received().await, 0);
    let note = json!({ "note": "no report" });
    origin.step(&spam.number, 1, "reject", note).await;
    assert_eq!(received().await, 0);
    origin.step(&doubted.number, 1, "assign", json!({})).await;
    assert_eq!(received().await, 1);
}

#[tokio::test]
async fn a_day_is_the_municipalitys_and_a_period_may_be_hijri() {
    let origin = Running::start(NOWHERE).await;
    // Half past one at night in Riyadh, on 1 Shawwal 1445.
    origin.deliver(&at(1, "2024-04-09T22:30:00Z")).await;
    origin.deliver(&at(2, "2024-04-09T20:30:00Z")).await;
    for (period, received) in [
        ("ah1445-10-w1", 1),
        ("2024-04-10", 1),
        ("2024-04-09", 1),
        ("ah1445-09", 1),
        ("2024-04-w2", 2),
        ("2024", 2),
    ] {
        let query = format!("period={period}&by=kind");
        let total = ask(&origin, &query).await["total"].clone();
        assert_eq!(total["received"], received, "{period}");
    }
}

#[tokio::test]
async fn a_year_of_either_calendar_is_read_from_its_months_until_a_day_of_them_changes() {
    let origin = Running::start(NOWHERE).await;
    let dates = ["2024-03-05", "2024-03-20", "2024-11-05"];
    for (seed, date) in (1..).zip(dates) {
        origin
            .deliver(&at(seed, &format!("{date}T06:00:00Z")))
            .await;
    }
    // The total and the groups; parts are counted from the days.
    let years = async |origin: &Running| {
        let mut found = Vec::new();
        for year in ["2024", "ah1445", "2024-02-10..2024-12-20"] {
            let answer = ask(origin, &format!("period={year}&baseline=none")).await;
            found.push([answer["total"].clone(), answer["by"].clone()]);
        }
        found
    };
    let by_days = years(&origin).await;
    let received = |years: &[[Value; 2]]| {
        years
            .iter()
            .map(|it| it[0]["received"].as_u64())
            .collect::<Vec<_>>()
    };
    assert_eq!(received(&by_days), [Some(3), Some(2), Some(3)]);

    let document = std::fs::read(fixtures().join("dammam/municipality.json")).unwrap();
    let document: Municipality = serde_json::from_slice(&document).unwrap();
    let store = origin.server.store();
    while store.sum_up_months(&document, i64::MAX, 5).await.unwrap() > 0 {}
    assert_eq!(years(&origin).await, by_days);

    // Without the days' sums nothing else is left to be read from.
    let folder = origin.stop().await;
    for date in dates {
        let midnight = Timestamp::parse(&format!("{date}T00:00:00Z")).unwrap();
        let day = midnight.millis() / DAY_MS;
        let gone = "DELETE FROM figure_days WHERE day = CAST($1 AS BIGINT)";
        tamper(&folder, gone, &day.to_string()).await;
    }
    let origin = Running::start_in(folder, NOWHERE).await;
    assert_eq!(years(&origin).await, by_days);
    // Of a month with a day that changed, only that day is left: of March, but not of Ramadan.
    origin.step(&number(1), 1, "resolve", json!({})).await;
    let changed = years(&origin).await;
    assert_eq!(received(&changed), [Some(2), Some(2), Some(2)]);
    assert_eq!(changed[0][0]["completed"], 1);
}

#[tokio::test]
async fn groups_have_names_and_what_they_were_before() {
    let origin = Running::start(NOWHERE).await;
    for (seed, day) in [(1, "2026-09-30"), (2, "2026-10-01"), (3, "2026-10-02")] {
        origin.deliver(&at(seed, &format!("{day}T06:00:00Z"))).await;
    }
    let mut unknown = at(4, "2026-10-03T06:00:00Z");
    unknown.report.category = "gone.since".into();
    origin.deliver(&unknown).await;
    let answer = ask(&origin, "period=2026-10&lang=en&by=kind,category,partner").await;
    assert!(answer["by"].get("district").is_none());
    let kinds = &answer["by"]["kind"];
    assert_eq!(
        (&kinds[0]["value"], &kinds[0]["name"]),
        (&json!("report"), &json!("Report"))
    );
    assert_eq!(kinds[0]["now"]["received"], 2);
    assert_eq!(kinds[0]["baseline"]["received"], 1);
    assert_eq!(kinds[0]["change"]["received"]["percent"], 100.0);
    assert_eq!(kinds[1]["value"], Value::Null, "of no kind");
    assert_eq!(answer["by"]["partner"][0]["value"], "portal");
    assert_eq!(answer["change"]["received"]["percent"], 200.0);
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_with_its_reason() {
    let origin = Running::start(NOWHERE).await;
    for (query, code) in [
        ("period=2024-13", "figures.period"),
        ("period=2024-04-30..2024-01-01", "figures.period"),
        ("period=2001-01-01..2026-01-01", "figures.period"),
        ("baseline=yesterday", "figures.period"),
        ("by=colour", "figures.dimension"),
        ("by=kind,", "figures.dimension"),
    ] {
        let response = asked(&origin, TOKEN, query).await;
        assert_eq!(response.status(), 400, "{query}");
        assert_eq!(json(response).await["code"], code, "{query}");
    }
    assert_eq!(asked(&origin, "nobody", "").await.status(), 401);
    origin
        .hire("Huda", "token-of-huda", Role::Department, Some("lighting"))
        .await;
    let response = asked(&origin, "token-of-huda", "").await;
    assert_eq!(response.status(), 403, "complaints are about departments");
}

#[tokio::test]
async fn a_channel_that_is_a_formula_is_text_in_the_file() {
    let origin = Running::start(NOWHERE).await;
    let mut sly = at(1, "2026-10-05T06:00:00Z");
    sly.report.channel = "=cmd|'/c calc'!a1".into();
    origin.deliver(&sly).await;
    let request = origin.request(
        Method::GET,
        "/staff/v1/figures.csv?period=2026-10&by=channel",
    );
    let response = request.bearer_auth(TOKEN).send().await.unwrap();
    let named = response.headers()["content-disposition"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(named, "attachment; filename=\"figures-dammam-2026-10.csv\"");
    let text = response.text().await.unwrap();
    assert!(
        text.starts_with("\u{feff}dimension,value,name,received"),
        "{text}"
    );
    assert!(
        text.contains("\r\nchannel,\"'=cmd|'/c calc'!a1\","),
        "{text}"
    );
}

/// Open data of a month that is over.
async fn open(origin: &Running, query: &str) -> reqwest::Response {
    origin.get(&format!("/v1/dammam/figures?{query}")).await
}

#[tokio::test]
async fn everybody_gets_groups_of_five_and_nothing_of_what_is_never_public() {
    let origin = Running::start(NOWHERE).await;
    let mut seed = 0;
    for (category, count) in [
        ("cleanliness.street", 7),
        ("cleanliness.container", 1),
        ("health.food", 9),
    ] {
        for _ in 0..count {
            seed += 1;
            let mut delivery = at(seed, "2024-03-05T06:00:00Z");
            delivery.report.category = category.into();
            origin.deliver(&delivery).await;
        }
    }
    let response = open(&origin, "month=2024-03&lang=en").await;
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let answer = json(response).await;
    assert_eq!(answer["total"]["received"], 8, "{answer}");
    let categories = answer["by"]["category"].as_array().unwrap();
    // The one alone takes the others of its kind with it: they would be the rest of the total.
    assert_eq!(categories.len(), 1, "{answer}");
    assert_eq!(
        (
            &categories[0]["is_other"],
            &categories[0]["figures"]["received"]
        ),
        (&json!(true), &json!(8))
    );
    assert_eq!(
        answer["total"]["median_hours"],
        Value::Null,
        "nothing is done"
    );
    let text = answer.to_string();
    for hidden in ["health", "department", "partner"] {
        assert!(!text.contains(hidden), "{hidden} in {text}");
    }
    let csv = origin.get("/v1/dammam/figures.csv?month=2024-03").await;
    let csv = csv.text().await.unwrap();
    assert!(csv.contains("\r\ncategory,report,other,other,8,"), "{csv}");
}

#[tokio::test]
async fn everybody_gets_no_count_below_five_and_no_period_but_a_month_that_is_over() {
    let origin = Running::start(NOWHERE).await;
    for seed in 1..=4 {
        origin.deliver(&at(seed, "2024-03-05T06:00:00Z")).await;
    }
    let answer = json(open(&origin, "month=2024-03").await).await;
    assert_eq!(answer["total"]["received"], Value::Null);
    assert_eq!(answer["by"], json!({}));
    let empty = json(open(&origin, "month=2024-04").await).await;
    assert_eq!(empty["total"]["received"], 0);
    // By the town's clocks, which are ahead; tomorrow's, should this one be over before it is asked for.
    let this_month = now().plus_millis(DAY_MS).to_string();
    let this_month = this_month.get(..7).unwrap();
    for month in [
        "2024",
        "2024-03-w1",
        "2024-03-05",
        "ah1445-09",
        "2024-03-01..2024-03-31",
        "2150-01",
        this_month,
    ] {
        let response = open(&origin, &format!("month={month}")).await;
        assert_eq!(response.status(), 400, "{month}");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_back_makes_nothing_done_before_it_came() {
    let origin = Running::start(NOWHERE).await;
    // Received, by an edge whose clock is ahead, after it is resolved by the origin's.
    let ahead = now().plus_millis(3 * DAY_MS);
    let one = at(1, &ahead.to_string());
    origin.deliver(&one).await;
    origin.step(&one.number, 1, "resolve", json!({})).await;
    let day = ahead.plus_millis(3 * HOUR_MS).to_string();
    let total = ask(&origin, &format!("period={}", day.get(..10).unwrap())).await["total"].clone();
    assert_eq!(
        (&total["completed"], &total["median_hours"]),
        (&json!(1), &json!(0.0))
    );
}

#[tokio::test]
async fn reports_from_before_there_were_figures_are_counted_after_a_restart() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&at(1, "2026-10-05T06:00:00Z")).await;
    let folder = origin.stop().await;
    tamper(&folder, "DELETE FROM facts WHERE number = $1", &number(1)).await;
    tamper(&folder, "INSERT INTO unfigured VALUES ($1)", &number(1)).await;
    let origin = Running::start_in(folder, NOWHERE).await;
    let counting = async {
        while ask(&origin, "period=2026-10").await["total"]["received"] != 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, counting).await.unwrap();
}

/// Signs in at the console; gives the cookie.
async fn sign_in(origin: &Running, name: &str) -> String {
    let password = "a long enough password";
    let kept = Kept::of(password, &[7; 16]).unwrap();
    let store = origin.server.store();
    store.set_password(name, &kept).await.unwrap();
    let form = format!("name={name}&password={}", password.replace(' ', "+"));
    // The cookie comes with a redirect.
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let url = format!("http://{}", origin.server.address());
    let request = client
        .build()
        .unwrap()
        .post(format!("{url}/console/sign-in"))
        .header("origin", url)
        .header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(form).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn staff_read_figures_in_the_console_and_print_them_in_their_language() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&at(1, "2024-03-05T06:00:00Z")).await;
    let cookie = sign_in(&origin, "Noura").await;
    let page = async |query: &str, language: &str| {
        let path = format!("/console/figures{query}");
        let request = origin.request(Method::GET, &path).header("cookie", &cookie);
        let response = request
            .header("accept-language", language)
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    };
    let (status, figures) = page("?period=2024-03&baseline=year-before", "en").await;
    assert_eq!(status, 200, "{figures}");
    for part in [
        "<svg",
        "role=\"img\"",
        "March 2024",
        "March 2023",
        "<table",
        "Street cleanliness",
    ] {
        assert!(figures.contains(part), "{part} is not in {figures}");
    }
    let (_, report) = page("/report?period=ah1445-08", "ar").await;
    assert!(
        report.contains("dir=\"rtl\"") && report.contains("شعبان 1445 هـ"),
        "{report}"
    );
    let (_, file) = page("/figures.csv?period=2024-03", "en").await;
    assert!(file.starts_with("\u{feff}dimension,"), "{file}");
    let (status, said) = page("?period=soon", "en").await;
    assert_eq!(status, 200);
    assert!(
        said.contains("role=\"alert\"") && said.contains("value=\"soon\""),
        "{said}"
    );
    let (_, said) = page("?period=%22%3E%3Cscript%3E", "en").await;
    assert!(!said.contains("<script>"), "{said}");
}

#[tokio::test]
async fn who_belongs_to_a_department_is_shown_no_figures() {
    let origin = Running::start(NOWHERE).await;
    origin
        .hire(
            "Huda",
            "token-of-huda",
            Role::Department,
            Some("cleanliness"),
        )
        .await;
    let cookie = sign_in(&origin, "Huda").await;
    for path in [
        "/console/figures",
        "/console/figures/report",
        "/console/figures/figures.csv",
    ] {
        let request = origin.request(Method::GET, path).header("cookie", &cookie);
        assert_eq!(request.send().await.unwrap().status(), 403, "{path}");
    }
}
