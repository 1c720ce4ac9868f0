//! How much work a pressure asks for.

use crate::municipality::ProofBounds;

/// The hashes to ask for when a sender, a prefix or the whole edge is `over` its calm by so many
/// reports: none in calm, the least for the first, twice as many for every fourth report after it.
///
/// ```
/// use balagh_shared::municipality::ProofBounds;
/// use balagh_shared::proof::effort;
/// let bounds = ProofBounds { least: 10_000, most: 260_000 };
/// assert_eq!(effort(0, bounds), None);
/// assert_eq!(effort(1, bounds), Some(10_000));
/// assert_eq!(effort(9, bounds), Some(40_000));
/// assert_eq!(effort(u32::MAX, bounds), Some(260_000));
/// ```
#[must_use]
pub fn effort(over: u32, bounds: ProofBounds) -> Option<u32> {
    let doublings = over.checked_sub(1)? / 4;
    let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
    let least = bounds.least.max(1);
    Some(least.saturating_mul(factor).min(bounds.most.max(least)))
}
