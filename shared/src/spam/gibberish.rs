//! Words of no language: keys struck in a row, letters that do not meet in any language's words.
//!
//! By script, and only for scripts whose tables we have; a word of another script is never odd. The
//! tables of pairs are small: pairs of letters that hardly occur in half a million letters of
//! twenty languages (Latin), and in Arabic and Urdu reports (Arabic). A word is odd only when several
//! of its pairs are, a text only when most of its words are.

use super::Found;
use super::tokens::{Tokens, Word};

/// For each Latin letter, those that hardly ever follow it.
const RARE_LATIN: [&str; 26] = [
    "",
    "cdfkmnpqvwxz",
    "bdfgmpqvwx",
    "jqx",
    "",
    "bcdhjkmnpqvwx",
    "bdfmpqvwxz",
    "cdfgpqvxz",
    "",
    "bcdfgjkpqrstvwxyz",
    "bfmpqvxz",
    "qwxz",
    "cdfhjqvwxz",
    "qx",
    "",
    "bcdgjkmqvwz",
    "bcfghjkmnpvwxyz",
    "x",
    "x",
    "jqx",
    "qw",
    "bdfhjkmpqsvwxyz",
    "bfgjlmqtvwxz",
    "bfghjnoqrsvwxyz",
    "dfhqvx",
    "bcfhjqrvx",
];

/// For each Arabic letter, those that hardly ever follow it, after folding.
const RARE_ARABIC: [(char, &str); 22] = [
    ('ب', "ثظف"),
    ('ث', "جحخدذزسشصضطظعغفك"),
    ('ج', "ثحخشصضطظغفقك"),
    ('ح', "ثخزعغ"),
    ('خ', "ثجحسظعغقك"),
    ('د', "حذزصضطظغ"),
    ('ذ', "ثجحخدزسشصضطظعغفق"),
    ('ر', "ظ"),
    ('ز', "ثذسشصضطظغفك"),
    ('س', "ثذزشصضظغ"),
    ('ش', "ثحزسصضطظ"),
    ('ص', "ثجذزسشضطظ"),
    ('ض', "ثجدذزسشصظفقك"),
    ('ط', "ثجخدذزصضظغك"),
    ('ظ', "بتثجحخدذزسشصضطعغقك"),
    ('ع', "حخغ"),
    ('غ', "ثجحخزضظعفقك"),
    ('ف', "بثخدذزغ"),
    ('ق', "ثجحخذضظغك"),
    ('ك', "جحخصطظعغق"),
    ('ن', "غ"),
    ('ه', "ثحخشصضطظعغق"),
];

/// Rows of keys.
const ROWS: [&str; 10] = [
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    // As they fold: ة is ه, ى is ي, ء falls away at neither end.
    "ضصثقفغعهخحجد",
    "شسيبلاتنمكط",
    "يوروىةوزظ",
    // Urdu's, as they fold, and Devanagari's alphabet.
    "قوعرتئيهپ",
    "اسدفغهجكل",
    "زخچطبنم",
    "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह",
];

/// The fewest letters of a word that can be odd.
const SHORTEST: usize = 3;

pub(super) fn look(tokens: &Tokens<'_>, found: &mut Found) {
    let (mut odd, mut all, mut first) = (0, 0, None);
    for word in &tokens.words {
        let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
        if word.text.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        all += letters;
        if letters >= SHORTEST && is_odd(word) {
            odd += letters;
            first.get_or_insert(&word.text);
        }
    }
    if let Some(first) = first.filter(|_| odd * 2 >= all) {
        found.add("gibberish", 1, first.clone());
    }
}

fn is_odd(word: &Word) -> bool {
    let letters: Vec<char> = word.text.chars().collect();
    let pairs = letters.len().saturating_sub(1);
    let along = letters
        .windows(4)
        .filter(|four| is_along_a_row(four))
        .count();
    let rare = letters.windows(2).filter(|pair| is_rare(pair)).count();
    (along > 0 && along * 2 >= letters.len() - 3)
        || (rare >= 2 && rare * 3 >= pairs)
        || is_cycle(&letters)
        || (letters.len() >= 5 && lacks_vowels(&letters))
        || lacks_signs(&letters)
}

/// Whether four letters lie side by side on the keyboard, in either direction.
fn is_along_a_row(four: &[char]) -> bool {
    ROWS.iter().any(|row| {
        let place = |letter: char| row.chars().position(|key| key == letter);
        let is_step = |pair: &[char]| match *pair {
            [from, to] => place(from).is_some_and(|from| place(to) == Some(from + 1)),
            _ => false,
        };
        let is_step_back = |pair: &[char]| match *pair {
            [from, to] => place(to).is_some_and(|to| place(from) == Some(to + 1)),
            _ => false,
        };
        four.windows(2).all(is_step) || four.windows(2).all(is_step_back)
    })
}

fn is_rare(pair: &[char]) -> bool {
    let [first, second] = *pair else { return false };
    if first.is_ascii_lowercase() {
        let place = usize::from(first as u8 - b'a');
        return RARE_LATIN
            .get(place)
            .is_some_and(|rare| rare.contains(second));
    }
    let of_first = RARE_ARABIC.iter().find(|(letter, _)| *letter == first);
    of_first.is_some_and(|(_, rare)| rare.contains(second))
}

/// Whether the word is one or two syllables over and over ("asdasdasd", "hahahaha" aside, which
/// people laugh).
fn is_cycle(letters: &[char]) -> bool {
    let len = letters.len();
    (2..=4).any(|period| {
        len >= period * 3
            && letters
                .iter()
                .zip(letters.iter().skip(period))
                .all(|(one, next)| one == next)
            && !letters
                .iter()
                .take(period)
                .any(|c| matches!(c, 'h' | 'ه' | 'k' | 'w' | 'ح' | 'خ'))
    })
}

/// Whether it is four bare consonants of Devanagari or more: single words are ("दमकल"), most of a text's
/// letters never.
fn lacks_signs(letters: &[char]) -> bool {
    letters.len() >= 4 && letters.iter().all(|c| matches!(c, '\u{0915}'..='\u{0939}'))
}

fn lacks_vowels(letters: &[char]) -> bool {
    letters
        .iter()
        .all(|c| c.is_ascii_lowercase() && !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'))
}
