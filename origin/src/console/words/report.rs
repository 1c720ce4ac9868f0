//! report.

use super::words;

words! {
    /// Words.
    Report {
    }
}
