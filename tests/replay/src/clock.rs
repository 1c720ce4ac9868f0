//! The time that edge and origin live by: set by who tells the story, and standing still between.

use std::sync::atomic::{AtomicI64, Ordering};

use balagh_shared::time::Timestamp;

static NOW: AtomicI64 = AtomicI64::new(0);

/// Lets edge and origin of this process live by this clock, from `at` on.
pub fn start(at: Timestamp) {
    set(at);
    let is_first = balagh_edge::native::live_by(now) && balagh_origin::live_by(now);
    assert!(is_first, "this process lives by a clock already");
}

/// Sets it.
pub fn set(at: Timestamp) {
    NOW.store(at.millis(), Ordering::SeqCst);
}

/// What it shows.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::from_millis(NOW.load(Ordering::SeqCst))
}
