//! Turns: large bodies that are in memory at the same time, so many in all and fewer of one sender.
//!
//! Who sends is known here by the connection, or by whom a trusted proxy vouches for. An edge
//! function's word for somebody else is signed together with the body, so before that is here all that
//! comes with one counts as one sender, who may have half.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Turns of one kind of body.
#[derive(Debug)]
pub(crate) struct Turns {
    all: Arc<Semaphore>,
    /// Most of one sender.
    each: usize,
    relayed: Arc<Semaphore>,
    /// Those who have a turn, or wait for one.
    senders: Mutex<BTreeMap<String, Weak<Semaphore>>>,
}

/// Whose turn it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A sender's, by the keyed hash of its address.
    Sender(String),
    /// That of somebody for whom an edge function is said to vouch.
    Relayed,
}

/// A turn, over when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _own: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Turns {
    /// `most` at once, and of one sender `each`.
    pub(crate) fn new(most: usize, each: usize) -> Turns {
        Turns {
            all: Arc::new(Semaphore::new(most)),
            each,
            relayed: Arc::new(Semaphore::new(most.div_ceil(2))),
            senders: Mutex::default(),
        }
    }

    /// Waits for a turn. Whoever has all of its own waits for those, and meanwhile stands in nobody
    /// else's way; nothing where there are none any more.
    pub(crate) async fn wait(&self, whose: Whose) -> Option<Turn> {
        let own = match whose {
            Whose::Sender(address) => self.of(address),
            Whose::Relayed => Arc::clone(&self.relayed),
        };
        Some(Turn {
            _own: own.acquire_owned().await.ok()?,
            _all: Arc::clone(&self.all).acquire_owned().await.ok()?,
        })
    }

    /// The turns of one sender; those who have none and wait for none are forgotten.
    fn of(&self, address: String) -> Arc<Semaphore> {
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        senders.retain(|_, own| own.strong_count() > 0);
        if let Some(own) = senders.get(&address).and_then(Weak::upgrade) {
            return own;
        }
        let own = Arc::new(Semaphore::new(self.each));
        senders.insert(address, Arc::downgrade(&own));
        own
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn sender(name: &str) -> Whose {
        Whose::Sender(name.to_owned())
    }

    /// A turn that is there at once.
    fn now(turns: &Turns, whose: Whose) -> Option<Turn> {
        let wait = pin!(turns.wait(whose));
        match wait.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => Some(turn.unwrap()),
            Poll::Pending => None,
        }
    }

    #[test]
    fn one_sender_leaves_turns_for_others_and_all_of_them_end() {
        let turns = Turns::new(4, 2);
        let first = [now(&turns, sender("a")), now(&turns, sender("a"))];
        assert!(first.iter().all(Option::is_some));
        assert!(now(&turns, sender("a")).is_none());
        let second = [now(&turns, sender("b")), now(&turns, sender("c"))];
        assert!(second.iter().all(Option::is_some));
        assert!(now(&turns, sender("d")).is_none());
        drop(first);
        assert!(now(&turns, sender("a")).is_some());
    }

    #[test]
    fn whoever_claims_a_relay_gets_no_more_than_half() {
        let turns = Turns::new(4, 2);
        let relayed: Vec<_> = (0..3).map(|_| now(&turns, Whose::Relayed)).collect();
        assert_eq!(relayed.iter().flatten().count(), 2);
        assert!(now(&turns, sender("a")).is_some());
    }

    #[test]
    fn senders_who_are_gone_take_no_memory() {
        let turns = Turns::new(4, 2);
        for index in 0..1000 {
            assert!(now(&turns, sender(&index.to_string())).is_some());
        }
        assert_eq!(turns.senders.lock().unwrap().len(), 1);
    }
}
