//! `/staff/quarantine`: what waits for a person, on a page that needs no script.
//!
//! There is such a page only where the operator set `BALAGH_STAFF_TOKEN`. Who types it gets a cookie
//! for a working day, for this folder and this site alone; every button carries a word that only this
//! page could write, so that no other page presses it.

use std::fmt::Write as _;

use balagh_shared::reason::Reason;
use balagh_shared::report::Report;
use balagh_shared::time::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use maud::{Markup, html};

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::form::Form;
use super::ledger::{Label, LedgerError, Screening};
use super::pages::Page;
use super::reports::unavailable;
use crate::http::{Method, Request, Response};

const COOKIE: &str = "balagh_staff";
const PATH: &str = "/staff/quarantine";
/// How long a cookie is good for, in seconds.
const DAY_S: i64 = 10 * 60 * 60;
/// Reports on one page.
const MOST: u32 = 25;
/// The shortest token that is taken: what could be guessed is no token.
const SHORTEST: usize = 20;

/// The secret of whoever reviews.
#[derive(Clone)]
pub(crate) struct StaffToken(String);

impl StaffToken {
    /// Reads `BALAGH_STAFF_TOKEN`; nothing where the page is not wanted, or could be guessed.
    pub(crate) fn read(variable: &dyn Fn(&str) -> Option<String>) -> Option<StaffToken> {
        let token = variable("BALAGH_STAFF_TOKEN").filter(|token| !token.is_empty())?;
        if token.len() < SHORTEST {
            tracing::error!("BALAGH_STAFF_TOKEN has fewer than {SHORTEST} characters: no page");
            return None;
        }
        Some(StaffToken(token))
    }
}

/// The words of one language.
struct Words {
    title: &'static str,
    token: &'static str,
    enter: &'static str,
    wrong: &'static str,
    nothing: &'static str,
    release: &'static str,
    spam: &'static str,
    other: (&'static str, &'static str),
}

const ARABIC: Words = Words {
    title: "بلاغات بانتظار المراجعة",
    token: "رمز الدخول",
    enter: "دخول",
    wrong: "الرمز غير صحيح.",
    nothing: "لا شيء بانتظار المراجعة.",
    release: "بلاغ حقيقي، أرسله",
    spam: "ليس بلاغًا",
    other: ("en", "English"),
};

const ENGLISH: Words = Words {
    title: "Reports waiting for a look",
    token: "Access token",
    enter: "Enter",
    wrong: "This is not the token.",
    nothing: "Nothing is waiting.",
    release: "A real report, pass it on",
    spam: "Not a report",
    other: ("ar", "العربية"),
};

/// Answers the page; 404 where the operator wants none.
pub(crate) async fn answer(edge: &Edge, asked: Asked<'_>) -> Answer {
    let Some(token) = &edge.staff else {
        return Answer::refuse_for(Reason::RouteUnknown, asked.language);
    };
    let language = match asked.request.query("lang") {
        Some("ar") => "ar",
        Some("en") => "en",
        _ if asked.language == "ar" => "ar",
        _ => "en",
    };
    let desk = Desk {
        edge,
        token,
        words: if language == "ar" { &ARABIC } else { &ENGLISH },
        language,
        now: clock::now(),
    };
    let answered = match asked.request.method {
        Method::Post => desk.post(asked.request).await,
        _ => match desk.cookie(asked.request) {
            Some(cookie) => desk.list(cookie).await,
            None => Ok(desk.door("")),
        },
    };
    match answered {
        Ok(response) => response.with("x-robots-tag", "noindex, nofollow").into(),
        Err(error) => unavailable(&error, asked.language),
    }
}

struct Desk<'a> {
    edge: &'a Edge,
    token: &'a StaffToken,
    words: &'static Words,
    language: &'static str,
    now: Timestamp,
}

impl Desk<'_> {
    async fn post(&self, request: &Request) -> Result<Response, LedgerError> {
        let form = Form::of(&String::from_utf8_lossy(&request.body));
        let [token, number, label, word] =
            ["token", "number", "label", "word"].map(|name| form.text(name));
        let Some(cookie) = self.cookie(request) else {
            return Ok(self.enter(token));
        };
        let label = match label {
            "honest" => Label::Honest,
            "spam" => Label::Spam,
            _ => return self.list(cookie).await,
        };
        if !self.is_word(cookie, number, word) {
            return Ok(self.door(self.words.wrong));
        }
        // Looked at before, by somebody else: the list that follows says so by not showing it.
        self.edge.ledger.label(number, label, self.now).await?;
        self.edge.bell.ring();
        Ok(self.go_on())
    }

    /// A cookie for who types the token.
    fn enter(&self, token: &str) -> Response {
        // Both are hashed before they are compared: the time it takes says nothing.
        if self.mac(&["token", token]) != self.mac(&["token", &self.token.0]) {
            let mut response = self.door(self.words.wrong);
            response.status = 403;
            return response;
        }
        let end = self.now.seconds().saturating_add(DAY_S).to_string();
        let signed = BASE64.encode(self.mac(&["cookie", &self.token.0, &end]));
        let secure = if self.edge.own_origin.starts_with("https://") {
            "; Secure"
        } else {
            ""
        };
        let cookie = format!(
            "{COOKIE}={end}.{signed}; Path=/staff; HttpOnly; SameSite=Strict; Max-Age={DAY_S}{secure}"
        );
        self.go_on().with("set-cookie", cookie)
    }

    /// The request's cookie, if it is ours and not over.
    fn cookie<'r>(&self, request: &'r Request) -> Option<&'r str> {
        let fields = request.headers.all("cookie");
        let mut pairs = fields.flat_map(|field| field.split(';'));
        let cookie = pairs.find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))?;
        let (end, signed) = cookie.split_once('.')?;
        let is_open = end.parse::<i64>().is_ok_and(|end| end > self.now.seconds());
        let tag = BASE64.decode(signed).ok()?;
        let message = message(&["cookie", &self.token.0, end]);
        let key = self.edge.keys.sessions.current();
        (is_open && key.verifies(&[message.as_bytes()], &tag)).then_some(cookie)
    }

    /// What a button carries: only who holds the cookie's page can know it.
    fn word(&self, cookie: &str, number: &str) -> String {
        BASE64.encode(self.mac(&["word", cookie, number]))
    }

    fn is_word(&self, cookie: &str, number: &str, word: &str) -> bool {
        let message = message(&["word", cookie, number]);
        let key = self.edge.keys.sessions.current();
        let tag = BASE64.decode(word).unwrap_or_default();
        key.verifies(&[message.as_bytes()], &tag)
    }

    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        let key = self.edge.keys.sessions.current();
        key.mac(&[message(parts).as_bytes()])
    }

    fn go_on(&self) -> Response {
        Response::empty(303)
            .with("location", self.address())
            .with("cache-control", "no-store")
    }

    /// The form that asks for the token.
    fn door(&self, said: &str) -> Response {
        let words = self.words;
        self.page(html! {
            h1 { (words.title) }
            p class="err" role="alert" { (said) }
            form method="post" action=(self.address()) {
                p class="fld" {
                    label for="token" { (words.token) }
                    input class="inp" id="token" name="token" type="password"
                        autocomplete="current-password" required;
                }
                button class="btn" { (words.enter) }
            }
        })
    }

    async fn list(&self, cookie: &str) -> Result<Response, LedgerError> {
        let held = self.edge.ledger.held(MOST).await?;
        let mut shown = Vec::with_capacity(held.len());
        for screening in &held {
            let delivery = self.edge.ledger.delivery(&screening.number).await?;
            let typed = delivery.map(|it| typed(it.report)).unwrap_or_default();
            shown.push(self.show(screening, &typed, cookie));
        }
        Ok(self.page(html! {
            h1 { (self.words.title) }
            @if shown.is_empty() { p { (self.words.nothing) } }
            @for report in shown { (report) }
        }))
    }

    fn show(&self, screening: &Screening, typed: &[String], cookie: &str) -> Markup {
        let Screening {
            number,
            municipality,
            category,
            received_at,
            screened,
            ..
        } = screening;
        let served = self.edge.municipalities.get(municipality);
        let category = served
            .and_then(|it| it.document().category(category))
            .map_or(category.as_str(), |it| it.names.in_language(self.language));
        let acting = screened.opinions.iter().filter(|opinion| !opinion.shadow);
        html! {
            article class="card" {
                h2 { bdi { (number) } }
                p { (category) ", " bdi { (received_at) } }
                @for text in typed { blockquote dir="auto" { (text) } }
                ul {
                    @for reason in acting.flat_map(|opinion| &opinion.reasons) {
                        li {
                            code dir="ltr" { (reason.code()) } " "
                            span lang="en" dir="ltr" { (reason.meaning()) }
                        }
                    }
                }
                form method="post" action=(self.address()) {
                    input type="hidden" name="number" value=(number);
                    input type="hidden" name="word" value=(self.word(cookie, number));
                    button class="btn" name="label" value="honest" { (self.words.release) }
                    button class="btn quiet" name="label" value="spam" { (self.words.spam) }
                }
            }
        }
    }

    /// A page of the desk: nobody frames it.
    fn page(&self, body: Markup) -> Response {
        let (language, name) = self.words.other;
        let languages = html! {
            p class="links" {
                a href={ (PATH) "?lang=" (language) } lang=(language) { (name) }
            }
        };
        let page = Page {
            ancestors: "'none'",
            languages,
            ..Page::new(
                super::pages::Words::of(self.language),
                self.words.title,
                body,
            )
        };
        page.response(200)
    }

    fn address(&self) -> String {
        format!("{PATH}?lang={}", self.language)
    }
}

/// Everything of a report that its sender typed for others to read: an advertisement stands where there
/// is room. Not the contact, which says nothing about whether somebody means it.
fn typed(report: Report) -> Vec<String> {
    let landmark = report.place.and_then(|place| place.landmark);
    let answers = report.answers.into_iter().flat_map(|it| it.values);
    let all = [report.description].into_iter().chain(landmark);
    all.chain(answers).collect()
}

/// Parts with lengths before them, so that no two lists of parts read the same.
fn message(parts: &[&str]) -> String {
    let mut text = "balagh staff v1".to_owned();
    for part in parts {
        let _ = write!(text, "\n{} {part}", part.len());
    }
    text
}
