//! Digits of any script, and the numbers they make.

use crate::number::is_invisible;

/// The zeros of the scripts whose ten digits follow one another, in the order of their code points.
const ZEROS: [char; 19] = [
    '0', '٠', '۰', '\u{07C0}', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀',
    '០', '\u{FF10}',
];

/// The value of a decimal digit of the scripts people here type, as `0`–`9`.
///
/// Arabic-Indic, Persian and Urdu, Devanagari and full-width digits, and those of the scripts of
/// India and South-East Asia.
#[must_use]
pub fn digit(character: char) -> Option<char> {
    if character.is_ascii_digit() {
        return Some(character);
    }
    let character = u32::from(character);
    ZEROS
        .iter()
        .find_map(|&zero| {
            character
                .checked_sub(zero.into())
                .filter(|value| *value < 10)
        })
        .and_then(|value| char::from_digit(value, 10))
}

/// `text` with the digits of any script as 0–9, all else as it is.
#[must_use]
pub fn with_ascii_digits(text: &str) -> String {
    text.chars()
        .map(|character| digit(character).unwrap_or(character))
        .collect()
}

/// Reads a plain decimal number as people type it: digits of any script, a sign, a point or an Arabic
/// one; at most 15 digits, no exponent. What is invisible around it came along from a page.
///
/// The one reader of the phone and the servers: what one takes for a number the other does too. The
/// standard library's brings tables of 10 KB to the phone, for cases that nobody types.
///
/// ```
/// use balagh_shared::text::decimal;
/// assert_eq!(decimal(" ٥٠٫٠٨٨٨ "), Some(50.0888));
/// assert_eq!(decimal("two"), None);
/// ```
#[must_use]
pub fn decimal(typed: &str) -> Option<f64> {
    let around = |it: char| it.is_whitespace() || is_invisible(it);
    let plain = with_ascii_digits(typed.trim_matches(around));
    let (negative, digits) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let (mut value, mut scale, mut seen, mut point) = (0.0, 1.0, 0_u32, false);
    for character in digits.chars() {
        match character {
            '.' | '٫' if !point => point = true,
            digit => {
                value = value * 10.0 + f64::from(digit.to_digit(10)?);
                seen += 1;
                if point {
                    scale *= 10.0;
                }
            }
        }
    }
    let value = value / scale;
    (1..=15)
        .contains(&seen)
        .then_some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_have_their_value() {
        for (typed, expected) in [
            ("٠١٩", "019"),
            ("۰۱۹", "019"),
            ("०१९", "019"),
            ("০১৯", "019"),
            ("０９", "09"),
        ] {
            assert_eq!(with_ascii_digits(typed), expected);
        }
        assert_eq!(digit('५'), Some('5'));
        assert_eq!(digit('Ⅷ'), None);
        assert_eq!(digit('٪'), None);
    }

    #[test]
    fn numbers_of_any_script_are_read_and_nothing_else() {
        for (typed, expected) in [
            ("26.4207", Some(26.4207)),
            (" ٥٠٫٠٨٨٨ ", Some(50.0888)),
            ("-0.5", Some(-0.5)),
            ("3", Some(3.0)),
            ("", None),
            ("1.2.3", None),
            ("1e5", None),
            ("two", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(decimal(typed), expected, "{typed}");
        }
    }
}
