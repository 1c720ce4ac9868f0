//! Who sends, as the counters know them: keyed hashes that are others tomorrow.

use std::fmt;
use std::net::IpAddr;
use std::sync::OnceLock;

use balagh_shared::keyring::Keyring;
use balagh_shared::seal::sender_hash;
use balagh_shared::time::{DAY_MS, Timestamp};

/// A sender, as a request is counted at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// The hash of its address: of all of an IPv4 one, of the first 64 bits of an IPv6 one. A
    /// household has a whole /64, and a phone takes a new address from it every hour.
    pub address: String,
    /// The hash of its network: of the first 24 bits of an IPv4 address, which are the least that is
    /// routed, and of the first 48 of an IPv6 one, which are what one customer is given at most.
    pub network: String,
}

/// Whoever is counted: a [`Sender`], or one who is reckoned when the first step asks.
pub trait Counted: fmt::Debug + Sync {
    /// The sender.
    fn sender(&self) -> &Sender;
}

impl Counted for Sender {
    fn sender(&self) -> &Sender {
        self
    }
}

/// The sender at an address, reckoned once it is asked for: most of what is refused is refused before
/// anybody is counted.
#[derive(Debug)]
pub struct Unasked<'k> {
    keyring: &'k Keyring,
    address: Option<IpAddr>,
    now: Timestamp,
    sender: OnceLock<Sender>,
}

impl<'k> Unasked<'k> {
    /// Whoever is at `address`, as [`Sender::at`] would reckon it.
    #[must_use]
    pub fn at(keyring: &'k Keyring, address: Option<IpAddr>, now: Timestamp) -> Unasked<'k> {
        Unasked {
            keyring,
            address,
            now,
            sender: OnceLock::new(),
        }
    }
}

impl Counted for Unasked<'_> {
    fn sender(&self) -> &Sender {
        self.sender
            .get_or_init(|| Sender::at(self.keyring, self.address, self.now))
    }
}

impl Sender {
    /// The sender at `address`; those without one are counted together.
    #[must_use]
    pub fn at(keyring: &Keyring, address: Option<IpAddr>, now: Timestamp) -> Sender {
        let day = now.millis().div_euclid(DAY_MS);
        let hash = |bytes: &[u8]| sender_hash(keyring, day, bytes).into_text();
        let prefix = |octets: &[u8], length| hash(octets.get(..length).unwrap_or_default());
        let of = |octets: &[u8], household, network| Sender {
            address: prefix(octets, household),
            network: prefix(octets, network),
        };
        match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => of(&address.octets(), 4, 3),
            Some(IpAddr::V6(address)) => of(&address.octets(), 8, 6),
            None => of(&[], 0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::for_tests;

    #[test]
    fn a_household_is_one_sender_for_a_day() {
        let keys = for_tests::screen().senders;
        let noon = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
        let sender = |address: &str, at| Sender::at(&keys, Some(address.parse().unwrap()), at);
        let of = |address: &str, at| sender(address, at).address;
        assert_eq!(of("2001:db8::1", noon), of("2001:db8::ffff:2", noon));
        assert_ne!(of("2001:db8::1", noon), of("2001:db8:0:1::1", noon));
        assert_eq!(of("203.0.113.5", noon), of("::ffff:203.0.113.5", noon));
        assert_ne!(
            of("203.0.113.5", noon),
            of("203.0.113.5", noon.plus_millis(DAY_MS))
        );
        let network = |address: &str| sender(address, noon).network;
        assert_eq!(network("203.0.113.5"), network("203.0.113.200"));
        assert_ne!(network("203.0.113.5"), network("203.0.114.5"));
        assert_eq!(network("2001:db8:1:1::1"), network("2001:db8:1:2::1"));
        assert_ne!(network("2001:db8:1::1"), network("2001:db8:2::1"));
        assert_ne!(of("203.0.113.5", noon), network("203.0.113.5"));
    }
}
