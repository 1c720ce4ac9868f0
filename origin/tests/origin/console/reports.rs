//! The queue, a report and what is done with it.

use balagh_origin::staff::Role;
use balagh_shared::delivery::Verdict;
use balagh_shared::status::State;
use balagh_shared::time::HOUR_MS;
use sqlx::Row;

use super::*;

#[tokio::test]
async fn a_stale_form_is_told_what_changed_and_keeps_what_was_typed() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    let shown = browser.get(&report).await;
    origin
        .step(&number(1), 1, "start", serde_json::json!({}))
        .await;
    let resolve = format!("{report}/resolve");
    let stale = browser
        .send(&shown, &resolve, &[("note", "done, twice")])
        .await;
    assert_eq!(stale.status, 409);
    assert!(stale.has("The report has changed since you opened it"));
    assert!(stale.has("Now: Being worked on") && stale.has("Noura"));
    assert!(stale.has("done, twice</textarea>"));
    assert_eq!(
        origin.stored(&number(1)).await.life().state,
        State::InProgress
    );
    // The form of the answer knows how it stands now.
    let done = browser
        .send(&stale, &resolve, &[("note", "done, once")])
        .await;
    assert_eq!(done.status, 303);
    // A step that is not there any more still gives back what was typed into it.
    let late = browser
        .send(
            &stale,
            &format!("{report}/wait"),
            &[("note", "which house?")],
        )
        .await;
    assert_eq!(late.status, 409);
    assert!(late.has("which house?</textarea>"));
}

#[tokio::test]
async fn of_two_who_close_at_once_one_closes() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    origin
        .step(&number(1), 1, "wait", serde_json::json!({"note": "?"}))
        .await;
    let shown = browser.get(&report).await;
    let close = format!("{report}/close");
    let (one, two) = tokio::join!(
        browser.send(&shown, &close, &[]),
        browser.send(&shown, &close, &[])
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(origin.stored(&number(1)).await.life().state, State::Closed);
}

#[tokio::test]
async fn wrong_closing_codes_are_counted_down_and_then_nothing_is_looked_at() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    origin
        .step(&number(1), 1, "resolve", serde_json::json!({}))
        .await;
    let close = format!("{report}/close");
    let mut shown = browser.get(&report).await;
    for left in (0..5).rev() {
        assert!(shown.has(&format!("Tries left: {}", left + 1)));
        shown = browser.send(&shown, &close, &[("code", "000000")]).await;
        assert_eq!(shown.status, 422, "{left}");
    }
    assert!(
        !shown.has(&format!("action=\"{close}\"")),
        "there is no sixth"
    );
    assert_eq!(origin.stored(&number(1)).await.life().miscoded, 5);
}

#[tokio::test]
async fn only_what_the_lifecycle_and_the_role_have_is_offered() {
    let check = async |role, department, offered: &[&str]| {
        let (_origin, browser, report) = with_report(role, department).await;
        let shown = browser.get(&report).await;
        for action in [
            "start", "assign", "wait", "transfer", "resolve", "close", "reject", "reopen", "note",
            "publish", "join",
        ] {
            let is_there = shown.has(&format!("action=\"{report}/{action}\""));
            assert_eq!(is_there, offered.contains(&action), "{role:?} {action}");
        }
    };
    let all = [
        "start", "assign", "wait", "transfer", "resolve", "reject", "note", "join",
    ];
    check(Role::Supervisor, None, &all).await;
    check(
        Role::Agent,
        None,
        &["assign", "wait", "transfer", "reject", "note", "join"],
    )
    .await;
    let own = Some("cleanliness");
    check(Role::Field, own, &["start", "wait", "resolve", "note"]).await;
    let department = [
        "start", "assign", "wait", "transfer", "resolve", "note", "join",
    ];
    check(Role::Department, own, &department).await;
}

#[tokio::test]
async fn a_step_that_the_role_does_not_have_is_refused_however_it_is_sent() {
    let (origin, browser, report) = with_report(Role::Agent, None).await;
    let shown = browser.get(&report).await;
    // The word of each form is its own, and a form that is not offered has none on any page.
    let word = shown.form(&format!("{report}/note"));
    let word = &word.iter().find(|(name, _)| name == "word").unwrap().1;
    let sent = browser
        .post(
            &format!("{report}/resolve"),
            &[("revision", "1"), ("word", word)],
        )
        .await;
    assert_eq!(sent.status, 403);
    assert_eq!(origin.stored(&number(1)).await.revision, 1);
}

#[tokio::test]
async fn who_reported_is_behind_a_button_and_each_look_is_written_down() {
    let (origin, browser, report) = with_report(Role::Agent, None).await;
    let shown = browser.get(&report).await;
    assert!(!shown.has("966501234567") && !shown.has("سارة"));
    let contact = format!("{report}/contact");
    let look = browser.send(&shown, &contact, &[]).await;
    assert!(look.has("966501234567") && look.has("سارة"));
    assert_eq!(audited(&origin, "contact").await, 1);
    let row = sqlx::query("SELECT staff, object FROM audit WHERE action = 'contact'")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert_eq!((row.get(0), row.get(1)), ("Huda".to_owned(), number(1)));
    let address = browser.get(&contact).await;
    assert_eq!((address.status, address.location), (303, report));
}

#[tokio::test]
async fn where_reporters_are_protected_their_department_is_not_told_who_they_are() {
    let origin = Running::start(NOWHERE).await;
    let mut salon = delivery(1);
    salon.report.category = "health.salon".into();
    salon.route.department = "health".into();
    origin.deliver(&salon).await;
    seat(&origin, "Huda", Role::Department, Some("health")).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let report = format!("/console/reports/{}", number(1));
    let shown = browser.get(&report).await;
    assert!(shown.has("shown to the intake alone"));
    assert!(!shown.has(&format!("{report}/contact")));
    assert_eq!(audited(&origin, "contact").await, 0);
}

#[tokio::test]
async fn a_department_sees_its_own_reports_and_learns_of_no_others() {
    let (_origin, browser, report) = with_report(Role::Department, Some("lighting")).await;
    let hidden = browser.get(&report).await;
    let nothing = browser
        .get(&format!("/console/reports/{}", number(2)))
        .await;
    assert_eq!((hidden.status, nothing.status), (404, 404));
    let strip = |page: &Page, number: &str| page.text.replace(number, "").len();
    let (one, other) = (number(1), number(2));
    assert_eq!(strip(&hidden, &one), strip(&nothing, &other));
    assert!(!browser.get("/console/queue?view=all").await.has(&number(1)));
    // Whatever department the address names.
    let asked = browser
        .get("/console/queue?view=all&department=cleanliness")
        .await;
    assert!(!asked.has(&number(1)));
}

#[tokio::test]
async fn sql_and_html_in_every_field_are_text() {
    let origin = Running::start(NOWHERE).await;
    let evil = "\"><script>alert(1)</script>' OR 1=1; DROP TABLE reports;--";
    let mut delivery = delivery(1);
    delivery.report.description = evil.into();
    let place = delivery.report.place.as_mut().unwrap();
    (place.landmark, place.asset) = (Some(evil.into()), Some(evil.into()));
    origin.deliver(&delivery).await;
    seat(&origin, "Huda", Role::Supervisor, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let report = format!("/console/reports/{}", number(1));
    let shown = browser.get(&report).await;
    let sent = browser
        .send(&shown, &format!("{report}/note"), &[("note", evil)])
        .await;
    assert_eq!(sent.status, 303);
    let mut pages = vec![report, "/console/review".into()];
    for name in [
        "q",
        "category",
        "district",
        "department",
        "channel",
        "state",
        "after",
        "level",
    ] {
        pages.push(format!(
            "/console/queue?view=all&{}",
            encoded(&[(name, evil)])
        ));
        pages.push(format!(
            "/console/new?category=lighting.out&{}",
            encoded(&[(name, evil)])
        ));
    }
    for path in pages {
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.has("<script"), "{path}");
    }
    assert_eq!(origin.count("reports").await, 1);
}

#[tokio::test]
async fn words_are_found_however_they_are_written_and_pages_follow_each_other() {
    let origin = Running::start(NOWHERE).await;
    for seed in 1..=60 {
        let mut delivery = delivery(seed);
        if seed == 7 {
            delivery.report.description = "حُفْرة عند المَدْرَسة".into();
        }
        origin.deliver(&delivery).await;
    }
    seat(&origin, "Huda", Role::Supervisor, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let numbers = |page: &Page| {
        (1..=60)
            .filter(|it| page.has(&format!("/reports/{}\"", number(*it))))
            .collect::<Vec<_>>()
    };
    let first = browser.get("/console/queue?view=all").await;
    let next = first.text.split("rel=\"next\"").next().unwrap();
    let next = next
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let second = browser.get(&next.replace("&amp;", "&")).await;
    let (mut one, two) = (numbers(&first), numbers(&second));
    assert_eq!((one.len(), two.len()), (50, 10));
    one.extend(two);
    one.sort_unstable();
    assert_eq!(one, (1..=60).collect::<Vec<_>>(), "each once");

    let query = encoded(&[("view", "all"), ("q", "حفره عند المدرسه")]);
    let found = browser.get(&format!("/console/queue?{query}")).await;
    assert_eq!(numbers(&found), [7]);
    let query = encoded(&[("q", &format!(" {} ", number(9).to_lowercase()))]);
    let found = browser.get(&format!("/console/queue?{query}")).await;
    assert_eq!(found.location, format!("/console/reports/{}", number(9)));
}

#[tokio::test]
async fn photos_are_shown_to_who_may_see_the_report_and_open_as_nothing_but_pictures() {
    let (origin, browser, report) = with_report(Role::Department, Some("cleanliness")).await;
    origin.put_photo().await;
    let photo = stored_photo();
    let body = serde_json::to_vec(&photo).unwrap();
    let path = format!("/edge/v1/reports/{}/photos", number(1));
    let id = format!("{}/{}", number(1), photo.sha256);
    origin.send(reqwest::Method::POST, &path, &id, &body).await;
    let address = format!("{report}/photos/{PNG_SHA256}");
    assert!(browser.get(&report).await.has(&address));
    let picture = browser.get(&address).await;
    assert_eq!(picture.status, 200);
    assert!(picture.policy.contains("sandbox"), "{}", picture.policy);
    let other = format!("/console/reports/{}/photos/{PNG_SHA256}", number(2));
    assert_eq!(browser.get(&other).await.status, 404);
    seat(&origin, "Omar", Role::Department, Some("lighting")).await;
    let omar = Browser::signed(&origin, "Omar").await;
    assert_eq!(omar.get(&address).await.status, 404);
    assert_eq!(Browser::at(&origin).get(&address).await.status, 303);
}

#[tokio::test]
async fn what_others_have_and_what_is_late_have_pages_of_their_own() {
    let origin = Running::start(NOWHERE).await;
    let mut late = delivery(1);
    // Past due, and not yet by what the first level of escalation has.
    late.route.due = now().plus_millis(-HOUR_MS);
    for delivery in [&late, &delivery(3)] {
        assert_eq!(origin.deliver(delivery).await.status(), 201);
    }
    seat(&origin, "Huda", Role::Supervisor, None).await;
    let browser = Browser::signed(&origin, "Huda").await;
    let report = format!("/console/reports/{}", number(1));
    let late = browser.get("/console/escalations").await;
    assert!(late.has(&number(1)) && !late.has(&number(3)));
    let shown = browser.get(&report).await;
    let transfer = [
        ("agency", "electricity"),
        ("reference", "SEC-77"),
        ("note", ""),
    ];
    let passed = browser
        .send(&shown, &format!("{report}/transfer"), &transfer)
        .await;
    assert_eq!(passed.status, 303);
    let others = browser.get("/console/transfers").await;
    assert!(others.has(&number(1)) && others.has("SEC-77") && others.has("933"));

    let mut held = delivery(2);
    held.verdict = Verdict::Quarantine;
    held.reasons = vec![balagh_shared::reason::Reason::SpamLinks];
    origin.deliver(&held).await;
    let review = browser.get("/console/review").await;
    assert!(review.has(&number(2)) && review.has("Hardly more than links"));
    assert!(review.has("/staff/quarantine"));
}

#[tokio::test]
async fn a_complaint_is_hidden_from_every_department_but_the_one_that_answers_it() {
    let folder = Folder::new();
    let documents = folder.0.join("documents/dammam");
    std::fs::create_dir_all(&documents).unwrap();
    for entry in std::fs::read_dir(fixtures().join("dammam")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, documents.join(path.file_name().unwrap())).unwrap();
    }
    let path = documents.join("municipality.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["groups"][0]["categories"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({
            "code": "complaint.work",
            "names": {"ar": "شكوى من العمل", "en": "A complaint about work"},
            "kind": "complaint",
            "department": "health"
        }));
    std::fs::write(&path, document.to_string()).unwrap();
    let mut config = config(&folder, NOWHERE);
    config.municipalities = folder.0.join("documents");
    let origin = Running::start_as(folder, &config).await;

    // Given by mistake to the department that it is about.
    let mut complaint = delivery(1);
    complaint.report.category = "complaint.work".into();
    assert_eq!(complaint.route.department, "cleanliness");
    assert_eq!(origin.deliver(&complaint).await.status(), 201);
    let mut answered = delivery(2);
    answered.report.category = "complaint.work".into();
    answered.route.department = "health".into();
    origin.deliver(&answered).await;
    let report = |seed| format!("/console/reports/{}", number(seed));
    for (name, department) in [("Huda", "cleanliness"), ("Omar", "lighting")] {
        seat(&origin, name, Role::Department, Some(department)).await;
        let browser = Browser::signed(&origin, name).await;
        let queue = browser.get("/console/queue?view=all").await;
        for seed in [1, 2] {
            assert_eq!(
                browser.get(&report(seed)).await.status,
                404,
                "{name} {seed}"
            );
            assert!(!queue.has(&number(seed)), "{name} {seed}");
        }
        let token = format!("token-of-{name}");
        let complaint = number(1);
        let seen = (complaint.as_str(), 1);
        let step = origin.step_of(&token, seen, "start", serde_json::json!({}));
        assert_eq!(step.await.status(), 404, "{name} at the other door");
    }
    seat(&origin, "Maha", Role::Department, Some("health")).await;
    let browser = Browser::signed(&origin, "Maha").await;
    assert_eq!(browser.get(&report(2)).await.status, 200);
    seat(&origin, "Sami", Role::Supervisor, None).await;
    let browser = Browser::signed(&origin, "Sami").await;
    assert_eq!(browser.get(&report(1)).await.status, 200);
}
