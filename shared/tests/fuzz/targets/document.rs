//! The documents that drive a municipality: written by people, and by their mistakes.

use balagh_shared::district::Pack;
use balagh_shared::municipality::check::check;
use balagh_shared::municipality::{Municipality, PublicMunicipality, compile_boundaries};

/// A municipality document: checked without its boundaries, and what is public of it read again.
pub(crate) fn municipality(bytes: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Municipality>(bytes) else {
        return;
    };
    let written = serde_json::to_vec(&document).unwrap();
    assert_eq!(
        serde_json::from_slice::<Municipality>(&written).unwrap(),
        document
    );
    let pack = Pack::empty();
    for fault in check(&document, Some(&pack)) {
        assert!(
            fault.path.is_empty() || fault.path.starts_with('/'),
            "{fault}"
        );
        assert!(!fault.message.is_empty());
    }
    let _ = compile_boundaries(&document, |_| Ok::<_, ()>("{}".to_owned()));
    public_again(&PublicMunicipality::of(&document, &pack));
}

/// What a phone reads.
pub(crate) fn public(bytes: &[u8]) {
    if let Ok(document) = serde_json::from_slice::<PublicMunicipality>(bytes) {
        public_again(&document);
    }
}

fn public_again(document: &PublicMunicipality) {
    let written = serde_json::to_vec(document).unwrap();
    assert_eq!(
        &serde_json::from_slice::<PublicMunicipality>(&written).unwrap(),
        document
    );
}
