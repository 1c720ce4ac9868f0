//! The search on the phone.

use std::fmt;

use super::{PREFIX, RANDOM, bytes, key};

/// Searches the counter of a challenge, a slice at a time.
///
/// It holds no clock: the caller decides after how many hashes it gives the thread back, so that no
/// slice is longer than 8 ms on the main thread.
///
/// ```
/// use balagh_shared::proof::{Progress, Solver};
/// let (salt, nonce) = ("5b4e5880f8bd340e0ca16ea08991f009", "3812bcc56a187907727153c599f7b6c2");
/// let mut solver = Solver::new(salt, nonce, "aeb8527bd7e178ea6dda03ac0b3698c3")?;
/// assert_eq!(solver.work(500), Progress::Working);
/// assert!(matches!(solver.work(500), Progress::Solved { counter: 700, .. }));
/// # Ok::<(), balagh_shared::proof::NotAChallenge>(())
/// ```
#[derive(Debug, Clone)]
pub struct Solver {
    salt: [u8; RANDOM],
    nonce: [u8; RANDOM],
    prefix: [u8; PREFIX],
    next: Option<u32>,
}

/// Where the search stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not found yet: work on.
    Working,
    /// Found.
    Solved {
        /// The counter.
        counter: u32,
        /// Its whole key.
        key: [u8; 32],
    },
    /// No counter fits: the challenge is not one that a server of ours made.
    Hopeless,
}

/// The challenge is not of the form this product speaks: not 16 bytes of hexadecimal each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAChallenge;

impl Solver {
    /// A search from the challenge's `salt`, `nonce` and `keyPrefix`, in hexadecimal as they come.
    ///
    /// # Errors
    /// [`NotAChallenge`] when one of them is not 16 bytes.
    pub fn new(salt: &str, nonce: &str, prefix: &str) -> Result<Solver, NotAChallenge> {
        Ok(Solver {
            salt: bytes(salt).ok_or(NotAChallenge)?,
            nonce: bytes(nonce).ok_or(NotAChallenge)?,
            prefix: bytes(prefix).ok_or(NotAChallenge)?,
            next: Some(0),
        })
    }

    /// Does up to `hashes` more hashes.
    pub fn work(&mut self, hashes: u32) -> Progress {
        for _ in 0..hashes {
            let Some(counter) = self.next else {
                return Progress::Hopeless;
            };
            let key = key(&self.salt, &self.nonce, counter);
            if key.starts_with(&self.prefix) {
                return Progress::Solved { counter, key };
            }
            self.next = counter.checked_add(1);
        }
        Progress::Working
    }

    /// How many counters have been tried.
    #[must_use]
    pub fn tried(&self) -> u32 {
        self.next.unwrap_or(u32::MAX)
    }
}

impl fmt::Display for NotAChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the challenge is not one this version can solve")
    }
}

impl std::error::Error for NotAChallenge {}
