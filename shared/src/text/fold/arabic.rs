//! Arabic script: Arabic, Urdu, Persian and their neighbours.
//!
//! Forms of the *same* letter become one: ک and ك, ہ ھ and ه, ی ے and ي, ں and ن are chosen by the
//! keyboard more than by the writer. *Distinct* letters stay: folding ٹ ڈ ڑ پ چ ژ گ to ت د ر ب ج ز ك
//! would make پل (a bridge) and بل (a bill) one word, and a wrong sense costs a search more than the
//! rare writer without an Urdu keyboard. The hamza that stands alone stays too: without it ماء
//! (water) is ما (what).

use super::Piece;
use crate::text::digits::digit;

/// What a character of the Arabic blocks and presentation forms is to a search.
pub(super) fn piece(character: char) -> Piece {
    match character {
        // Tatweel, vowel marks, superscript alef, Quranic marks, number signs, direction mark.
        '\u{0600}'..='\u{0605}'
        | '\u{0610}'..='\u{061A}'
        | '\u{061C}'
        | '\u{0640}'
        | '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{0674}'
        | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E8}'
        | '\u{06EA}'..='\u{06ED}'
        | '\u{08D3}'..='\u{08FF}'
        | '\u{FE70}'..='\u{FE7F}'
        | '\u{FBB2}'..='\u{FBC2}' => Piece::Nothing,
        '\u{0606}'..='\u{060F}'
        | '\u{061B}'..='\u{061F}'
        | '\u{066A}'..='\u{066D}'
        | '\u{06D4}'
        | '\u{06DD}'
        | '\u{06DE}'
        | '\u{06E9}' => Piece::Gap,
        '\u{FB50}'..='\u{FBB1}' => presented(character, '\u{FB50}', FORMS_A),
        '\u{FBD3}'..='\u{FBE9}' => presented(character, '\u{FBD3}', FORMS_A_REST),
        '\u{FBFC}'..='\u{FBFF}' => Piece::Letter('ي'),
        // Ligatures of several letters or a whole phrase: seen in print, not in what people type.
        '\u{FBC3}'..='\u{FDFF}' => Piece::Gap,
        '\u{FE80}'..='\u{FEF4}' => presented(character, '\u{FE80}', FORMS_B),
        '\u{FEF5}'..='\u{FEFC}' => Piece::Letters("لا"),
        other => Piece::Letter(digit(other).unwrap_or_else(|| letter(other))),
    }
}

/// The one form of a letter.
fn letter(character: char) -> char {
    match character {
        'آ' | 'أ' | 'إ' | 'ٱ' | 'ٲ' | 'ٳ' | 'ٵ' => 'ا',
        // Also ے: "کوڑے" and "کوڑی", "نالے" and "نالی" are one word's endings.
        'ى' | 'ی' | 'ئ' | 'ے' | 'ۓ' | 'ې' | 'ۍ' | 'ێ' | 'ؠ' | 'ٸ' => 'ي',
        'ة' | 'ۃ' | 'ہ' | 'ۂ' | 'ھ' | 'ە' | 'ۀ' | 'ۿ' => 'ه',
        'ؤ' | 'ٶ' | 'ٷ' | 'ۄ'..='ۋ' | 'ۏ' => 'و',
        'ک' | 'ڪ' => 'ك',
        'ګ' => 'گ',
        'ں' => 'ن',
        // The v of loan words, which most write with ف: فيلا and ڤيلا.
        'ڤ' => 'ف',
        other => other,
    }
}

/// A presentation form: its place in a block that lists each letter's shapes in a row.
fn presented(character: char, first: char, forms: &str) -> Piece {
    let mut place = u32::from(character) - u32::from(first);
    for entry in forms.split(' ') {
        let mut entry = entry.chars();
        let form = entry.next().unwrap_or(character);
        let shapes = entry.next().and_then(|shapes| shapes.to_digit(10));
        match place.checked_sub(shapes.unwrap_or(0)) {
            Some(rest) => place = rest,
            None => return Piece::Letter(letter(form)),
        }
    }
    Piece::Gap
}

/// U+FB50–FBB1: each letter with the number of its shapes.
const FORMS_A: &str = "ا2 ٻ4 پ4 ڀ4 ٺ4 ٿ4 ٹ4 ڤ4 ڦ4 ڄ4 ڃ4 چ4 ڇ4 ڍ2 ڌ2 ڎ2 ڈ2 ژ2 ڑ2 ک4 \
    گ4 ڳ4 ڱ4 ں2 ڻ4 ۀ2 ہ4 ھ4 ے2 ۓ2";

/// U+FBD3–FBE9.
const FORMS_A_REST: &str = "ڭ4 و9 و4 ې4 ى2";

/// U+FE80–FEF4.
const FORMS_B: &str = "ء1 ا4 ؤ2 إ2 ئ4 ا2 ب4 ة2 ت4 ث4 ج4 ح4 خ4 د2 ذ2 ر2 ز2 س4 ش4 ص4 \
    ض4 ط4 ظ4 ع4 غ4 ف4 ق4 ك4 ل4 م4 ن4 ه4 و2 ي6";

#[cfg(test)]
mod tests {
    use crate::text::fold;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn each_presentation_form_folds_like_the_letter_it_shows() {
        let forms = ('\u{FB50}'..='\u{FBB1}')
            .chain('\u{FBD3}'..='\u{FBE9}')
            .chain('\u{FBFC}'..='\u{FBFF}')
            .chain('\u{FE80}'..='\u{FEFC}');
        for form in forms {
            let shown: String = form.to_string().nfkc().collect();
            assert_eq!(fold(&form.to_string()), fold(&shown), "{form:?}");
        }
    }
}
