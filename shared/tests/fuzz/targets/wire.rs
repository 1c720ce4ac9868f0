//! What passes between widget, edge and origin.

use balagh_shared::delivery::{Delivery, OriginEvent};
use balagh_shared::number::ReportNumber;
use balagh_shared::problem::Problem;
use balagh_shared::reason::{Reason, Violation, fill};
use balagh_shared::receipt::Receipt;
use balagh_shared::status::PublicStatus;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::text;

/// JSON as each of the wire's types: read, written and read again it is the same.
pub(crate) fn wire(bytes: &[u8]) {
    same_again::<Receipt>(bytes);
    same_again::<Problem>(bytes);
    same_again::<Violation>(bytes);
    same_again::<Delivery>(bytes);
    same_again::<OriginEvent>(bytes);
    same_again::<PublicStatus>(bytes);
    same_again::<ReportNumber>(bytes);
}

fn same_again<T: DeserializeOwned + Serialize + PartialEq>(bytes: &[u8]) {
    if let Ok(read) = serde_json::from_slice::<T>(bytes) {
        let written = serde_json::to_vec(&read).unwrap();
        let again: T = serde_json::from_slice(&written).unwrap();
        assert!(read == again, "changes on the wire");
    }
}

/// A sentence with placeholders, and a code.
pub(crate) fn headers(bytes: &[u8]) {
    let typed = text(bytes);
    if let Some(reason) = Reason::from_code(&typed) {
        assert_eq!(reason.code(), typed);
    }
    assert_eq!(
        fill(&typed, &|_| None),
        typed,
        "without figures a sentence stays as it is"
    );
    let itself = |name: &str| (name == "max").then_some("{max}");
    assert_eq!(
        fill(&typed, &itself),
        typed,
        "what is put in is not looked at again"
    );
}
