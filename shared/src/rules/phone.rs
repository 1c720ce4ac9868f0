//! Phone numbers as people write them.

use std::fmt;

use super::limits::PHONE_DIGITS;
use crate::municipality::ContactPolicy;
use crate::number::is_separator;
use crate::text::digit;

/// A phone number in the shape of E.164: `+`, then 8 to 15 digits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The number as it is dialled.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data never reaches a log through `{:?}`.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

/// Calling codes after which a bracketed 0 is dialled all the same: Italy, San Marino.
const KEEPS_TRUNK: [&str; 2] = ["39", "378"];

/// Reads a number as people write it: digits of any script; spaces, dots, dashes, brackets and the
/// marks that come along from a page anywhere; `+` or `00` before a calling code, or a local number
/// with its trunk digit. The `(0)` after a calling code, which nobody dials from abroad, is left out.
///
/// Nothing when it is incomplete or not a number.
///
/// ```
/// use balagh_shared::municipality::{ContactPolicy, ContactRule};
/// use balagh_shared::rules::phone;
/// let policy = ContactPolicy {
///     phone: ContactRule::Optional, calling_code: "966".into(), trunk: "0".into(), digits: 9,
/// };
/// assert_eq!(phone("٠٥٠ ١٢٣ ٤٥٦٧", &policy).unwrap().as_str(), "+966501234567");
/// assert_eq!(phone("+966 (0)50-123-4567", &policy).unwrap().as_str(), "+966501234567");
/// assert!(phone("05 512 345", &policy).is_none());
/// ```
#[must_use]
pub fn phone(typed: &str, policy: &ContactPolicy) -> Option<PhoneNumber> {
    let mut digits = String::with_capacity(PHONE_DIGITS.end() + 4);
    let mut international = false;
    // How many digits stood before the bracket that is open.
    let mut bracket = None;
    for character in typed.chars() {
        match character {
            '+' | '＋' if digits.is_empty() && !international => international = true,
            '(' => bracket = Some(digits.len()),
            ')' => {
                let country = bracket.take().and_then(|at| digits.split_at_checked(at));
                if let Some((country, "0")) = country
                    && (international || country.starts_with("00"))
                    && !KEEPS_TRUNK.contains(&country.trim_start_matches('0'))
                {
                    digits.pop();
                }
            }
            '.' | '/' => {}
            other if is_separator(other) => {}
            other => digits.push(digit(other)?),
        }
        // `00`, a trunk digit, and the longest number there is: more is no number.
        if digits.len() > PHONE_DIGITS.end() + 3 {
            return None;
        }
    }
    if !international && let Some(rest) = digits.strip_prefix("00") {
        digits = rest.to_owned();
        international = true;
    }
    // A number that still begins with the trunk digit lacks one at its end.
    let has_trunk = |number: &str| !policy.trunk.is_empty() && number.starts_with(&policy.trunk);
    let is_local = |number: &str| number.len() == usize::from(policy.digits) && !has_trunk(number);
    let after_trunk = |number: &str| {
        let rest = number.strip_prefix(&policy.trunk)?;
        is_local(rest).then(|| rest.to_owned())
    };
    let own = digits
        .strip_prefix(&policy.calling_code)
        .and_then(|rest| after_trunk(rest).or_else(|| is_local(rest).then(|| rest.to_owned())));
    let of_country = |local: String| [policy.calling_code.as_str(), &local].concat();
    let number = if international {
        match own {
            Some(local) => of_country(local),
            // Of this country, and yet not as long as its numbers are.
            None if digits.starts_with(&policy.calling_code) => return None,
            None => digits,
        }
    } else {
        let local = after_trunk(&digits)
            .or_else(|| is_local(&digits).then(|| digits.clone()))
            .or(own)?;
        of_country(local)
    };
    (PHONE_DIGITS.contains(&number.len()) && !number.starts_with('0'))
        .then(|| PhoneNumber(["+", &number].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::municipality::ContactRule;

    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        let policy = ContactPolicy {
            phone: ContactRule::Optional,
            calling_code: "966".into(),
            trunk: "0".into(),
            digits: 9,
        };
        let read = phone(typed, &policy);
        assert_eq!(
            read.as_ref().map(PhoneNumber::as_str),
            expected,
            "{typed:?}"
        );
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for typed in [
            "0551234567",
            "551234567",
            "966551234567",
            "+966551234567",
            "00966 55 123 4567",
            "+966 (0)55-123-4567",
            "٠٥٥ ١٢٣ ٤٥٦٧",
            "०५५१२३४५६७",
            "\u{202A}+966\u{A0}55\u{2011}123\u{2011}4567\u{202C}",
            "\u{061C}۰۵۵۱۲۳۴۵۶۷\u{200B}",
        ] {
            check(typed, Some("+966551234567"));
        }
        check("+44 20 7946 0000", Some("+442079460000"));
        check("+٤٤ ٢٠ ٧٩٤٦ ٠٠٠٠", Some("+442079460000"));
        // The trunk digit, which nobody abroad dials; in Italy, everybody.
        check("+44 (0)20 7946 0000", Some("+442079460000"));
        check("00 49 (0) 30 901820", Some("+4930901820"));
        check("+39 (0)6 6982 0000", Some("+390669820000"));
        check("(0) 55 123 4567", Some("+966551234567"));
    }

    #[test]
    fn a_number_that_lacks_a_digit_or_has_one_too_many_is_none() {
        for typed in [
            "",
            "+",
            "055123456",
            "05512345678",
            "+96655123456",
            "+966055123456",
            "+9665512345678",
            "00",
            "+0551234567",
            "phone",
            "055123456x",
            "+1234567",
            "+1234567890123456",
        ] {
            check(typed, None);
        }
        check(&"5".repeat(1_000_000), None);
    }
}
