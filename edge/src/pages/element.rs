//! The widget as an element of a page in the edge's own web origin.

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::report::Link;
use crate::http::Request;
use crate::served::Served;

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
