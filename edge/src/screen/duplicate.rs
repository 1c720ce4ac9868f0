//! Was the same said lately, or close by? Both are marks: that a problem is known is offered to the
//! reporter before they send (`GET …/nearby`), and neighbours do pass one text around.

use balagh_shared::reason::Reason;
use balagh_shared::report::{Point, Report};
use balagh_shared::spam::fingerprint;

use super::Reads;
use crate::served::Served;

/// What a text is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// Its SimHash.
    pub fingerprint: u64,
    /// By how many of its 64 bits another one may differ that still counts as the same.
    pub within: u32,
}

/// Where an open report of the same category would be the same problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Around {
    /// Category code.
    pub category: String,
    /// The point.
    pub at: Point,
    /// How far around, in metres.
    pub metres: u32,
    /// How long ago at most, in days.
    pub days: u16,
}

/// How many like texts lately are worth a mark.
const REPEATED: u32 = 3;

pub(super) fn text(served: &Served, report: &Report) -> Option<Text> {
    let alike = served.document().screening.spam.same_text.clamp(0.5, 1.0);
    Some(Text {
        fingerprint: fingerprint(&report.description)?,
        // 0 to 32: a similarity is the share of bits that agree.
        within: ((1.0 - alike) * 64.0) as u32,
    })
}

pub(super) fn around(served: &Served, report: &Report) -> Option<Around> {
    let at = report.place.as_ref()?.at?;
    let nearby = served.document().screening.nearby;
    Some(Around {
        category: report.category.clone(),
        at,
        metres: nearby.metres,
        days: nearby.days,
    })
}

pub(super) fn marks(reads: &Reads) -> Vec<Reason> {
    let repeated = (reads.alike >= REPEATED).then_some(Reason::TextRepeated);
    let nearby = reads.nearby.then_some(Reason::DuplicateNearby);
    repeated.into_iter().chain(nearby).collect()
}
