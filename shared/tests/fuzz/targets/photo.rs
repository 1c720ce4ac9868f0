//! Pictures from phones, and what calls itself one.

use balagh_shared::photo::{Limits, clean, contains_metadata, inspect};
use balagh_shared::reason::Reason;

/// A photo's bytes: what comes out is a picture of the same size and nothing else, and clean.
pub(crate) fn photo(bytes: &[u8]) {
    let limits = Limits::default();
    let seen = inspect(bytes, &limits);
    match clean(bytes, &limits) {
        Ok(cleaned) => {
            let seen = seen.unwrap();
            assert_eq!((seen.width, seen.height), (cleaned.width, cleaned.height));
            // At most an orientation is written anew.
            assert!(cleaned.bytes.len() <= bytes.len() + 128);
            assert!(!contains_metadata(&cleaned.bytes));
            let again = clean(&cleaned.bytes, &limits).unwrap();
            assert_eq!(again.bytes, cleaned.bytes, "cleaning is not idempotent");
        }
        Err(error) => {
            let reason = Reason::from_code(error.code()).unwrap();
            assert!((400..500).contains(&reason.status()));
        }
    }
}
