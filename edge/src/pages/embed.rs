//! The widget in the edge's own web origin, framed by others.

use maud::html;

use super::element::element;
use super::{Page, Scripts, Words};
use crate::http::{Request, Response};
use crate::served::Served;

/// `/embed/{municipality}`: the widget for pages that frame it.
pub(crate) fn embed(served: &Served, request: &Request) -> Response {
    let words = Words::of(super::language(served, request));
    let language = words.language();
    let title = served.document().names.in_language(language);
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
    // The link leaves the frame: the page it leads to may not be framed by others.
    let fallback = html! {
        a href={ "/" (served.id()) "/report?lang=" (language) } target="_top" { (words.say("report")) }
    };
    let page = Page {
        scripts: Scripts::Widget,
        ancestors: &format!("'self' {partners}"),
        ..Page::new(
            words,
            title,
            element(served, request, Some(&partners), &fallback),
        )
    };
    page.bare(200)
}
