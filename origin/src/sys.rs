//! The two things that are not decided: what time it is, and chance.

use std::time::{SystemTime, UNIX_EPOCH};

use balagh_shared::time::Timestamp;

/// Now, by the machine's clock.
pub(crate) fn now() -> Timestamp {
    timestamp(SystemTime::now())
}

/// A time of the system's as ours.
pub(crate) fn timestamp(at: SystemTime) -> Timestamp {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
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
