//! Passwords of staff: Argon2id, kept as a PHC string, so that each says how it was made.
//!
//! 19 MiB of memory, two passes, one lane: the first of the settings that OWASP's password storage
//! cheat sheet gives for Argon2id, and some 20 ms of a server's core. What is kept is verified by
//! what it says of itself: the settings may be raised without anybody losing their password.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD as BASE64;
use sha2::{Digest, Sha256};

/// Memory, in KiB.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of what comes out.
const BYTES: usize = 32;
/// Bytes of salt.
pub const SALT_BYTES: usize = 16;
/// Fewest characters of a password: NIST SP 800-63B asks for 8, and for 15 where it stands alone.
pub const FEWEST: usize = 12;
/// Most bytes of one: longer ones are no safer, and cost.
const MOST_BYTES: usize = 1024;

/// A password, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept(String);

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordError {
    /// It is shorter than [`FEWEST`] characters.
    TooShort,
    /// It is longer than a kilobyte.
    TooLong,
    /// The machine does not have the memory for it.
    Memory,
}

impl Kept {
    /// Makes what is kept of `password`, with salt that was drawn for it.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn of(password: &str, salt: &[u8; SALT_BYTES]) -> Result<Kept, PasswordError> {
        if password.chars().count() < FEWEST {
            return Err(PasswordError::TooShort);
        }
        if password.len() > MOST_BYTES {
            return Err(PasswordError::TooLong);
        }
        let settings = Params::new(MEMORY_KIB, PASSES, LANES, Some(BYTES));
        let hash = settings
            .ok()
            .and_then(|settings| hash(password, salt, settings))
            .ok_or(PasswordError::Memory)?;
        Ok(Kept(format!(
            "$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${}${}",
            BASE64.encode(salt),
            BASE64.encode(hash)
        )))
    }

    /// As it was stored.
    #[must_use]
    pub fn from_stored(text: String) -> Kept {
        Kept(text)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it was made of `password`. What cannot be read was made of none.
    #[must_use]
    pub fn is_of(&self, password: &str) -> bool {
        if password.len() > MOST_BYTES {
            return false;
        }
        let Some((settings, salt, expected)) = self.parts() else {
            return false;
        };
        // Of hashes: the time it takes to compare them says nothing of either.
        hash(password, &salt, settings)
            .is_some_and(|hash| Sha256::digest(hash) == Sha256::digest(&expected))
    }

    fn parts(&self) -> Option<(Params, Vec<u8>, Vec<u8>)> {
        let mut parts = self.0.strip_prefix("$argon2id$v=19$")?.split('$');
        let mut settings = [0_u32; 3];
        let texts = parts.next()?.split(',');
        for ((setting, name), text) in settings.iter_mut().zip(["m=", "t=", "p="]).zip(texts) {
            *setting = text.strip_prefix(name)?.parse().ok()?;
        }
        let [memory, passes, lanes] = settings;
        let salt = BASE64.decode(parts.next()?).ok()?;
        let hash = BASE64.decode(parts.next()?).ok()?;
        let settings = Params::new(memory, passes, lanes, Some(hash.len())).ok()?;
        Some((settings, salt, hash))
    }
}

fn hash(password: &str, salt: &[u8], settings: Params) -> Option<Vec<u8>> {
    let mut out = vec![0; settings.output_len().unwrap_or(BYTES)];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, settings)
        .hash_password_into(password.as_bytes(), salt, &mut out)
        .ok()?;
    Some(out)
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PasswordError::TooShort => {
                write!(f, "the password has fewer than {FEWEST} characters")
            }
            PasswordError::TooLong => f.write_str("the password is longer than a kilobyte"),
            PasswordError::Memory => f.write_str("there is no memory for hashing a password"),
        }
    }
}

impl std::error::Error for PasswordError {}

/// Nothing of it reaches a log.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kept(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; SALT_BYTES] = [7; SALT_BYTES];

    #[test]
    fn a_password_is_known_again_and_another_is_not() {
        let kept = Kept::of("نخيل وبحر و42 نجمة", &SALT).unwrap();
        assert!(kept.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let read = Kept::from_stored(kept.as_str().to_owned());
        assert!(read.is_of("نخيل وبحر و42 نجمة"));
        assert!(!read.is_of("نخيل وبحر و42 نجمه"));
        assert!(!read.is_of(""));
        let other = Kept::of("نخيل وبحر و42 نجمة", &[8; SALT_BYTES]).unwrap();
        assert_ne!(kept, other, "the salt tells equal passwords apart");
    }

    #[test]
    fn a_hash_of_the_reference_implementation_is_read() {
        // `test.c` of the reference implementation, version 0x13, t=2, m=2^8, p=1.
        let kept = Kept::from_stored(
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
                .to_owned(),
        );
        assert!(kept.is_of("password"));
        assert!(!kept.is_of("passwore"));
    }

    #[test]
    fn what_could_be_guessed_or_is_no_password_is_refused() {
        assert_eq!(Kept::of("short", &SALT), Err(PasswordError::TooShort));
        let long = "x".repeat(2000);
        assert_eq!(Kept::of(&long, &SALT), Err(PasswordError::TooLong));
        for broken in [
            "",
            "$argon2id$v=19$",
            "$argon2id$v=19$m=1,t=1,p=1$!$!",
            "$2b$10$x",
        ] {
            assert!(!Kept::from_stored(broken.to_owned()).is_of("anything at all"));
        }
    }
}
