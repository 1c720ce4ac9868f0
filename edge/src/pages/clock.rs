//! Time and chance of the build that the pages are in: the native one's where both are.

use balagh_shared::time::Timestamp;
#[cfg(feature = "native")]
use balagh_world as of;

#[cfg(not(feature = "native"))]
use crate::worker::host as of;

/// The time.
pub(super) fn now() -> Timestamp {
    of::now()
}

/// Random bytes; nothing where there are none.
#[cfg(feature = "native")]
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    of::random().ok()
}

/// Random bytes; nothing where there are none.
#[cfg(not(feature = "native"))]
pub(super) fn random<const N: usize>() -> Option<[u8; N]> {
    of::random()
}
