//! Which reports are asked for: the filters of `GET requests`.

use balagh_shared::number::ReportNumber;
use balagh_shared::open311::Status;
use balagh_shared::time::{DAY_MS, Timestamp};

use super::asked::Asked;
use super::reply::{Reply, bad_request};
use crate::store::{Span, Which};

/// The longest time that may be asked for, and what is given where none is.
const MOST_DAYS: i64 = 90;
/// Most reports of one answer.
const MOST: u32 = 1_000;
/// Most reports before a page: the database passes them one by one.
const MOST_SKIPPED: u32 = 1_000_000;

/// Reads the filters. Numbers override everything else, as the specification has it.
pub(super) fn which(asked: &Asked, now: Timestamp) -> Reply<Which> {
    let numbers = asked.list("service_request_id")?;
    if numbers.is_empty() {
        return span(asked, now).map(Which::Span);
    }
    if numbers.len() > MOST as usize {
        return Err(bad_request(format_args!(
            "more than {MOST} service_request_id"
        )));
    }
    // A number that is none is nobody's.
    let parsed = numbers
        .iter()
        .filter_map(|number| ReportNumber::parse(number).ok());
    Ok(Which::Numbers(
        parsed.map(|number| number.to_string()).collect(),
    ))
}

fn span(asked: &Asked, now: Timestamp) -> Reply<Span> {
    let most = MOST_DAYS * DAY_MS;
    let (from, until) = match (date(asked, "start_date")?, date(asked, "end_date")?) {
        (None, None) => (now.plus_millis(-most), now),
        (Some(from), None) => (from, now.min(from.plus_millis(most)).max(from)),
        (None, Some(until)) => (until.plus_millis(-most), until),
        (Some(from), Some(until)) => (from, until),
    };
    if from > until {
        return Err(bad_request("end_date is before start_date"));
    }
    if until.millis() - from.millis() > most {
        let sentence = format_args!("start_date and end_date span more than {MOST_DAYS} days");
        return Err(bad_request(sentence));
    }
    let mut states = Vec::new();
    for name in asked.list("status")? {
        let status = Status::named(&name.to_ascii_lowercase());
        let status = status.ok_or_else(|| bad_request("status is not open or closed"))?;
        states.extend(status.states());
    }
    states.sort_unstable();
    states.dedup();
    let size = whole(asked, "page_size")?.unwrap_or(MOST);
    if !(1..=MOST).contains(&size) {
        return Err(bad_request(format_args!("page_size is not 1 to {MOST}")));
    }
    let page = whole(asked, "page")?.unwrap_or(1);
    let skip = page
        .checked_sub(1)
        .and_then(|before| before.checked_mul(size));
    let skip = skip.filter(|skip| *skip <= MOST_SKIPPED);
    let categories = asked.list("service_code")?;
    Ok(Span {
        from,
        until,
        categories: categories.into_iter().map(str::to_owned).collect(),
        states,
        skip: skip.ok_or_else(|| bad_request("page is 0 or too far: ask for a shorter time"))?,
        most: size,
    })
}

fn date(asked: &Asked, name: &str) -> Reply<Option<Timestamp>> {
    let Some(text) = asked.once(name)? else {
        return Ok(None);
    };
    // `+03:00` with its plus not encoded arrives as ` 03:00`.
    let read = Timestamp::parse(text).or_else(|_| match text.rsplit_once(' ') {
        Some((time, offset)) => Timestamp::parse(&format!("{time}+{offset}")),
        None => Timestamp::parse(text),
    });
    read.map(Some)
        .map_err(|error| bad_request(format_args!("{name} is {error}")))
}

fn whole(asked: &Asked, name: &str) -> Reply<Option<u32>> {
    let number = asked.once(name)?.map(str::parse).transpose();
    number.map_err(|_| bad_request(format_args!("{name} is not a whole number")))
}
