//! Report numbers and their secrets: what a citizen reads out on the phone, types into the
//! tracking page, or copies from a message that bidi marks have crept into.
//!
//! Both are written in Crockford's base 32 (`0–9 A–Z` without `I L O U`), five bits a symbol.
//! A number is `EP-7K3M9-QX2RT-D`: the municipality's [`Prefix`], ten random symbols, and a check
//! symbol over all of them. A secret is `XXXXX-XXXXX`.
//!
//! # The check symbol
//!
//! Symbols are elements of GF(32) = GF(2)\[x\] / (x⁵ + x² + 1), in which α = x is primitive (its
//! powers run through all 31 non-zero elements). With the symbols numbered from the right, the
//! check symbol being number 0, a number is right when Σ αⁱ·symbolᵢ = 0. A single wrong symbol
//! changes the sum by αⁱ·Δ ≠ 0, and two symbols exchanged by (αⁱ + αʲ)·Δ ≠ 0 because at most 15
//! positions use 15 different powers: every substitution and every exchange, adjacent or not, is
//! found. Anything else passes once in 32 times.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

#[cfg(feature = "server")]
use crate::keyring::{Keyring, UnknownKey};

/// The number of a report, checked: `EP-7K3M9-QX2RT-D`.
///
/// ```
/// use balagh_shared::number::{Prefix, ReportNumber};
/// let number = ReportNumber::mint(&Prefix::parse("EP")?, &[7; 8]);
/// assert_eq!(number.as_str(), "EP-0W3GE-1R70W-9");
/// // As heard on the phone: lower case, spaces, the letter O for a zero.
/// assert_eq!(ReportNumber::parse("ep Ow3ge 1r7ow 9"), Ok(number));
/// # Ok::<(), balagh_shared::number::NumberError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReportNumber(String);

/// What a municipality's numbers begin with: two to four capital letters of Crockford's alphabet.
///
/// `I`, `L`, `O` and `U` are refused and so are digits: a reader folds the first three into digits,
/// so a prefix with them could not be told from its misreading. The document's check says so
/// while the municipality can still choose (`MK` rather than `MLK`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix(String);

/// The tracking code of a report: 50 bits, shown as `XXXXX-XXXXX`.
///
/// Whoever holds number and secret may read the report and act on it, so it prints only where
/// [`Secret::reveal`] is called or where a receipt is serialised; `Debug` hides it. Comparison
/// takes the same time whatever differs.
#[derive(Clone, Copy)]
pub struct Secret(u64);

/// Why a text is not a report number, a prefix or a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NumberError {
    /// Too few or too many symbols: something was left out or added.
    Length,
    /// A character that is no symbol of the alphabet.
    Symbol,
    /// The prefix holds something other than letters of the alphabet.
    Prefix,
    /// Read well, but the check symbol disagrees: a typing error.
    Check,
}

impl ReportNumber {
    /// A new number from 8 random bytes (50 of their bits are used). Collisions are the ledger's
    /// to find (unique index) and are answered by minting again.
    #[must_use]
    pub fn mint(prefix: &Prefix, random: &[u8; 8]) -> ReportNumber {
        let body = symbols_of(u64::from_be_bytes(*random) >> 14);
        let mut all: Vec<u8> = prefix.0.chars().filter_map(value_of).collect();
        all.extend(body);
        // The sum with the check symbol's own place (α⁰ = 1) left at zero is the check symbol.
        all.push(0);
        let check = weighted_sum(&all);
        let (first, second) = body.split_at(5);
        ReportNumber(format!(
            "{}-{}-{}-{}",
            prefix.0,
            text_of(first),
            text_of(second),
            text_of(&[check])
        ))
    }

    /// Reads a number as people write it: any case, spaces and dashes anywhere or nowhere, bidi
    /// marks, Arabic, Persian or Devanagari digits, `I` and `L` for 1, `O` for 0.
    ///
    /// # Errors
    /// [`NumberError`], by what is wrong; [`NumberError::Check`] means a typing error.
    pub fn parse(text: &str) -> Result<ReportNumber, NumberError> {
        let all = read_symbols(text)?;
        let prefix_length = all
            .len()
            .checked_sub(BODY_SYMBOLS + 1)
            .filter(|length| PREFIX_LETTERS.contains(length))
            .ok_or(NumberError::Length)?;
        let (prefix, rest) = all.split_at(prefix_length);
        if prefix.iter().any(|value| *value < FIRST_LETTER) {
            return Err(NumberError::Prefix);
        }
        if weighted_sum(&all) != 0 {
            return Err(NumberError::Check);
        }
        let (first, rest) = rest.split_at(5);
        let (second, check) = rest.split_at(5);
        Ok(ReportNumber(
            [prefix, first, second, check].map(text_of).join("-"),
        ))
    }

    /// The number as it is printed and stored: capitals, three dashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The municipality's part of it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.0.split_once('-').map_or("", |(prefix, _)| prefix)
    }
}

impl Prefix {
    /// Checks a prefix of the municipality document; capitals only, nothing is folded.
    ///
    /// # Errors
    /// [`NumberError::Length`] or [`NumberError::Prefix`].
    pub fn parse(text: &str) -> Result<Prefix, NumberError> {
        if !PREFIX_LETTERS.contains(&text.chars().count()) {
            return Err(NumberError::Length);
        }
        if !text
            .bytes()
            .all(|b| b.is_ascii_uppercase() && ALPHABET.contains(&b))
        {
            return Err(NumberError::Prefix);
        }
        Ok(Prefix(text.to_owned()))
    }

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Secret {
    /// The secret of a report: the first 50 bits of HMAC-SHA256 over `municipality ‖ number` under
    /// the key `kid`. Only the kid is stored beside the report.
    ///
    /// A municipality's id holds no capitals and a number begins with them, so the two parts
    /// cannot be cut differently.
    ///
    /// # Errors
    /// [`UnknownKey`] when `kid` is no longer in the keyring.
    #[cfg(feature = "server")]
    pub fn derive(
        keyring: &Keyring,
        kid: &str,
        municipality: &str,
        number: &ReportNumber,
    ) -> Result<Secret, UnknownKey> {
        let key = keyring.key(kid)?;
        let mac = key.mac(&[municipality.as_bytes(), number.as_str().as_bytes()]);
        let bits = mac
            .iter()
            .take(8)
            .fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        Ok(Secret(bits >> 14))
    }

    /// Reads a secret as people write it; see [`ReportNumber::parse`].
    ///
    /// # Errors
    /// [`NumberError::Length`] or [`NumberError::Symbol`].
    pub fn parse(text: &str) -> Result<Secret, NumberError> {
        let all = read_symbols(text)?;
        if all.len() != BODY_SYMBOLS {
            return Err(NumberError::Length);
        }
        Ok(Secret(
            all.iter()
                .fold(0, |bits, value| bits << 5 | u64::from(*value)),
        ))
    }

    /// The secret in clear, `XXXXX-XXXXX`: for the receipt and nothing else.
    #[must_use]
    pub fn reveal(&self) -> String {
        let symbols = symbols_of(self.0);
        let (first, second) = symbols.split_at(5);
        format!("{}-{}", text_of(first), text_of(second))
    }
}

/// Crockford's alphabet: a symbol's value is its index.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The value of `A`: what is below is a digit.
const FIRST_LETTER: u8 = 10;
/// Random symbols of a number, and symbols of a secret.
const BODY_SYMBOLS: usize = 10;
const PREFIX_LETTERS: std::ops::RangeInclusive<usize> = 2..=4;
/// More than a number with a bidi mark at every symbol needs; past it nothing is read.
const MAX_BYTES: usize = 128;

/// The symbols of what a person typed, as values 0–31.
fn read_symbols(text: &str) -> Result<Vec<u8>, NumberError> {
    if text.len() > MAX_BYTES {
        return Err(NumberError::Length);
    }
    text.chars()
        .filter(|c| !is_separator(*c))
        .map(|c| value_of(c).ok_or(NumberError::Symbol))
        .collect()
}

/// What may stand between symbols or digits: white space, dashes of every keyboard, and what cannot
/// be seen.
#[must_use]
pub fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(
            c,
            '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}'
        )
}

/// The invisible characters that messages in right-to-left scripts wrap around a number: soft
/// hyphen, Arabic letter mark, zero-width characters and direction marks, embeddings and overrides,
/// word joiner, isolates, byte order mark.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn value_of(c: char) -> Option<u8> {
    let digit = |zero: char| u8::try_from(u32::from(c) - u32::from(zero)).ok();
    match c {
        '\u{0660}'..='\u{0669}' => digit('\u{0660}'),
        '\u{06F0}'..='\u{06F9}' => digit('\u{06F0}'),
        '\u{0966}'..='\u{096F}' => digit('\u{0966}'),
        'I' | 'i' | 'L' | 'l' => Some(1),
        'O' | 'o' => Some(0),
        _ => {
            let symbol = u8::try_from(c).ok()?.to_ascii_uppercase();
            let index = ALPHABET.iter().position(|known| *known == symbol)?;
            u8::try_from(index).ok()
        }
    }
}

/// The lowest 50 bits as ten values, most significant first.
fn symbols_of(bits: u64) -> [u8; BODY_SYMBOLS] {
    let mut rest = bits;
    let mut symbols = [0; BODY_SYMBOLS];
    for symbol in symbols.iter_mut().rev() {
        *symbol = (rest & 31) as u8;
        rest >>= 5;
    }
    symbols
}

fn text_of(values: &[u8]) -> String {
    values
        .iter()
        .filter_map(|value| ALPHABET.get(usize::from(*value)))
        .map(|symbol| char::from(*symbol))
        .collect()
}

/// Σ αⁱ·symbolᵢ over GF(32), numbered from the right: Horner's rule from the left.
fn weighted_sum(values: &[u8]) -> u8 {
    values.iter().fold(0, |sum, value| times_alpha(sum) ^ value)
}

/// Multiplication by x modulo x⁵ + x² + 1.
fn times_alpha(value: u8) -> u8 {
    let shifted = value << 1;
    if shifted & 0b10_0000 == 0 {
        shifted
    } else {
        shifted ^ 0b10_0101
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Secret) -> bool {
        // One word, one comparison: no byte of it answers earlier than another.
        std::hint::black_box(self.0 ^ other.0) == 0
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Display for ReportNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for ReportNumber {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<ReportNumber, NumberError> {
        ReportNumber::parse(text)
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NumberError::Length => "too few or too many letters and digits",
            NumberError::Symbol => "a character that never occurs in a number",
            NumberError::Prefix => "a prefix is two to four capital letters other than I, L, O, U",
            NumberError::Check => "the check symbol disagrees: one or more symbols are mistyped",
        })
    }
}

impl std::error::Error for NumberError {}

impl Serialize for ReportNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ReportNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ReportNumber, D::Error> {
        let text = String::deserialize(deserializer)?;
        ReportNumber::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Prefix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Prefix {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Prefix, D::Error> {
        let text = String::deserialize(deserializer)?;
        Prefix::parse(&text).map_err(de::Error::custom)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.reveal())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
        let text = String::deserialize(deserializer)?;
        Secret::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
