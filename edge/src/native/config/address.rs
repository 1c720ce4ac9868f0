//! Addresses as an operator writes them: what cannot be one is told at the start, not by every report
//! that never arrives.

use std::net::SocketAddr;

use axum::http::Uri;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// What is wrong with an address that something is reached under, and what to write instead.
const BASE: &str = "write an address that begins with https:// (or http://) and a host, with no ? and \
                    no # behind it, such as https://reports.example.gov";

/// Whether something can be reached under it, and under what is written behind it.
pub(super) fn is_base(written: &str) -> bool {
    !written.contains(['?', '#']) && is_web(written)
}

/// Whether something can be reached under it: a scheme of the web's and a host.
pub(super) fn is_web(written: &str) -> bool {
    let uri: Option<Uri> = written.parse().ok();
    uri.is_some_and(|uri| {
        let scheme = uri.scheme_str().unwrap_or_default();
        let host = uri.host().unwrap_or_default();
        matches!(scheme, "https" | "http") && !host.is_empty()
    })
}

/// Reads an address that paths are written behind.
pub(super) fn base<'de, D: Deserializer<'de>>(written: D) -> Result<String, D::Error> {
    let written = String::deserialize(written)?;
    if is_base(&written) {
        Ok(written)
    } else {
        Err(D::Error::custom(BASE))
    }
}

/// The same where there may be none.
pub(super) fn optional_base<'de, D: Deserializer<'de>>(
    written: D,
) -> Result<Option<String>, D::Error> {
    base(written).map(Some)
}

/// Reads an address and port to listen on.
pub(super) fn listen<'de, D: Deserializer<'de>>(written: D) -> Result<SocketAddr, D::Error> {
    let written = String::deserialize(written)?;
    written.parse().map_err(|_| {
        D::Error::custom(
            "write an IP address and a port: 127.0.0.1:8787 for this machine alone, 0.0.0.0:8787 or \
             [::]:8787 for all of its addresses",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_of_the_webs_and_a_host() {
        for good in [
            "https://reports.example.gov",
            "https://reports.example.gov/",
            "http://127.0.0.1:8787",
            "http://[::1]:8787/edge",
        ] {
            assert!(is_web(good), "{good}");
        }
        for wrong in [
            "",
            "https://",
            "https:///path",
            "reports.example.gov",
            "127.0.0.1:8789",
            "ftp://reports.example.gov",
            "https://reports example",
        ] {
            assert!(!is_web(wrong), "{wrong}");
        }
        let hook = "https://crm.example/hook?token=1";
        assert!(is_web(hook) && !is_base(hook));
    }
}
