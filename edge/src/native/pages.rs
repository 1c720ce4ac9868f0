//! Plain pages: HTML that needs no script, every value escaped, under a strict policy.

use std::fmt::Write as _;

use balagh_shared::municipality::TimeZone;
use balagh_shared::number::ReportNumber;
use balagh_shared::problem::sentence;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::rules::limits::LINE;
use balagh_shared::status::PublicStatus;
use balagh_shared::time::Timestamp;
use serde_json::{Map, Value};

use super::tracking::form_value;
use super::words::Words;
use crate::http::{Request, Response};
use crate::served::Served;

/// Text with what HTML would read as markup taken out.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// `/` where the operator has no site of their own.
pub(crate) fn index<'a>(all: impl Iterator<Item = &'a Served>, language: &str) -> Response {
    let words = Words::of(language);
    let mut body = format!("<h1>{}</h1>\n<ul>\n", words.municipalities);
    for served in all {
        let name = Escaped(served.document().names.in_language(language));
        let id = served.id();
        let _ = writeln!(
            body,
            "<li>{name}: <a href=\"/{id}/report?lang={language}\">{}</a>, \
             <a href=\"/{id}/track?lang={language}\">{}</a></li>",
            words.report, words.track
        );
    }
    body.push_str("</ul>\n");
    page(language, words.municipalities, &body, "'self'")
}

/// `/reasons`: every refusal there is, each with its anchor.
pub(crate) fn reasons(language: &str) -> Response {
    let words = Words::of(language);
    let mut body = format!("<h1>{}</h1>\n<dl>\n", words.reasons);
    for reason in Reason::ALL {
        let said = sentence(&Violation::new(*reason, ""), language);
        let _ = writeln!(
            body,
            "<dt id=\"{code}\"><code dir=\"ltr\">{code}</code> ({status})</dt>\n\
             <dd>{}<br><span lang=\"en\" dir=\"ltr\">{}</span></dd>",
            Escaped(&said),
            Escaped(reason.meaning()),
            code = reason.code(),
            status = reason.status(),
        );
    }
    body.push_str("</dl>\n");
    let mut response = page(language, words.reasons, &body, "'self'");
    response.headers.add_token("vary", "Accept-Language");
    response
}

/// `/embed/{municipality}`: the widget in the edge's own web origin, for pages that frame it.
pub(crate) fn embed(served: &Served, request: &Request) -> Response {
    let language = language_of_page(served, request);
    let name = served.document().names.in_language(language);
    // A document's origin with a blank or a semicolon in it would write policy of its own.
    let is_one = |origin: &&str| {
        origin
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b','))
    };
    let partners = &served.document().partners;
    let partners: Vec<&str> = partners
        .iter()
        .flat_map(|partner| partner.origins.iter().map(String::as_str))
        .filter(is_one)
        .collect();
    let partners = partners.join(" ");
    let theme = match request.query("theme") {
        Some("light") => " theme=\"light\"",
        Some("dark") => " theme=\"dark\"",
        _ => "",
    };
    // `framed` makes the widget talk to the page around it, if it is one of these. The link leaves
    // the frame: the page it leads to may not be framed by others.
    let body = element(
        served,
        request,
        &format!("{theme} framed=\"{}\"", Escaped(&partners)),
        &format!(
            "<a href=\"/{}/report?lang={language}\" target=\"_top\">{}</a>",
            served.id(),
            Words::of(language).report
        ),
    );
    page(language, name, &body, &format!("'self' {partners}"))
}

/// `/{municipality}/report`: the ways to report, the widget among them, which knows already what the
/// address says: see [`prefill`].
pub(crate) fn report(served: &Served, request: &Request) -> Response {
    let language = language_of_page(served, request);
    let words = Words::of(language);
    let document = served.document();
    let name = Escaped(document.names.in_language(language));
    let (help, emergency) = (Escaped(&document.help.phone), Escaped(&document.emergency));
    let body = format!(
        "<p>{name}</p>\n<h1>{report}</h1>\n{widget}\n<h2>{ways}</h2>\n\
         <p>{needs_scripts}</p>\n\
         <p>{by_phone}: <a dir=\"ltr\" href=\"tel:{help}\">{help}</a></p>\n\
         <p>{in_danger} <a dir=\"ltr\" href=\"tel:{emergency}\">{emergency}</a></p>\n\
         <p><a href=\"/{id}/track?lang={language}\">{track}</a></p>\n{other}",
        report = words.report,
        widget = element(served, request, "", ""),
        ways = words.ways,
        needs_scripts = words.needs_scripts,
        by_phone = words.by_phone,
        in_danger = words.emergency,
        id = served.id(),
        track = words.track,
        other = other_language(words, &format!("/{}/report", served.id())),
    );
    page(language, words.report, &body, "'self'")
}

/// `/{municipality}/track`: the form, and what was found for it where it was sent. A receipt's link
/// brings the number along, in `?number=`; the code is never in an address.
pub(crate) fn track(
    served: &Served,
    request: &Request,
    found: Option<Option<&PublicStatus>>,
) -> Response {
    let language = language_of_page(served, request);
    let words = Words::of(language);
    let id = served.id();
    let outcome = match found {
        None => String::new(),
        Some(None) => format!("<p role=\"alert\">{}</p>\n", words.not_found),
        Some(Some(status)) => status_table(served, status, language),
    };
    // Only what reads as a number is written into the page.
    let known = request.query("number").map(ReportNumber::parse);
    let known = known.and_then(Result::ok);
    let body = format!(
        "<p>{name}</p>\n<h1>{track}</h1>\n{outcome}\
         <form method=\"post\" action=\"/{id}/track?lang={language}\">\n\
         <p><label for=\"number\">{number}</label><br>\
         <input id=\"number\" name=\"number\" value=\"{known}\" dir=\"ltr\" required maxlength=\"60\" \
         autocomplete=\"off\" spellcheck=\"false\"></p>\n\
         <p><label for=\"code\">{code}</label><br>\
         <input id=\"code\" name=\"code\" dir=\"ltr\" required maxlength=\"60\" \
         autocomplete=\"off\" spellcheck=\"false\"></p>\n\
         <p><button>{show}</button></p>\n</form>\n{other}",
        name = Escaped(served.document().names.in_language(language)),
        track = words.track,
        known = known.as_ref().map_or("", ReportNumber::as_str),
        number = words.number,
        code = words.code,
        show = words.show,
        other = other_language(words, &format!("/{id}/track")),
    );
    let mut response = page(language, words.track, &body, "'self'");
    if found == Some(None) {
        response.status = Reason::ReportUnknown.status();
    }
    response
}

fn status_table(served: &Served, status: &PublicStatus, language: &str) -> String {
    let words = Words::of(language);
    let document = served.document();
    let public = served.public();
    let category = document.category(&status.category);
    let category = category.map_or(status.category.as_str(), |it| {
        it.names.in_language(language)
    });
    let district = status.district.as_deref();
    let district = district.map(|id| {
        public
            .district(id)
            .map_or(id, |it| it.names.in_language(language))
    });
    let department = status.department.as_deref();
    let department = department.map(|code| {
        public
            .departments
            .get(code)
            .map_or(code, |it| it.in_language(language))
    });
    let agency = status.agency.as_deref().map(|id| {
        let known = public.agency(id);
        known.map_or_else(
            || id.to_owned(),
            |it| format!("{} {}", it.names.in_language(language), it.contact),
        )
    });
    let closing_code = status
        .closing
        .as_ref()
        .and_then(|closing| closing.code.as_deref());
    let zone = &document.time_zone;
    let due = status.due.map(|due| local(due, zone));
    let received = local(status.received_at, zone);
    let rows = [
        (words.number, Some(status.number.as_str())),
        (words.state, Some(words.state_name(status.state))),
        (words.category, Some(category)),
        (words.district, district),
        (words.department, department),
        (words.received, Some(received.as_str())),
        (words.due, due.as_deref()),
        (words.agency, agency.as_deref()),
        (words.agency_reference, status.agency_reference.as_deref()),
        (words.joins, status.joins.as_deref()),
        (words.closing_code, closing_code),
    ];
    let mut html = "<dl>\n".to_owned();
    for (term, value) in rows {
        if let Some(value) = value {
            let _ = writeln!(
                html,
                "<dt>{term}</dt><dd><bdi>{}</bdi></dd>",
                Escaped(value)
            );
        }
    }
    let _ = writeln!(html, "</dl>\n<h2>{}</h2>\n<ol>", words.history);
    for event in &status.events {
        let at = local(event.at, zone);
        let state = match event.what {
            Some(what) => words.what(what),
            None => words.state_name(event.state),
        };
        let note = event.note.as_deref().unwrap_or_default();
        let _ = writeln!(
            html,
            "<li><bdi>{at}</bdi> {state} <bdi>{}</bdi></li>",
            Escaped(note)
        );
    }
    html.push_str("</ol>\n");
    html
}

/// Date and time by the municipality's clocks: `2026-11-21 09:41`.
fn local(at: Timestamp, zone: &TimeZone) -> String {
    let local = at
        .plus_millis(i64::from(zone.offset_minutes_at(at)) * 60_000)
        .to_string();
    local.get(..16).unwrap_or(&local).replace('T', " ")
}

/// The language of the page: the one asked for in the address, else the browser's.
fn language_of_page(served: &Served, request: &Request) -> &'static str {
    let offered = |language: &str| served.document().languages.iter().any(|it| it == language);
    match request.query("lang") {
        Some("ar") if offered("ar") => "ar",
        Some("en") if offered("en") => "en",
        _ if request.headers.get("accept-language").is_some() => request.language(),
        _ if served
            .document()
            .languages
            .first()
            .is_some_and(|it| it == "ar") =>
        {
            "ar"
        }
        _ => "en",
    }
}

/// The widget, in the language that the address asks for, and the script that brings it to life;
/// `fallback` is what stands there until then.
fn element(served: &Served, request: &Request, attributes: &str, fallback: &str) -> String {
    let asked = request.query("lang").unwrap_or_default();
    let offered = &served.document().languages;
    let language = offered.iter().find(|it| *it == asked);
    let language = language.map_or_else(|| language_of_page(served, request), String::as_str);
    let prefill = prefill(served, &request.query);
    let prefill = prefill.map_or_else(String::new, |json| {
        format!(" prefill=\"{}\"", Escaped(&json.to_string()))
    });
    format!(
        "<balagh-report municipality=\"{}\" lang=\"{language}\"{prefill}{attributes}>{fallback}\
         </balagh-report>\n<script type=\"module\" src=\"/balagh.js\"></script>",
        served.id()
    )
}

/// What a deep link says: `category`, `lat` and `lon` in degrees, `asset` and `ref`, a partner's own
/// reference. What is none is passed over: the citizen still reports, and says it themselves.
fn prefill(served: &Served, query: &str) -> Option<Value> {
    let value = |name: &str| {
        let value = form_value(query, name);
        let value = value.trim();
        (1..=LINE as usize)
            .contains(&value.chars().count())
            .then(|| value.to_owned())
    };
    let degrees = |name: &str, most: f64| {
        let degrees: f64 = value(name)?.parse().ok()?;
        (-most..=most).contains(&degrees).then_some(degrees)
    };
    let mut place = Map::new();
    if let (Some(lat), Some(lon)) = (degrees("lat", 90.0), degrees("lon", 180.0)) {
        place.insert("lat".into(), lat.into());
        place.insert("lon".into(), lon.into());
    }
    if let Some(asset) = value("asset") {
        place.insert("asset".into(), asset.into());
    }
    let mut known = Map::new();
    let category = value("category").filter(|it| served.document().category(it).is_some());
    if let Some(category) = category {
        known.insert("category".into(), category.into());
    }
    if !place.is_empty() {
        known.insert("place".into(), place.into());
    }
    if let Some(reference) = value("ref") {
        known.insert("reference".into(), reference.into());
    }
    (!known.is_empty()).then(|| known.into())
}

fn other_language(words: &Words, path: &str) -> String {
    let (language, name) = words.other_language;
    format!("<p><a href=\"{path}?lang={language}\" lang=\"{language}\">{name}</a></p>\n")
}

pub(super) fn page(language: &str, title: &str, body: &str, ancestors: &str) -> Response {
    let direction = Words::of(language).direction;
    let title = Escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"{language}\" dir=\"{direction}\">\n<head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <link rel=\"stylesheet\" href=\"/balagh.css\">\n</head>\n\
         <body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob: data:; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    );
    Response::new(200, "text/html; charset=utf-8", html)
        .with("content-security-policy", policy)
        .with("referrer-policy", "no-referrer")
        .with("cache-control", "no-store")
        .with("content-language", language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_never_markup() {
        let escaped = Escaped("<script>\"a\" & 'b'</script>").to_string();
        assert_eq!(
            escaped,
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;"
        );
    }

    #[test]
    fn a_time_is_shown_by_the_municipalitys_clocks() {
        let at = Timestamp::parse("2026-11-21T22:41:07Z").unwrap();
        let riyadh = TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: Vec::new(),
        };
        assert_eq!(local(at, &riyadh), "2026-11-22 01:41");
    }

    #[test]
    fn the_catalogue_has_an_anchor_for_every_reason() {
        let html = String::from_utf8(reasons("ar").body).unwrap();
        for reason in Reason::ALL {
            assert!(
                html.contains(&format!("id=\"{}\"", reason.code())),
                "{}",
                reason.code()
            );
        }
        assert!(html.contains("dir=\"rtl\""));
    }
}
