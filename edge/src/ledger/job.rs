//! Something to deliver, as it waits in the outbox.

use balagh_shared::time::Timestamp;

/// The name of Balagh's own origin among destinations.
pub const ORIGIN: &str = "origin";

/// Something to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The outbox row.
    pub id: i64,
    /// The report.
    pub number: String,
    /// What of it.
    pub load: Load,
    /// How many times it failed.
    pub attempts: u32,
    /// Of those: it was not taken, though the destination was there.
    pub refusals: u32,
    /// When it was due.
    pub due: Timestamp,
    /// Whether an earlier attempt may have arrived.
    pub in_doubt: bool,
}

/// What a [`Job`] delivers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Load {
    /// The report with the photos that are here.
    Report,
    /// A photo that came after its report, by the name it was sent under.
    Photo(String),
    /// What a person said of a report that was held.
    Review,
}

/// What stands in the place of a photo's name in the row of a [`Load::Review`]; no hash reads so.
pub(crate) const REVIEW: &str = "review";

/// Why an attempt did not arrive, as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure<'a> {
    /// A stable code, such as `timeout` or `http.503`.
    pub code: &'a str,
    /// The destination was there, or the fault is here.
    pub is_refusal: bool,
    /// It may have arrived all the same.
    pub in_doubt: bool,
}

/// A row of [`statements::DUE`](super::statements::DUE).
pub(crate) type JobRow = (i64, String, String, i64, i64, i64, i64);

impl From<JobRow> for Job {
    fn from((id, number, photo, attempts, refusals, due, in_doubt): JobRow) -> Job {
        Job {
            id,
            number,
            load: Load::of(photo),
            attempts: count(attempts),
            refusals: count(refusals),
            due: Timestamp::from_millis(due),
            in_doubt: in_doubt != 0,
        }
    }
}

impl Load {
    /// By what stands in the row's column for a photo.
    pub(crate) fn of(photo: String) -> Load {
        match photo.as_str() {
            "" => Load::Report,
            REVIEW => Load::Review,
            _ => Load::Photo(photo),
        }
    }
}

/// A count as it is stored.
pub(crate) fn count(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}
