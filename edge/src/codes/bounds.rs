//! How many codes a number, a sender, a network, a country and a municipality get.
//!
//! A text message costs money, and somebody else's money when it goes to a number that pays whoever
//! called it ("SMS pumping"). So every message is bounded six times over: by its number, which gets
//! few, of one municipality and of all that an edge serves; by whoever asks, in work that doubles long before it ends in a refusal, because one address
//! may stand for a crowd; by the country it goes to; and by what a municipality sends in a day.

use balagh_shared::limit::Gcra;
use balagh_shared::time::{DAY_MS, HOUR_MS, Timestamp};

use super::address::Address;
use crate::ledger::count::Count;

/// Codes to one contact within an hour, and within a day.
const OF_CONTACT: [(usize, i64); 2] = [(3, HOUR_MS), (6, DAY_MS)];

/// Codes to one contact that are sent without any work.
const FREE: usize = 1;

/// Seconds after which the form offers to send a code again: a message is rarely slower.
const PATIENCE_MS: i64 = 30_000;

/// Something that codes are counted for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) name: String,
    limit: Gcra,
    period_ms: i64,
    /// Codes at once that are a crowd's usual; past them each takes work. Nothing where work is no
    /// answer.
    calm: Option<u32>,
}

impl Bound {
    /// `most` in `window_ms`.
    fn new(name: String, most: u32, window_ms: i64, calm: Option<u32>) -> Bound {
        let window = u32::try_from(window_ms).unwrap_or(u32::MAX);
        Bound {
            name,
            limit: Gcra::per(most, window),
            period_ms: i64::from(window.div_ceil(most.max(1))),
            calm,
        }
    }

    /// Counts one code for a counter at `tat`.
    ///
    /// # Errors
    /// How long to wait, in milliseconds.
    pub(super) fn count(&self, tat: Option<i64>, now: Timestamp) -> Result<Count, i64> {
        let decision = self.limit.check(tat, now.millis());
        if decision.allowed {
            Ok(Count {
                subject: self.name.clone(),
                tat: decision.new_tat,
                step_ms: self.period_ms,
                beyond: decision.beyond,
            })
        } else {
            Err(decision.retry_after_ms)
        }
    }

    /// By how many codes, this one included, a counter at `tat` is past its calm.
    pub(super) fn over(&self, tat: Option<i64>, now: Timestamp) -> u32 {
        let Some(calm) = self.calm else { return 0 };
        let ahead = self.limit.ahead(tat, now.millis());
        let waiting = ahead.saturating_add(self.period_ms - 1) / self.period_ms;
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        waiting.saturating_add(1).saturating_sub(calm)
    }
}

/// Everything that a code to `address` counts for, asked for by `sender` out of `network`.
///
/// | what | most | from here on with work |
/// | --- | --- | --- |
/// | a sender (an address, a household's /64) | 60 an hour | the 6th |
/// | a network (/24, /48) | 600 an hour | the 41st |
/// | a country that is not the municipality's own | 2,000 a day | |
/// | the municipality's own country | 40,000 a day | |
/// | letters of a municipality | 20,000 a day | |
/// | a contact, of all municipalities of this edge (`everywhere`) | 12 a day | |
pub(super) fn bounds(
    municipality: &str,
    own_country: &str,
    address: &Address,
    (sender, network): (&str, &str),
    everywhere: &str,
) -> Vec<Bound> {
    let name = |kind: &str, of: &str| format!("code-{kind}/{municipality}/{of}");
    let of_receiver = match address {
        Address::Phone(_, country) => {
            let most = if country == own_country {
                40_000
            } else {
                2_000
            };
            Bound::new(name("country", country), most, DAY_MS, None)
        }
        Address::Email(_) => Bound::new(name("letters", "all"), 20_000, DAY_MS, None),
    };
    vec![
        Bound::new(name("sender", sender), 60, HOUR_MS, Some(5)),
        Bound::new(name("network", network), 600, HOUR_MS, Some(40)),
        of_receiver,
        Bound::new(format!("code-contact/{everywhere}"), 12, DAY_MS, None),
    ]
}

/// When a contact that got codes at `sent` may get the next one; `now` or earlier if at once.
pub(super) fn next(sent: &[Timestamp], now: Timestamp) -> Timestamp {
    OF_CONTACT
        .iter()
        .filter_map(|(most, window)| {
            // The one that must be a window old before the next makes `most` of them.
            let oldest = sent.len().checked_sub(*most)?;
            sent.get(oldest).map(|at| at.plus_millis(*window))
        })
        .max()
        .unwrap_or(now)
}

/// When the form should offer the next code to a contact that just got one.
pub(super) fn offered(sent: &[Timestamp], now: Timestamp) -> Timestamp {
    next(sent, now).max(now.plus_millis(PATIENCE_MS))
}

/// By how many codes, this one included, a contact is past what it gets without work.
pub(super) fn over(sent: &[Timestamp]) -> u32 {
    u32::try_from((sent.len() + 1).saturating_sub(FREE)).unwrap_or(u32::MAX)
}

/// Only what still counts.
pub(super) fn recent(sent: &[Timestamp], now: Timestamp) -> Vec<Timestamp> {
    let day = now.plus_millis(-DAY_MS);
    let known = sent.iter().filter(|at| **at > day && **at <= now);
    known.copied().collect()
}
