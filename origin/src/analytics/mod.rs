//! Figures: what came, what became of it, how soon, and what reporters thought of it.
//!
//! Definitions and formulas, for those who read the figures, stand in `www/docs/figures.md`.
//!
//! | module | idea |
//! | --- | --- |
//! | `fact` | what one report comes to |
//! | `tally` | facts added up, and what is read from the sums |
//! | `durations` | medians of sums |
//! | `dimension` | what figures are broken down by |
//! | `sums` | a day, a month, and a period |
//! | `calendar`, `period` | which days, by two calendars |
//! | `change` | one period against another |
//! | `contacts` | agents and answers, as callers rated them |
//! | `statement` | all that is known of a period |
//! | `json`, `csv` | it, for programs |
//! | `open_data` | it, for everybody, in groups of at least five |
//! | `words`, `sentences` | it, for people |
//! | `chart`, `page` | it, in the staff console and to print |
//! | `keeper` | holds the sums up to date |
//! | `door` | who may ask for what |
//!
//! *Architecture invariant:* all but `keeper`, `door` and `page` are pure functions over facts and sums.

mod calendar;
mod change;
mod chart;
mod contacts;
mod csv;
mod dimension;
pub(crate) mod door;
mod durations;
mod fact;
mod json;
pub(crate) mod keeper;
mod open_data;
pub(crate) mod page;
mod period;
mod sentences;
mod statement;
mod sums;
mod tally;
mod words;

#[cfg(test)]
mod tests;

pub use calendar::{Calendar, Date};
pub use change::Change;
pub use contacts::{Contacts, Ratings};
pub use dimension::Dimension;
pub use durations::Durations;
pub use fact::Fact;
pub use period::{Period, PeriodError, Span};
pub use statement::{Row, Statement};
pub use sums::{Counts, Groups, PeriodSums, Sums};
pub use tally::{Share, Tally};
