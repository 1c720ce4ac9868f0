//! What decisions look up in tables by keys that they know: those that are made at the same time ask
//! together.

use std::collections::{BTreeMap, BTreeSet};

use balagh_database::{Connection, Question, Value, among};
use sqlx::Row as _;

use super::{LedgerError, counters};
use crate::screen::{StoredSubmission, Wanted};

/// What one decision asks for.
#[derive(Debug)]
pub(super) struct Keys {
    slot: Option<String>,
    nonces: Vec<[u8; 16]>,
    counters: Vec<String>,
}

/// What there is of it.
#[derive(Debug, Default)]
pub(super) struct LookedUp {
    submission: Option<(Vec<u8>, String)>,
    spent: BTreeSet<[u8; 16]>,
    /// The states of counters; those at rest are missing.
    pub(super) counters: BTreeMap<String, i64>,
}

impl Keys {
    /// Those of a plan; nothing where it asks for none.
    pub(super) fn of(wanted: &Wanted) -> Option<Keys> {
        let nonces = [wanted.nonce, wanted.proof, wanted.identity];
        let keys = Keys {
            slot: wanted.slot.map(|slot| slot.hex()),
            nonces: nonces.into_iter().flatten().collect(),
            counters: wanted.counters.clone(),
        };
        let is_some = keys.slot.is_some() || !keys.nonces.is_empty() || !keys.counters.is_empty();
        is_some.then_some(keys)
    }
}

impl LookedUp {
    /// What was acknowledged in the slot.
    pub(super) fn submission(&mut self) -> Result<Option<StoredSubmission>, LedgerError> {
        let Some((fingerprint, receipt)) = self.submission.take() else {
            return Ok(None);
        };
        // A fingerprint of another length fits no report: the key then counts as another's.
        let fingerprint = fingerprint.try_into().unwrap_or_default();
        Ok(Some(StoredSubmission {
            fingerprint,
            stub: serde_json::from_str(&receipt)?,
        }))
    }

    /// Whether a session, a challenge or an outside identity is used up.
    pub(super) fn is_spent(&self, nonce: Option<[u8; 16]>) -> bool {
        nonce.is_some_and(|nonce| self.spent.contains(&nonce))
    }
}

impl Question for Keys {
    type Answer = LookedUp;
    type Error = LedgerError;

    async fn answer(
        reader: &mut Connection,
        asked: &[&Keys],
    ) -> Result<Vec<LookedUp>, LedgerError> {
        let slots = asked.iter().filter_map(|keys| keys.slot.as_ref());
        let slots = slots.map(Value::from).collect();
        let mut submissions = BTreeMap::new();
        for row in among(reader, SUBMISSIONS, slots).await? {
            let slot: String = row.try_get(0)?;
            submissions.insert(slot, (row.try_get(1)?, row.try_get(2)?));
        }
        let nonces = asked.iter().flat_map(|keys| &keys.nonces);
        let nonces = nonces.map(|nonce| Value::from(nonce.to_vec())).collect();
        let mut spent = BTreeSet::new();
        for row in among(reader, SPENT, nonces).await? {
            spent.insert(row.try_get::<Vec<u8>, _>(0)?);
        }
        let subjects = asked.iter().flat_map(|keys| &keys.counters);
        let subjects = subjects.map(String::as_str).collect();
        let states = counters::states(reader, subjects).await?;
        let answers = asked.iter().map(|keys| {
            let nonces = keys.nonces.iter().copied();
            let states = keys.counters.iter().filter_map(|subject| {
                let state = states.get(subject)?;
                Some((subject.clone(), *state))
            });
            LookedUp {
                // Two may ask about one slot.
                submission: keys
                    .slot
                    .as_ref()
                    .and_then(|it| submissions.get(it).cloned()),
                spent: nonces
                    .filter(|nonce| spent.contains(nonce.as_slice()))
                    .collect(),
                counters: states.collect(),
            }
        });
        Ok(answers.collect())
    }
}

/// Slots.
const SUBMISSIONS: &str = "SELECT slot, fingerprint, receipt_json FROM submissions WHERE slot IN";
/// Nonces.
const SPENT: &str = "SELECT nonce FROM nonces WHERE nonce IN";
