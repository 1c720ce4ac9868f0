//! The staff console, as a browser and whoever attacks it meet it.

use balagh_origin::password::Kept;
use balagh_origin::staff::{Member, Role};
use balagh_shared::delivery::Verdict;
use balagh_shared::status::State;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use sqlx::Row;

use crate::support::*;

const PASSWORD: &str = "nine palms by the sea";

/// A browser at the console, as far as it keeps a cookie and follows nothing by itself.
struct Browser {
    client: Client,
    base: String,
    cookie: String,
}

/// A page as it came.
struct Page {
    status: u16,
    text: String,
    location: String,
    cookie: String,
    policy: String,
}

impl Browser {
    fn at(origin: &Running) -> Browser {
        Browser {
            client: Client::builder().redirect(Policy::none()).build().unwrap(),
            base: format!("http://{}", origin.server.address()),
            cookie: String::new(),
        }
    }

    /// Somebody who is signed in.
    async fn signed(origin: &Running, name: &str) -> Browser {
        let mut browser = Browser::at(origin);
        let page = browser.sign_in(name, PASSWORD).await;
        assert_eq!(
            (page.status, page.location.as_str()),
            (303, "/console/queue")
        );
        browser
    }

    async fn sign_in(&mut self, name: &str, password: &str) -> Page {
        let page = self
            .post(
                "/console/sign-in",
                &[("name", name), ("password", password)],
            )
            .await;
        if let Some(cookie) = page.cookie.split(';').next().filter(|it| !it.is_empty()) {
            self.cookie = cookie.to_owned();
        }
        page
    }

    async fn get(&self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.base));
        page(request.header("cookie", &self.cookie).send().await.unwrap()).await
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.post_with(path, fields, &[]).await
    }

    async fn post_with(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Page {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded(fields));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        page(request.send().await.unwrap()).await
    }

    /// Sends the form to `action` that stands on `page`, with its hidden fields and these.
    async fn send(&self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let hidden = page.form(action);
        let mut all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        all.extend(fields);
        self.post(action, &all).await
    }
}

impl Page {
    /// The hidden fields of the first form to `action`.
    fn form(&self, action: &str) -> Vec<(String, String)> {
        let start = self.text.find(&format!("action=\"{action}\""));
        let start = start.unwrap_or_else(|| panic!("no form to {action} in {}", self.text));
        let form = self.text[start..].split("</form>").next().unwrap();
        form.split("<input type=\"hidden\" name=\"")
            .skip(1)
            .map(|field| {
                let (name, rest) = field.split_once('"').unwrap();
                let value = rest.strip_prefix(" value=\"").unwrap().split('"').next();
                (name.to_owned(), value.unwrap().replace("&amp;", "&"))
            })
            .collect()
    }

    fn has(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

async fn page(response: Response) -> Page {
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map_or_else(String::new, |it| it.to_str().unwrap().to_owned())
    };
    Page {
        status: response.status().as_u16(),
        location: header("location"),
        cookie: header("set-cookie"),
        policy: header("content-security-policy"),
        text: response.text().await.unwrap(),
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let one = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", one(name), one(value)))
        .collect();
    pairs.join("&")
}

/// Gives somebody a seat at the console.
async fn seat(origin: &Running, name: &str, role: Role, department: Option<&str>) {
    origin
        .hire(name, &format!("token-of-{name}"), role, department)
        .await;
    let kept = Kept::of(PASSWORD, &[1; 16]).unwrap();
    let store = origin.server.store();
    store.set_password(name, &kept).await.unwrap();
}

/// An origin with one report and somebody to look at it.
async fn with_report(role: Role, department: Option<&str>) -> (Running, Browser, String) {
    let origin = Running::start(NOWHERE).await;
    assert_eq!(origin.deliver(&delivery(1)).await.status(), 201);
    seat(&origin, "Huda", role, department).await;
    let browser = Browser::signed(&origin, "Huda").await;
    (origin, browser, format!("/console/reports/{}", number(1)))
}

async fn audited(origin: &Running, action: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM audit WHERE action = ?")
        .bind(action)
        .fetch_one(&origin.look().await)
        .await
        .unwrap()
}

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

    let idle = Browser::signed(&origin, "Huda").await;
    let folder = origin.stop().await;
    let change = "UPDATE staff_sessions SET seen_at = seen_at - 3600001 WHERE rowid = \
                  (SELECT MAX(rowid) FROM staff_sessions) AND ? <> ''";
    tamper(&folder, change, "any").await;
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

/// What an agent types while somebody is on the phone.
const CALL: [(&str, &str); 7] = [
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

#[tokio::test]
async fn what_others_have_and_what_is_late_have_pages_of_their_own() {
    let (origin, browser, report) = with_report(Role::Supervisor, None).await;
    let late = browser.get("/console/escalations").await;
    assert!(late.has(&number(1)), "it was due a day after it came");
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
