//! Which words file a text is read with: told by the text alone, so that phone, edge and origin read
//! it with the same.

use crate::language::{Script, arabic_or_urdu};

/// What a words file reads: a language, or two that share most of their words.
///
/// Not [`detect`](crate::language::detect): it has five kilobytes of tables, and may say that it does
/// not know. Here some file has to read the text, and each learns from the texts that come to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tongue {
    /// Arabic in its letters.
    Arabic,
    /// Urdu in its letters.
    Urdu,
    /// Whatever is in Devanagari.
    Hindi,
    /// English; also romanised Arabic, Urdu and Hindi, and whatever nobody here reads.
    English,
    /// Indonesian and Malay.
    Malay,
}

/// How much each pair of letters speaks for Malay: a row the first letter, a column the second, `m` for
/// nothing, later letters for it and earlier ones against it. The first row and column are a word's
/// edge, the others `a` to `z`. Learnt by `cargo xtask weights`.
pub(super) const PAIRS: &str = include_str!("../../weights/pairs.txt");

impl Tongue {
    /// All of them.
    pub const ALL: [Tongue; 5] = [
        Tongue::Arabic,
        Tongue::English,
        Tongue::Hindi,
        Tongue::Malay,
        Tongue::Urdu,
    ];

    /// What its file is asked for by: a language's code, of Indonesian and Malay `ms`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Tongue::Arabic => "ar",
            Tongue::English => "en",
            Tongue::Hindi => "hi",
            Tongue::Malay => "ms",
            Tongue::Urdu => "ur",
        }
    }

    /// What `text` is read with.
    ///
    /// ```
    /// use balagh_shared::categorise::Tongue;
    /// assert_eq!(Tongue::of("یہاں سڑک پر بہت بڑا گڑھا ہے"), Tongue::Urdu);
    /// assert_eq!(Tongue::of("lampu jalan mati"), Tongue::Malay);
    /// assert_eq!(Tongue::of("gali mein kachra hai"), Tongue::English);
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Tongue {
        match Script::of(text) {
            Script::Arabic if arabic_or_urdu(text) > 0 => Tongue::Urdu,
            Script::Arabic => Tongue::Arabic,
            Script::Devanagari => Tongue::Hindi,
            Script::Latin | Script::Other => match malay(PAIRS, text) {
                1.. => Tongue::Malay,
                _ => Tongue::English,
            },
        }
    }

    /// What a text that begins with `begun` is likely to be read with, on a phone that shows `language`:
    /// what to fetch before enough was written to tell.
    #[must_use]
    pub fn likely(language: &str, begun: &str) -> Tongue {
        let own = Tongue::of_language(language);
        match Script::of(begun) == own.script() {
            true => own,
            false => Tongue::of(begun),
        }
    }

    /// What reads a language of the widget.
    #[must_use]
    pub fn of_language(language: &str) -> Tongue {
        match language {
            "ar" => Tongue::Arabic,
            "hi" => Tongue::Hindi,
            "id" | "ms" => Tongue::Malay,
            "ur" => Tongue::Urdu,
            _ => Tongue::English,
        }
    }

    /// What it is written in.
    pub(super) const fn script(self) -> Script {
        match self {
            Tongue::Arabic | Tongue::Urdu => Script::Arabic,
            Tongue::English | Tongue::Malay => Script::Latin,
            Tongue::Hindi => Script::Devanagari,
        }
    }

    /// The one with whose words its own may be confused.
    #[must_use]
    pub const fn beside(self) -> Option<Tongue> {
        match self {
            Tongue::Arabic => Some(Tongue::Urdu),
            Tongue::Urdu => Some(Tongue::Arabic),
            Tongue::English => Some(Tongue::Malay),
            Tongue::Malay => Some(Tongue::English),
            Tongue::Hindi => None,
        }
    }
}

/// Letters with a word's edge: what pairs are made of.
pub(super) const LETTERS: usize = 27;

/// Calls `see` with the place of each pair of letters of `text`.
pub(super) fn each_pair(text: &str, see: &mut dyn FnMut(usize)) {
    let mut before = 0;
    for letter in text.bytes().chain([0]) {
        let place = match letter.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => usize::from(letter - b'a') + 1,
            _ => 0,
        };
        if (before, place) != (0, 0) {
            see(before * LETTERS + place);
        }
        before = place;
    }
}

/// How much `text` reads like Malay by `pairs`, above 0 where it does.
pub(super) fn malay(pairs: &str, text: &str) -> i32 {
    let mut sum = 0;
    each_pair(text, &mut |place| {
        let row = place / LETTERS;
        // Each row ends its line.
        let weight = pairs.as_bytes().get(place + row);
        sum += weight.map_or(0, |weight| i32::from(*weight) - i32::from(b'm'));
    });
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_rows_of_letters() {
        let rows: Vec<&str> = PAIRS.lines().collect();
        assert_eq!(rows.len(), LETTERS);
        for row in rows {
            assert_eq!(row.len(), LETTERS);
            assert!(row.bytes().all(|weight| weight.is_ascii_lowercase()));
        }
    }

    #[test]
    fn what_people_write_is_read_with_the_words_of_their_language() {
        for (text, expected) in [
            ("حفرة كبيرة في الشارع", Tongue::Arabic),
            ("", Tongue::English),
            ("রাস্তা ভাঙা", Tongue::English),
            ("1234", Tongue::English),
            ("सड़क पर गड्ढा", Tongue::Hindi),
            ("There is a hole in the road", Tongue::English),
            ("Ada lubang besar di jalan", Tongue::Malay),
            ("sampah tak dikutip", Tongue::Malay),
            ("فٹ پاتھ ٹوٹا ہوا ہے", Tongue::Urdu),
            ("بتی بند", Tongue::Urdu),
            ("نور", Tongue::Arabic),
        ] {
            assert_eq!(Tongue::of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_language_of_the_widget_has_a_file_and_each_file_is_some_language_s() {
        for (language, _) in crate::language::OWN_NAMES {
            let tongue = Tongue::of_language(language);
            assert!(Tongue::ALL.contains(&tongue));
        }
        for tongue in Tongue::ALL {
            assert_eq!(Tongue::of_language(tongue.code()), tongue);
            assert!(tongue.beside().is_none_or(|it| it.beside() == Some(tongue)));
        }
    }
}
