//! Scripts, told by counting letters.

use super::Language;

/// A script the widget's languages are written in, or any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Script {
    /// Arabic and Urdu; also Persian, Pashto, Kurdish and others.
    Arabic,
    /// English, Indonesian and Malay; also most of the world.
    Latin,
    /// Hindi; also Marathi, Nepali and others.
    Devanagari,
    /// Any other, or no letter at all.
    Other,
}

impl Script {
    /// The script of most letters of `text`; of equally many, the first as listed here.
    ///
    /// ```
    /// use balagh_shared::language::Script;
    /// assert_eq!(Script::of("شارع 12 (Main St)"), Script::Latin);
    /// assert_eq!(Script::of("রাস্তা"), Script::Other);
    /// assert_eq!(Script::of("12:30"), Script::Other);
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Self {
        let (mut arabic, mut latin, mut devanagari, mut other) = (0_u32, 0_u32, 0_u32, 0_u32);
        for character in text.chars() {
            let count = match character {
                'A'..='Z' | 'a'..='z' => &mut latin,
                '\u{0000}'..='\u{00BF}' | '×' | '÷' | '\u{2000}'..='\u{2BFF}' => continue,
                '\u{00C0}'..='\u{02AF}' | '\u{1E00}'..='\u{1EFF}' => &mut latin,
                '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' => &mut latin,
                // Marks and digits count for no script: a vowelled word is no longer than a bare one.
                '\u{02B0}'..='\u{036F}' | '\u{0610}'..='\u{061F}' | '\u{064B}'..='\u{066D}' => {
                    continue;
                }
                '\u{06D6}'..='\u{06ED}' | '\u{06F0}'..='\u{06F9}' => continue,
                '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => &mut arabic,
                '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => &mut arabic,
                '\u{0964}'..='\u{096F}' => continue,
                '\u{0900}'..='\u{097F}' => &mut devanagari,
                '\u{3000}'..='\u{303F}' | '\u{FE00}'..='\u{FE6F}' | '\u{FEFD}'..='\u{FFFF}' => {
                    continue;
                }
                '\u{E000}'..='\u{F8FF}' | '\u{1F000}'..='\u{1FAFF}' | '\u{E0000}'.. => continue,
                _ => &mut other,
            };
            *count = count.saturating_add(1);
        }
        let most = arabic.max(latin).max(devanagari).max(other);
        match most {
            0 => Self::Other,
            most if most == arabic => Self::Arabic,
            most if most == latin => Self::Latin,
            most if most == devanagari => Self::Devanagari,
            _ => Self::Other,
        }
    }

    /// The languages to choose between; the first is the answer when nothing tells.
    pub(super) const fn languages(self) -> &'static [Language] {
        match self {
            Self::Arabic => &[Language::Ar, Language::Ur, Language::Other],
            Self::Latin => &[Language::Other, Language::En, Language::Id, Language::Ms],
            Self::Devanagari => &[Language::Hi, Language::Other],
            Self::Other => &[Language::Other],
        }
    }
}
