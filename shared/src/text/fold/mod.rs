//! Text folded for searching: what people type in many ways comes out one way.
//!
//! | script | what becomes one |
//! | --- | --- |
//! | [Arabic](arabic) | vowel marks, tatweel, hamza carriers, ya, ta marbuta, Persian and Urdu forms, presentation forms |
//! | [Latin](latin) | case, accents, ligatures, full width, apostrophes |
//! | [Devanagari](devanagari) | nukta, chandrabindu, candra vowels, homorganic nasals, glides between vowels |

mod arabic;
mod devanagari;
mod latin;

use super::digits::digit;

/// Folds `text` for searching: lower case, no accents, one form of each Arabic letter, no vowel
/// marks or tatweel, 0–9 digits, a letter typed three or more times once, and every run of anything
/// else one space.
///
/// Idempotent, linear in time, and never more than three times the characters of `text` (`ﬃ`) nor
/// four thirds of its bytes (`ﻻ`). Arabic, Latin and Devanagari come out the same composed and
/// decomposed. Other scripts keep their letters as typed.
///
/// ```
/// use balagh_shared::text::fold;
/// assert_eq!(fold("حُفْرَةٌ  كبيـــرة!"), "حفره كبيره");
/// assert_eq!(fold("Pothole, Café"), "pothole cafe");
/// assert_eq!(fold("सड़क बन्द"), fold("सडक बंद"));
/// assert_eq!(fold("biiiiig"), "big");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    let mut words = Words::with_capacity(text.len());
    for character in text.chars() {
        match piece(character) {
            Piece::Letter(letter) => words.letter(letter),
            Piece::Letters(letters) => letters.chars().for_each(|letter| words.letter(letter)),
            Piece::Nothing => {}
            Piece::Gap => words.gap(),
        }
    }
    words.gap();
    words.text
}

/// What a character is to a search.
enum Piece {
    Letter(char),
    /// A ligature taken apart.
    Letters(&'static str),
    /// A mark on the letter before it.
    Nothing,
    /// What separates words.
    Gap,
}

fn piece(character: char) -> Piece {
    match character {
        'a'..='z' | '0'..='9' => Piece::Letter(character),
        '\u{0000}'..='\u{036F}' | '\u{1E00}'..='\u{1EFF}' => latin::piece(character),
        // Combining marks of every script's blocks, joiners, direction marks, variation selectors.
        '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FE20}'..='\u{FE2F}'
        | '\u{FEFF}' => Piece::Nothing,
        '\u{0600}'..='\u{06FF}' | '\u{08D3}'..='\u{08FF}' | '\u{FB50}'..='\u{FDFF}' => {
            arabic::piece(character)
        }
        '\u{FE70}'..='\u{FEFC}' => arabic::piece(character),
        '\u{0900}'..='\u{097F}' => devanagari::piece(character),
        '\u{2018}'..='\u{201B}' | '\u{212A}' | '\u{212B}' | '\u{FB00}'..='\u{FB06}' => {
            latin::piece(character)
        }
        '\u{FF00}'..='\u{FF65}' => latin::full_width(character),
        // Other scripts: letters are told from punctuation well enough by their block.
        '\u{2000}'..='\u{2BFF}'
        | '\u{3000}'..='\u{303F}'
        | '\u{E000}'..='\u{F8FF}'
        | '\u{1F000}'..='\u{1FAFF}'
        | '\u{E0000}'..='\u{E0FFF}' => Piece::Gap,
        other => Piece::Letter(digit(other).unwrap_or(other)),
    }
}

/// Folded words, with the rules that need a look at the letters before.
struct Words {
    text: String,
    /// Whether the last word may go on.
    open: bool,
    /// The letter whose third repetition was just taken back to one.
    squeezed: Option<char>,
}

impl Words {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            open: false,
            squeezed: None,
        }
    }

    fn letter(&mut self, letter: char) {
        if !self.open {
            if !self.text.is_empty() {
                self.text.push(' ');
            }
            self.open = true;
            self.squeezed = None;
        }
        let (taken_back, letter) = devanagari::joined(&self.text, letter);
        for _ in 0..taken_back.letters {
            self.text.pop();
            self.squeezed = None;
        }
        if let Some(sign) = taken_back.for_sign {
            self.push(sign);
        }
        self.push(letter);
    }

    /// Appends `letter`; the third in a row takes the second back: nobody's word has three of a
    /// letter, and a stretched one ("biiig", "كبييير") mostly has one. Numbers do have three.
    fn push(&mut self, letter: char) {
        if self.squeezed == Some(letter) {
            return;
        }
        self.squeezed = None;
        let mut before = self.text.chars().rev();
        let third = before.next() == Some(letter) && before.next() == Some(letter);
        if third && !letter.is_ascii_digit() {
            self.text.pop();
            self.squeezed = Some(letter);
        } else {
            self.text.push(letter);
        }
    }

    /// Ends the word, and takes back what says nothing at its end.
    fn gap(&mut self) {
        while self.text.ends_with(devanagari::SILENT_AT_THE_END) {
            self.text.pop();
        }
        if self.text.ends_with(' ') {
            self.text.pop();
        }
        self.open = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn check(same: &[(&str, &str)]) {
        for (one, other) in same {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn arabic_spellings_of_one_word_fold_to_one() {
        check(&[
            ("إنارة", "اناره"),
            ("مُتَهَالِك", "متهالك"),
            ("مستشفى", "مستشفي"),
            ("شــــارع", "شارع"),
            ("فيلا", "ڤيلا"),
            ("ٱلرَّحْمَٰن", "الرحمن"),
            ("مسؤول", "مسوول"),
            ("ﺷﺎﺭﻉ ﺍﻹﻧﺎﺭﺓ", "شارع الإنارة"),
            ("ﻻ ﻷ ﻵ", "لا لأ لآ"),
            ("١٢٣", "123"),
            ("كبيييييير", "كبير"),
        ]);
    }

    #[test]
    fn urdu_and_persian_forms_fold_to_the_arabic_letter_they_are() {
        check(&[
            ("سڑک", "سڑك"),
            ("نہیں", "نهين"),
            ("گھر", "گهر"),
            ("کوڑے", "کوڑی"),
            ("می‌شود", "میشود"),
            ("۱۲۳", "١٢٣"),
            ("ﮔﻠﯽ", "گلی"),
        ]);
    }

    #[test]
    fn letters_that_tell_words_apart_stay_apart() {
        for (one, other) in [
            ("پل", "بل"),
            ("ٹوٹا", "توتا"),
            ("گرم", "كرم"),
            ("چور", "جور"),
            ("ماء", "ما"),
            ("बल", "बाल"),
            ("जाली", "जली"),
            ("see", "se"),
            ("100", "1000"),
        ] {
            assert_ne!(fold(one), fold(other));
        }
    }

    #[test]
    fn latin_spellings_of_one_word_fold_to_one() {
        check(&[
            ("NAÏVE", "naive"),
            ("Straße", "STRASSE"),
            ("Œuvre", "oeuvre"),
            ("İstanbul ışık", "istanbul isik"),
            ("Nguyễn Đường", "nguyen duong"),
            ("ʿUmar al-Qāḍī", "umar al qadi"),
            ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
            ("ﬁre oﬃce", "fire office"),
            ("don’t", "dont"),
            ("biiiig", "big"),
        ]);
    }

    #[test]
    fn devanagari_spellings_of_one_word_fold_to_one() {
        check(&[
            ("सड़क", "सडक"),
            ("ज़मीन", "जमीन"),
            ("हाँ", "हां"),
            ("नहीं", "नही"),
            ("हिन्दी", "हिंदी"),
            ("खम्बा", "खंबा"),
            ("डॉक्टर", "डाक्टर"),
            ("गयी", "गई"),
            ("रुपये", "रुपए"),
            ("क्\u{200D}ष", "क्ष"),
            ("जगत्", "जगत"),
            ("दुःख", "दुख"),
            ("९८७", "987"),
        ]);
    }

    #[test]
    fn what_is_no_letter_parts_words_and_nothing_else_is_left_of_it() {
        assert_eq!(fold("  a,b;\n\tc… 👨‍👩‍👧 d "), "a b c d");
        assert_eq!(fold("।! ँ ् —"), "");
        assert_eq!(fold("क ् ं ख"), "क ख");
        assert_eq!(fold("বাংলা தமிழ் дом"), "বাংলা தமிழ் дом");
    }

    #[test]
    fn ten_megabytes_and_storms_of_marks_are_folded() {
        let long = "पानी ﻻ ".repeat(400_000);
        assert!(fold(&long).len() <= long.len() / 3 * 4);
        let storm = format!("a{}", "\u{0301}".repeat(1_000_000));
        assert_eq!(fold(&storm), "a");
        let noncharacters = "\u{FFFE}\u{FFFF}\u{10FFFF}\u{FDD0}";
        assert_eq!(fold(&fold(noncharacters)), fold(noncharacters));
    }

    /// Characters whose rules meet.
    fn dense() -> impl Strategy<Value = String> {
        let letters = "aAbEéßﬃ'’ñI1٣९ اأةىیےہںكکڤﻻﷲ\u{064E}ـ नमङणयकतदपहअईएािीेुँंः़्क़\u{200D}।";
        let letters: Vec<char> = letters.chars().collect();
        proptest::collection::vec(proptest::sample::select(letters), 0..24)
            .prop_map(|letters| letters.into_iter().collect())
    }

    fn holds(text: &str) -> Result<(), TestCaseError> {
        let once = fold(text);
        prop_assert!(once.chars().count() <= 3 * text.chars().count());
        prop_assert!(once.len() * 3 <= text.len() * 4);
        prop_assert_eq!(fold(&once), once);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn folding_twice_is_folding_once_and_stays_within_the_bound(text in "\\PC{0,60}") {
            holds(&text)?;
        }

        #[test]
        fn the_same_holds_where_rules_meet(text in dense()) {
            holds(&text)?;
        }

        #[test]
        fn composed_and_decomposed_fold_alike(
            text in "[ -~À-ɏḀ-ỿ\u{0600}-\u{06FF}\u{0900}-\u{097F}]{0,40}"
        ) {
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), fold(&text));
            prop_assert_eq!(fold(&text.nfd().collect::<String>()), fold(&text));
        }
    }
}
