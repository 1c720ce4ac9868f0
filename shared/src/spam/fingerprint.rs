//! SimHash: texts that are nearly equal have fingerprints that are nearly equal.
//!
//! Moses S. Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002. Over
//! the folded words and pairs of words, digits left out: a text with another telephone number in it
//! is the same text.

use crate::text::fold;

/// Words below which a text has no fingerprint: "garbage not collected" is said by many.
const FEWEST: usize = 7;
/// Words that are looked at.
const MOST: usize = 600;

/// The fingerprint of a text; nothing where it is too short to be recognised by.
///
/// ```
/// use balagh_shared::spam::{distance, fingerprint};
/// let of = |text| fingerprint(text).unwrap();
/// let one = of("Cheap loans for everyone in Dammam today, call 0501111111 now and save");
/// let other = of("Cheap loans for everyone in Dammam today! call 0502222222 now and save");
/// assert_eq!(distance(one, other), 0);
/// assert!(fingerprint("Garbage not collected").is_none());
/// ```
#[must_use]
pub fn fingerprint(text: &str) -> Option<u64> {
    let folded = fold(text);
    let is_word = |word: &&str| !word.bytes().all(|b| b.is_ascii_digit());
    let words: Vec<&str> = folded.split(' ').filter(is_word).take(MOST).collect();
    if words.len() < FEWEST {
        return None;
    }
    let mut balance = [0_i32; 64];
    let mut count = |hash: u64| {
        for (bit, sum) in balance.iter_mut().enumerate() {
            *sum += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    };
    for word in &words {
        count(hash(&[word]));
    }
    for pair in words.windows(2) {
        count(hash(pair));
    }
    let bits = balance.iter().enumerate();
    Some(bits.fold(0, |print, (bit, sum)| print | u64::from(*sum > 0) << bit))
}

/// How many bits two fingerprints differ in, from 0 to 64.
#[must_use]
pub fn distance(one: u64, other: u64) -> u32 {
    (one ^ other).count_ones()
}

/// FNV-1a, then the finaliser of MurmurHash3 so that every bit depends on every byte.
fn hash(words: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in words.iter().flat_map(|word| word.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_word_moves_few_bits_and_another_text_many() {
        let text = "The street lamps on King Fahd road between the school and the mosque have been \
                    dark for a whole week and children walk there every evening";
        let of = |text: &str| fingerprint(text).unwrap();
        let changed = text.replace("whole", "long");
        assert!(distance(of(text), of(&changed)) <= 10);
        let other = "Somebody dumped building waste and broken tiles behind the old market, and now \
                     rats come out of it at night and nobody feels responsible";
        assert!(distance(of(text), of(other)) > 15);
    }
}
