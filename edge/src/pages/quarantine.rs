//! `/staff/quarantine`: what waits for a person, held or put aside, on a page that needs no script.
//!
//! There is such a page only where the operator set `BALAGH_STAFF_TOKEN`. Who types it gets a cookie
//! for a working day, for this folder and this site alone; every button carries a word that only this
//! page could write, so that no other page presses it. Where each municipality has a ledger of its own
//! the address says of which, `?of=`. The same address with `?since=7d` gives the figures of `balagh edge
//! report`, a group a line as JSON, to the cookie or to `Authorization: Bearer` with the token.

use std::fmt::Write as _;

use balagh_shared::keyring::Keyring;
use balagh_shared::report::Report as Sent;
use balagh_shared::time::{DAY_MS, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use maud::{Markup, html};

use super::form::Form;
use super::{Page, clock};
use crate::answer::Answer;
use crate::http::{Method, Request, Response};
use crate::ledger::letter::Letter;
use crate::ledger::screening::{Label, Screening};
use crate::served::Served;
use crate::track_record::Report;

/// The ledger that is looked through, and whose it is.
pub(crate) trait Review {
    /// The reports that wait for a person, the oldest first; up to `most`.
    ///
    /// # Errors
    /// What is answered where the ledger will not say.
    fn held(&self, most: u32) -> impl Future<Output = Result<Vec<Held>, Answer>>;

    /// What was made of the reports received from `since` on and before another time.
    ///
    /// # Errors
    /// What is answered where the ledger will not say.
    fn screenings(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> impl Future<Output = Result<Vec<Screening>, Answer>>;

    /// Keeps what a person said of a report, and sees to it that the origin is told.
    ///
    /// # Errors
    /// What is answered where the ledger will not keep it.
    fn label(
        &self,
        number: &str,
        label: Label,
        now: Timestamp,
    ) -> impl Future<Output = Result<(), Answer>>;

    /// What was put aside because its destination would not take it, the oldest first; up to `most`.
    ///
    /// # Errors
    /// What is answered where the ledger will not say.
    fn aside(&self, most: u32) -> impl Future<Output = Result<Vec<Letter>, Answer>>;

    /// Queues what was put aside of a report anew.
    ///
    /// # Errors
    /// What is answered where the ledger will not.
    fn replay(&self, number: &str, now: Timestamp) -> impl Future<Output = Result<(), Answer>>;

    /// A municipality whose reports these may be.
    fn municipality(&self, id: &str) -> Option<&Served>;

    /// Whose ledger it is, where each municipality has one.
    fn of(&self) -> Option<&str>;

    /// The keys that cookies are signed with.
    fn sessions(&self) -> &Keyring;

    /// The edge's own web origin.
    fn own_origin(&self) -> &str;
}

/// A report that waits.
pub(crate) struct Held {
    pub(crate) screening: Screening,
    /// Everything that its sender typed for others to read, the description first; nothing where it was
    /// erased.
    pub(crate) typed: Vec<String>,
}

impl Held {
    /// A report that waits, as it came: an advertisement stands wherever there is room. Not the contact,
    /// which says nothing about whether somebody means it.
    pub(crate) fn of(screening: Screening, report: Option<Sent>) -> Held {
        let typed = |report: Sent| {
            let landmark = report.place.and_then(|place| place.landmark);
            let answers = report.answers.into_iter().flat_map(|it| it.values);
            let all = [report.description].into_iter().chain(landmark);
            all.chain(answers).collect()
        };
        let typed = report.map(typed).unwrap_or_default();
        Held { screening, typed }
    }
}

const COOKIE: &str = "balagh_staff";
const PATH: &str = "/staff/quarantine";
/// How long a cookie is good for, in seconds.
const DAY_S: i64 = 10 * 60 * 60;
/// Reports on one page.
const MOST: u32 = 25;
/// Most days that figures go back.
const MOST_DAYS: i64 = 400;
/// The shortest token that is taken: what could be guessed is no token.
const SHORTEST: usize = 20;

/// The secret of whoever reviews.
#[derive(Clone)]
pub(crate) struct StaffToken(String);

impl StaffToken {
    /// Reads `BALAGH_STAFF_TOKEN`; nothing where the page is not wanted, or could be guessed.
    pub(crate) fn read(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<StaffToken>, TooShort> {
        match variable("BALAGH_STAFF_TOKEN").filter(|token| !token.is_empty()) {
            Some(token) if token.len() < SHORTEST => Err(TooShort),
            token => Ok(token.map(StaffToken)),
        }
    }
}

/// A token that could be guessed: there is no page.
#[derive(Debug)]
pub(crate) struct TooShort;

impl std::fmt::Display for TooShort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "BALAGH_STAFF_TOKEN has fewer than {SHORTEST} characters: no page"
        )
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
    aside: &'static str,
    again: &'static str,
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
    aside: "بلاغات لم تقبلها الجهة المستلمة",
    again: "أعد الإرسال",
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
    aside: "Reports that the other side would not take",
    again: "Send again",
    other: ("ar", "العربية"),
};

/// How many days back, such as `7d`.
fn days(since: &str) -> Option<i64> {
    let days: i64 = since.strip_suffix('d')?.parse().ok()?;
    (1..=MOST_DAYS).contains(&days).then_some(days)
}

/// The language of a page of staff.
fn language(request: &Request) -> &'static str {
    match request.query("lang") {
        Some("ar") => "ar",
        Some("en") => "en",
        _ if request.language() == "ar" => "ar",
        _ => "en",
    }
}

/// Answers the page, for who has the token.
pub(crate) async fn answer(ledger: &impl Review, token: &StaffToken, request: &Request) -> Answer {
    let language = language(request);
    let desk = Desk {
        ledger,
        token,
        words: if language == "ar" { &ARABIC } else { &ENGLISH },
        language,
        now: clock::now(),
    };
    let answered = match request.method {
        Method::Post => desk.post(request).await,
        _ => desk.read(request).await,
    };
    match answered {
        Ok(response) => response.with("x-robots-tag", "noindex, nofollow").into(),
        Err(answer) => answer,
    }
}

/// `/staff/quarantine` where each municipality has a ledger of its own: which there are.
#[cfg(feature = "durable")]
pub(crate) fn index<'a>(all: impl Iterator<Item = &'a Served>, request: &Request) -> Response {
    let language = language(request);
    let words = if language == "ar" { &ARABIC } else { &ENGLISH };
    let body = html! {
        h1 { (words.title) }
        ul {
            @for served in all {
                li {
                    a href={ (PATH) "?lang=" (language) "&of=" (served.id()) } {
                        (served.document().names.in_language(language))
                    }
                }
            }
        }
    };
    let page = Page {
        ancestors: "'none'",
        ..Page::new(super::Words::of(language), words.title, body)
    };
    page.response(200).with("x-robots-tag", "noindex, nofollow")
}

struct Desk<'a, R> {
    ledger: &'a R,
    token: &'a StaffToken,
    words: &'static Words,
    language: &'static str,
    now: Timestamp,
}

impl<R: Review> Desk<'_, R> {
    async fn read(&self, request: &Request) -> Result<Response, Answer> {
        let cookie = self.cookie(request);
        let bearer = request.authorization("bearer");
        let is_known = cookie.is_some() || bearer.is_some_and(|token| self.is_token(token));
        match (request.query("since").and_then(days), cookie) {
            (Some(days), _) if is_known => self.report(days).await,
            (_, Some(cookie)) => self.list(cookie).await,
            (_, None) => Ok(self.door("")),
        }
    }

    /// What the steps would have done held against what people said, of so many days: a group a line.
    async fn report(&self, days: i64) -> Result<Response, Answer> {
        let mut report = Report::default();
        // A day after the other: what is in memory is one day's.
        for ago in (0..days).rev() {
            let before = self.now.plus_millis(1 - ago * DAY_MS);
            let since = before.plus_millis(-DAY_MS);
            let day = self.ledger.screenings(since, before).await?;
            day.iter().for_each(|screening| report.add(screening));
        }
        let mut lines = String::new();
        for row in report.rows() {
            // Text and whole numbers: serialising them cannot fail.
            lines.push_str(&serde_json::to_string(&row).unwrap_or_default());
            lines.push('\n');
        }
        Ok(Response::new(200, "application/x-ndjson", lines).with("cache-control", "no-store"))
    }

    /// Both are hashed before they are compared: the time it takes says nothing.
    fn is_token(&self, typed: &str) -> bool {
        self.mac(&["token", typed]) == self.mac(&["token", &self.token.0])
    }

    async fn post(&self, request: &Request) -> Result<Response, Answer> {
        let form = Form::of(&String::from_utf8_lossy(&request.body));
        let [token, number, label, word] =
            ["token", "number", "label", "word"].map(|name| form.text(name));
        let Some(cookie) = self.cookie(request) else {
            return Ok(self.enter(token));
        };
        let label = match label {
            "honest" => Some(Label::Honest),
            "spam" => Some(Label::Spam),
            "again" => None,
            _ => return self.list(cookie).await,
        };
        if !self.is_word(cookie, number, word) {
            return Ok(self.door(self.words.wrong));
        }
        // Looked at before, by somebody else: the list that follows says so by not showing it.
        match label {
            Some(label) => self.ledger.label(number, label, self.now).await?,
            None => self.ledger.replay(number, self.now).await?,
        }
        Ok(self.go_on())
    }

    /// A cookie for who types the token.
    fn enter(&self, token: &str) -> Response {
        if !self.is_token(token) {
            let mut response = self.door(self.words.wrong);
            response.status = 403;
            return response;
        }
        let end = self.now.seconds().saturating_add(DAY_S).to_string();
        let signed = BASE64.encode(self.mac(&["cookie", &self.token.0, &end]));
        let secure = if self.ledger.own_origin().starts_with("https://") {
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
        let key = self.ledger.sessions().current();
        (is_open && key.verifies(&[message.as_bytes()], &tag)).then_some(cookie)
    }

    /// What a button carries: only who holds the cookie's page can know it.
    fn word(&self, cookie: &str, number: &str) -> String {
        BASE64.encode(self.mac(&["word", cookie, number]))
    }

    fn is_word(&self, cookie: &str, number: &str, word: &str) -> bool {
        let message = message(&["word", cookie, number]);
        let key = self.ledger.sessions().current();
        let tag = BASE64.decode(word).unwrap_or_default();
        key.verifies(&[message.as_bytes()], &tag)
    }

    fn mac(&self, parts: &[&str]) -> [u8; 32] {
        let key = self.ledger.sessions().current();
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

    async fn list(&self, cookie: &str) -> Result<Response, Answer> {
        let held = self.ledger.held(MOST).await?;
        let aside = self.ledger.aside(MOST).await?;
        Ok(self.page(html! {
            h1 { (self.words.title) }
            @if held.is_empty() { p { (self.words.nothing) } }
            @for report in &held { (self.show(report, cookie)) }
            @if !aside.is_empty() { h1 { (self.words.aside) } }
            @for letter in &aside { (self.put_aside(letter, cookie)) }
        }))
    }

    fn show(&self, Held { screening, typed }: &Held, cookie: &str) -> Markup {
        let Screening {
            number,
            municipality,
            category,
            received_at,
            screened,
            ..
        } = screening;
        let served = self.ledger.municipality(municipality);
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

    /// What was put aside: numbers and codes. Who knows why sends it again.
    fn put_aside(&self, letter: &Letter, cookie: &str) -> Markup {
        html! {
            article class="card" {
                h2 { bdi { (letter.number) } }
                p dir="ltr" {
                    (letter.what) " → " (letter.destination) ", " (letter.attempts) " × "
                    code { (letter.last_error.as_deref().unwrap_or_default()) }
                    ", " (letter.queued_at)
                }
                form method="post" action=(self.address()) {
                    input type="hidden" name="number" value=(letter.number);
                    input type="hidden" name="word" value=(self.word(cookie, &letter.number));
                    button class="btn quiet" name="label" value="again" { (self.words.again) }
                }
            }
        }
    }

    /// A page of the desk: nobody frames it.
    fn page(&self, body: Markup) -> Response {
        let (language, name) = self.words.other;
        let languages = html! {
            p class="links" {
                a href=(self.address_in(language)) lang=(language) { (name) }
            }
        };
        let page = Page {
            ancestors: "'none'",
            languages,
            ..Page::new(super::Words::of(self.language), self.words.title, body)
        };
        page.response(200)
    }

    fn address(&self) -> String {
        self.address_in(self.language)
    }

    fn address_in(&self, language: &str) -> String {
        match self.ledger.of() {
            Some(id) => format!("{PATH}?lang={language}&of={id}"),
            None => format!("{PATH}?lang={language}"),
        }
    }
}

/// Parts with lengths before them, so that no two lists of parts read the same.
fn message(parts: &[&str]) -> String {
    let mut text = "balagh staff v1".to_owned();
    for part in parts {
        let _ = write!(text, "\n{} {part}", part.len());
    }
    text
}
