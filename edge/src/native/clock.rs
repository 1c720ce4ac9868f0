//! The one place where the server reads the clock and draws randomness.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use balagh_shared::time::Timestamp;

/// The system gives no random bytes: nothing may be minted or sealed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoRandomness;

/// The clock of this process, where it is not the machine's.
static CLOCK: OnceLock<fn() -> Timestamp> = OnceLock::new();

/// Lets the whole process live by another clock than the machine's: for who replays months in
/// minutes. To be called before an edge is started; whether it was the first to.
#[must_use]
pub fn live_by(clock: fn() -> Timestamp) -> bool {
    CLOCK.set(clock).is_ok()
}

pub(crate) fn now() -> Timestamp {
    if let Some(clock) = CLOCK.get() {
        return clock();
    }
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}
