//! Which reports staff ask for, in what order, and what they see of each in a list.

use std::fmt;
use std::str::FromStr;

use balagh_shared::reason::Reason;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use serde::Serialize;

/// Which reports of the queue are wanted.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// The municipality's id.
    pub municipality: String,
    /// Those that somebody is still expected to do something about.
    pub is_open: bool,
    /// State code.
    pub state: Option<String>,
    /// Code of the sub-municipality.
    pub district: Option<String>,
    /// Category code.
    pub category: Option<String>,
    /// The categories that may be seen, where not all may.
    pub visible: Option<Vec<String>>,
    /// Code of the department that has it.
    pub department: Option<String>,
    /// The way it came in.
    pub channel: Option<String>,
    /// What the screen decided.
    pub verdict: Option<String>,
    /// Due before this.
    pub due_before: Option<Timestamp>,
    /// Those with these numbers.
    pub numbers: Option<Vec<String>>,
    /// Taken to this level of escalation, and no higher.
    pub level: Option<u32>,
    /// Somewhere in its description or landmark, however it is written.
    pub words: Option<String>,
    /// What comes first.
    pub order: Order,
    /// Behind this one.
    pub after: Option<Cursor>,
}

/// What comes first in the queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What came last.
    #[default]
    Newest,
    /// What is due first.
    Due,
}

/// A place in the order, behind which a page begins. In addresses it is written
/// `1795243260000_EP-7K3M9-QX2RT-D`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// What the order goes by, in milliseconds since 1970.
    pub millis: i64,
    /// The report's number, which decides where two have the same.
    pub number: String,
}

/// The text is no [`Cursor`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACursor;

/// Reports of the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueuePage {
    /// In order.
    pub rows: Vec<QueueRow>,
    /// Behind what the next page begins; nothing on the last one.
    pub next: Option<Cursor>,
}

/// A report in the queue. Nothing in it says who reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "each field means what it means in the report")]
pub struct QueueRow {
    pub number: String,
    pub category: String,
    pub state: State,
    pub district: Option<String>,
    pub department: String,
    pub agency: Option<String>,
    /// An attribute that inspectors must have.
    pub inspectors: Option<String>,
    pub received_at: Timestamp,
    pub due: Timestamp,
    /// The highest level of escalation it was taken to.
    pub level: u32,
    pub joins: Option<String>,
    pub verdict: String,
    pub marks: Vec<Reason>,
    pub channel: String,
    pub revision: u64,
    /// Where it stands in the order, in milliseconds since 1970.
    #[serde(skip)]
    pub position: i64,
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Cursor, NotACursor> {
        let (millis, number) = text.split_once('_').ok_or(NotACursor)?;
        Ok(Cursor {
            millis: millis.parse().map_err(|_| NotACursor)?,
            number: number.to_owned(),
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.millis, self.number)
    }
}

/// What somebody looks for may be somebody's name: it never reaches a log through `{:?}`.
impl fmt::Debug for QueueFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueueFilter({}, …)", self.municipality)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_from_what_it_is_written_as_and_nothing_else_is_one() {
        let cursor = Cursor {
            millis: -7,
            number: "TT-7K3M9-QX2RT-D".into(),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "7", "x_TT", "_TT", "9223372036854775808_TT"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }
}
