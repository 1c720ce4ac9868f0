//! Partner portals.

use std::collections::BTreeSet;

use super::Check;
use super::written::is_web_origin;
use crate::municipality::Scope;
use crate::rules::is_sha256;

impl Check<'_> {
    pub(super) fn partners(&mut self) {
        let document = self.document;
        let ids = document.partners.iter().map(|it| it.id.as_str());
        self.codes("partner id", ids, |index| format!("/partners/{index}/id"));
        self.shared_between_partners();
        for (index, partner) in document.partners.iter().enumerate() {
            let path = format!("/partners/{index}");
            for (at, origin) in partner.origins.iter().enumerate() {
                if !is_web_origin(origin) {
                    self.fault(
                        format!("{path}/origins/{at}"),
                        "url.origin",
                        format!("{origin:?} is no web origin"),
                        "write scheme, host and port without a path, such as https://portal.example",
                    );
                }
            }
            for (at, hash) in partner.key_hashes.iter().enumerate() {
                if !is_sha256(hash) {
                    // Not shown: it may be the key itself, pasted where its hash belongs.
                    self.fault(
                        format!("{path}/key_hashes/{at}"),
                        "key.hash",
                        "this is not the hash of a key",
                        "write the key's SHA-256 in lower-case hexadecimal, never the key",
                    );
                }
            }
            let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_');
            if !(1..=32).contains(&partner.channel.len()) || !partner.channel.bytes().all(plain) {
                self.fault(
                    format!("{path}/channel"),
                    "channel.invalid",
                    format!("{:?} is no channel", partner.channel),
                    "use 1 to 32 lower-case letters, digits and _",
                );
            }
            if partner.rate.burst == 0 {
                self.fault(
                    format!("{path}/rate/burst"),
                    "rate.zero",
                    "a burst of 0 lets nobody through",
                    "write at least 1, or take the scope report away",
                );
            }
            if partner.scopes.is_empty() {
                self.fault(
                    format!("{path}/scopes"),
                    "partner.scopes",
                    "the partner may do nothing",
                    "name what it may do, or leave the partner out",
                );
            }
            if partner.origins.is_empty() && partner.scopes == [Scope::Embed] {
                self.fault(
                    format!("{path}/origins"),
                    "partner.origins",
                    "it may embed the widget, and no page of it is known",
                    "write the web origins of its pages",
                );
            }
        }
    }

    /// A page and a key lead to one partner: of two that have it, only the first would ever count.
    fn shared_between_partners(&mut self) {
        let document = self.document;
        let (mut origins, mut hashes) = (Vec::new(), BTreeSet::new());
        for (index, partner) in document.partners.iter().enumerate() {
            for (at, origin) in partner.origins.iter().enumerate() {
                origins.push((origin.as_str(), format!("/partners/{index}/origins/{at}")));
            }
            for (at, hash) in partner.key_hashes.iter().enumerate() {
                if !hashes.insert(hash) {
                    self.fault(
                        format!("/partners/{index}/key_hashes/{at}"),
                        "key.twice",
                        "the hash of this key stands here for the second time",
                        "give each partner keys of its own",
                    );
                }
            }
        }
        let names = origins.iter().map(|(origin, _)| *origin);
        self.unique("web origin", names, |index| {
            origins
                .get(index)
                .map_or_else(String::new, |(_, path)| path.clone())
        });
    }
}
