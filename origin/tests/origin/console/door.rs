//! Signing in, sessions, and forms that are not what they seem.

use balagh_origin::staff::{Member, Role};
use balagh_shared::status::State;

use super::*;

#[tokio::test]
async fn whoever_signs_in_gets_a_cookie_that_no_script_and_no_other_site_gets() {
    let origin = Running::start(NOWHERE).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let mut browser = Browser::at(&origin);
    let door = browser.get("/console/queue").await;
    assert_eq!(door.status, 303);
    assert_eq!(door.location, "/console/sign-in?next=%2Fconsole%2Fqueue");
    let signed = browser.sign_in("Huda", PASSWORD).await;
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=36000"] {
        assert!(signed.cookie.contains(part), "{}", signed.cookie);
    }
    let queue = browser.get("/console/queue").await;
    assert_eq!(queue.status, 200);
    assert!(
        queue.policy.starts_with("default-src 'none'"),
        "{}",
        queue.policy
    );
    assert!(!queue.has("<script") && !queue.has(" style="));
    // Elsewhere than on this machine it travels over TLS alone.
    let far = browser
        .post_with(
            "/console/sign-in",
            &[("name", "Huda"), ("password", PASSWORD)],
            &[("host", "console.example.gov")],
        )
        .await;
    assert!(
        far.cookie.starts_with("__Host-balagh-console="),
        "{}",
        far.cookie
    );
    assert!(far.cookie.ends_with("; Secure"), "{}", far.cookie);
    // What the ledger keeps of it signs nobody in.
    let kept: String = sqlx::query_scalar("SELECT token_sha256 FROM staff_sessions")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    assert!(!signed.cookie.contains(&kept));
    browser.cookie = format!("balagh-console={kept}");
    assert_eq!(browser.get("/console/queue").await.status, 303);
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_read_the_same_and_are_bounded_for_a_while() {
    let origin = Running::start(NOWHERE).await;
    seat(&origin, "Huda", Role::Agent, None).await;
    let mut browser = Browser::at(&origin);
    let unknown = browser.sign_in("Nobody", PASSWORD).await;
    let mut wrong = browser.sign_in("Huda", "not the password").await;
    assert_eq!((unknown.status, wrong.status), (403, 403));
    assert_eq!(unknown.text.replace("Nobody", "Huda"), wrong.text);
    for _ in 0..5 {
        wrong = browser.sign_in("Huda", "not the password").await;
    }
    assert_eq!(wrong.status, 429);
    // Also with the right one: else it would be told by the wait.
    assert_eq!(browser.sign_in("Huda", PASSWORD).await.status, 429);
    // Another network is not kept out by this one.
    let elsewhere = browser
        .post_with(
            "/console/sign-in",
            &[("name", "Huda"), ("password", PASSWORD)],
            &[("x-forwarded-for", "198.51.100.7")],
        )
        .await;
    assert_eq!(elsewhere.status, 303);
    // Nobody with a token alone has a password that could be guessed.
    assert_eq!(browser.sign_in("Noura", "").await.status, 403);
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idling_by_time_and_by_any_change_of_its_person() {
    let (origin, browser, _) = with_report(Role::Agent, None).await;
    let another = Browser::signed(&origin, "Huda").await;
    let queue = another.get("/console/queue").await;
    let out = another.send(&queue, "/console/sign-out", &[]).await;
    assert!(out.cookie.contains("Max-Age=0"), "{}", out.cookie);
    assert_eq!(another.get("/console/queue").await.status, 303);
    assert_eq!(
        browser.get("/console/queue").await.status,
        200,
        "the other one holds"
    );

    let holds: String = sqlx::query_scalar("SELECT token_sha256 FROM staff_sessions")
        .fetch_one(&origin.look().await)
        .await
        .unwrap();
    let idle = Browser::signed(&origin, "Huda").await;
    let folder = origin.stop().await;
    let change = "UPDATE staff_sessions SET seen_at = seen_at - 3600001 WHERE token_sha256 <> $1";
    tamper(&folder, change, &holds).await;
    let origin = Running::start_in(folder, NOWHERE).await;
    let at = |browser: Browser| Browser {
        base: format!("http://{}", origin.server.address()),
        ..browser
    };
    let (browser, idle) = (at(browser), at(idle));
    assert_eq!(idle.get("/console/queue").await.status, 303);
    assert_eq!(
        browser.get("/console/queue").await.status,
        200,
        "a restart ends nothing"
    );

    let member = Member {
        name: "Huda".into(),
        municipality: "dammam".into(),
        role: Role::Field,
        department: Some("lighting".into()),
    };
    let store = origin.server.store();
    store.add_staff(&member, "another", now()).await.unwrap();
    assert_eq!(browser.get("/console/queue").await.status, 303);
}

#[tokio::test]
async fn a_form_that_no_page_of_the_session_wrote_does_nothing() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    let shown = browser.get(&report).await;
    let start = format!("{report}/start");
    let own = shown.form(&start);
    let word = &own.iter().find(|(name, _)| name == "word").unwrap().1;
    let forged = |word: &'static str| [("revision", "1"), ("word", word)];
    for fields in [forged(""), forged("AAAA")] {
        let answer = browser.post(&start, &fields).await;
        assert_eq!(answer.status, 403);
        assert!(answer.has(&report), "the form is shown again");
    }
    // The word of another form, and the right one from another site.
    let other = format!("{report}/publish");
    let answer = browser
        .post(&other, &[("revision", "1"), ("word", word)])
        .await;
    assert_eq!(answer.status, 403);
    for foreign in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let fields = [("revision", "1"), ("word", word.as_str())];
        let answer = browser.post_with(&start, &fields, &[foreign]).await;
        assert_eq!(answer.status, 403, "{foreign:?}");
    }
    // Of somebody else's session.
    seat(&origin, "Omar", Role::Supervisor, None).await;
    let omar = Browser::signed(&origin, "Omar").await;
    let answer = omar
        .post(&start, &[("revision", "1"), ("word", word)])
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(origin.stored(&number(1)).await.revision, 1);
    assert_eq!(browser.send(&shown, &start, &[]).await.status, 303);
    assert_eq!(
        origin.stored(&number(1)).await.life().state,
        State::InProgress
    );
}

#[tokio::test]
async fn what_was_typed_outlives_the_session_it_was_typed_in() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    let shown = browser.get(&report).await;
    let queue = browser.get("/console/queue").await;
    browser.send(&queue, "/console/sign-out", &[]).await;
    let note = "اتصلت بالمقاول & \"ينتظر\" <b>الموعد</b>\nسطر ثانٍ";
    let action = format!("{report}/note");
    let door = browser.send(&shown, &action, &[("note", note)]).await;
    assert_eq!(door.status, 401);
    assert!(door.has("name=\"password\""));
    let fields = [("name", "Huda"), ("password", PASSWORD)];
    let mut again = Browser::at(&origin);
    let resumed = again.send(&door, "/console/sign-in?lang=en", &fields).await;
    assert_eq!(resumed.status, 200);
    again.cookie = resumed.cookie.split(';').next().unwrap().to_owned();
    assert!(
        resumed.has("&lt;b&gt;الموعد&lt;/b&gt;\nسطر ثانٍ</textarea>"),
        "{}",
        resumed.text
    );
    assert_eq!(
        origin.stored(&number(1)).await.revision,
        1,
        "nothing was done by itself"
    );
    let sent = again.send(&resumed, &action, &[("note", note)]).await;
    assert_eq!(sent.status, 303);
    let log = origin.stored(&number(1)).await.log;
    assert_eq!(log.events().last().unwrap().note.as_deref(), Some(note));
    assert!(
        !again.get(&report).await.has("<b>الموعد"),
        "and is shown as text"
    );
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it_and_ends_every_session() {
    let (origin, browser, _) = with_report(Role::Agent, None).await;
    let form = browser.get("/console/account").await;
    let change = async |current: &str, chosen: &str, repeated: &str| {
        let fields = [
            ("current", current),
            ("chosen", chosen),
            ("repeated", repeated),
        ];
        browser.send(&form, "/console/account", &fields).await
    };
    let long = "a longer sentence of words";
    assert_eq!(change("not it", long, long).await.status, 422);
    assert_eq!(change(PASSWORD, "short", "short").await.status, 422);
    assert_eq!(change(PASSWORD, long, "another sentence").await.status, 422);
    assert_eq!(change(PASSWORD, long, long).await.status, 303);
    assert_eq!(browser.get("/console/queue").await.status, 303);
    let mut again = Browser::at(&origin);
    assert_eq!(again.sign_in("Huda", PASSWORD).await.status, 403);
    assert_eq!(again.sign_in("Huda", long).await.status, 303);
    // Whoever stole the session does not find the password out with it.
    let form = again.get("/console/account").await;
    let mut answer = String::new();
    for _ in 0..6 {
        let fields = [("current", "not it"), ("chosen", long), ("repeated", long)];
        answer = again.send(&form, "/console/account", &fields).await.text;
    }
    assert!(answer.contains("Too many tries"), "{answer}");
}

#[tokio::test]
async fn pages_are_in_the_language_somebody_chose_and_first_in_their_browsers() {
    let (_origin, browser, _) = with_report(Role::Agent, None).await;
    let queue = browser.get("/console/queue").await;
    assert!(queue.has("<html lang=\"en\" dir=\"ltr\">"));
    let fields = [("language", "ar")];
    let chosen = browser.send(&queue, "/console/language", &fields).await;
    assert_eq!(chosen.location, "/console/queue");
    let queue = browser.get("/console/queue").await;
    assert!(queue.has("<html lang=\"ar\" dir=\"rtl\">") && queue.has("المطلوب إنجازه"));
    let door = browser
        .client
        .get(format!("{}/console/sign-in", browser.base));
    let door = door
        .header("accept-language", "ar-SA")
        .send()
        .await
        .unwrap();
    assert!(page(door).await.has("<html lang=\"ar\" dir=\"rtl\">"));
}

#[tokio::test]
async fn a_zero_in_whatever_is_asked_for_is_something_that_is_not_there() {
    // PostgreSQL has no text with one in it, and says so by failing.
    let (origin, browser, _) = with_report(Role::Supervisor, None).await;
    for path in [
        "/console/queue?district=%00",
        "/console/queue?words=%00",
        "/console/queue?category=a%00b&state=%00&channel=%00",
        "/console/reports/%00",
        "/console/reports/DMM-%00",
        "/console/audit?staff=%00&object=%00",
        "/console/customer?contact=%00",
        "/open311/v2/requests.json?service_request_id=%00",
        "/open311/v2/requests.json?service_code=%00",
        "/open311/v2/requests/%00.json",
        "/open311/v2/tokens/%00.json",
    ] {
        let status = browser.get(path).await.status;
        assert!(status < 500, "{path}: {status}");
    }
    let mut nobody = Browser::at(&origin);
    assert_eq!(nobody.sign_in("Hu\0da", PASSWORD).await.status, 403);
    let unsigned = origin.get("/staff/v1/reports/%00").await.status();
    assert!(unsigned.as_u16() < 500, "{unsigned}");
    let staff = origin
        .request(reqwest::Method::GET, "/staff/v1/reports/%00")
        .header("authorization", format!("Bearer {}", TOKEN));
    let status = staff.send().await.unwrap().status();
    assert!(status.as_u16() < 500, "{status}");
}
