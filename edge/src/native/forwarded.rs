//! Who stands before the server: the peer, or whom a trusted proxy vouches for.

use std::net::{IpAddr, SocketAddr};

use super::config::Network;
use crate::http::Headers;

/// The last hop that no trusted proxy vouches for. What stands left of it in `X-Forwarded-For`,
/// anyone may have written.
pub(crate) fn address(peer: IpAddr, headers: &Headers, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut last = peer;
    // Some proxies add to the field, others add a field of their own behind the sender's: it is one
    // list either way, and the sender's part is the left one.
    let fields = headers.all("x-forwarded-for").rev();
    for hop in fields.flat_map(|field| field.rsplit(',')) {
        if !is_trusted(last) {
            break;
        }
        match parse(hop.trim()) {
            Some(address) => last = address,
            None => break,
        }
    }
    last
}

/// An address, also with the port that some proxies write behind it.
fn parse(hop: &str) -> Option<IpAddr> {
    let with_port = || hop.parse().ok().map(|hop: SocketAddr| hop.ip());
    hop.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `forwarded` has a line for each header field.
    #[track_caller]
    fn check(peer: &str, forwarded: &str, expected: &str) {
        let trusted =
            ["127.0.0.1", "10.0.0.0/8"].map(|it| Network::try_from(it.to_owned()).unwrap());
        let fields = forwarded.lines().map(|field| ("x-forwarded-for", field));
        let found = address(peer.parse().unwrap(), &fields.collect(), &trusted);
        assert_eq!(
            found,
            expected.parse::<IpAddr>().unwrap(),
            "{peer} {forwarded}"
        );
    }

    #[test]
    fn only_a_trusted_proxy_says_who_stands_before_it() {
        check("203.0.113.5", "198.51.100.1", "203.0.113.5");
        check("127.0.0.1", "198.51.100.1", "198.51.100.1");
        check(
            "127.0.0.1",
            "1.1.1.1, 198.51.100.1, 10.0.0.7",
            "198.51.100.1",
        );
        check("127.0.0.1", "", "127.0.0.1");
        check("127.0.0.1", "unknown", "127.0.0.1");
    }

    #[test]
    fn a_senders_own_field_before_the_proxys_is_not_believed() {
        check("127.0.0.1", "1.1.1.1\n198.51.100.1", "198.51.100.1");
        check(
            "127.0.0.1",
            "10.0.0.9\n198.51.100.1, 10.0.0.7",
            "198.51.100.1",
        );
    }

    #[test]
    fn a_port_behind_the_address_is_passed_over() {
        check("127.0.0.1", "198.51.100.1:4711", "198.51.100.1");
        check("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1");
    }
}
