//! Text counted as people count.

/// How many characters people would count: an approximation of Unicode's extended grapheme clusters
/// (UAX #29) without its tables. Linear in time, for text of any length.
///
/// Exact for Latin, Arabic, Devanagari with its conjuncts (क्ष is one, नमस्ते three), Bengali,
/// Gujarati, Odia, Telugu and Malayalam conjuncts, Hangul, flags, emoji with skin tones, variation
/// selectors and joiners, and CR LF. It departs from UAX #29 where
///
/// - a mark of a script not named in this file (Tibetan, Khmer, Myanmar, Balinese …) counts as one;
/// - a joiner takes the next symbol with it whether or not Unicode calls that symbol pictographic;
/// - 170 of the 1,024 places of the other Indian blocks differ: unassigned ones count as marks, and a
///   vowel sign between a virama and a consonant, which no word has, does not part them.
///
/// ```
/// use balagh_shared::text::length;
/// assert_eq!(length("حُفْرَة"), 4);
/// assert_eq!(length("👨‍👩‍👧 🇸🇦 👍🏽"), 5);
/// ```
#[must_use]
pub fn length(text: &str) -> u32 {
    length_to(text, u32::MAX)
}

/// [`length`], or `most` where that is less: no further is counted.
#[must_use]
pub fn length_to(text: &str, most: u32) -> u32 {
    let mut count = 0_u32;
    let mut cluster = Cluster::Start;
    for character in text.chars() {
        let (joins, next) = cluster.then(Kind::of(character));
        if !joins {
            if count == most {
                break;
            }
            count += 1;
        }
        cluster = next;
    }
    count
}

/// What a character does to the cluster it stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Return,
    LineFeed,
    Control,
    /// A mark on the character before.
    Mark,
    /// A mark that ends a conjunct: a vowel sign beside the consonant, or ZWNJ.
    Ending,
    Joiner,
    /// A sign that begins the cluster of what follows (Arabic number signs).
    Prepended,
    Symbol,
    Flag,
    Consonant,
    Virama,
    Leading,
    Vowel,
    Trailing,
    /// A Hangul syllable without and with a final consonant.
    Open,
    Closed,
    Other,
}

/// The cluster so far, as far as the next character cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cluster {
    /// Nothing joins: the start, a line break or a control.
    Start,
    Return,
    Prepended,
    Other,
    Symbol,
    SymbolJoined,
    /// One half of a flag.
    Flag,
    /// A consonant, and whether a virama followed it.
    Consonant {
        linked: bool,
    },
    Leading,
    Vowel,
    Trailing,
}

impl Cluster {
    /// Whether `kind` belongs to this cluster, and the cluster after it.
    fn then(self, kind: Kind) -> (bool, Self) {
        let alone = |next| (self == Self::Prepended, next);
        match kind {
            Kind::LineFeed => (self == Self::Return, Self::Start),
            Kind::Return => (false, Self::Return),
            Kind::Control => (false, Self::Start),
            Kind::Mark | Kind::Ending | Kind::Joiner | Kind::Virama => match self {
                // A mark without a letter is seen alone.
                Self::Start | Self::Return => (false, Self::Other),
                Self::Symbol if kind == Kind::Joiner => (true, Self::SymbolJoined),
                Self::Symbol => (true, Self::Symbol),
                Self::Consonant { linked } if kind != Kind::Ending => {
                    let linked = linked || kind == Kind::Virama;
                    (true, Self::Consonant { linked })
                }
                _ => (true, Self::Other),
            },
            Kind::Prepended => alone(Self::Prepended),
            Kind::Symbol if self == Self::SymbolJoined => (true, Self::Symbol),
            Kind::Symbol => alone(Self::Symbol),
            Kind::Flag if self == Self::Flag => (true, Self::Other),
            Kind::Flag => alone(Self::Flag),
            Kind::Consonant if self == (Self::Consonant { linked: true }) => {
                (true, Self::Consonant { linked: false })
            }
            Kind::Consonant => alone(Self::Consonant { linked: false }),
            Kind::Leading if self == Self::Leading => (true, Self::Leading),
            Kind::Leading => alone(Self::Leading),
            Kind::Open if self == Self::Leading => (true, Self::Vowel),
            Kind::Open => alone(Self::Vowel),
            Kind::Closed if self == Self::Leading => (true, Self::Trailing),
            Kind::Closed => alone(Self::Trailing),
            Kind::Vowel if matches!(self, Self::Leading | Self::Vowel) => (true, Self::Vowel),
            Kind::Vowel => alone(Self::Vowel),
            Kind::Trailing if matches!(self, Self::Vowel | Self::Trailing) => {
                (true, Self::Trailing)
            }
            Kind::Trailing => alone(Self::Trailing),
            Kind::Other => alone(Self::Other),
        }
    }
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            '\r' => Self::Return,
            '\n' => Self::LineFeed,
            ' '..='~' => Self::Other,
            '\u{0000}'..='\u{009F}' | '\u{00AD}' | '\u{061C}' | '\u{180E}' => Self::Control,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' => Self::Control,
            '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}' => Self::Control,
            '\u{E0000}'..='\u{E001F}' => Self::Control,
            '\u{200D}' => Self::Joiner,
            '\u{200C}' => Self::Ending,
            '\u{0600}'..='\u{0605}' | '\u{06DD}' | '\u{0890}' | '\u{0891}' | '\u{08E2}' => {
                Self::Prepended
            }
            '\u{0900}'..='\u{0D7F}' => Self::indian(character),
            '\u{1F1E6}'..='\u{1F1FF}' => Self::Flag,
            '\u{1F3FB}'..='\u{1F3FF}' => Self::Mark,
            '©' | '®' | '‼' | '⁉' | '™' | 'ℹ' | '\u{2194}'..='\u{21AA}' => Self::Symbol,
            '\u{231A}'..='\u{23FF}' | '\u{24C2}' | '\u{25AA}'..='\u{27BF}' => Self::Symbol,
            '\u{2934}'..='\u{2935}' | '\u{2B05}'..='\u{2B55}' | '〰' | '〽' | '㊗' | '㊙' => {
                Self::Symbol
            }
            '\u{1F000}'..='\u{1FAFF}' => Self::Symbol,
            '\u{1100}'..='\u{115F}' | '\u{A960}'..='\u{A97C}' => Self::Leading,
            '\u{1160}'..='\u{11A7}' | '\u{D7B0}'..='\u{D7C6}' => Self::Vowel,
            '\u{11A8}'..='\u{11FF}' | '\u{D7CB}'..='\u{D7FB}' => Self::Trailing,
            // 28 syllables a vowel, the first of them open.
            '\u{AC00}'..='\u{D7A3}' if (u32::from(character) - 0xAC00).is_multiple_of(28) => {
                Self::Open
            }
            '\u{AC00}'..='\u{D7A3}' => Self::Closed,
            other if is_mark(other) => Self::Mark,
            _ => Self::Other,
        }
    }

    /// The scripts of India lie in blocks of 128 with the same signs at the same places.
    fn indian(character: char) -> Self {
        let place = u32::from(character) % 0x80;
        // Bengali, Gujarati, Odia, Telugu and Malayalam join consonants like Devanagari; Gurmukhi,
        // Tamil and Kannada show the virama.
        let joins = matches!(
            u32::from(character) / 0x80,
            0x12 | 0x13 | 0x15 | 0x16 | 0x18 | 0x1A
        );
        match (character, place) {
            ('\u{0950}' | '\u{093D}' | '\u{0904}', _) => Self::Other,
            ('\u{093A}' | '\u{0A70}' | '\u{0A71}' | '\u{0A75}', _) => Self::Mark,
            ('\u{0903}' | '\u{093B}' | '\u{093E}'..='\u{0940}', _) => Self::Ending,
            ('\u{0949}'..='\u{094C}' | '\u{094E}' | '\u{094F}', _) => Self::Ending,
            ('\u{0955}'..='\u{0957}' | '\u{0951}'..='\u{0954}', _) => Self::Mark,
            ('\u{0B83}' | '\u{0C04}'..='\u{0C0F}' | '\u{0D4E}'..='\u{0D54}', _) => Self::Other,
            (_, 0x4D) if joins => Self::Virama,
            (_, 0x00..=0x03 | 0x3C | 0x3E..=0x4D | 0x55..=0x57 | 0x62 | 0x63) => Self::Mark,
            (_, 0x15..=0x39 | 0x58..=0x5F) if joins => Self::Consonant,
            ('\u{0978}'..='\u{097F}', _) => Self::Consonant,
            _ => Self::Other,
        }
    }
}

/// Marks outside the scripts of India.
fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036F}'
        | '\u{0483}'..='\u{0489}'
        // Hebrew points.
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}'
        | '\u{05C7}'
        // Arabic.
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E4}' | '\u{06E7}' | '\u{06E8}' | '\u{06EA}'..='\u{06ED}'
        | '\u{0897}'..='\u{089F}' | '\u{08CA}'..='\u{08E1}' | '\u{08E3}'..='\u{08FF}'
        // Sinhala, Thai, Lao.
        | '\u{0DCA}'..='\u{0DDF}' | '\u{0DF2}' | '\u{0DF3}' | '\u{0E31}' | '\u{0E33}'..='\u{0E3A}'
        | '\u{0E47}'..='\u{0E4E}' | '\u{0EB1}' | '\u{0EB3}'..='\u{0EBC}' | '\u{0EC8}'..='\u{0ECE}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20F0}' | '\u{3099}' | '\u{309A}' | '\u{A8E0}'..='\u{A8F1}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{FF9E}' | '\u{FF9F}'
        // Tags of regional flags, more variation selectors.
        | '\u{E0020}'..='\u{E007F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    fn by_unicode(text: &str) -> u32 {
        u32::try_from(text.graphemes(true).count()).unwrap()
    }

    #[test]
    fn length_counts_what_people_see() {
        for (text, expected) in [
            ("حُفْرَة", 4),
            ("سڑک پر گڑھا", 11),
            ("می‌شود", 5),
            ("नमस्ते", 3),
            ("क्षत्रिय", 3),
            ("राष्ट्रीय", 3),
            ("सड़क", 3),
            ("👨‍👩‍👧", 1),
            ("👍🏽", 1),
            ("❤️", 1),
            ("🏳️‍🌈", 1),
            ("🇸🇦🇮🇳", 2),
            ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
            ("1️⃣", 1),
            ("한국", 2),
            ("\u{1112}\u{1161}\u{11AB}", 1),
            ("e\u{301}", 1),
            ("a\r\nb", 3),
            ("abc", 3),
            ("", 0),
        ] {
            assert_eq!(length(text), expected, "{text}");
            assert_eq!(by_unicode(text), expected, "{text}, by Unicode");
        }
    }

    /// Characters of `blocks` that anywhere in a text make it count otherwise than Unicode does.
    fn differing(blocks: impl Iterator<Item = char>, befores: &[&str]) -> Vec<String> {
        blocks
            .filter(|character| {
                befores.iter().any(|before| {
                    let text = format!("{before}{character}क");
                    length(&text) != by_unicode(&text)
                })
            })
            .map(|character| format!("{:04X}", u32::from(character)))
            .collect()
    }

    #[test]
    fn each_character_of_our_scripts_counts_as_unicode_says() {
        let ours = ('\u{0}'..='\u{036F}')
            .chain('\u{0600}'..='\u{06FF}')
            .chain('\u{0750}'..='\u{077F}')
            .chain('\u{08A0}'..='\u{097F}')
            .chain('\u{1E00}'..='\u{1EFF}')
            .chain('\u{2000}'..='\u{2BFF}')
            .chain('\u{AC00}'..='\u{D7A3}')
            .chain('\u{FB50}'..='\u{FEFF}')
            .chain('\u{1F000}'..='\u{1FAFF}');
        let befores = ["", "a", "ب", "क", "क्", "👍", "\u{1100}"];
        assert_eq!(differing(ours, &befores), [""; 0]);
    }

    #[test]
    fn the_other_scripts_of_india_differ_in_few_characters() {
        let befores = ["", "क", "ক", "ক্", "க்"];
        let differing = differing('\u{0980}'..='\u{0D7F}', &befores);
        assert!(differing.len() <= 170, "{}: {differing:?}", differing.len());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn texts_of_the_six_languages_and_emoji_count_as_unicode_says(
            text in "[ -~À-ɏاآبةتحرسشعكلمنهوييؤئٹڈڑںےہھگچپ\u{064B}-\u{0652}\u{0670}\u{200C}\u{200D}\
                     \u{0901}-\u{0903}अ-ह\u{093C}\u{093E}-\u{094D}।०-९\r\n👍👨👩👧🏽❤\u{FE0F}🇸🇦🇮🇳]{0,40}"
        ) {
            prop_assert_eq!(length(&text), by_unicode(&text));
        }

        #[test]
        fn any_text_has_no_more_graphemes_than_characters(text in any::<String>()) {
            prop_assert!(length(&text) as usize <= text.chars().count());
        }
    }
}
