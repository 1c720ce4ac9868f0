//! Requests, their filters, one of them, tokens.

use balagh_shared::time::{DAY_MS, Timestamp};
use serde_json::Value;

use super::{
    Look, Verdict, each, list as is_list, refused, said, shaped, typed, unique as has_unique,
    unless,
};
use crate::open311_check::answer::Format;
use crate::open311_check::ask::Question;
use crate::open311_check::shape::{Field, Kind, brief, fault, needed, optional, text, time};
use Verdict::{Broken, Kept, Unseen};

/// Most requests that come without dates.
const MOST: usize = 1_000;
/// Most days that they are of.
const MOST_DAYS: i64 = 90;
/// By how much clocks and roundings may differ.
const TOLERANCE_MS: i64 = 2_000;

const REQUEST: [Field; 4] = [
    needed("service_request_id", Kind::Text),
    needed("status", Kind::OneOf(&["open", "closed"])),
    needed("service_code", Kind::Text),
    needed("requested_datetime", Kind::Text),
];

const TIMES: [Field; 3] = [
    optional("requested_datetime", Kind::Time),
    optional("updated_datetime", Kind::Time),
    optional("expected_datetime", Kind::Time),
];

const OPTIONAL: [Field; 4] = [
    optional("lat", Kind::Latitude),
    optional("long", Kind::Longitude),
    optional("media_url", Kind::Address),
    optional("description", Kind::UpTo(4_000)),
];

const TYPED: [Field; 5] = [
    needed("service_request_id", Kind::Text),
    needed("service_code", Kind::Text),
    needed("status", Kind::Text),
    optional("lat", Kind::Latitude),
    optional("long", Kind::Longitude),
];

const ID: &str = "service_request_id";

pub(in super::super) fn list(look: &Look<'_>) -> Verdict {
    is_list(look, Question::Requests, "service_requests")
}

pub(in super::super) fn fields(look: &Look<'_>) -> Verdict {
    shaped(look, Question::Requests, ID, &REQUEST)
}

pub(in super::super) fn dates(look: &Look<'_>) -> Verdict {
    shaped(look, Question::Requests, ID, &TIMES)
}

pub(in super::super) fn optional_fields(look: &Look<'_>) -> Verdict {
    shaped(look, Question::Requests, ID, &OPTIONAL)
}

pub(in super::super) fn types(look: &Look<'_>) -> Verdict {
    typed(look, Question::Requests, ID, &TYPED)
}

pub(in super::super) fn unique(look: &Look<'_>) -> Verdict {
    unless(look.some(Question::Requests), |items| has_unique(items, ID))
}

pub(in super::super) fn volume(look: &Look<'_>) -> Verdict {
    unless(look.some(Question::Requests), |items| {
        let mut times: Vec<Timestamp> = items
            .iter()
            .filter_map(|item| time(item.get("requested_datetime")))
            .collect();
        times.sort_unstable();
        let first = times.first().map_or(0, |at| at.millis());
        let days = times.last().map_or(0, |at| (at.millis() - first) / DAY_MS);
        let seen = format!("{} requests of {days} days", items.len());
        if items.len() > MOST || days > MOST_DAYS {
            Broken(seen)
        } else {
            Kept(seen)
        }
    })
}

pub(in super::super) fn order_of_times(look: &Look<'_>) -> Verdict {
    unless(look.some(Question::Requests), |items| {
        each(items, ID, |item| {
            let made = time(item.get("requested_datetime"))?;
            let changed = time(item.get("updated_datetime"))?;
            (changed.millis() + TOLERANCE_MS < made.millis())
                .then(|| format!("made {made}, changed {changed}"))
        })
    })
}

pub(in super::super) fn known_services(look: &Look<'_>) -> Verdict {
    let services = look.evidence.items(Question::Services);
    let codes: Vec<String> = services
        .iter()
        .filter_map(|service| text(service.get("service_code")))
        .collect();
    if codes.is_empty() {
        return Unseen("no services can be read".to_owned());
    }
    unless(look.some(Question::Requests), |items| {
        each(items, ID, |item| {
            let code = text(item.get("service_code"))?;
            (!codes.contains(&code)).then(|| format!("service_code {code} is no service"))
        })
    })
}

/// Kept where a filter gave something, and all of it fits.
fn filtered(
    look: &Look<'_>,
    question: Question,
    fits: impl Fn(&Value) -> Option<String>,
) -> Verdict {
    unless(look.answer(question), |answer| match answer.items() {
        None => Broken(format!("no list: {}", said(answer))),
        Some(items) if items.is_empty() => Broken(format!(
            "nothing, where something is known to be: {}",
            answer.url
        )),
        Some(items) => each(items, ID, fits),
    })
}

pub(in super::super) fn by_code(look: &Look<'_>) -> Verdict {
    let asked = look.evidence.chosen.code.as_deref();
    filtered(look, Question::ByCode, |item| {
        let code = text(item.get("service_code"));
        (code.as_deref() != asked).then(|| format!("service_code {}", code.unwrap_or_default()))
    })
}

pub(in super::super) fn by_status(look: &Look<'_>) -> Verdict {
    let asked = look.evidence.chosen.status.as_deref();
    filtered(look, Question::ByStatus, |item| {
        let status = text(item.get("status"));
        (status.as_deref() != asked).then(|| format!("status {}", status.unwrap_or_default()))
    })
}

pub(in super::super) fn by_dates(look: &Look<'_>) -> Verdict {
    let Some((from, until)) = look.evidence.chosen.dates else {
        return Unseen("no request has a date that can be read".to_owned());
    };
    filtered(look, Question::ByDates, |item| {
        let Some(made) = time(item.get("requested_datetime")) else {
            return Some("no date that can be read".to_owned());
        };
        let is_in = made.millis() >= from.millis() - TOLERANCE_MS
            && made.millis() <= until.millis() + TOLERANCE_MS;
        (!is_in).then(|| format!("made {made}, not from {from} to {until}"))
    })
}

pub(in super::super) fn by_numbers(look: &Look<'_>) -> Verdict {
    let asked = &look.evidence.chosen.numbers;
    unless(look.answer(Question::ByNumbers), |answer| {
        let Some(items) = answer.items() else {
            return Broken(format!("no list: {}", said(answer)));
        };
        let given: Vec<String> = items.iter().filter_map(|item| text(item.get(ID))).collect();
        let missing = asked.iter().find(|number| !given.contains(number));
        let extra = given.iter().find(|number| !asked.contains(number));
        match (missing, extra) {
            (Some(missing), _) => Broken(format!("{missing} is missing")),
            (None, Some(extra)) => Broken(format!("{extra} was not asked for")),
            (None, None) => Kept(format!("{} requests", given.len())),
        }
    })
}

pub(in super::super) fn empty(look: &Look<'_>) -> Verdict {
    unless(look.answer(Question::Empty), |answer| {
        let Some(items) = answer.items() else {
            return Broken(format!("no list: {}", said(answer)));
        };
        let given: Vec<String> = items.iter().filter_map(|item| text(item.get(ID))).collect();
        // Some may have come meanwhile; none of those seen before can have gone.
        let before = &look.evidence.chosen.numbers;
        match before.iter().find(|number| !given.contains(number)) {
            Some(missing) => Broken(format!("{missing} is missing")),
            None => Kept(format!("{} requests", given.len())),
        }
    })
}

pub(in super::super) fn bad_date(look: &Look<'_>) -> Verdict {
    refused(look, Question::BadDate, &[400])
}

pub(in super::super) fn one(look: &Look<'_>) -> Verdict {
    unless(look.answer(Question::One), |answer| {
        let Some(items) = answer.items() else {
            return Broken(format!("no list: {}", said(answer)));
        };
        let asked = look.evidence.chosen.numbers.first();
        match items.as_slice() {
            [item] => match (fault(item, &REQUEST), text(item.get(ID))) {
                (Some(fault), _) => Broken(fault),
                (None, Some(number)) if Some(&number) != asked => {
                    Broken(format!("{number}, which was not asked for"))
                }
                (None, _) => Kept(format!("one request from {}", answer.url)),
            },
            items => Broken(format!("{} requests from {}", items.len(), answer.url)),
        }
    })
}

pub(in super::super) fn unknown(look: &Look<'_>) -> Verdict {
    refused(look, Question::UnknownOne, &[404])
}

pub(in super::super) fn unknown_token(look: &Look<'_>) -> Verdict {
    refused(look, Question::UnknownToken, &[404, 400])
}

/// The fields that both formats must agree on.
const COMPARED: [&str; 7] = [
    "service_request_id",
    "status",
    "service_code",
    "service_name",
    "requested_datetime",
    "lat",
    "long",
];

pub(in super::super) fn same(look: &Look<'_>) -> Verdict {
    let read = |format| -> Result<&Value, Verdict> {
        let answer = look.answer_in(Question::One, format)?;
        let first = answer.items().and_then(|items| items.first().copied());
        first.ok_or_else(|| Unseen(format!("no request: {}", said(answer))))
    };
    let both = read(Format::Xml).and_then(|xml| Ok((xml, read(Format::Json)?)));
    unless(both, |(xml, json)| {
        let differs = COMPARED.iter().find(|name| {
            let (xml, json) = (text(xml.get(**name)), text(json.get(**name)));
            // A number may be written in more ways than one.
            let number = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
            xml != json
                && number(&xml)
                    .zip(number(&json))
                    .is_none_or(|(x, j)| (x - j).abs() > 1e-9)
        });
        match differs {
            None => Kept(format!("{} fields", COMPARED.len())),
            Some(name) => {
                let of = |request: &Value| request.get(*name).map_or("nothing".to_owned(), brief);
                Broken(format!(
                    "{name} is {} in XML, {} in JSON",
                    of(xml),
                    of(json)
                ))
            }
        }
    })
}
