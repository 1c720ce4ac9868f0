//! Proof of work: what a sender under pressure does instead of a puzzle for people.
//!
//! The wire form is ALTCHA's version 2 (<https://altcha.org/docs/v2/proof-of-work-captcha>) with
//! its algorithm `SHA-256` at cost 1, in its deterministic mode: the server draws a counter and
//! names the first 16 bytes of that counter's key, so that the work has an upper bound and an old
//! phone is never the one that drew the long straw. Any ALTCHA solver solves it.
//!
//! ```text
//! key(counter) = SHA-256(salt ‖ nonce ‖ counter as 4 bytes, big-endian)
//! ```
//!
//! | part | runs | idea |
//! | --- | --- | --- |
//! | [`Solver`] | on the phone | searches the counter in slices whose length the caller decides |
//! | [`Challenge`] | at the edge | made and signed, with its end and its difficulty inside the signature |
//! | [`Attempt`] | at the edge | what came back: signature and end first, then the caller's list of the spent, then one hash |
//! | [`effort`] | at the edge | how much work a pressure asks for |

#[cfg(feature = "server")]
mod challenge;
mod effort;
mod solver;

use sha2::{Digest, Sha256};

#[cfg(feature = "server")]
pub use challenge::{Attempt, Challenge, LIFETIME_S, Parameters, ProofError, Solution};
pub use effort::effort;
pub use solver::{NotAChallenge, Progress, Solver};

/// The only algorithm we ask for and accept.
pub const ALGORITHM: &str = "SHA-256";

/// Bytes of a challenge's nonce and of its salt.
const RANDOM: usize = 16;

/// Bytes of the key that the challenge names: half of it, ALTCHA's default. Another counter with
/// the same half exists with a chance of 2⁻⁹⁶.
const PREFIX: usize = 16;

fn key(salt: &[u8; RANDOM], nonce: &[u8; RANDOM], counter: u32) -> [u8; 32] {
    let mut block = [0; 2 * RANDOM + 4];
    let parts = salt
        .iter()
        .chain(nonce)
        .copied()
        .chain(counter.to_be_bytes());
    for (to, from) in block.iter_mut().zip(parts) {
        *to = from;
    }
    Sha256::digest(block).into()
}

/// Reads exactly `N` bytes of hexadecimal, of either case.
fn bytes<const N: usize>(hex: &str) -> Option<[u8; N]> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|c| c.to_digit(16).and_then(|value| u8::try_from(value).ok()))
        .collect();
    let (pairs, []) = digits.as_ref()?.as_chunks::<2>() else {
        return None;
    };
    let read: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    read.try_into().ok()
}
