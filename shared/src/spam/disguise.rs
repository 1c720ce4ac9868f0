//! Letters that pretend: of two alphabets in one word, of shapes that look like others, and hidden
//! ones between.
//!
//! Arabic or Devanagari beside Latin inside a word is how people write ("بالGPS", "officeमें"), and
//! joiners are spelling in Persian, Urdu and Hindi: neither is a feature. Nor are a few initials
//! ("U.A.E.", "block A B C"): letters stand apart only where many do.

use super::Found;
use super::tokens::Tokens;

pub(super) fn look(text: &str, tokens: &Tokens<'_>, found: &mut Found) {
    for word in &tokens.typed {
        if alphabets(word) > 1 {
            found.add("disguise.alphabets", 1, (*word).to_owned());
        }
        let styled = word.chars().filter(|c| is_styled(*c)).count();
        if styled > 2 {
            found.add("disguise.letters", 1, (*word).to_owned());
        }
    }
    for run in apart(text) {
        found.add("disguise.spaced", 1, run);
    }
    let hidden = hidden(text);
    if hidden > 0 {
        found.add("disguise.hidden", hidden, String::new());
    }
}

/// Letters in a row that stand apart where nobody spells anything.
const APART: usize = 6;

/// Runs of letters with a space, a dot or a stretched line between each and the next ("L O A N S",
/// "f.r.e.e c.a.s.h"), and pieces of two where one ends and begins with a line that joins nothing.
fn apart(text: &str) -> Vec<String> {
    let mut runs = Vec::new();
    let mut run = String::new();
    let mut close = |run: &mut String| {
        let has_letters = run.chars().filter(|c| c.is_alphabetic()).count() >= APART;
        if has_letters && runs.len() < 4 {
            runs.push(run.clone());
        }
        run.clear();
    };
    let is_mark = |c: char| !c.is_alphanumeric() && !is_vowel_sign(c);
    let pieces = text.split(|c: char| c.is_whitespace() || is_mark(c) || c == 'ـ');
    for piece in pieces.filter(|piece| !piece.is_empty()) {
        let mut letters = piece.chars().filter(|c| !is_vowel_sign(*c));
        match (letters.next(), letters.next()) {
            (Some(letter), None) => run.push(letter),
            _ => close(&mut run),
        }
    }
    close(&mut run);
    runs
}

/// Signs that belong to the letter before them.
fn is_vowel_sign(c: char) -> bool {
    matches!(c, '\u{064B}'..='\u{0652}' | '\u{0670}' | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{094F}'
        | '\u{0300}'..='\u{036F}' | '\u{0981}'..='\u{0983}' | '\u{09BC}'..='\u{09CD}' | '\u{0B82}'..='\u{0BCD}'
        | '\u{0C00}'..='\u{0D4D}' | '\u{0E31}'..='\u{0E4E}' | '\u{200B}'..='\u{200F}')
}

/// How many of the alphabets that share shapes a word is written in.
fn alphabets(word: &str) -> usize {
    let (mut latin, mut cyrillic, mut greek) = (0, 0, 0);
    for c in word.chars() {
        match c {
            'A'..='Z' | 'a'..='z' => latin = 1,
            '\u{0400}'..='\u{04FF}' => cyrillic = 1,
            '\u{0391}'..='\u{03C9}' => greek = 1,
            // "iPhone/Телефон" is two words.
            '/' | '-' | '_' | '.' | ',' | '(' | ')' | ':' => {
                if latin + cyrillic + greek > 1 {
                    break;
                }
                (latin, cyrillic, greek) = (0, 0, 0);
            }
            _ => {}
        }
    }
    latin + cyrillic + greek
}

/// Letters out of mathematics, circles, squares and full width, in which fonts are imitated.
fn is_styled(c: char) -> bool {
    matches!(c, '\u{1D400}'..='\u{1D7FF}' | '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F189}'
        | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' | '\u{1D00}'..='\u{1D7F}')
}

/// Invisible characters inside of words.
fn hidden(text: &str) -> u32 {
    let mut count = 0;
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let between_latin = before.is_ascii_alphabetic()
            && characters.peek().is_some_and(char::is_ascii_alphabetic);
        let between_letters =
            before.is_alphabetic() && characters.peek().is_some_and(|next| next.is_alphabetic());
        count += match c {
            '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{2061}'..='\u{2064}' | '\u{180E}' => {
                u32::from(between_letters)
            }
            '\u{00AD}' | '\u{200C}' | '\u{200D}' | '\u{034F}' => u32::from(between_latin),
            _ => 0,
        };
        before = c;
    }
    count
}

/// What a word reads as, where letters in it only look like the Latin ones; nothing where it is what
/// it seems. Digits and signs stand for letters only between letters.
pub(super) fn skeleton(word: &str) -> Option<String> {
    let has_latin = word.chars().any(|c| c.is_ascii_alphabetic());
    let has_cyrillic = word
        .chars()
        .any(|c| matches!(c, '\u{0370}'..='\u{03FF}' | '\u{0400}'..='\u{04FF}'));
    let mut changed = false;
    let mut seen = String::with_capacity(word.len());
    for c in word.chars() {
        let as_seen = match c {
            '\u{1D400}'..='\u{1D6A3}' => letter((u32::from(c) - 0x1D400) % 52),
            '\u{24B6}'..='\u{24CF}' => letter(u32::from(c) - 0x24B6 + 26),
            '\u{24D0}'..='\u{24E9}' => letter(u32::from(c) - 0x24D0 + 26),
            '\u{1F130}'..='\u{1F149}' => letter(u32::from(c) - 0x1F130 + 26),
            '\u{1F150}'..='\u{1F169}' => letter(u32::from(c) - 0x1F150 + 26),
            '\u{1F170}'..='\u{1F189}' => letter(u32::from(c) - 0x1F170 + 26),
            _ if has_latin && has_cyrillic => lookalike(c),
            _ if has_latin => sign(c),
            _ => None,
        };
        match as_seen {
            Some(as_seen) => {
                changed = true;
                seen.push(as_seen);
            }
            None if matches!(
                c,
                '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}'
            ) =>
            {
                changed = true
            }
            None if has_latin && matches!(c, '.' | '*' | '_' | '-') => changed = true,
            None => seen.push(c),
        }
    }
    (changed && seen.chars().count() > 2).then_some(seen)
}

fn letter(place: u32) -> Option<char> {
    u8::try_from(place % 26)
        .ok()
        .map(|place| char::from(b'a' + place))
}

fn lookalike(c: char) -> Option<char> {
    Some(match c {
        'а' | 'А' | 'α' | 'Α' => 'a',
        'В' | 'в' | 'Β' | 'β' => 'b',
        'с' | 'С' => 'c',
        'е' | 'Е' | 'ё' | 'ε' | 'Ε' => 'e',
        'һ' | 'Н' | 'н' | 'Η' => 'h',
        'і' | 'І' | 'ї' | 'ι' | 'Ι' => 'i',
        'ј' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'м' | 'М' | 'Μ' => 'm',
        'ո' | 'п' | 'η' | 'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'σ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' => 't',
        'υ' | 'ц' => 'u',
        'ν' | 'ѵ' => 'v',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' => 'y',
        'г' => 'r',
        _ => return None,
    })
}

fn sign(c: char) -> Option<char> {
    Some(match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => return None,
    })
}
