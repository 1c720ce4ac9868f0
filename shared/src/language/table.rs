//! What each script's table knows of a word.
//!
//! A table is a text file of lines `word pairs`, sorted by its bytes: folded words, and for Latin
//! also pieces of words (`~ing_`, `_` being a word's edge), each with one to three pairs of a
//! language's letter and a weight: `a`, `e`, `u`, `h`, `i`, `m` for the six, `b` for Indonesian and
//! Malay alike, `o` for every other language. The weights of Latin come from a logistic regression
//! over the even lines of the development set and hand-written lists of telling words, 1.6 a nat;
//! those of Arabic and Devanagari were set by hand. A line may be mended by hand: the tests hold
//! order and folding, and the snapshot shows what it did to the accuracy. One string instead of a slice of strings: no pointers in the
//! wasm, and sorted words pack well.

use super::{Language, Script, Tally};

static ARABIC: &str = include_str!("arabic.txt");
static LATIN: &str = include_str!("latin.txt");
static DEVANAGARI: &str = include_str!("devanagari.txt");

/// Adds to `tally` what `word`, folded out of `typed`, says.
pub(super) fn weigh(script: Script, typed: &str, word: &str, tally: &mut Tally) {
    let mut says = Tally::default();
    match script {
        Script::Arabic => arabic(typed, word, &mut says),
        Script::Latin => latin(typed, word, &mut says),
        Script::Devanagari => devanagari(word, &mut says),
        Script::Other => {}
    }
    tally.add_word(&says);
}

/// What a letter as it is typed says, of the languages in Arabic letters.
fn of_letter(letter: char) -> &'static str {
    match letter {
        'ٹ' | 'ڈ' | 'ڑ' | 'ے' | 'ۓ' | 'ں' | 'ہ' | 'ھ' | 'ۃ' => "u2",
        'ک' | 'ی' | 'گ' | 'چ' | 'پ' | 'ژ' => "u1o1",
        'ه' => "a1o1",
        'ي' | 'ك' => "a1",
        'ة' | 'ى' | 'أ' | 'إ' => "a2",
        'ټ' | 'ډ' | 'ړ' | 'ښ' | 'ځ' | 'څ' | 'ږ' | 'ڼ' | 'ې' | 'ۍ' | 'ګ' => "o4",
        'ە' | 'ێ' | 'ۆ' | 'ڕ' | 'ڵ' | 'ۇ' | 'ۈ' => "o4",
        'ڪ' | 'ٿ' | 'ڏ' | 'ڻ' | 'ٻ' | 'ڀ' | 'ڄ' | 'ڃ' | 'ڳ' | 'ڱ' | '۾' | '۽' => "o4",
        _ => "",
    }
}

/// By its letters alone, whether `text` is Urdu (above 0) rather than Arabic (below).
pub(crate) fn arabic_or_urdu(text: &str) -> i32 {
    let letters = text.chars().map(|letter| match of_letter(letter) {
        "u2" => 2,
        "u1o1" => 1,
        "a1" | "a1o1" => -1,
        "a2" => -2,
        _ => 0,
    });
    letters.sum()
}

fn arabic(typed: &str, word: &str, says: &mut Tally) {
    if let Some(entry) = find(ARABIC, word) {
        says.add_entry(entry);
    }
    // The letters as typed: folding takes away what tells these languages apart.
    for letter in typed.chars().take(LONGEST_WORD) {
        says.add_entry(of_letter(letter));
    }
    if word.starts_with("ال") || word.starts_with("وال") || word.starts_with("بال") {
        says.add(Language::Ar, 2);
    }
}

/// Fewest and most letters of a piece of a word in the Latin table.
const SHORTEST_PIECE: usize = 3;
const LONGEST_PIECE: usize = 4;

/// Longest word that is taken to pieces, and most letters of one that are looked at: beyond it is no
/// word, and the work would grow.
const LONGEST_WORD: usize = 40;

fn latin(typed: &str, word: &str, says: &mut Tally) {
    if let Some(entry) = find(LATIN, word) {
        says.add_entry(entry);
    } else if word.len() <= LONGEST_WORD {
        let mut piece = String::from("~");
        let edged = || std::iter::once('_').chain(word.chars()).chain(['_']);
        for start in 0..=word.len() {
            piece.truncate(1);
            for letter in edged().skip(start).take(LONGEST_PIECE) {
                piece.push(letter);
                if piece.len() > SHORTEST_PIECE {
                    says.add_entry(find(LATIN, &piece).unwrap_or_default());
                }
            }
        }
    }
    // None of the three writes accents; those who do, often.
    let accented = |letter| matches!(letter, '\u{00C0}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}');
    if typed.chars().take(LONGEST_WORD).any(accented) {
        says.add(Language::Other, 5);
    }
}

fn devanagari(word: &str, says: &mut Tally) {
    let other = ["च्या", "ांना", "ाचा", "ाची", "ाचे", "हरू", "लाई"];
    match find(DEVANAGARI, word) {
        Some(entry) => says.add_entry(entry),
        None if other.iter().any(|ending| word.ends_with(ending)) || word.contains('ळ') => {
            says.add(Language::Other, 3);
        }
        // Hindi does without its small words less than any word of it is unknown here.
        None if !word.is_empty() => says.add(Language::Other, 1),
        None => {}
    }
}

/// The pairs of `word` in `table`: a search by halves over the lines, byte by byte: they are short.
fn find(table: &'static str, word: &str) -> Option<&'static str> {
    let mut rest = table.as_bytes();
    while !rest.is_empty() {
        let before = rest.get(..rest.len() / 2)?;
        let start = before.iter().rposition(|it| *it == b'\n');
        let start = start.map_or(0, |at| at + 1);
        let from = rest.get(start..)?;
        let edge = from.iter().position(|it| *it == b' ')?;
        let entry = from.get(..edge)?;
        let line = || {
            from.iter()
                .position(|it| *it == b'\n')
                .unwrap_or(from.len())
        };
        rest = match word.as_bytes().cmp(entry) {
            std::cmp::Ordering::Equal => {
                return str::from_utf8(from.get(edge + 1..line())?).ok();
            }
            std::cmp::Ordering::Less => rest.get(..start)?,
            std::cmp::Ordering::Greater => from.get(line() + 1..).unwrap_or_default(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn each_word_of_the_tables_is_folded_and_found() {
        for table in [ARABIC, LATIN, DEVANAGARI] {
            for line in table.lines() {
                let (word, pairs) = line.split_once(' ').unwrap();
                assert_eq!(
                    find(table, word),
                    Some(pairs),
                    "{word}: the lines are sorted"
                );
                assert!(!pairs.is_empty() && pairs.len() % 2 == 0, "{line}");
                if !word.starts_with('~') {
                    assert_eq!(fold(word), word);
                }
            }
            for unknown in ["", "!", "zzzz", "ۿۿۿ", "ॿॿॿ", "a b"] {
                assert_eq!(find(table, unknown), None);
            }
        }
    }
}
