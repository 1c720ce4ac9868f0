//! What the tasks that work through a durable queue round by round have in common.

use std::time::Duration;

use balagh_shared::time::Timestamp;

use crate::store::StoreError;
use crate::sys;

/// The wait after the ledger itself could not be read.
pub(crate) const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Waits for all of a round; gives what they came to. Every one is settled before a failure is spoken
/// of: cut short, the others would be done and not noted.
pub(crate) async fn settled<T: Send + 'static>(
    mut tasks: sys::Tasks<Result<T, StoreError>>,
) -> Result<Vec<T>, StoreError> {
    let (mut all, mut unsettled) = (Vec::new(), Ok(()));
    while let Some(settled) = tasks.join_next().await {
        match settled {
            Ok(Ok(one)) => all.push(one),
            Ok(Err(error)) => unsettled = unsettled.and(Err(error)),
            Err(error) => {
                tracing::error!(%error, "a task was dropped; its row is taken up again")
            }
        }
    }
    unsettled.map(|()| all)
}

/// How long nothing is due, at most `longest`: a wake-up may be missed, and a clock be set.
pub(crate) fn until(next: Option<Timestamp>, longest: Duration) -> Duration {
    next.map_or(longest, |next| {
        let millis = next.millis().saturating_sub(sys::now().millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0)).min(longest)
    })
}
