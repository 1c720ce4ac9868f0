//! The door: a name and a password.
//!
//! A name nobody has costs the same work as one that somebody has. Wrong passwords are bounded per
//! name and network together, so that nobody outside keeps anybody from signing in; per network;
//! and, far wider, per name, against many networks at once. All of them come back by themselves.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};

use axum::extract::{ConnectInfo, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use balagh_shared::canonical::hex;
use balagh_shared::limit::Gcra;
use maud::html;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::fields::Fields;
use super::form::{Open, Sent};
use super::frame::{guarded, outside};
use super::session::{Asked, SESSION_S, Signed, Token};
use super::words::{Language, filled};
use super::{failure::Failed, resume};
use crate::password::{Kept, SALT_BYTES};
use crate::server::Origin;
use crate::store::{Account, Limited};
use crate::sys;

const MINUTE_MS: u32 = 60 * 1000;
/// Five tries at a name from one network, and one more a minute.
const PAIR: Gcra = Gcra::new(5, MINUTE_MS);
/// Sixty from one network, an office's at eight in the morning, and two more a minute.
const NETWORK: Gcra = Gcra::new(60, MINUTE_MS / 2);
/// A hundred at one name, wherever they come from, and one more a minute.
const NAME: Gcra = Gcra::new(100, MINUTE_MS);
/// Passwords that are looked at at the same time: each takes 19 MiB.
static HASHING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(4)));

/// Does `work` with a password, at most so many at the same time: the turn is the work's and not the
/// request's, which may be given up while its work goes on.
pub(super) async fn hashing<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    let turn = Arc::clone(&HASHING).acquire_owned().await;
    let turn = turn.map_err(Failed::of)?;
    let done = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    done.await.map_err(Failed::of)
}
/// What the password of a name nobody has is held against.
static NOBODYS: LazyLock<Option<Kept>> =
    LazyLock::new(|| Kept::of("nobody signs in with this", &[0; SALT_BYTES]).ok());

/// Where somebody who is not signed in is sent; after it to `next`.
pub(super) fn lead(next: Option<&str>, was_in: bool) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(next) = next {
        query.append_pair("next", next);
    }
    if was_in {
        query.append_pair("ended", "1");
    }
    let to = format!("/console/sign-in?{}", query.finish());
    guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
}

/// What is shown at the door.
#[derive(Default)]
struct Door<'a> {
    /// What to say first.
    said: Option<(&'static str, String)>,
    name: &'a str,
    /// The page to go on to.
    next: &'a str,
    /// The form to show again, and what was typed into it.
    kept: Option<(&'a str, String)>,
}

/// `GET /console/sign-in`.
pub(super) async fn show(request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    let asked = Asked::of(&parts);
    let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let words = &asked.language.words().door;
    let said = match (query.text("ended"), query.text("changed")) {
        ("1", _) => Some(("note", words.ended.to_owned())),
        (_, "1") => Some(("done", words.changed.to_owned())),
        _ => None,
    };
    let door = Door {
        said,
        next: query.text("next"),
        ..Door::default()
    };
    page(StatusCode::OK, asked.language, &door)
}

/// The door with what was typed into the form at `action`.
pub(super) fn page_keeping(asked: &Asked, action: &str, fields: &Fields) -> Response {
    let door = Door {
        said: Some(("note", asked.language.words().door.ended.to_owned())),
        kept: Some((action, fields.encode())),
        ..Door::default()
    };
    page(StatusCode::UNAUTHORIZED, asked.language, &door)
}

fn page(status: StatusCode, language: Language, door: &Door<'_>) -> Response {
    let words = &language.words().door;
    let other = language.other();
    let languages = html! {
        // What was typed would be lost by following a link.
        @if door.kept.is_none() {
            a.language href=(format!("/console/sign-in?lang={}", other.code())) lang=(other.code()) hreflang=(other.code()) {
                (other.name())
            }
        }
    };
    let body = html! {
        div.card.narrow.door {
            @if let Some((kind, said)) = &door.said {
                p.said.(*kind) role=(if *kind == "wrong" { "alert" } else { "status" }) { (said) }
            }
            form method="post" action=(format!("/console/sign-in?lang={}", language.code())) {
                @if let Some((action, kept)) = &door.kept {
                    input type="hidden" name="action" value=(action);
                    input type="hidden" name="kept" value=(kept);
                } @else {
                    input type="hidden" name="next" value=(door.next);
                }
                label.field { span { (words.name) }
                    input name="name" value=(door.name) autocomplete="username" autocapitalize="none" spellcheck="false" required dir="auto";
                }
                label.field { span { (words.password) }
                    input name="password" type="password" autocomplete="current-password" required;
                }
                button { (words.enter) }
            }
        }
        p.hint.narrow { (words.sign_in_hint) }
    };
    outside(status, language, words.sign_in, &languages, body)
}

/// `POST /console/sign-in`.
pub(super) async fn enter(
    State(origin): State<Arc<Origin>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Open {
        asked,
        parts,
        fields,
        ..
    }: Open,
) -> Response {
    let from = network(peer.ip(), &parts.headers);
    let typed = (fields.text("name").trim(), fields.text("password"));
    match judge(&origin, typed, &from).await {
        Ok(Ok(account)) => match admit(&origin, account, &asked, &fields).await {
            Ok(response) => response,
            Err(failed) => failed.outside(asked.language),
        },
        Ok(Err(no)) => turned_away(&asked, &fields, no),
        Err(failed) => failed.outside(asked.language),
    }
}

/// Why somebody is not let in.
pub(super) enum No {
    /// Name and password do not go together.
    Wrong,
    /// Too many tries; for so many milliseconds.
    Wait(i64),
}

/// Whether name and password go together, for somebody who tries from this network.
pub(super) async fn judge(
    origin: &Origin,
    (name, password): (&str, &str),
    from: &str,
) -> Result<Result<Account, No>, Failed> {
    let now = sys::now();
    let pair = subject(&["pair", name, from]);
    let limited = |subject, limit| Limited { subject, limit };
    let limits = [
        limited(pair.clone(), PAIR),
        limited(subject(&["network", from]), NETWORK),
        limited(subject(&["name", name]), NAME),
    ];
    let wait = origin.store.try_sign_in(&limits, now).await;
    if let Some(millis) = wait.map_err(Failed::of)? {
        return Ok(Err(No::Wait(millis)));
    }
    let account = origin.store.account(name).await.map_err(Failed::of)?;
    let kept = account
        .as_ref()
        .and_then(|account| account.password.clone());
    let is_somebodys = kept.is_some();
    let password = password.to_owned();
    let is_right = hashing(move || {
        let kept = kept.or_else(|| NOBODYS.clone());
        kept.is_some_and(|kept| kept.is_of(&password))
    });
    let is_right = is_right.await? && is_somebodys;
    match account.filter(|_| is_right) {
        Some(account) => {
            origin.store.forget_tries(&pair).await.map_err(Failed::of)?;
            Ok(Ok(account))
        }
        None => Ok(Err(No::Wrong)),
    }
}

async fn admit(
    origin: &Origin,
    account: Account,
    asked: &Asked,
    fields: &Fields,
) -> Result<Response, Failed> {
    let token = Token::draw()?;
    let now = sys::now();
    let ends = now.plus_millis(SESSION_S * 1000);
    let name = account.member.name.clone();
    let store = &origin.store;
    let audit = store.audit(&name, "console", "sign in", now);
    audit.await.map_err(Failed::of)?;
    let hash = token.hash();
    let begun = store.begin_session(&hash, &name, ends, now);
    begun.await.map_err(Failed::of)?;
    let cookie = token.cookie(asked.host, SESSION_S);
    let mut response = match fields.some("action") {
        Some(action) => {
            let signed = Signed::of(origin, account, token, &asked.at(action));
            let kept = Fields::parse(fields.text("kept").as_bytes());
            resume::form(origin, &signed, StatusCode::OK, action, &kept).await
        }
        None => {
            let to = inside(fields.text("next")).to_owned();
            guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response())
        }
    };
    let cookie = cookie.parse().map_err(Failed::of)?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// An address of the console's own, whatever was asked for.
pub(super) fn inside(next: &str) -> &str {
    let is_plain = next
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && next.starts_with("/console/") && !next.starts_with("/console/sign-") {
        next
    } else {
        "/console/queue"
    }
}

fn turned_away(asked: &Asked, fields: &Fields, no: No) -> Response {
    let words = &asked.language.words().door;
    let (status, said) = match no {
        No::Wrong => (StatusCode::FORBIDDEN, words.wrong.to_owned()),
        No::Wait(millis) => {
            let said = waits(asked.language, millis);
            (StatusCode::TOO_MANY_REQUESTS, said)
        }
    };
    let kept = fields
        .some("action")
        .map(|action| (action, fields.text("kept").to_owned()));
    let door = Door {
        said: Some(("wrong", said)),
        name: fields.text("name"),
        next: fields.text("next"),
        kept,
    };
    page(status, asked.language, &door)
}

/// How long somebody is asked to wait.
pub(super) fn waits(language: Language, millis: i64) -> String {
    let minutes = millis.max(1).unsigned_abs().div_ceil(60_000).to_string();
    filled(language.words().door.wait, &[("minutes", &minutes)])
}

/// `POST /console/sign-out`.
pub(super) async fn leave(
    State(origin): State<Arc<Origin>>,
    Sent { signed, .. }: Sent,
) -> Response {
    let token = signed.token();
    if let Err(error) = origin.store.end_session(&token.hash()).await {
        return Failed::of(error).outside(signed.language);
    }
    let to = format!("/console/sign-in?lang={}", signed.language.code());
    let gone = token.cookie(signed.host, 0);
    guarded((StatusCode::SEE_OTHER, [(LOCATION, to), (SET_COOKIE, gone)]).into_response())
}

/// The network a request comes from: 256 addresses of IPv4, a household's or office's of IPv6.
/// Behind a proxy on this machine it is the one that the proxy saw.
fn network(peer: IpAddr, headers: &HeaderMap) -> String {
    let forwarded = headers.get_all("x-forwarded-for").into_iter().next_back();
    let told = forwarded
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|last| last.trim().parse().ok());
    let address = told.filter(|_| peer.is_loopback()).unwrap_or(peer);
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}")
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}", d & 0xff00)
        }
    }
}

/// A hash of parts with lengths before them, so that no two lists of parts are the same.
fn subject(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_leads_to_pages_of_the_console_alone() {
        assert_eq!(
            inside("/console/reports/EP-1?x=1"),
            "/console/reports/EP-1?x=1"
        );
        for elsewhere in [
            "",
            "https://evil.example/",
            "//evil.example/console/",
            "/console/\\evil",
            "/other",
            "/console/sign-out",
            "/console/a b",
            "/console/\r\nset-cookie: a=b",
        ] {
            assert_eq!(inside(elsewhere), "/console/queue", "{elsewhere:?}");
        }
    }

    #[test]
    fn a_network_is_told_by_who_connects_and_by_a_proxy_on_this_machine_alone() {
        let check = |peer: &str, forwarded: &str, expected: &str| {
            let headers = [(
                "x-forwarded-for".parse().unwrap(),
                forwarded.parse().unwrap(),
            )];
            let headers = headers.into_iter().collect();
            assert_eq!(network(peer.parse().unwrap(), &headers), expected);
        };
        check("192.0.2.7", "198.51.100.9", "192.0.2");
        check("127.0.0.1", "203.0.113.5, 198.51.100.9", "198.51.100");
        check("127.0.0.1", "nonsense", "127.0.0");
        check("::ffff:192.0.2.7", "", "192.0.2");
        check("2001:db8:1:23ff::1", "", "2001:db8:1:2300");
    }

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(subject(&["ab", "c"]), subject(&["a", "bc"]));
    }
}
