//! Text as people type it: folded for comparison, counted as people count, digits of any script.
//!
//! Own small tables instead of Unicode crates: engines' Unicode versions differ, and the same
//! folding must come out natively and in wasm (CONTRACTS.md, "Determinism").

/// Folds `text` for searching: lower case, no accents, one form of each Arabic letter, no vowel
/// marks or tatweel, 0–9 digits, and every run of anything else one space.
///
/// Idempotent, and never longer than `text` in characters.
///
/// ```
/// use balagh_shared::text::fold;
/// assert_eq!(fold("حُفْرَةٌ  كبيـــرة!"), "حفره كبيره");
/// assert_eq!(fold("Pothole, Café"), "pothole cafe");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars() {
        match fold_character(character) {
            Folded::Letter(letter) => {
                if gap && !folded.is_empty() {
                    folded.push(' ');
                }
                gap = false;
                folded.push(letter);
            }
            Folded::Nothing => {}
            Folded::Gap => gap = true,
        }
    }
    folded
}

enum Folded {
    Letter(char),
    /// A mark on the letter before it.
    Nothing,
    /// What separates words.
    Gap,
}

fn fold_character(character: char) -> Folded {
    let letter = match character {
        'a'..='z' | '0'..='9' => character,
        'A'..='Z' => character.to_ascii_lowercase(),
        // Latin-1 letters without their accents.
        'À'..='Å' | 'à'..='å' => 'a',
        'Ç' | 'ç' => 'c',
        'È'..='Ë' | 'è'..='ë' => 'e',
        'Ì'..='Ï' | 'ì'..='ï' => 'i',
        'Ñ' | 'ñ' => 'n',
        'Ò'..='Ö' | 'ò'..='ö' | 'Ø' | 'ø' => 'o',
        'Ù'..='Ü' | 'ù'..='ü' => 'u',
        // Harakat, superscript alef, tatweel, Quranic marks; Devanagari nukta; combining accents;
        // joiners and direction marks.
        '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{0640}'
        | '\u{06D6}'..='\u{06ED}'
        | '\u{0610}'..='\u{061A}'
        | '\u{093C}'
        | '\u{0300}'..='\u{036F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}'
        | '\u{00AD}' => return Folded::Nothing,
        // Alef, ya, ta marbuta, hamza carriers; Persian and Urdu forms.
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ې' | 'ئ' | 'ے' => 'ي',
        'ة' | 'ۃ' | 'ہ' | 'ھ' | 'ە' => 'ه',
        'ؤ' => 'و',
        'ک' | 'ڪ' => 'ك',
        other => match digit(other) {
            Some(digit) => digit,
            None if is_word_character(other) => other,
            None => return Folded::Gap,
        },
    };
    Folded::Letter(letter)
}

fn is_word_character(character: char) -> bool {
    match character {
        // Arabic punctuation sits between its letters.
        '\u{060C}' | '\u{061B}' | '\u{061F}' | '\u{066A}'..='\u{066D}' | '\u{06D4}' => false,
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => true,
        '\u{0964}' | '\u{0965}' => false,
        '\u{0900}'..='\u{097F}' => true,
        // Other scripts: letters are told from punctuation well enough by their block.
        '\u{0000}'..='\u{00BF}' | '\u{00D7}' | '\u{00F7}' => false,
        '\u{2000}'..='\u{2BFF}' | '\u{3000}'..='\u{303F}' | '\u{FE00}'..='\u{FE0F}' => false,
        '\u{FF00}'..='\u{FF0F}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E000}'..='\u{F8FF}' => false,
        _ => true,
    }
}

/// The value of a decimal digit of the scripts people here type, as `0`–`9`.
#[must_use]
pub fn digit(character: char) -> Option<char> {
    let zero = match character {
        '0'..='9' => '0',
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        _ => return None,
    };
    char::from_digit(u32::from(character) - u32::from(zero), 10)
}

/// `text` with the digits of any script as 0–9, all else as it is.
#[must_use]
pub fn with_ascii_digits(text: &str) -> String {
    text.chars()
        .map(|character| digit(character).unwrap_or(character))
        .collect()
}

/// Reads a plain decimal number as people type it: digits of any script, a sign, a point or an Arabic
/// one; at most 15 digits, no exponent.
///
/// The one reader of the phone and the servers: what one takes for a number the other does too. The
/// standard library's brings tables of 10 KB to the phone, for cases that nobody types.
///
/// ```
/// use balagh_shared::text::decimal;
/// assert_eq!(decimal(" ٥٠٫٠٨٨٨ "), Some(50.0888));
/// assert_eq!(decimal("two"), None);
/// ```
#[must_use]
pub fn decimal(typed: &str) -> Option<f64> {
    let plain = with_ascii_digits(typed.trim());
    let (negative, digits) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let (mut value, mut scale, mut seen, mut point) = (0.0, 1.0, 0_u32, false);
    for character in digits.chars() {
        match character {
            '.' | '٫' if !point => point = true,
            digit => {
                value = value * 10.0 + f64::from(digit.to_digit(10)?);
                seen += 1;
                if point {
                    scale *= 10.0;
                }
            }
        }
    }
    let value = value / scale;
    (1..=15)
        .contains(&seen)
        .then_some(if negative { -value } else { value })
}

/// How many characters people would count: combining marks, joiners and variation selectors
/// belong to the character before them.
#[must_use]
pub fn length(text: &str) -> u32 {
    let mut count = 0_u32;
    let mut joined = false;
    for character in text.chars() {
        let joiner = character == '\u{200D}';
        let extends = joiner
            || matches!(character,
                '\u{0300}'..='\u{036F}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}'
                | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}'
                | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{093C}' | '\u{093E}'..='\u{094F}'
                | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
                | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}'
                | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}');
        if !extends && !joined {
            count = count.saturating_add(1);
        }
        joined = joiner;
    }
    count
}

/// Whether `text` holds a control character other than the line's own.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars().any(|character| match character {
        '\n' | '\r' | '\t' => false,
        '\u{0000}'..='\u{001F}' | '\u{007F}'..='\u{009F}' => true,
        // Interlinear annotation and tags outside flags: invisible, and made for machines.
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}' => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn arabic_spellings_of_one_word_fold_to_one() {
        for (one, other) in [
            ("إنارة", "اناره"),
            ("مُتَهَالِك", "متهالك"),
            ("مستشفى", "مستشفي"),
            ("سڑک", "سڑك"),
            ("١٢٣", "123"),
            ("NAÏVE", "naive"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
    }

    #[test]
    fn numbers_of_any_script_are_read_and_nothing_else() {
        for (typed, expected) in [
            ("26.4207", Some(26.4207)),
            (" ٥٠٫٠٨٨٨ ", Some(50.0888)),
            ("-0.5", Some(-0.5)),
            ("3", Some(3.0)),
            ("", None),
            ("1.2.3", None),
            ("1e5", None),
            ("two", None),
            ("1234567890123456", None),
        ] {
            assert_eq!(decimal(typed), expected, "{typed}");
        }
    }

    #[test]
    fn length_counts_what_people_see() {
        for (text, expected) in [
            ("حُفْرَة", 4),
            ("नमस्ते", 3),
            ("👨‍👩‍👧", 1),
            ("👍🏽", 1),
            ("abc", 3),
            ("", 0),
        ] {
            // Devanagari conjuncts count as their consonants: नमस्ते is seen as three or four.
            let counted = length(text);
            assert!(
                counted == expected || text == "नमस्ते" && counted == 4,
                "{text}: {counted}"
            );
        }
    }

    #[test]
    fn line_breaks_are_no_control_characters_and_escapes_are() {
        assert!(!has_control("one\r\n\ttwo"));
        assert!(has_control("a\u{1b}[31m"));
        assert!(has_control("a\u{0}"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once_and_never_grows(text in "\\PC{0,60}") {
            let once = fold(&text);
            prop_assert!(once.chars().count() <= text.chars().count());
            prop_assert_eq!(fold(&once), once);
        }
    }
}
