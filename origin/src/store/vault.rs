//! The keys of reports and photos, in a database of their own.
//!
//! Whatever is somebody's is sealed under a key of its own report, and that key is kept here, sealed
//! under a master key of the environment. To erase is to destroy one row here: what it sealed is then
//! gone from the ledger and from every backup of it, because no backup of the ledger holds a key.
//!
//! Keys are drawn a block at a time: a report costs no second commit, and what a crash leaves unused is
//! a few rows that nothing names.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use balagh_database::{Care, Database, Place, Schema, Statement, Write};
use balagh_shared::keyring::{Keyring, MIN_KEY_BYTES};
use balagh_shared::seal::{self, Sealed};
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::StoreError;
use crate::sys;

pub(crate) static SCHEMA: Schema = Schema {
    sqlite: sqlx::migrate!("./keys/sqlite"),
    postgres: sqlx::migrate!("./keys/postgres"),
};

/// A key that is only unlinked is still in the file.
pub(crate) const CARE: Care = Care {
    readers: 2,
    overwrite_deleted: true,
};

/// Keys that are drawn at once, a power of two. Their ids follow one another from a random one: a block
/// is a page or two of the file and not 64.
const BLOCK: i64 = 64;
/// The id that a report's only key goes by in what it seals.
const KID: &str = "own";

/// Where the keys are. Clones share it.
#[derive(Clone)]
pub struct Vault(Option<Open>);

#[derive(Clone)]
struct Open {
    database: Database,
    masters: Keyring,
    spares: Arc<Mutex<Vec<(i64, ItemKey)>>>,
    /// Held by who draws: all who find no spare would else draw at once.
    drawing: Arc<tokio::sync::Mutex<()>>,
}

/// The key of one report or photo.
#[derive(Clone)]
pub struct ItemKey(Keyring);

/// What the vault has under an id.
#[derive(Debug, Clone)]
pub(crate) enum Held {
    /// The key.
    Key(ItemKey),
    /// It was destroyed: what it sealed is erased.
    Destroyed,
    /// It is there and cannot be opened: its master key is not in the environment.
    Locked,
    /// Nothing: these are not the keys of that ledger, or older ones.
    Missing,
}

/// What became of keys that were under an older master key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// How many are under the current one now.
    pub sealed: usize,
    /// How many do not open with the master key they name, and stay as they are.
    pub unopened: usize,
}

/// Keys that cannot be opened, for want of a master key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The master key's id.
    pub kid: String,
    /// How many keys it sealed.
    pub count: i64,
}

impl Vault {
    /// Opens the keys at `place`, and makes a file that is not there; `masters` is
    /// `BALAGH_SEAL_KEYS`.
    ///
    /// # Errors
    /// [`StoreError::Open`].
    pub async fn open(place: &Place, masters: Keyring) -> Result<Vault, StoreError> {
        let opened = Database::open(place, &SCHEMA, CARE).await;
        Ok(Vault(Some(Open {
            database: opened.map_err(StoreError::Open)?,
            masters,
            spares: Arc::default(),
            drawing: Arc::default(),
        })))
    }

    /// None: for who looks after staff and messages, and reads nobody's words.
    pub(crate) fn shut() -> Vault {
        Vault(None)
    }

    /// The name of this set of keys, if it has one yet.
    pub(super) async fn id(&self) -> Result<Option<String>, StoreError> {
        let id = sqlx::query_scalar("SELECT id FROM vault");
        Ok(id.fetch_optional(self.opened()?.database.readers()).await?)
    }

    /// Names this set of keys.
    pub(super) async fn name(&self, id: &str) -> Result<(), StoreError> {
        let mut tx = self.opened()?.write().await?;
        sqlx::query("INSERT INTO vault (id) VALUES ($1)")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// A key that nothing was sealed with yet, durable before it is given.
    pub(crate) async fn draw(&self) -> Result<(i64, ItemKey), StoreError> {
        let open = self.opened()?;
        if let Some(spare) = open.spares().pop() {
            return Ok(spare);
        }
        // Before it waits for who draws: in a simulation somebody else's turn may come first.
        open.turn().await?;
        // Who waits finds what they would have drawn.
        let _alone = balagh_world::others(open.drawing.lock()).await;
        if let Some(spare) = open.spares().pop() {
            return Ok(spare);
        }
        let mut drawn = Vec::new();
        let first = i64::from_be_bytes(random()?) & i64::MAX & -BLOCK;
        let mut insert = Statement::new("INSERT INTO item_keys (id, wrapped, kid) VALUES ");
        for id in first..=(first | (BLOCK - 1)) {
            let key: [u8; MIN_KEY_BYTES] = random()?;
            let wrapped = wrap(&open.masters, id, &key)?;
            insert
                .push(if drawn.is_empty() { "(" } else { ", (" })
                .push_bind(id)
                .push(", ")
                .push_bind(wrapped.as_str())
                .push(", ")
                .push_bind(wrapped.kid())
                .push(")");
            drawn.push((id, ItemKey(Keyring::drawn(KID, &key))));
        }
        let mut tx = open.database.write().await?;
        insert.execute(&mut tx).await?;
        tx.commit().await?;
        // From the last: the first is next.
        drawn.reverse();
        let next = drawn.pop().ok_or(StoreError::Randomness)?;
        open.spares().append(&mut drawn);
        Ok(next)
    }

    /// Takes back a key that nothing was sealed with after all.
    pub(crate) fn give_back(&self, id: i64, key: ItemKey) {
        if let Some(open) = &self.0 {
            open.spares().push((id, key));
        }
    }

    /// The key under `id`.
    pub(crate) async fn held(&self, id: i64) -> Result<Held, StoreError> {
        let mut held = self.all_held(&[id]).await?;
        Ok(held.remove(&id).unwrap_or(Held::Missing))
    }

    /// The keys under these ids, at most some thousands; what is missing is not among them.
    pub(crate) async fn all_held(&self, ids: &[i64]) -> Result<BTreeMap<i64, Held>, StoreError> {
        let (Some(open), false) = (&self.0, ids.is_empty()) else {
            return Ok(BTreeMap::new());
        };
        let mut query = Statement::new("SELECT id, wrapped FROM item_keys WHERE id IN ");
        query.push_list(ids.iter().copied());
        let rows = query.fetch_all(open.database.readers()).await?;
        let held = rows.iter().map(|row| {
            let (id, wrapped): (i64, Option<String>) =
                (row.try_get("id")?, row.try_get("wrapped")?);
            let held = match wrapped {
                None => Held::Destroyed,
                Some(wrapped) => match unwrap(&open.masters, id, &wrapped) {
                    Some(key) => Held::Key(ItemKey(Keyring::drawn(KID, &key))),
                    None => Held::Locked,
                },
            };
            Ok((id, held))
        });
        held.collect()
    }

    /// Which of these ids were destroyed.
    pub(super) async fn destroyed(&self, ids: &[i64]) -> Result<Vec<i64>, StoreError> {
        let mut query = Statement::new("SELECT id FROM item_keys WHERE wrapped IS NULL AND id IN ");
        query.push_list(ids.iter().copied());
        let rows = query.fetch_all(self.opened()?.database.readers()).await?;
        rows.iter().map(|row| Ok(row.try_get("id")?)).collect()
    }

    /// Destroys a key, for good, and remembers that it was: what it sealed is erased and not lost.
    pub(crate) async fn destroy(&self, id: i64, now: Timestamp) -> Result<(), StoreError> {
        let open = self.opened()?;
        let mut tx = open.write().await?;
        sqlx::query(
            "INSERT INTO item_keys (id, wrapped, kid, destroyed_at) VALUES ($1, NULL, '', $2) \
             ON CONFLICT (id) DO UPDATE SET wrapped = NULL, kid = '', \
             destroyed_at = excluded.destroyed_at WHERE item_keys.wrapped IS NOT NULL",
        )
        .bind(id)
        .bind(now.millis())
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Folds the log into the file, so that what was destroyed is not in it any more. Whether it could:
    /// not while somebody reads; then the next fold does.
    pub(super) async fn fold(&self) -> Result<bool, StoreError> {
        Ok(self.opened()?.database.fold().await?)
    }

    /// Seals the keys anew that are under another master key than the current one, `most` at once with a
    /// pause after them.
    ///
    /// # Errors
    /// [`StoreError`]; what was sealed anew stays so.
    pub async fn reseal(&self, most: u32, pause: Duration) -> Result<Resealed, StoreError> {
        let open = self.opened()?;
        let current = open.masters.current().kid();
        let older = open.masters.keys().map(|key| key.kid());
        let mut resealed = Resealed::default();
        for kid in older.filter(|kid| *kid != current) {
            // By the last one looked at: what does not open stays where it is, and keeps no other back.
            let mut after = i64::MIN;
            while let Some(last) = open.reseal_some(kid, after, most, &mut resealed).await? {
                after = last;
                sys::sleep(pause).await;
            }
        }
        Ok(resealed)
    }

    /// How many keys each master key sealed that is not in the environment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn locked(&self) -> Result<Vec<Locked>, StoreError> {
        let open = self.opened()?;
        let rows = sqlx::query(
            "SELECT kid, COUNT(*) AS count FROM item_keys WHERE wrapped IS NOT NULL \
             GROUP BY kid ORDER BY kid",
        )
        .fetch_all(open.database.readers())
        .await?;
        let mut locked = Vec::new();
        for row in &rows {
            let kid: String = row.try_get("kid")?;
            if open.masters.key(&kid).is_err() {
                let count = row.try_get("count")?;
                locked.push(Locked { kid, count });
            }
        }
        Ok(locked)
    }

    /// The ids of the keys that this master key sealed, behind `after`.
    pub(super) async fn under(
        &self,
        kid: &str,
        after: i64,
        most: u32,
    ) -> Result<Vec<i64>, StoreError> {
        let ids = sqlx::query_scalar(
            "SELECT id FROM item_keys WHERE kid = $1 AND id > $2 AND wrapped IS NOT NULL \
             ORDER BY id LIMIT $3",
        );
        let ids = ids.bind(kid).bind(after).bind(i64::from(most));
        Ok(ids.fetch_all(self.opened()?.database.readers()).await?)
    }

    pub(super) async fn close(&self) {
        if let Some(open) = &self.0 {
            open.database.close().await;
        }
    }

    fn opened(&self) -> Result<&Open, StoreError> {
        self.0.as_ref().ok_or(StoreError::Locked)
    }
}

impl Open {
    /// The keys under the master key `kid` behind the id `after`, some of them; gives the last id looked
    /// at, and nothing once there is none.
    async fn reseal_some(
        &self,
        kid: &str,
        after: i64,
        most: u32,
        resealed: &mut Resealed,
    ) -> Result<Option<i64>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, wrapped FROM item_keys \
             WHERE kid = $1 AND id > $2 AND wrapped IS NOT NULL ORDER BY id LIMIT $3",
        )
        .bind(kid)
        .bind(after)
        .bind(i64::from(most))
        .fetch_all(self.database.readers())
        .await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let (mut sealed, mut unopened, mut last) = (0, 0, None);
        let mut tx = self.write().await?;
        for row in &rows {
            let (id, old): (i64, String) = (row.try_get("id")?, row.try_get("wrapped")?);
            last = Some(id);
            // Another key of the same id made it, or the row was changed.
            let Some(key) = unwrap(&self.masters, id, &old) else {
                unopened += 1;
                continue;
            };
            let new = wrap(&self.masters, id, &key)?;
            // Not one that was destroyed meanwhile.
            let written = sqlx::query(
                "UPDATE item_keys SET wrapped = $1, kid = $2 WHERE id = $3 AND wrapped = $4",
            )
            .bind(new.as_str())
            .bind(new.kid())
            .bind(id)
            .bind(old)
            .execute(&mut *tx)
            .await?;
            sealed += usize::try_from(written.rows_affected()).unwrap_or(0);
        }
        tx.commit().await?;
        resealed.sealed += sealed;
        resealed.unopened += unopened;
        Ok(last)
    }

    async fn write(&self) -> Result<Write, StoreError> {
        self.turn().await?;
        Ok(self.database.write().await?)
    }

    async fn turn(&self) -> Result<(), StoreError> {
        let turn = sys::turn("write the keys").await;
        Ok(turn.map_err(sqlx::Error::Io)?)
    }

    fn spares(&self) -> std::sync::MutexGuard<'_, Vec<(i64, ItemKey)>> {
        self.spares.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ItemKey {
    /// Seals a text that belongs at `place`, such as `EP-7K3M9-QX2RT-D/note`.
    pub(super) fn seal(&self, place: &str, text: &[u8]) -> Result<Sealed, StoreError> {
        seal::seal(&self.0, &random()?, place.as_bytes(), text).map_err(|_| StoreError::Sealed)
    }

    /// Opens what [`seal`](Self::seal) sealed at the same place.
    pub(super) fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, StoreError> {
        let sealed = Sealed::parse(sealed).map_err(|_| StoreError::Sealed)?;
        seal::open(&self.0, place.as_bytes(), &sealed).map_err(|_| StoreError::Sealed)
    }

    /// The same for bytes of any length.
    pub(crate) fn seal_bytes(&self, place: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal::seal_bytes(&self.0, &random()?, place.as_bytes(), bytes)
            .map_err(|_| StoreError::Sealed)
    }

    /// The same for bytes of any length.
    pub(crate) fn open_bytes(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal::open_bytes(&self.0, place.as_bytes(), sealed).map_err(|_| StoreError::Sealed)
    }
}

fn wrap(masters: &Keyring, id: i64, key: &[u8]) -> Result<Sealed, StoreError> {
    seal::seal(masters, &random()?, place_of(id).as_bytes(), key).map_err(|_| StoreError::Sealed)
}

fn unwrap(masters: &Keyring, id: i64, wrapped: &str) -> Option<[u8; MIN_KEY_BYTES]> {
    let sealed = Sealed::parse(wrapped).ok()?;
    let key = seal::open(masters, place_of(id).as_bytes(), &sealed).ok()?;
    key.try_into().ok()
}

fn place_of(id: i64) -> String {
    format!("key/{id}")
}

fn random<const N: usize>() -> Result<[u8; N], StoreError> {
    sys::random().map_err(|_| StoreError::Randomness)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").finish_non_exhaustive()
    }
}

impl fmt::Debug for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ItemKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masters(text: &str) -> Keyring {
        Keyring::parse("TEST", text).unwrap()
    }

    #[tokio::test]
    async fn a_key_that_does_not_open_keeps_no_other_from_being_sealed_anew() {
        let (old, new) = (
            format!("old:{}", "A".repeat(43)),
            format!("new:{}", "k".repeat(43)),
        );
        let vault = Vault::open(&Place::Memory, masters(&old)).await.unwrap();
        let (id, key) = vault.draw().await.unwrap();
        let sealed = key.seal("here", b"said").unwrap();
        let open = vault.0.as_ref().unwrap();
        let mut tx = open.database.write().await.unwrap();
        // Before all others, and more of them than are looked at at once.
        for broken in 0..3 {
            sqlx::query("INSERT INTO item_keys (id, wrapped, kid) VALUES ($1, 's1.old.no', 'old')")
                .bind(i64::from(broken) - 3)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let both = Vault(Some(Open {
            masters: masters(&format!("{new},{old}")),
            ..open.clone()
        }));
        let resealed = both.reseal(2, Duration::ZERO).await.unwrap();
        let expected = Resealed {
            sealed: 64,
            unopened: 3,
        };
        assert_eq!(resealed, expected);
        let alone = Vault(Some(Open {
            masters: masters(&new),
            ..open.clone()
        }));
        let Held::Key(key) = alone.held(id).await.unwrap() else {
            panic!("it does not open under the new one");
        };
        assert_eq!(key.open("here", sealed.as_str()).unwrap(), b"said");
    }
}
