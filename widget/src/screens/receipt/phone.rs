//! A telephone number or e-mail address as its owner recognises it and nobody else reads it.

use balagh_shared::text::with_ascii_digits;

/// Digits shown at the start, and at the end.
const SHOWN: (usize, usize) = (2, 3);

/// The contact with its middle covered: `05•••••567`, `a•••@example.com`. Nothing where there is none,
/// or one too short to cover.
pub(crate) fn masked(contact: &str) -> Option<String> {
    if let Some((name, domain)) = contact.trim().split_once('@') {
        let first = name.chars().next()?;
        return Some([&first.to_string(), "•••@", domain].concat());
    }
    let digits = with_ascii_digits(contact);
    let digits: Vec<char> = digits.chars().filter(char::is_ascii_digit).collect();
    let covered = digits.len().checked_sub(SHOWN.0 + SHOWN.1)?;
    if covered < 2 {
        return None;
    }
    let shown = (0..).zip(digits).map(|(index, digit)| {
        if index < SHOWN.0 || index >= SHOWN.0 + covered {
            digit
        } else {
            '•'
        }
    });
    Some(shown.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_covered() {
        assert_eq!(masked(" ٠٥٥ 123 4567 ").as_deref(), Some("05•••••567"));
        assert_eq!(masked("+966551234567").as_deref(), Some("96•••••••567"));
    }

    #[test]
    fn of_an_address_the_first_letter_and_the_domain_are_shown() {
        assert_eq!(
            masked(" amal@example.com").as_deref(),
            Some("a•••@example.com")
        );
    }

    #[test]
    fn nothing_is_shown_of_what_is_no_number() {
        assert_eq!(masked(""), None);
        assert_eq!(masked("12345"), None);
    }
}
