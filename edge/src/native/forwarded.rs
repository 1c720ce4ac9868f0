//! Who stands before the server: the peer, or whom a trusted proxy vouches for.

use std::net::IpAddr;

use super::config::Network;
use crate::http::Headers;

/// The last hop that no trusted proxy vouches for. What stands left of it in `X-Forwarded-For`,
/// anyone may have written.
pub(crate) fn address(peer: IpAddr, headers: &Headers, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut last = peer;
    let hops = headers.get("x-forwarded-for").unwrap_or_default();
    for hop in hops.rsplit(',') {
        if !is_trusted(last) {
            break;
        }
        match hop.trim().parse() {
            Ok(address) => last = address,
            Err(_) => break,
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &str, expected: &str) {
        let trusted =
            ["127.0.0.1", "10.0.0.0/8"].map(|it| Network::try_from(it.to_owned()).unwrap());
        let headers = [("x-forwarded-for", forwarded)].into_iter().collect();
        let found = address(peer.parse().unwrap(), &headers, &trusted);
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
}
