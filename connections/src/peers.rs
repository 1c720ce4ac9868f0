//! How many connections each peer has: one address may not have them all.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The connections of each peer that has any, and is nobody's proxy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Peers(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// A peer's connection, counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Counted {
    peer: IpAddr,
    all: Peers,
}

impl Peers {
    /// Counts a connection of `peer` while `free` places were free before it came; nothing where the
    /// peer has as many already as are left for everybody else.
    ///
    /// So one address gets half of all places at most, two a third each, and whoever comes next finds
    /// one: no number has to be guessed for a carrier behind whose one address a whole crowd stands.
    /// (Switches share out their memory so: Choudhury and Hahne, "Dynamic queue length thresholds",
    /// 1998.)
    pub(crate) fn enter(&self, peer: IpAddr, free: usize) -> Option<Counted> {
        let peer = household(peer);
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has = peers.get(&peer).copied().unwrap_or_default();
        if has >= free {
            return None;
        }
        peers.insert(peer, has + 1);
        Some(Counted {
            peer,
            all: self.clone(),
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut peers = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        match peers.get_mut(&self.peer) {
            Some(has) if *has > 1 => *has -= 1,
            _ => drop(peers.remove(&self.peer)),
        }
    }
}

/// An IPv4 address, also where it is written as IPv6; of IPv6 the first 64 bits, of which the least of
/// customers has all addresses.
fn household(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(network.into())
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of so many places each of these addresses gets, when each takes all it can.
    fn gets(places: usize, addresses: &[&str]) -> Vec<usize> {
        let (peers, mut held) = (Peers::default(), Vec::new());
        let mut gets = vec![0; addresses.len()];
        for _ in 0..places {
            for (got, text) in gets.iter_mut().zip(addresses) {
                let counted = peers.enter(address(text), places - held.len());
                *got += usize::from(counted.is_some());
                held.extend(counted);
            }
        }
        gets
    }

    #[test]
    fn one_address_gets_half_of_the_places_and_several_leave_some_for_the_next() {
        assert_eq!(gets(1, &["203.0.113.1"]), [1]);
        assert_eq!(gets(100, &["203.0.113.1"]), [50]);
        let three = gets(100, &["203.0.113.1", "203.0.113.2", "203.0.113.3"]);
        assert_eq!(three, [25, 25, 25]);
    }

    #[test]
    fn a_household_of_ipv6_is_one_peer_and_so_is_an_address_written_either_way() {
        let one = gets(100, &["2001:db8::1", "2001:db8::2"]);
        assert_eq!(one.iter().sum::<usize>(), 50);
        let other = gets(99, &["2001:db8::1", "2001:db8:0:1::1"]);
        assert_eq!(other, [33, 33]);
        let same = gets(100, &["203.0.113.1", "::ffff:203.0.113.1"]);
        assert_eq!(same.iter().sum::<usize>(), 50);
    }

    #[test]
    fn whoever_leaves_makes_room_and_takes_no_memory() {
        let peers = Peers::default();
        let first = peers.enter(address("203.0.113.1"), 1);
        assert!(first.is_some() && peers.enter(address("203.0.113.1"), 1).is_none());
        drop(first);
        assert!(peers.0.lock().unwrap().is_empty());
        assert!(peers.enter(address("203.0.113.1"), 1).is_some());
    }
}
