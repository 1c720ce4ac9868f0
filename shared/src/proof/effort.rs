//! How much work a pressure asks for.

/// The bounds of the work, in hashes. A phone of 2016 does some 20,000 a second beside its page, a
/// laptop fifty times as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// The least that is worth asking for.
    pub least: u32,
    /// The most that anybody is asked for, however great the pressure.
    pub most: u32,
}

impl Default for Effort {
    /// From half a second to 13 seconds of an old phone.
    fn default() -> Effort {
        Effort {
            least: 10_000,
            most: 260_000,
        }
    }
}

/// The hashes to ask for when a sender, a prefix or the whole edge is `over` its calm by so many
/// reports: none in calm, the least for the first, twice as many for every fourth report after it.
///
/// ```
/// use balagh_shared::proof::{Effort, effort};
/// let bounds = Effort::default();
/// assert_eq!(effort(0, bounds), None);
/// assert_eq!(effort(1, bounds), Some(10_000));
/// assert_eq!(effort(9, bounds), Some(40_000));
/// assert_eq!(effort(u32::MAX, bounds), Some(260_000));
/// ```
#[must_use]
pub fn effort(over: u32, bounds: Effort) -> Option<u32> {
    let doublings = over.checked_sub(1)? / 4;
    let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
    let least = bounds.least.max(1);
    Some(least.saturating_mul(factor).min(bounds.most.max(least)))
}
