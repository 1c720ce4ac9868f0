//! What is taken in by phone and at the counter.

use balagh_origin::staff::Role;

use super::*;

/// What an agent types while somebody is on the phone.
pub(super) const CALL: [(&str, &str); 7] = [
    ("channel", "phone"),
    ("lang", "ar"),
    ("description", "عمود إنارة معطل أمام المدرسة"),
    ("answer.extent", "one"),
    ("district", "west-dammam"),
    ("phone", "0501234567"),
    ("declared", "1"),
];

#[tokio::test]
async fn a_call_becomes_a_report_by_the_rules_of_the_form() {
    let origin = Running::start(NOWHERE).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let form = browser.get("/console/new?category=lighting.out").await;
    let empty = browser
        .send(
            &form,
            "/console/new",
            &[("channel", "phone"), ("lang", "ar")],
        )
        .await;
    assert_eq!(empty.status, 422);
    for field in ["#description", "#answer.extent", "#district", "#declared"] {
        assert!(empty.has(&format!("href=\"{field}\"")), "{field}");
    }
    let taken = browser.send(&empty, "/console/new", &CALL).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let slip = browser.get(&taken.location).await;
    let number = taken.location.split('/').nth(3).unwrap().to_owned();
    assert!(slip.has(&number) && slip.has("Taken by Huda"));
    assert!(!slip.has("966501234567") && !slip.has("0501234567"));
    let stored = origin.stored(&number).await;
    assert_eq!(stored.report.channel, "phone");
    assert_eq!(stored.life().department, "lighting");
    assert_eq!(stored.log.events()[0].staff.as_deref(), Some("Huda"));
    assert!(stored.contact.is_some() && stored.report.contact.is_none());
    // Pressed twice, it is stored once; changed, it is not stored in its own place.
    let twice = browser.send(&empty, "/console/new", &CALL).await;
    assert_eq!(twice.location, taken.location);
    let mut other = CALL;
    other[2].1 = "عمود آخر في الحي نفسه";
    let changed = browser.send(&empty, "/console/new", &other).await;
    assert_eq!(changed.status, 409);
    assert!(changed.has(&number) && changed.has("عمود آخر"));
    assert_eq!(origin.count("reports").await, 1);
}

#[tokio::test]
async fn who_takes_a_call_is_shown_what_it_may_be_the_same_as() {
    let origin = Running::start(NOWHERE).await;
    origin.deliver(&delivery(1)).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let form = browser
        .get("/console/new?category=cleanliness.street")
        .await;
    let call = [
        ("channel", "counter"),
        ("lang", "ar"),
        ("description", "أكياس نفايات أمام المدرسة"),
        ("at", "26.4124, 49.9877"),
        ("declared", "1"),
    ];
    let same = browser.send(&form, "/console/new", &call).await;
    assert_eq!(same.status, 200);
    assert!(same.has(&number(1)) && same.has("أكياس نفايات"));
    assert_eq!(origin.count("reports").await, 1);
    let mut joined = call.to_vec();
    let to = number(1);
    joined.push(("joins", &to));
    let taken = browser.send(&same, "/console/new", &joined).await;
    assert_eq!(taken.status, 303, "{}", taken.text);
    let number = taken.location.split('/').nth(3).unwrap();
    assert_eq!(
        origin.stored(number).await.life().joins.as_deref(),
        Some(to.as_str())
    );
    // A place that cannot be read is said to be that, and not to be missing.
    let mut unread = call;
    unread[3].1 = "behind the blue gate";
    let unread = browser.send(&form, "/console/new", &unread).await;
    assert_eq!(unread.status, 422);
    assert!(unread.has("href=\"#at\"") && !unread.has("href=\"#district\""));
    assert!(unread.has("behind the blue gate"));
}

#[tokio::test]
async fn who_does_not_take_calls_has_no_form_for_them() {
    let (_origin, browser, _) = with_report(Role::Field, Some("cleanliness")).await;
    for path in [
        "/console/new",
        "/console/review",
        "/console/transfers",
        "/console/escalations",
    ] {
        assert_eq!(browser.get(path).await.status, 403, "{path}");
    }
    assert!(!browser.get("/console/queue").await.has("/console/new"));
}
