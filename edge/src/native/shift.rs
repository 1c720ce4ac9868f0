//! Which of several edges on one ledger does what one at a time should do: carry to a destination, so
//! that its breaker sees all of it and nothing is sent twice in the ordinary course; erase what is
//! overdue.
//!
//! A duty is leased for some seconds and renewed by whoever does it. An edge that is gone gives it back
//! by that alone. Nothing is lost or doubled where two do the same for a moment, as after a pause of
//! the machine or between clocks that differ: what is sent is taken once by its number, and an Open311
//! endpoint, which has no such thing, is sent only what was claimed in the ledger. An edge that has its
//! ledger for itself has every duty.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use balagh_shared::canonical::hex;
use balagh_shared::time::Timestamp;

use super::clock;
use super::ledger::{Ledger, LedgerError};

/// How long a duty is leased, in milliseconds: how long nobody does it where an edge is gone.
const LEASE_MS: i64 = 10_000;
/// How often it is renewed while something takes long.
const RENEW: Duration = Duration::from_secs(3);

/// What this process does.
#[derive(Debug)]
pub(crate) struct Shift {
    holder: String,
    /// The duties that it has, and until when.
    until: Mutex<BTreeMap<String, Timestamp>>,
}

impl Shift {
    /// Of a process of its own.
    ///
    /// # Errors
    /// Where the system gives no randomness to tell processes apart by.
    pub(crate) fn new() -> Result<Shift, balagh_world::NoRandomness> {
        let random: [u8; 16] = clock::random()?;
        Ok(Shift {
            holder: hex(&random),
            until: Mutex::default(),
        })
    }

    /// Whether this process has `duty`, for another half of a lease at least.
    ///
    /// # Errors
    /// Where the ledger does not say.
    pub(crate) async fn has(&self, ledger: &Ledger, duty: &str) -> Result<bool, LedgerError> {
        if !ledger.is_shared() {
            return Ok(true);
        }
        let now = clock::now();
        let known = self.lock().get(duty).copied();
        // A time further off than a lease is of a clock that was set back since.
        let half = now.plus_millis(LEASE_MS / 2)..=now.plus_millis(LEASE_MS);
        if known.is_some_and(|until| half.contains(&until)) {
            return Ok(true);
        }
        self.renew(ledger, duty).await
    }

    /// Does something that may take longer than a lease, and keeps `duty` meanwhile.
    pub(crate) async fn during<T>(
        &self,
        ledger: &Ledger,
        duty: &str,
        work: impl Future<Output = T>,
    ) -> T {
        if !ledger.is_shared() {
            return work.await;
        }
        let mut work = pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = clock::sleep(RENEW) => {
                    if let Err(error) = self.renew(ledger, duty).await {
                        tracing::warn!(duty, %error, "a duty cannot be renewed");
                    }
                }
            }
        }
    }

    /// Gives back everything, so that another edge goes on at once.
    pub(crate) async fn end(&self, ledger: &Ledger) {
        if !ledger.is_shared() {
            return;
        }
        self.lock().clear();
        if let Err(error) = ledger.give_back(&self.holder).await {
            tracing::warn!(%error, "duties cannot be given back before their time");
        }
    }

    async fn renew(&self, ledger: &Ledger, duty: &str) -> Result<bool, LedgerError> {
        let now = clock::now();
        let until = now.plus_millis(LEASE_MS);
        // Clocks of edges may differ by as much.
        let latest = now.plus_millis(3 * LEASE_MS);
        let is_ours = ledger.lease(duty, &self.holder, now, until, latest).await?;
        let mut all = self.lock();
        let had = all.remove(duty).is_some();
        if is_ours {
            all.insert(duty.to_owned(), until);
        }
        if had != is_ours {
            tracing::info!(duty, is_ours, "a duty changed hands");
        }
        Ok(is_ours)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Timestamp>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
