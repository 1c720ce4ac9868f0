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
//! - No clue at all: the script's first language here (Arabic, Hindi), [`Language::Other`] for
//!   Latin; never sure.

mod script;
mod table;
mod tally;

use crate::text::fold;
pub use script::Script;
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
    /// Whether the text said enough: at least two words' worth more for this language than for the
    /// next. Where it is false, `language` is the fallback of its script.
    pub sure: bool,
}

/// Words that are looked at: what a text says after these no longer changes its language.
const WORDS: usize = 200;

/// Bytes that are looked at, at most: a work budget.
const BYTES: usize = 8_000;

/// Weight by which a language must lead before it is sure: two telling words.
const LEAD: i32 = 6;

/// What every Latin text says for "other" beforehand: one of the three must speak louder.
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
        for typed in text.split_whitespace().take(WORDS) {
            for word in fold(typed).split(' ') {
                table::weigh(script, typed, word, &mut tally);
            }
        }
    }
    if script == Script::Latin {
        tally.add(Language::Other, DOUBT);
    }
    let (best, lead) = tally.best(script.languages());
    Detected {
        script,
        language: best,
        sure: lead >= LEAD,
    }
}
