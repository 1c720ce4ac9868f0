//! Who sends, as the counters know them: a keyed hash that is another one tomorrow.

use std::net::IpAddr;

use balagh_shared::keyring::Keyring;
use balagh_shared::seal::sender_hash;
use balagh_shared::time::{DAY_MS, Timestamp};

/// The hash that a request from `address` is counted under at `now`; senders without an address
/// are counted together.
#[must_use]
pub fn hash(keyring: &Keyring, address: Option<IpAddr>, now: Timestamp) -> String {
    let day = now.millis().div_euclid(DAY_MS);
    let hash = match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => sender_hash(keyring, day, &address.octets()),
        // A household has a whole /64, and a phone takes a new address from it every hour.
        Some(IpAddr::V6(address)) => {
            let octets = address.octets();
            sender_hash(keyring, day, octets.first_chunk::<8>().unwrap_or(&[0; 8]))
        }
        None => sender_hash(keyring, day, &[]),
    };
    hash.as_str().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::for_tests;

    #[test]
    fn a_household_is_one_sender_for_a_day() {
        let keys = for_tests::screen().senders;
        let noon = Timestamp::parse("2026-11-21T12:00:00Z").unwrap();
        let of = |address: &str, at| hash(&keys, Some(address.parse().unwrap()), at);
        assert_eq!(of("2001:db8::1", noon), of("2001:db8::ffff:2", noon));
        assert_ne!(of("2001:db8::1", noon), of("2001:db8:0:1::1", noon));
        assert_eq!(of("203.0.113.5", noon), of("::ffff:203.0.113.5", noon));
        assert_ne!(
            of("203.0.113.5", noon),
            of("203.0.113.5", noon.plus_millis(DAY_MS))
        );
    }
}
