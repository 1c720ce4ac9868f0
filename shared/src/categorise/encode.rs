//! Writes what [`decode`](super::words::decode) reads.

use sha2::{Digest, Sha256};

use super::words::{MAGIC, VERSION, Words};

pub(super) fn encode(words: &Words) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend(MAGIC);
    out.push(VERSION);
    out.extend(words.fingerprint);
    number(&mut out, words.codes.len() as u64);
    for code in &words.codes {
        text(&mut out, code);
    }
    for bias in &words.biases {
        let bias = i64::from(*bias);
        number(&mut out, (bias << 1 ^ bias >> 63).cast_unsigned());
    }
    number(&mut out, u64::from(words.scale.unsigned_abs()));
    hashes(&mut out, &words.lexicon.forms, 0);
    out.extend(&words.lexicon.concepts);
    hashes(&mut out, &words.features, 1);
    for row in 0..words.features.len() {
        // A feature has at most one cell a category, and a category is a byte.
        out.push(words.cells(row).len() as u8);
    }
    out.extend(words.cells.iter().map(|cell| cell.category));
    out.extend(words.cells.iter().map(|cell| cell.weight.cast_unsigned()));
    for keywords in &words.keywords {
        text(&mut out, keywords);
    }
    let checksum = Sha256::digest(&out);
    out.extend(checksum);
    out
}

/// Rising ones, each at least `apart` from the one before.
fn hashes(out: &mut Vec<u8>, hashes: &[u32], apart: u32) {
    number(out, hashes.len() as u64);
    let mut next = 0;
    for hash in hashes {
        number(out, u64::from(hash.saturating_sub(next)));
        next = hash + apart;
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend(text.as_bytes());
}

fn number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 & 0x7f | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
