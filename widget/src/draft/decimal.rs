//! Numbers as people type them.

use balagh_shared::text::with_ascii_digits;

/// Reads a plain decimal number: digits of any script, a sign, a point or an Arabic one.
///
/// Up to 15 digits it is the nearest `f64`. The standard library's reader brings tables of 10 KB
/// for cases that nobody types.
pub(crate) fn decimal(typed: &str) -> Option<f64> {
    let plain = with_ascii_digits(typed.trim());
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
