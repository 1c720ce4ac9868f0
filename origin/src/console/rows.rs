//! Reports as lines of a list.

use balagh_shared::time::Timestamp;
use maud::{Markup, html};

use super::dates;
use super::names::{Names, number, state};
use super::words::filled;
use crate::queue::QueueRow;

/// A line for each report; each is one link.
pub(super) fn list(names: &Names<'_>, rows: &[QueueRow], now: Timestamp) -> Markup {
    html! {
        @if !rows.is_empty() {
            ol.rows { @for row in rows { li { (line(names, row, now)) } } }
        }
    }
}

fn line(names: &Names<'_>, row: &QueueRow, now: Timestamp) -> Markup {
    let language = names.language;
    let lists = &language.words().lists;
    let is_late = row.state.is_open() && row.due < now;
    let place = row.district.as_deref();
    html! {
        a.row href=(format!("/console/reports/{}", row.number)) {
            span.what {
                b { (names.category(&row.category)) }
                " " (number(&row.number))
            }
            span.where {
                (place.map_or(lists.no_place, |id| names.district(id)))
                " · " (names.department(&row.department))
                @if let Some(agency) = &row.agency { " · " (names.agency(agency)) }
            }
            span.when {
                span { (dates::ago(row.received_at, now, language)) }
                @if row.state.is_open() {
                    " " span.late[is_late] { (dates::due(row.due, now, language)) }
                }
            }
            span.marks {
                (state(row.state, language))
                @if row.level > 0 {
                    " " span.tag.late { (filled(lists.level, &[("n", &row.level.to_string())])) }
                }
                @if row.inspectors.as_deref() == Some("women") { " " span.tag { (lists.women) } }
                @if row.joins.is_some() { " " span.tag { (lists.follows) } }
            }
        }
    }
}
