//! Things written in text: numbers to call, addresses, dates.

use crate::time::days_from_civil;

/// Whether it is a number that can be dialled: perhaps a `+`, then 3 to 15 digits, spaces between.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let count = digits.bytes().filter(u8::is_ascii_digit).count();
    (3..=15).contains(&count)
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b' ')
        && !digits.starts_with(' ')
        && !digits.ends_with(' ')
}

/// Whether it has the shape of an e-mail address.
pub(super) fn is_email(text: &str) -> bool {
    text.len() <= 254
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && text
            .rsplit_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && is_host(host) && host.contains('.'))
}

/// Whether it is an address that a browser can open: `https`, or `http` on this machine.
pub(super) fn is_web_address(text: &str) -> bool {
    let authority = |rest: &'_ str| -> String {
        rest.split(['/', '?', '#'])
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return false;
    }
    match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => is_authority(&authority(rest)),
        (_, Some(rest)) => {
            let authority = authority(rest);
            let is_here = ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
                let port = authority.strip_prefix(host);
                port.is_some_and(|port| port.is_empty() || port.starts_with(':'))
            });
            is_here && is_authority(&authority)
        }
        _ => false,
    }
}

/// Scheme, host and perhaps a port, exactly as a browser sends it in `Origin`.
pub(super) fn is_web_origin(text: &str) -> bool {
    // A browser leaves the scheme's own port out.
    let parts = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => Some((rest, ":443")),
        (_, rest) => rest.map(|rest| (rest, ":80")),
    };
    parts.is_some_and(|(rest, usual)| {
        is_authority(rest)
            && !rest.ends_with(usual)
            && !rest.bytes().any(|b| b.is_ascii_uppercase())
    })
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let is_address = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let is_address = is_address
        .is_some_and(|it| !it.is_empty() && it.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'));
    (is_host(host) || is_address) && port.is_none_or(is_port)
}

fn is_port(text: &str) -> bool {
    text.starts_with(|first: char| matches!(first, '1'..='9')) && text.parse::<u16>().is_ok()
}

fn is_host(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    text.len() <= 253
        && text
            .split('.')
            .all(|label| (1..=63).contains(&label.len()) && label.bytes().all(plain))
}

/// Days since 1970 of a date as in `2026-03-20`; nothing when there is no such day.
pub(super) fn date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<i64> {
        let digits = text.get(from..to)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        digits.parse().ok()
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let days = days_from_civil(year, month, day);
    let is_day = (1..=12).contains(&month)
        && day >= 1
        && crate::time::civil_from_days(days) == (year, month, day);
    is_day.then_some(days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(of: fn(&str) -> bool, right: &[&str], wrong: &[&str]) {
        for text in right {
            assert!(of(text), "{text}");
        }
        for text in wrong {
            assert!(!of(text), "{text}");
        }
    }

    #[test]
    fn what_can_be_dialled() {
        check(
            is_phone,
            &["911", "940", "920001744", "+966 13 000 0000"],
            &["", "1", "+", "call us", "٩١١", " 911", "1234567890123456"],
        );
    }

    #[test]
    fn what_can_be_opened_or_written_to() {
        check(
            is_web_address,
            &[
                "https://a.example",
                "https://a.example:8443/x?y#z",
                "http://localhost:8787/{z}",
                "http://[::1]:8787/",
                "https://[2001:db8::1]/",
            ],
            &[
                "a.example",
                "http://a.example",
                "https://",
                "https://a b",
                "javascript:alert(1)",
                "http://[2001:db8::1]/",
                "http://localhost.example/",
                "https://a.example:+1/",
            ],
        );
        check(
            is_web_origin,
            &["https://portal.example", "http://localhost:8788"],
            &[
                "https://portal.example/",
                "portal.example",
                "https://Portal.example",
                "https://a:x",
            ],
        );
        check(
            is_email,
            &["privacy@town.example"],
            &["privacy", "@town.example", "a@b", "a b@town.example"],
        );
    }

    #[test]
    fn what_is_a_day() {
        assert_eq!(date("1970-01-02"), Some(1));
        assert_eq!(date("2024-02-29"), Some(19_782));
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-1-1",
            "20-03-2026",
            "٢٠٢٦-01-01",
            "",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
