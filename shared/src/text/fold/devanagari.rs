//! Devanagari: Hindi as it is typed, with or without its dots.

use super::Piece;
use crate::text::digits::digit;

const VIRAMA: char = '\u{094D}';
const ANUSVARA: char = '\u{0902}';

/// What is left out at a word's end as often as written: "नहीं" and "नही", "जगत्" and "जगत".
pub(super) const SILENT_AT_THE_END: [char; 2] = [VIRAMA, ANUSVARA];

/// What a character of the Devanagari block is to a search.
pub(super) fn piece(character: char) -> Piece {
    let letter = match character {
        // Nukta, visarga, avagraha, accents.
        '\u{093C}' | '\u{0903}' | '\u{093D}' | '\u{0951}'..='\u{0957}' => return Piece::Nothing,
        // Danda, abbreviation sign, spacing dot.
        '\u{0964}' | '\u{0965}' | '\u{0970}' | '\u{0971}' => return Piece::Gap,
        '\u{0900}' | '\u{0901}' => ANUSVARA,
        // Letters with the nukta in them.
        '\u{0929}' => 'न',
        '\u{0931}' => 'र',
        '\u{0934}' => 'ळ',
        '\u{0958}' => 'क',
        '\u{0959}' => 'ख',
        '\u{095A}' => 'ग',
        '\u{095B}' => 'ज',
        '\u{095C}' => 'ड',
        '\u{095D}' => 'ढ',
        '\u{095E}' => 'फ',
        '\u{095F}' => 'य',
        // Vowels of loan words, as older spelling writes them: ऑफिस and आफिस, डॉक्टर and डाक्टर.
        'ऑ' => 'आ',
        '\u{0949}' => '\u{093E}',
        'ऍ' | 'ऎ' => 'ए',
        '\u{0945}' | '\u{0946}' => '\u{0947}',
        'ऒ' => 'ओ',
        '\u{094A}' => '\u{094B}',
        other => digit(other).unwrap_or(other),
    };
    Piece::Letter(letter)
}

/// What a letter changes in the word before it.
#[derive(Default)]
pub(super) struct TakenBack {
    /// Letters taken off the end.
    pub(super) letters: u8,
    /// The sign that stands for them.
    pub(super) for_sign: Option<char>,
}

/// What to take back from `before`, and what to write for `letter` after it.
///
/// A nasal joined to a stop is the anusvara: "हिन्दी" and "हिंदी". A य between vowels is heard in
/// neither spelling: "गयी" and "गई", "रुपये" and "रुपए".
pub(super) fn joined(before: &str, letter: char) -> (TakenBack, char) {
    let mut last = before.chars().rev();
    let vowel = match letter {
        '\u{0940}' => Some('ई'),
        '\u{0947}' => Some('ए'),
        'क'..='घ' | 'च'..='झ' | 'ट'..='ढ' | 'त'..='ध' | 'प'..='भ' => None,
        _ => return (TakenBack::default(), letter),
    };
    let last = (last.next(), last.next(), last.next());
    match (vowel, last) {
        (Some(vowel), (Some('य'), Some(earlier), _)) if earlier != ' ' && earlier != VIRAMA => {
            let letters = 1;
            (
                TakenBack {
                    letters,
                    for_sign: None,
                },
                vowel,
            )
        }
        (None, (Some(VIRAMA), Some('ङ' | 'ञ' | 'ण' | 'न' | 'म'), Some(earlier)))
            if earlier != ' ' && earlier != VIRAMA =>
        {
            let for_sign = Some(ANUSVARA);
            (
                TakenBack {
                    letters: 2,
                    for_sign,
                },
                letter,
            )
        }
        _ => (TakenBack::default(), letter),
    }
}
