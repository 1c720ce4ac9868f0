//! Keys whose report is being stored at this moment. The ledger's unique index is what keeps a key
//! single; this spares the second of two simultaneous attempts the wait and the work.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::screen::Slot;

/// The keys in flight in this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct InFlight(Arc<Mutex<BTreeSet<Slot>>>);

/// A key's stay, over when this is dropped, also when the client has gone away.
#[derive(Debug)]
pub(crate) struct Stay {
    slot: Slot,
    all: InFlight,
}

impl InFlight {
    /// Enters a key; nothing when it is in flight already.
    pub(crate) fn enter(&self, slot: Slot) -> Option<Stay> {
        let is_new = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(slot);
        is_new.then(|| Stay {
            slot,
            all: self.clone(),
        })
    }

    /// Whether a key is in flight.
    pub(crate) fn contains(&self, slot: Slot) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&slot)
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        self.all
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::Scope;
    use balagh_shared::key::IdempotencyKey;

    #[test]
    fn a_key_is_in_flight_once_until_its_stay_ends() {
        let all = InFlight::default();
        let slot = Slot::of("ep", Scope::Public, &IdempotencyKey::from_random(&[1; 18]));
        let stay = all.enter(slot);
        assert!(stay.is_some() && all.enter(slot).is_none() && all.contains(slot));
        drop(stay);
        assert!(all.enter(slot).is_some());
    }
}
