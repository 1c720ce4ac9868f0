//! The fingerprint that tells the same report from another.

use sha2::{Digest, Sha256};

use crate::report::Report;

/// SHA-256 of the report's canonical JSON, which holds its photos' hashes.
///
/// Canonical is what our own serialiser writes of the parsed report: one field order, no white
/// space, no absent fields. Two bodies that differ only in those are the same report.
///
/// # Errors
/// When a coordinate is not a finite number, which JSON cannot hold; a parsed report never has
/// one.
pub fn fingerprint(report: &Report) -> Result<[u8; 32], serde_json::Error> {
    let json = serde_json::to_vec(report)?;
    Ok(Sha256::digest(&json).into())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            for nibble in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(u32::from(nibble), 16));
            }
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn same(one: &str, other: &str) -> bool {
        let read = |text| fingerprint(&serde_json::from_str(text).unwrap()).unwrap();
        read(one) == read(other)
    }

    const REPORT: &str = r#"{"category": "a", "description": "b", "lang": "ar", "declared": true,
        "channel": "widget"}"#;

    #[test]
    fn order_white_space_and_absent_fields_make_no_difference() {
        assert!(same(
            REPORT,
            r#"{"channel":"widget","declared":true,"photos":[],"test":false,"lang":"ar",
                "description":"b","category":"a"}"#,
        ));
    }

    #[test]
    fn every_word_and_photo_makes_a_difference() {
        assert!(!same(REPORT, &REPORT.replace("\"b\"", "\"B\"")));
        assert!(!same(
            REPORT,
            &REPORT.replace("true", "true, \"photos\": [\"00\"]")
        ));
    }

    #[test]
    fn hexadecimal_is_lower_case() {
        assert_eq!(hex(&[0x00, 0xAF, 0x10]), "00af10");
    }
}
