//! The one place where the server reads the clock and draws randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use balagh_shared::time::Timestamp;

/// The system gives no random bytes: nothing may be minted or sealed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoRandomness;

pub(crate) fn now() -> Timestamp {
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
