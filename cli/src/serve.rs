//! Starting the servers.

use std::fmt::Display;
use std::path::Path;

use crate::failure::Failure;

/// Runs the edge until it is told to stop.
pub(crate) fn edge(config: &Path) -> Result<(), Failure> {
    until_stopped(balagh_edge::native::run(config))
}

/// Runs the origin until it is told to stop.
pub(crate) fn origin(config: &Path) -> Result<(), Failure> {
    until_stopped(balagh_origin::run(config))
}

fn until_stopped<E: Display>(server: impl Future<Output = Result<(), E>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(server)
        .map_err(Failure::new)
}
