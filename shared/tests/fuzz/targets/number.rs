//! What people read out, type and copy: numbers, codes and times.

use balagh_shared::key::IdempotencyKey;
use balagh_shared::number::{Prefix, ReportNumber, Secret};
use balagh_shared::problem::negotiate;
use balagh_shared::time::Timestamp;

use super::text;

/// A report's number, its code and a prefix: what is read is written the same way ever after.
pub(crate) fn number(bytes: &[u8]) {
    let typed = text(bytes);
    if let Ok(number) = ReportNumber::parse(&typed) {
        assert_eq!(ReportNumber::parse(number.as_str()).as_ref(), Ok(&number));
        assert!(Prefix::parse(number.prefix()).is_ok());
        assert_eq!(number.as_str().len(), number.prefix().len() + 14);
    }
    if let Ok(secret) = Secret::parse(&typed) {
        assert_eq!(Secret::parse(&secret.reveal()), Ok(secret));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
    if let Some(random) = bytes.first_chunk::<8>() {
        let minted = ReportNumber::mint(&Prefix::parse("EP").unwrap(), random);
        assert_eq!(ReportNumber::parse(minted.as_str()), Ok(minted));
    }
}

/// An instant, an idempotency key and a preference of languages.
pub(crate) fn time(bytes: &[u8]) {
    let typed = text(bytes);
    if let Ok(at) = Timestamp::parse(&typed) {
        assert!((0..=Timestamp::MAX.millis()).contains(&at.millis()));
        assert_eq!(Timestamp::parse(&at.to_string()), Ok(at));
    }
    if let Ok(key) = IdempotencyKey::parse(&typed) {
        assert_eq!(key.as_str(), typed);
    }
    assert!(balagh_shared::problem::LANGUAGES.contains(&negotiate(Some(&typed))));
}
