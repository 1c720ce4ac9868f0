//! Writes what [`decode`](super::words::decode) reads.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::bits::BitWriter;
use super::features::{LETTERS, meanings};
use super::lexicon::{FORMS, Lexicon};
use super::words::{HEAVIEST, MAGIC, VERSION, Words};

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
    let listed = |keywords: &'_ str| -> BTreeSet<String> {
        let words = keywords.split(' ').filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let keywords: Vec<BTreeSet<String>> = words.keywords.iter().map(|own| listed(own)).collect();
    let all: BTreeSet<&str> = keywords.iter().flatten().map(String::as_str).collect();
    rising(&mut out, &all);
    number(&mut out, u64::from(words.lexicon.count));
    out.extend(bits(words, &keywords, &all));
    let checksum = Sha256::digest(&out);
    out.extend(checksum);
    out
}

fn bits(words: &Words, keywords: &[BTreeSet<String>], all: &BTreeSet<&str>) -> Vec<u8> {
    let mut bits = BitWriter::default();
    let Lexicon {
        forms,
        concepts,
        count,
    } = &words.lexicon;
    for concept in 0..*count {
        let own = forms.iter().zip(concepts).filter(|(_, of)| **of == concept);
        bits.set(FORMS, &own.map(|(form, _)| *form).collect::<Vec<_>>());
    }
    for category in 0..words.codes.len() {
        for weight in 1..=HEAVIEST {
            let own = words
                .cells
                .iter()
                .filter(|cell| usize::from(cell.category) == category && cell.weight == weight);
            let (of_letters, of_meaning): (Vec<u32>, Vec<u32>) = own
                .map(|cell| cell.feature)
                .partition(|feature| *feature < LETTERS);
            bits.set(LETTERS, &of_letters);
            let numbers = of_meaning.iter().map(|feature| feature - LETTERS);
            bits.set(meanings(*count), &numbers.collect::<Vec<_>>());
        }
    }
    for own in keywords {
        let places = (0..).zip(all).filter(|(_, word)| own.contains(**word));
        bits.set(
            all.len() as u32,
            &places.map(|(place, _)| place).collect::<Vec<_>>(),
        );
    }
    bits.bytes()
}

/// Rising words, each as what it shares with the one before, and the rest.
fn rising(out: &mut Vec<u8>, words: &BTreeSet<&str>) {
    number(out, words.len() as u64);
    let mut rests = String::new();
    let mut before = "";
    for word in words {
        let same = word.char_indices().zip(before.chars());
        let shared = same.take_while(|((_, one), other)| one == other);
        let shared = shared
            .map(|((at, letter), _)| at + letter.len_utf8())
            .last();
        let shared = shared.unwrap_or_default().min(usize::from(u8::MAX));
        out.push(shared as u8);
        rests.push_str(word.get(shared..).unwrap_or_default());
        rests.push('\n');
        before = word;
    }
    text(out, &rests);
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
