//! Open reports near another one: the same problem, perhaps.

use balagh_shared::district::metres_between;
use balagh_shared::report::Point;
use balagh_shared::status::State;
use maud::{Markup, html};

use super::names::{Names, number, state};
use super::words::filled;
use super::{Signed, dates, queue};
use crate::queue::QueueRow;
use crate::server::Origin;
use crate::store::{StoreError, StoredReport};
use crate::sys;

/// How near is near, in metres.
const METRES: f64 = 150.0;
/// Most that are shown.
const MOST: usize = 5;

/// A report and how far it is.
pub(super) struct Near {
    pub(super) row: QueueRow,
    /// Metres, where both places are known.
    pub(super) metres: Option<f64>,
}

/// What is open near a report, for who may join it.
pub(super) async fn of(
    origin: &Origin,
    signed: &Signed,
    report: &StoredReport,
) -> Result<Vec<Near>, StoreError> {
    let life = report.life();
    let at = report.report.place.as_ref().and_then(|place| place.at);
    let is_joined = life.joins.is_some() || !life.state.is_open();
    let Some(at) = at.filter(|_| !is_joined && signed.member.role.may_join()) else {
        return Ok(Vec::new());
    };
    let mut all = around(origin, signed, at, &report.head.category).await?;
    all.retain(|near| near.row.number != report.head.number);
    all.truncate(MOST);
    Ok(all)
}

/// What is open around a place, the same category first, then the nearest.
pub(super) async fn around(
    origin: &Origin,
    signed: &Signed,
    at: Point,
    category: &str,
) -> Result<Vec<Near>, StoreError> {
    let own = queue::own(origin, signed);
    let found = origin.store.around(&own, at, METRES).await?;
    let mut all: Vec<Near> = found
        .into_iter()
        .filter_map(|(row, there)| {
            let metres = metres_between([at.lon, at.lat], [there.lon, there.lat])?;
            // What waits for a look may be nothing at all.
            let is_near = metres <= METRES && row.joins.is_none() && row.state != State::Received;
            is_near.then_some(Near {
                row,
                metres: Some(metres),
            })
        })
        .collect();
    all.sort_by(|one, other| {
        let is_other = |near: &Near| near.row.category != category;
        let by_category = is_other(one).cmp(&is_other(other));
        let metres = |near: &Near| near.metres.unwrap_or(f64::INFINITY);
        by_category.then(metres(one).total_cmp(&metres(other)))
    });
    all.truncate(MOST + 1);
    Ok(all)
}

/// How one is told from the others.
pub(super) fn line(names: &Names<'_>, near: &Near) -> Markup {
    let language = names.language;
    let metres = near.metres.map(|metres| format!("{metres:.0}"));
    html! {
        b { (names.category(&near.row.category)) }
        " " (number(&near.row.number)) " " (state(near.row.state, language))
        span.hint {
            @if let Some(metres) = &metres {
                (filled(language.words().report.metres, &[("n", metres)])) " · "
            }
            (dates::ago(near.row.received_at, sys::now(), language))
        }
    }
}

/// The list beside a report, each with a button that joins.
pub(super) fn card(
    signed: &Signed,
    names: &Names<'_>,
    report: &StoredReport,
    nearby: &[Near],
) -> Markup {
    let words = &signed.words().report;
    let action = format!("/console/reports/{}/join", report.head.number);
    html! {
        @if !nearby.is_empty() {
            section.card.near {
                h2 { (words.near) }
                ul {
                    @for near in nearby {
                        li {
                            a.plain-row href=(format!("/console/reports/{}", near.row.number)) { (line(names, near)) }
                            form method="post" action=(action) {
                                (signed.word(&action))
                                input type="hidden" name="revision" value=(report.revision);
                                input type="hidden" name="seen" value=(report.log.events().len());
                                input type="hidden" name="to" value=(near.row.number);
                                button.quiet { (filled(words.join_this, &[("number", &near.row.number)])) }
                            }
                        }
                    }
                }
            }
        }
    }
}
