//! taken.

use super::words;

words! {
    /// Words.
    Taken {
    }
}
