//! The two things that are not decided: what time it is, and chance.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use balagh_shared::time::Timestamp;

/// The clock of this process, where it is not the machine's.
static CLOCK: OnceLock<fn() -> Timestamp> = OnceLock::new();

/// Lets the whole process live by another clock than the machine's: for who replays months in
/// minutes. To be called before anything is started; whether it was the first to.
#[must_use]
pub fn live_by(clock: fn() -> Timestamp) -> bool {
    CLOCK.set(clock).is_ok()
}

/// Now.
pub(crate) fn now() -> Timestamp {
    if let Some(clock) = CLOCK.get() {
        return clock();
    }
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// What spreads repeated attempts in time; without chance they come together, which is no reason not
/// to repeat.
pub(crate) fn jitter() -> u8 {
    random::<1>().map_or(0, |[byte]| byte)
}

/// Random bytes from the system.
///
/// # Errors
/// When the system has none to give: whoever asked cannot go on.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
