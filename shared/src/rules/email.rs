//! E-mail addresses.

use std::fmt;

use super::limits::EMAIL_BYTES;
use crate::number::is_invisible;

/// An address in the shape of one; whether it exists only a message can tell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address, its domain in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data never reaches a log through `{:?}`.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

/// Reads an address as people type or paste it: white space and invisible marks around it are not
/// part of it. Names and domains of any script (RFC 6531); no quoted names, no addresses of machines.
///
/// ```
/// use balagh_shared::rules::email;
/// assert_eq!(email(" Amal@Example.ORG ").unwrap().as_str(), "Amal@example.org");
/// assert!(email("amal@example").is_none());
/// ```
#[must_use]
pub fn email(typed: &str) -> Option<EmailAddress> {
    let typed = typed.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let foreign = |c: char| c.is_whitespace() || c.is_control() || is_invisible(c);
    if typed.len() > EMAIL_BYTES || typed.contains(foreign) {
        return None;
    }
    let (name, domain) = typed.split_once('@')?;
    let named = !name.is_empty()
        && !name.contains(['<', '>', '(', ')', '[', ']', ',', ';', ':', '"', '\\']);
    let labelled = domain.contains('.') && domain.split('.').all(is_label);
    (named && labelled).then(|| {
        let domain = domain.to_ascii_lowercase();
        EmailAddress([name, "@", &domain].concat())
    })
}

/// A part of a domain: letters of any script, digits, hyphens inside.
fn is_label(label: &str) -> bool {
    let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || c == '-';
    !label.is_empty()
        && label.chars().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(typed: &str, expected: Option<&str>) {
        assert_eq!(
            email(typed).as_ref().map(EmailAddress::as_str),
            expected,
            "{typed:?}"
        );
    }

    #[test]
    fn addresses_of_any_script_are_read() {
        check("a.b+c@d-e.example", Some("a.b+c@d-e.example"));
        check("أمل@مثال.السعودية", Some("أمل@مثال.السعودية"));
        check("\u{200F}\u{2068}a@b.example\u{2069}\n", Some("a@b.example"));
        check("A@B.EXAMPLE", Some("A@b.example"));
    }

    #[test]
    fn what_no_message_could_reach_is_refused() {
        for typed in [
            "",
            "@",
            "a@",
            "@b.c",
            "a@b",
            "a@.b",
            "a@b.",
            "a@b..c",
            "a b@c.d",
            "a@b@c.d",
            "a@b.c>",
            "<a@b.c>",
            "a@-b.c",
            "a\u{200B}b@c.d",
            "a@b.c\u{0}",
        ] {
            check(typed, None);
        }
        check(&format!("{}@b.example", "a".repeat(250)), None);
    }
}
