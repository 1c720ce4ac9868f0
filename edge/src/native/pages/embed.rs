//! The widget in the edge's own web origin: framed by others, or on the page of the form.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::report::Link;
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

/// The widget, with what the address says, and the script that brings it to life; `fallback` is what
/// stands there until then. Where it is `framed` it talks to the page around it, if that is one of
/// these.
pub(super) fn element(
    served: &Served,
    request: &Request,
    framed: Option<&str>,
    fallback: &Markup,
) -> Markup {
    let language = super::language(served, request);
    let theme = framed.and_then(|_| request.query("theme"));
    let theme = theme.filter(|it| matches!(*it, "light" | "dark"));
    let prefill = prefill(&Link::read(served, &request.query));
    let prefill = prefill.map(|known| known.to_string());
    html! {
        balagh-report municipality=(served.id()) lang=(language) prefill=[prefill] theme=[theme]
            framed=[framed] { (fallback) }
        script type="module" src="/balagh.js" {}
    }
}

/// What a deep link says, as the widget takes it in.
fn prefill(link: &Link) -> Option<Value> {
    let mut place = Map::new();
    if let Some([lon, lat]) = link.at {
        place.insert("lat".into(), lat.into());
        place.insert("lon".into(), lon.into());
    }
    if let Some(asset) = &link.asset {
        place.insert("asset".into(), asset.as_str().into());
    }
    let mut known = Map::new();
    if let Some(category) = &link.category {
        known.insert("category".into(), category.as_str().into());
    }
    if !place.is_empty() {
        known.insert("place".into(), place.into());
    }
    if let Some(reference) = &link.reference {
        known.insert("reference".into(), reference.as_str().into());
    }
    (!known.is_empty()).then(|| known.into())
}
