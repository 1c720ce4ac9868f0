//! What the commands that look into a ledger or ask an endpoint run on.

use crate::failure::Failure;

/// Waits for `work`, on this thread.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Ok(runtime.block_on(work))
}
