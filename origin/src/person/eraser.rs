//! What is done about personal data when nobody does anything: it is erased when its time has come,
//! what was erased is destroyed, what a backup brought back is erased anew, and what is sealed under an
//! older master key, or not at all, is sealed under the current one.
//!
//! There is nothing to remember between two rounds: what is left to do says so in the ledger, so that a
//! round that was cut short is finished by the next, in this process or another.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use balagh_shared::time::{DAY_MS, Timestamp};
use tokio::sync::watch;

use crate::keys::Keys;
use crate::municipalities::Municipalities;
use crate::photos::{PhotoFiles, PhotoFilesError};
use crate::store::{Erasure, Resealed, Shreds, Store, StoreError};
use crate::sys;

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(3600);
/// What is done at once, before others may write.
const AT_ONCE: u32 = 100;
/// The pause after each, so that a great deal of old work slows nobody down.
const PAUSE: Duration = Duration::from_millis(50);

/// What erases.
#[derive(Clone)]
pub(crate) struct Eraser {
    pub(crate) store: Store,
    pub(crate) municipalities: Arc<Municipalities>,
    pub(crate) photos: PhotoFiles,
    pub(crate) keys: Keys,
    /// Days after a report was over.
    pub(crate) days: u16,
    /// Changed when the edge is to be told.
    pub(crate) wake: watch::Sender<()>,
}

/// Why a round was cut short.
#[derive(Debug)]
pub(crate) enum Unerased {
    Store(StoreError),
    Photos(PhotoFilesError),
}

impl Eraser {
    /// At the start and every hour, until `stop` changes.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                biased;
                _ = stop.changed() => return,
                ended = self.round() => if let Err(error) = ended {
                    tracing::error!(%error, "what is to be erased or sealed waits for the next round");
                },
            }
            tokio::select! {
                biased;
                _ = stop.changed() => return,
                () = sys::sleep(EVERY) => {}
            }
        }
    }

    /// All there is to do now.
    async fn round(&self) -> Result<(), Unerased> {
        let mut brought_back = 0;
        let mut after = i64::MIN;
        while let (numbers, Some(last)) = self.store.brought_back(after).await? {
            for number in &numbers {
                let documents = &self.municipalities;
                let again = self.store.erase_again(number, documents, sys::now());
                again.await?;
            }
            brought_back += numbers.len();
            after = last;
        }
        let erased = self.erase_overdue().await?;
        self.shred().await?;
        let Resealed {
            sealed: rewrapped,
            unopened,
        } = self.store.vault().reseal(AT_ONCE, PAUSE).await?;
        let (mut sealed, mut unreadable, mut behind) = (0, 0, String::new());
        loop {
            let seals = &self.keys.seals;
            let older = self.store.seal_old(seals, &behind, AT_ONCE).await?;
            sealed += older.sealed;
            unreadable += older.unreadable;
            match older.last {
                Some(last) => behind = last,
                None => break,
            }
            sys::sleep(PAUSE).await;
        }
        if unopened > 0 {
            tracing::error!(
                unopened,
                "keys do not open with the master key they name: another one of the same id is in \
                 BALAGH_SEAL_KEYS, or they were changed"
            );
        }
        if unreadable > 0 {
            tracing::error!(
                unreadable,
                "reports of an older version cannot be read, and stay in clear"
            );
        }
        if brought_back + erased + rewrapped + sealed > 0 {
            let is_folded = self.store.fold().await?;
            self.wake.send_replace(());
            tracing::info!(
                erased,
                brought_back,
                rewrapped,
                sealed,
                is_folded,
                "erased and sealed"
            );
        }
        Ok(())
    }

    async fn erase_overdue(&self) -> Result<usize, Unerased> {
        let mut erased = 0;
        for served in self.municipalities.iter() {
            let id = &served.document.id;
            loop {
                let now = sys::now();
                let before = now.plus_millis(-i64::from(self.days) * DAY_MS);
                let overdue = self.store.overdue_for_erasure(id, before, AT_ONCE).await?;
                if overdue.is_empty() {
                    break;
                }
                for number in &overdue {
                    let documents = &self.municipalities;
                    let done = self.store.erase(number, None, documents, now).await?;
                    erased += usize::from(done == Erasure::Done);
                }
                sys::sleep(PAUSE).await;
            }
        }
        Ok(erased)
    }

    /// Destroys what was erased: keys, then photos that no report names.
    pub(crate) async fn shred(&self) -> Result<(), Unerased> {
        shred(&self.store, &self.photos, sys::now()).await
    }
}

/// Destroys what was erased: keys, and photos that no report names.
pub(crate) async fn shred(
    store: &Store,
    photos: &PhotoFiles,
    now: Timestamp,
) -> Result<(), Unerased> {
    loop {
        let shreds = store.shreds().await?;
        if shreds.is_empty() {
            return Ok(());
        }
        for one in &shreds {
            match one {
                Shreds::Key(id) => {
                    store.vault().destroy(*id, now).await?;
                    store.key_shredded(*id).await?;
                }
                Shreds::Photo(name) => {
                    let destroyed = photos.destroy(name, now);
                    store.shred_unnamed::<Unerased>(name, destroyed).await?;
                }
            }
        }
    }
}

impl From<StoreError> for Unerased {
    fn from(error: StoreError) -> Unerased {
        Unerased::Store(error)
    }
}

impl From<PhotoFilesError> for Unerased {
    fn from(error: PhotoFilesError) -> Unerased {
        Unerased::Photos(error)
    }
}

impl fmt::Display for Unerased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unerased::Store(error) => error.fmt(f),
            Unerased::Photos(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use balagh_shared::keyring::Keyring;

    use super::*;

    #[tokio::test]
    async fn nobody_writes_while_a_photo_that_no_report_names_is_destroyed() {
        let masters = Keyring::parse("TEST", &format!("t:{}", "A".repeat(43))).unwrap();
        let store = Store::in_memory(masters).await.unwrap();
        store.doubt_photo("aa").await.unwrap();
        let is_destroyed = Cell::new(false);
        let destroy = async {
            // Whoever waits has every chance to go first.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            is_destroyed.set(true);
            Ok::<(), Unerased>(())
        };
        let written = async {
            store.doubt_photo("bb").await.unwrap();
            is_destroyed.get()
        };
        let (shredded, was_destroyed) =
            tokio::join!(store.shred_unnamed::<Unerased>("aa", destroy), written);
        shredded.unwrap();
        assert!(was_destroyed, "somebody wrote before it was gone");
        let left = store.shreds().await.unwrap();
        assert_eq!(left, [Shreds::Photo("bb".into())]);
    }
}
