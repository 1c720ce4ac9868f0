//! What is erased by time: bodies and photos after the days of the municipality's document, keys after
//! their own, files that no report names.
//!
//! There is nothing to remember between two rounds: what is overdue says so in the ledger, so a round
//! that was cut short is finished by the next, in this process or another.

use std::sync::Arc;
use std::time::Duration;

use balagh_shared::municipality::Screening;
use balagh_shared::time::Timestamp;

use super::clock;
use super::edge::Edge;
use super::ledger::Overdue;
use super::photos::Unkept;

/// What one edge on a ledger does at a time.
const DUTY: &str = "retention";
/// How often it is looked.
const EVERY: Duration = Duration::from_secs(3600);

/// Erases at the start and every hour, until it is aborted.
pub(crate) async fn keep(edge: Arc<Edge>) {
    let mut hours = tokio::time::interval(EVERY);
    loop {
        hours.tick().await;
        match edge.shift.has(&edge.ledger, DUTY).await {
            // Another edge is at it.
            Ok(false) => {}
            Ok(true) => edge.shift.during(&edge.ledger, DUTY, round(&edge)).await,
            Err(error) => tracing::error!(%error, "no duty is given"),
        }
    }
}

async fn round(edge: &Edge) {
    let now = clock::now();
    if let Err(error) = erase(edge, now).await {
        tracing::error!(%error, "what is overdue cannot be erased");
    }
    if let Err(error) = edge.photos.sweep(&edge.ledger, now).await {
        tracing::error!(%error, "photos without a report cannot be removed");
    }
}

async fn erase(edge: &Edge, now: Timestamp) -> Result<(), Unkept> {
    let (mut bodies, mut photos) = (0, 0);
    for municipality in edge.ledger.municipalities().await? {
        let served = edge.municipalities.get(&municipality);
        // Of one that is not served any more, as of one that says nothing.
        let default = Screening::default();
        let screening = served.map_or(&default, |served| &served.document().screening);
        let overdue = Overdue::of(screening, now);
        loop {
            let (reports, files) = edge.ledger.erase_photos(&municipality, overdue).await?;
            photos += files.len();
            for file in files {
                edge.photos.remove(&edge.ledger, &file).await?;
            }
            if reports == 0 {
                break;
            }
        }
        loop {
            match edge
                .ledger
                .erase_bodies(&municipality, overdue, now)
                .await?
            {
                0 => break,
                count => bodies += count,
            }
        }
    }
    edge.ledger.forget_keys(now).await?;
    if bodies + photos > 0 {
        let is_folded = edge.ledger.fold().await?;
        tracing::info!(bodies, photos, is_folded, "erased");
    }
    Ok(())
}
