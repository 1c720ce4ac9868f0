//! What people type or paste to say where something is, when it is no name.
//!
//! Nothing here looks anything up: coordinates and plus codes are the place themselves; a national
//! address or the number on a lamp post is recognised for what it is, and a person finds it.

mod coordinates;
mod plus_code;

pub use coordinates::coordinates;
pub use plus_code::{Cell, PlusCode};

use crate::text::{has_control, with_ascii_digits};

/// Most characters of an asset's number.
const ASSET_LENGTH: usize = 24;
/// Fewest digits of one: "15 B" is a house.
const ASSET_DIGITS: usize = 3;

/// The Saudi short national address in `typed`, four letters and four digits as in `RRRD2929`, in
/// capitals and without spaces. Which building it is only the post's register knows.
#[must_use]
pub fn national_address(typed: &str) -> Option<String> {
    let plain: String = with_ascii_digits(typed)
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '-')
        .map(|character| character.to_ascii_uppercase())
        .collect();
    let (letters, digits) = plain.split_at_checked(4)?;
    let is_one = digits.len() == 4
        && letters.bytes().all(|letter| letter.is_ascii_uppercase())
        && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_one.then_some(plain)
}

/// The number on a lamp post, a container or a sign, if `typed` may be one: a single word of
/// letters, digits, `-`, `/`, `.` and `#`, at least three of them digits.
#[must_use]
pub fn asset_number(typed: &str) -> Option<String> {
    let number = with_ascii_digits(typed.trim());
    let allowed = |it: char| it.is_alphanumeric() || matches!(it, '-' | '/' | '.' | '#');
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let is_one = digits >= ASSET_DIGITS
        && number.chars().count() <= ASSET_LENGTH
        && number.chars().all(allowed)
        && !has_control(&number);
    is_one.then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_national_address_is_told_from_words_and_numbers() {
        for (typed, expected) in [
            ("RRRD2929", Some("RRRD2929")),
            (" rrrd 2929 ", Some("RRRD2929")),
            ("EDMA-٧٢٣٤", Some("EDMA7234")),
            ("RRR2929", None),
            ("RRRD29291", None),
            ("شارع1234", None),
            ("7234EDMA", None),
            ("", None),
        ] {
            assert_eq!(national_address(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn what_may_stand_on_a_lamp_post_is_offered_as_its_number() {
        for (typed, expected) in [
            ("LP-10423", Some("LP-10423")),
            ("ع-١٠٤٢", Some("ع-1042")),
            ("#4711", Some("#4711")),
            ("15", None),
            ("King Fahd Road 1234", None),
            ("الدمام", None),
            ("12345678901234567890123456", None),
        ] {
            assert_eq!(asset_number(typed).as_deref(), expected, "{typed}");
        }
    }
}
