//! Service discovery.

use serde_json::Value;

use super::{Look, Verdict, each, said, unless};
use crate::open311_check::answer::Format;
use crate::open311_check::ask::Question;
use crate::open311_check::shape::{Field, Kind, fault, needed, text};
use Verdict::{Broken, Kept, Unseen};

const DISCOVERY: [Field; 3] = [
    needed("changeset", Kind::Text),
    needed("contact", Kind::Text),
    needed("key_service", Kind::Text),
];

const ENDPOINT: [Field; 4] = [
    needed("specification", Kind::Address),
    needed("url", Kind::Address),
    needed("changeset", Kind::Text),
    needed("type", Kind::OneOf(&["production", "test"])),
];

fn found<'e>(look: &Look<'e>) -> Result<&'e Value, Verdict> {
    let answer = look.answer(Question::Discovery)?;
    match &answer.read {
        Ok(tree) if answer.is_ok() => Ok(&tree.value),
        _ => Err(Unseen(format!("there is none: {}", said(answer)))),
    }
}

fn endpoints_of<'e>(look: &Look<'e>) -> Result<&'e Vec<Value>, Verdict> {
    let endpoints = found(look)?.get("endpoints").and_then(Value::as_array);
    endpoints.ok_or_else(|| Unseen("endpoints is no list".to_owned()))
}

pub(in super::super) fn is_there(look: &Look<'_>) -> Verdict {
    unless(look.answer(Question::Discovery), |answer| {
        if answer.is_ok() && answer.read.is_ok() {
            Kept(answer.url.clone())
        } else {
            Broken(said(answer))
        }
    })
}

pub(in super::super) fn fields(look: &Look<'_>) -> Verdict {
    unless(found(look), |discovery| {
        let list = discovery.get("endpoints").and_then(Value::as_array);
        match (fault(discovery, &DISCOVERY), list) {
            (Some(fault), _) => Broken(fault),
            (None, None) => Broken("endpoints is no list".to_owned()),
            (None, Some(list)) => Kept(format!("{} endpoints", list.len())),
        }
    })
}

pub(in super::super) fn endpoints(look: &Look<'_>) -> Verdict {
    unless(endpoints_of(look), |endpoints| {
        each(endpoints, "url", |endpoint| {
            let formats = endpoint.get("formats").and_then(Value::as_array);
            fault(endpoint, &ENDPOINT).or_else(|| match formats {
                Some(formats) if !formats.is_empty() => None,
                _ => Some("formats is no list of media types".to_owned()),
            })
        })
    })
}

pub(in super::super) fn names_this(look: &Look<'_>) -> Verdict {
    unless(endpoints_of(look), |endpoints| {
        let here = plain(&look.evidence.endpoint);
        let named = endpoints
            .iter()
            .find(|endpoint| text(endpoint.get("url")).is_some_and(|url| plain(&url) == here));
        let Some(endpoint) = named else {
            return Broken(format!("none of {} is {here}", endpoints.len()));
        };
        let specification = text(endpoint.get("specification")).unwrap_or_default();
        if !specification.to_ascii_lowercase().contains("georeport_v2") {
            return Broken(format!("its specification is {specification}"));
        }
        let formats = endpoint.get("formats").and_then(Value::as_array);
        let formats: Vec<String> = formats
            .into_iter()
            .flatten()
            .filter_map(|format| text(Some(format)))
            .collect();
        let offered = |format| {
            let answer = look.evidence.answer(Question::Services, format);
            matches!(answer, Some(Ok(answer)) if answer.is_ok() && answer.read.is_ok())
        };
        let missing = [
            (Format::Xml, "text/xml"),
            (Format::Json, "application/json"),
        ]
        .into_iter()
        .find(|(format, name)| offered(*format) && !formats.iter().any(|known| known == name));
        match missing {
            Some((_, name)) => Broken(format!("{name} is not among {}", formats.join(", "))),
            None => Kept(formats.join(", ")),
        }
    })
}

/// An address without what may differ.
fn plain(url: &str) -> String {
    let url = url.trim().trim_end_matches('/').to_ascii_lowercase();
    let rest = url.split_once("://").map(|(_, rest)| rest.to_owned());
    rest.unwrap_or(url)
}
