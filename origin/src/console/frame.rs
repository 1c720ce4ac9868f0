//! The frame that every page of staff stands in, and what every answer of the console carries.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words::Language;
use super::{PATH, Signed, taken};
use crate::analytics::page::PATH as FIGURES;
use crate::staff::Role;

/// No script, from nowhere; nothing from anybody else; in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = concat!(
    include_str!("style/tokens.css"),
    include_str!("style/frame.css"),
    include_str!("style/parts.css"),
    include_str!("../analytics/style.css"),
    include_str!("style/modes.css"),
);

/// The mark: an arch with a pin in it.
const MARK: &str = "<svg class=\"mark\" viewBox=\"0 0 32 36\" aria-hidden=\"true\" focusable=\"false\">\
     <path class=\"arch\" d=\"M2 16a14 14 0 0 1 28 0v15a4 4 0 0 1-4 4H6a4 4 0 0 1-4-4z\"/>\
     <path class=\"pin\" d=\"M16 8a7 7 0 0 0-7 7c0 5 7 12 7 12s7-7 7-12a7 7 0 0 0-7-7z\"/>\
     <circle class=\"core\" cx=\"16\" cy=\"15\" r=\"2.8\"/></svg>";

/// A page of staff: `body` under the heading `title`, in the frame of whoever is signed in.
///
/// The policy allows no script and no inline style: pictures are SVG by presentation attributes, or
/// classes of the sheet.
pub(crate) fn frame(signed: &Signed, title: &str, body: Markup) -> Response {
    framed(StatusCode::OK, signed, title, body)
}

/// The same with another status than 200.
pub(super) fn framed(status: StatusCode, signed: &Signed, title: &str, body: Markup) -> Response {
    let words = signed.words();
    let door = &words.door;
    let member = &signed.member;
    let header = html! {
        header.bar {
            a.brand href=(format!("{PATH}/queue")) {
                (PreEscaped(MARK))
                span { b { (signed.municipality) } " " small { (door.console) } }
            }
            nav aria-label=(door.pages) {
                ul {
                    @for (path, name) in pages(signed) {
                        li { a href=(path) aria-current=[is_here(signed, path).then_some("page")] { (name) } }
                    }
                }
            }
            div.who {
                a href=(format!("{PATH}/account")) aria-current=[is_here(signed, "/console/account").then_some("page")] {
                    bdi { (member.name) } " " small { (words.role(member.role)) }
                }
                form method="post" action=(format!("{PATH}/language")) {
                    (signed.word(&format!("{PATH}/language")))
                    input type="hidden" name="back" value=(signed.path);
                    button.plain name="language" value=(signed.language.other().code()) lang=(signed.language.other().code()) {
                        (signed.language.other().name())
                    }
                }
                form method="post" action=(format!("{PATH}/sign-out")) {
                    (signed.word(&format!("{PATH}/sign-out")))
                    button.plain { (door.sign_out) }
                }
            }
        }
    };
    document(
        status,
        signed.language,
        (title, &signed.municipality),
        header,
        body,
    )
}

/// The pages that somebody with this role works on.
fn pages(signed: &Signed) -> Vec<(&'static str, &'static str)> {
    let door = &signed.words().door;
    let role = signed.member.role;
    let mut pages = vec![("/console/queue", door.queue)];
    if taken::may_take_in(role) {
        pages.push(("/console/new", door.new));
        pages.push(("/console/customer", signed.words().customer.title));
        pages.push(("/console/review", door.review));
    }
    if role != Role::Field {
        pages.push(("/console/transfers", door.transfers));
        pages.push(("/console/escalations", door.escalations));
    }
    if !role.is_of_a_department() {
        pages.push((FIGURES, door.figures));
    }
    if matches!(role, Role::Supervisor | Role::Administrator) {
        pages.push(("/console/contact-ratings", signed.words().customer.ratings));
    }
    if role == Role::Administrator {
        pages.push(("/console/audit", signed.words().customer.audit));
    }
    pages
}

fn is_here(signed: &Signed, path: &str) -> bool {
    let here = signed.path.split('?').next().unwrap_or_default();
    here == path
        || path == FIGURES && here.starts_with(FIGURES)
        || path == "/console/queue" && here.starts_with("/console/reports/")
}

/// A page for somebody who is not signed in.
pub(super) fn outside(
    status: StatusCode,
    language: Language,
    title: &str,
    languages: &Markup,
    body: Markup,
) -> Response {
    let console = language.words().door.console;
    let header = html! {
        header.bar {
            span.brand { (PreEscaped(MARK)) span { b { (console) } } }
            (languages)
        }
    };
    document(status, language, (title, console), header, body)
}

fn document(
    status: StatusCode,
    language: Language,
    (title, of): (&str, &str),
    header: Markup,
    body: Markup,
) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang=(language.code()) dir=(language.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (of) }
                link rel="stylesheet" href=(style_address());
            }
            body {
                a.skip href="#main" { (language.words().door.skip) }
                (header)
                main #main tabindex="-1" {
                    h1 { (title) }
                    (body)
                }
            }
        }
    };
    let content = [(CONTENT_TYPE, "text/html; charset=utf-8")];
    guarded((status, content, page.into_string()).into_response())
}

/// What every answer of the console carries.
pub(super) fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let same = "same-origin";
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "no-store"),
        // `no-referrer` would make every form's `Origin` null, and that is looked at.
        (REFERRER_POLICY, same),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("x-frame-options"), "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), same),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            same,
        ),
    ] {
        // What an answer says itself, such as a photo's own policy, holds.
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The sheet's address: another sheet is another address.
pub(super) fn style_address() -> String {
    // FNV-1a: a name, not a secret.
    let hash = STYLE.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{PATH}/style.css?v={hash:016x}")
}

/// `GET /console/style.css`.
pub(super) async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    guarded((headers, STYLE).into_response())
}
