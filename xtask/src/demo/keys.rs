//! The demo's keys: made once per data folder, never committed, handed over by environment.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::failure::Failure;
use crate::files;

/// One variable per purpose; each holds `kid:base64url[,kid:base64url]`, the first key signs.
const VARIABLES: [&str; 9] = [
    "BALAGH_SESSION_KEYS",
    "BALAGH_NUMBER_KEYS",
    "BALAGH_WEBHOOK_KEYS",
    "BALAGH_SEAL_KEYS",
    "BALAGH_PERSON_KEYS",
    "BALAGH_SENDER_KEYS",
    "BALAGH_RELAY_KEYS",
    "BALAGH_CLOSING_KEYS",
    "BALAGH_CONTACT_KEYS",
];
const KEY_BYTES: usize = 32;
const KEY_ID: &str = "demo";

/// Variable and value of each purpose. Keys that are there are kept, since receipts, sealed
/// contacts and report numbers of the data folder were made with them.
pub(super) fn load_or_generate(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let mut keys = if path.exists() {
        parse(&files::read_text(path)?)
    } else {
        Vec::new()
    };
    let missing: Vec<&str> = VARIABLES
        .into_iter()
        .filter(|name| keys.iter().all(|(have, _)| have != name))
        .collect();
    if missing.is_empty() {
        return Ok(keys);
    }
    for name in missing {
        keys.push((name.to_owned(), generate()?));
    }
    let lines: String = keys
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    write_private(path, &lines)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))?;
    Ok(keys)
}

fn parse(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn generate() -> Result<String, Failure> {
    let mut key = [0_u8; KEY_BYTES];
    getrandom::fill(&mut key)
        .map_err(|error| Failure::new(format!("the system gives no random bytes: {error}")))?;
    Ok(format!("{KEY_ID}:{}", URL_SAFE_NO_PAD.encode(key)))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_an_id_and_32_bytes_in_base64url() {
        let key = generate().unwrap();
        let (id, bytes) = key.split_once(':').unwrap();
        assert_eq!(id, KEY_ID);
        assert_eq!(URL_SAFE_NO_PAD.decode(bytes).unwrap().len(), KEY_BYTES);
        assert_ne!(key, generate().unwrap());
    }

    #[test]
    fn existing_keys_are_kept_and_missing_ones_added() {
        let folder = std::env::temp_dir().join(format!("balagh-keys-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("keys.env");
        std::fs::write(&path, "BALAGH_SEAL_KEYS=mine:abc\n").unwrap();
        let first = load_or_generate(&path).unwrap();
        let second = load_or_generate(&path).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(first, second);
        assert_eq!(first.len(), VARIABLES.len());
        assert!(first.contains(&("BALAGH_SEAL_KEYS".into(), "mine:abc".into())));
    }
}
