//! Which script and language a text is in: the six that Balagh speaks, and an honest "other".
//!
//! Nothing is ever decided for the citizen by this: it chooses which words the categoriser reads,
//! what a person at the municipality sees beside a text, and what may be offered to translate.
//!
//! The tables are small, our own, and words people report with: [`detect`] counts letters for the
//! script, then weighs each word by what the script's table knows of it, or by letters and endings
//! that tell. In a text of several languages the one with the most words wins.
//!
//! - Romanised Arabic, Urdu and Hindi are [`Script::Latin`] and [`Language::Other`]: their spelling
//!   follows no rule that would tell them apart honestly. `text::romanised` serves their search.
//! - Indonesian and Malay share most words. Where only shared words were found, the answer is
//!   Indonesian and not [`sure`](Detected::sure).
//! - No clue at all: Arabic for its script, [`Language::Other`] for Latin and Devanagari, where a
//!   text without any small word of ours is likelier foreign; never sure.

mod script;
mod table;
mod tally;

use crate::text::fold;
pub use script::Script;
pub(crate) use table::arabic_or_urdu;
use tally::Tally;

/// A language of the widget, or any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Arabic, in any dialect.
    Ar,
    /// English.
    En,
    /// Urdu in its own script.
    Ur,
    /// Hindi in Devanagari.
    Hi,
    /// Indonesian.
    Id,
    /// Malay.
    Ms,
    /// Any other, or none.
    Other,
}

/// The languages of the widget, each by its own name, in the order of its menu.
pub const OWN_NAMES: [(&str, &str); 6] = [
    ("ar", "العربية"),
    ("en", "English"),
    ("ur", "اردو"),
    ("hi", "हिन्दी"),
    ("id", "Indonesia"),
    ("ms", "Melayu"),
];

impl Language {
    /// All of them; `Other` is last.
    pub const ALL: [Self; 7] = [
        Self::Ar,
        Self::En,
        Self::Ur,
        Self::Hi,
        Self::Id,
        Self::Ms,
        Self::Other,
    ];

    /// The ISO 639-1 code, or `other`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::En => "en",
            Self::Ur => "ur",
            Self::Hi => "hi",
            Self::Id => "id",
            Self::Ms => "ms",
            Self::Other => "other",
        }
    }
}

/// What [`detect`] makes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The script of most letters.
    pub script: Script,
    /// The language of most words.
    pub language: Language,
    /// Whether the text said enough: about two telling words more for this language than for the
    /// next. Where it is false, `language` is a guess, or the fallback of its script.
    pub sure: bool,
}

/// Words that are looked at: what a text says after these no longer changes its language.
const WORDS: usize = 200;

/// Bytes that are looked at, at most: a work budget.
const BYTES: usize = 8_000;

/// Weight by which a language must lead before it is sure: two telling words.
const LEAD: i32 = 6;

/// What every Latin text says for "other" beforehand, so that one of the three must speak louder; and
/// for Indonesian, the fallback of the words it shares with Malay.
const DOUBT: i32 = 1;

/// Says which script and language `text` is in. Reads at most its first 8,000 bytes and 200 words.
///
/// ```
/// use balagh_shared::language::{Language, Script, detect};
/// let detected = detect("یہاں سڑک پر بہت بڑا گڑھا ہے");
/// assert_eq!((detected.script, detected.language), (Script::Arabic, Language::Ur));
/// assert_eq!(detect("lampu jalan mati karena hujan, belum diperbaiki").language, Language::Id);
/// assert_eq!(detect("il y a un trou dans la rue").language, Language::Other);
/// assert!(!detect("?!").sure);
/// ```
#[must_use]
pub fn detect(text: &str) -> Detected {
    let text = text
        .get(..text.floor_char_boundary(BYTES))
        .unwrap_or_default();
    let script = Script::of(text);
    let mut tally = Tally::default();
    if script != Script::Other {
        // Words without a space between them are words all the same.
        let mut left = WORDS;
        for typed in text.split_whitespace() {
            for word in fold(typed).split(' ').take(left) {
                table::weigh(script, typed, word, &mut tally);
                left -= 1;
            }
        }
    }
    if script == Script::Latin {
        tally.add(Language::Other, DOUBT);
        tally.add(Language::Id, DOUBT);
    }
    let (best, lead) = tally.best(script.languages());
    Detected {
        script,
        language: best,
        sure: lead >= LEAD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, script: Script, language: Language) {
        let detected = detect(text);
        assert_eq!(
            (detected.script, detected.language),
            (script, language),
            "{text}"
        );
    }

    #[test]
    fn a_text_of_several_languages_is_the_one_of_most_words() {
        check(
            "الشارع عند Pizza Hut فيه حفرة كبيرة",
            Script::Arabic,
            Language::Ar,
        );
        check(
            "road par bahut bada gaddha hai please fix",
            Script::Latin,
            Language::Other,
        );
        check(
            "यहाँ street light खराब है और अंधेरा रहता है",
            Script::Devanagari,
            Language::Hi,
        );
        check(
            "ہماری street میں light نہیں ہے",
            Script::Arabic,
            Language::Ur,
        );
    }

    #[test]
    fn words_without_spaces_between_are_counted_as_words_too() {
        let text = "the.".repeat(WORDS) + &"tidak.".repeat(1_000);
        check(&text, Script::Latin, Language::En);
        assert_eq!(detect(&text), detect(&text.replace('.', " ")));
    }

    #[test]
    fn romanised_arabic_urdu_and_hindi_are_other() {
        for text in [
            "fi 7ofra kbeera fel share3 jamb el madrasa",
            "hamari gali mein pani nahi aa raha hai",
            "sadak par kachra pada hai koi nahi uthata",
        ] {
            check(text, Script::Latin, Language::Other);
        }
    }

    #[test]
    fn what_tells_nothing_is_the_fallback_and_not_sure() {
        for (text, script, language) in [
            ("", Script::Other, Language::Other),
            ("050 123 4567", Script::Other, Language::Other),
            ("👍👍", Script::Other, Language::Other),
            ("রাস্তা ভাঙা", Script::Other, Language::Other),
            ("xqzt", Script::Latin, Language::Other),
            ("عع", Script::Arabic, Language::Ar),
            ("झझ", Script::Devanagari, Language::Other),
        ] {
            check(text, script, language);
            assert!(!detect(text).sure, "{text}");
        }
    }

    #[test]
    fn only_the_beginning_of_a_long_text_is_read() {
        let long = "the street is dark and ".repeat(500_000);
        check(&long, Script::Latin, Language::En);
        let word = "a".repeat(10_000_000);
        assert_eq!(detect(&word).script, Script::Latin);
        let marks = "ا\u{064B}".repeat(1_000_000);
        assert_eq!(detect(&marks).script, Script::Arabic);
    }

    proptest! {
        #[test]
        fn any_text_has_a_language_of_its_script(text in any::<String>()) {
            let detected = detect(&text);
            prop_assert!(detected.script.languages().contains(&detected.language));
        }
    }
}
