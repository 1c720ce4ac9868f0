//! The six digits that a reporter gives once the problem is gone.
//!
//! Derived, stored nowhere: the edge shows it, the origin compares it with what staff enter, and both
//! hold the same keys. Reported done again, a report has another code.

use std::fmt;

use crate::keyring::Keyring;

/// How many there are.
const CODES: u64 = 1_000_000;
const DIGITS: usize = 6;

/// A closing code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClosingCode(u32);

impl ClosingCode {
    /// The code of a report that was reported done `times` times, under the current key.
    #[must_use]
    pub fn derive(keys: &Keyring, municipality: &str, number: &str, times: u32) -> ClosingCode {
        ClosingCode::under(keys.current(), municipality, number, times)
    }

    /// Whether it is the code of this report under any of the keys: one may be shown before a key
    /// is replaced, and entered after.
    #[must_use]
    pub fn fits(self, keys: &Keyring, municipality: &str, number: &str, times: u32) -> bool {
        keys.keys()
            .any(|key| ClosingCode::under(key, municipality, number, times) == self)
    }

    /// Reads six digits as people type them, in any of the digits people type; nothing where there
    /// are others than six.
    #[must_use]
    pub fn parse(text: &str) -> Option<ClosingCode> {
        // Longer than six digits with a mark and a space around each needs no reading.
        if text.len() > 64 {
            return None;
        }
        let digits = text
            .chars()
            .filter(|c| !crate::number::is_separator(*c))
            .map(|c| crate::text::digit(c)?.to_digit(10))
            .collect::<Option<Vec<u32>>>()?;
        if digits.len() != DIGITS {
            return None;
        }
        Some(ClosingCode(
            digits.iter().fold(0, |code, digit| code * 10 + digit),
        ))
    }

    fn under(
        key: &crate::keyring::Key,
        municipality: &str,
        number: &str,
        times: u32,
    ) -> ClosingCode {
        // A municipality's id holds no line break, and neither does a number.
        let message = format!("balagh closing v1\n{municipality}\n{number}\n{times}");
        let mac = key.mac(&[message.as_bytes()]);
        let bits = mac
            .iter()
            .take(8)
            .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        // One in 2^44 of the codes is likelier than another: nothing to somebody with five tries.
        ClosingCode((bits % CODES) as u32)
    }
}

impl fmt::Display for ClosingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0DIGITS$}", self.0)
    }
}

/// It never reaches a log through `{:?}`.
impl fmt::Debug for ClosingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClosingCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Keyring {
        Keyring::parse("TEST", text).unwrap()
    }

    #[test]
    fn a_code_is_one_reports_and_one_resolutions() {
        let keys = keys(&format!("a:{}", "A".repeat(43)));
        let code = |number, times| ClosingCode::derive(&keys, "town", number, times);
        let first = code("TT-1", 1);
        assert!(first.fits(&keys, "town", "TT-1", 1));
        assert!(!first.fits(&keys, "town", "TT-1", 2));
        assert!(!first.fits(&keys, "town", "TT-2", 1));
        assert!(!first.fits(&keys, "city", "TT-1", 1));
        assert_eq!(first.to_string().len(), 6);
    }

    #[test]
    fn a_code_shown_under_an_older_key_still_closes() {
        let (old, new) = ("A".repeat(43), "E".repeat(43));
        let shown = ClosingCode::derive(&keys(&format!("a:{old}")), "town", "TT-1", 1);
        let rotated = keys(&format!("b:{new},a:{old}"));
        assert!(shown.fits(&rotated, "town", "TT-1", 1));
        assert!(!shown.fits(&keys(&format!("b:{new}")), "town", "TT-1", 1));
    }

    #[test]
    fn six_digits_are_read_as_people_type_them() {
        let code = ClosingCode::parse("012345");
        assert!(code.is_some());
        for typed in ["012 345", "٠١٢-٣٤٥", "०१२३४५", "\u{200f}012345"] {
            assert_eq!(ClosingCode::parse(typed), code, "{typed:?}");
        }
        for typed in ["", "12345", "1234567", "O12345", "12345a"] {
            assert_eq!(ClosingCode::parse(typed), None, "{typed:?}");
        }
        let long = "1".repeat(1000);
        assert_eq!(ClosingCode::parse(&long), None);
    }
}
