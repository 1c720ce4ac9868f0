//! The idempotency key: the draft's id, and the promise that one draft becomes one report.

use std::fmt;

/// A checked `Idempotency-Key`: 22–64 characters of `A–Z a–z 0–9 _ -`, that is at least 132 bits
/// when drawn at random, so that two drafts never share one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(String);

/// Why a text is not an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Fewer than 22 or more than 64 characters.
    Length,
    /// A character outside `A–Z a–z 0–9 _ -`.
    Character,
}

impl IdempotencyKey {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`KeyError`], by what is wrong with it.
    pub fn parse(text: &str) -> Result<IdempotencyKey, KeyError> {
        if !(22..=64).contains(&text.len()) {
            return Err(KeyError::Length);
        }
        if !text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        {
            return Err(KeyError::Character);
        }
        Ok(IdempotencyKey(text.to_owned()))
    }

    /// A key from 18 random bytes: 24 characters.
    #[must_use]
    pub fn from_random(random: &[u8; 18]) -> IdempotencyKey {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let text = random
            .chunks(3)
            .flat_map(|three| {
                let bits = three
                    .iter()
                    .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
                [18, 12, 6, 0].map(|shift| (bits >> shift & 63) as usize)
            })
            .filter_map(|index| ALPHABET.get(index))
            .map(|symbol| char::from(*symbol))
            .collect();
        IdempotencyKey(text)
    }

    /// The key as it travels.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyError::Length => "an idempotency key has 22 to 64 characters",
            KeyError::Character => "an idempotency key is made of A–Z, a–z, 0–9, _ and -",
        })
    }
}

impl std::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_key_is_a_valid_key() {
        let key = IdempotencyKey::from_random(&[0xA7; 18]);
        assert_eq!(key.as_str().len(), 24);
        assert_eq!(IdempotencyKey::parse(key.as_str()), Ok(key));
    }

    #[test]
    fn keys_too_short_too_long_or_with_foreign_characters_are_refused() {
        assert_eq!(
            IdempotencyKey::parse(&"a".repeat(21)),
            Err(KeyError::Length)
        );
        assert_eq!(
            IdempotencyKey::parse(&"a".repeat(65)),
            Err(KeyError::Length)
        );
        assert_eq!(
            IdempotencyKey::parse("aaaaaaaaaaaaaaaaaaaaaa "),
            Err(KeyError::Character)
        );
    }
}
