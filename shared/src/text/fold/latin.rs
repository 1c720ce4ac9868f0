//! Latin script: case, accents, ligatures, full width.

use super::Piece;

/// What a character of the Latin blocks is to a search.
pub(super) fn piece(character: char) -> Piece {
    match character {
        'A'..='Z' => Piece::Letter(character.to_ascii_lowercase()),
        'a'..='z' | '0'..='9' => Piece::Letter(character),
        // Apostrophes stand inside words, and are left out as often ("don't", "jum'at", "Saʿud").
        '\'' | '`' | '´' | '\u{2018}'..='\u{201B}' | '\u{02B0}'..='\u{02FF}' => Piece::Nothing,
        '\u{00AD}' | '\u{0300}'..='\u{036F}' => Piece::Nothing,
        '\u{00C0}'..='\u{024F}' => listed(BASES, character, '\u{00C0}'),
        // The schwa of Azerbaijani, the ezh of Skolt Sámi; other phonetic letters stay.
        'ə' => Piece::Letter('e'),
        'ʒ' => Piece::Letter('z'),
        '\u{0250}'..='\u{02AF}' => Piece::Letter(character),
        '\u{1E00}'..='\u{1EFF}' => listed(ADDITIONAL, character, '\u{1E00}'),
        '\u{212A}' => Piece::Letter('k'),
        '\u{212B}' => Piece::Letter('a'),
        'ﬀ' => Piece::Letters("ff"),
        'ﬁ' => Piece::Letters("fi"),
        'ﬂ' => Piece::Letters("fl"),
        'ﬃ' => Piece::Letters("ffi"),
        'ﬄ' => Piece::Letters("ffl"),
        'ﬅ' | 'ﬆ' => Piece::Letters("st"),
        _ => Piece::Gap,
    }
}

/// What a character of the full-width forms is to a search.
pub(super) fn full_width(character: char) -> Piece {
    let plain = u32::from(character).checked_sub(0xFEE0);
    match plain.and_then(char::from_u32) {
        Some(plain) if plain.is_ascii() => piece(plain),
        _ => Piece::Gap,
    }
}

fn listed(bases: &'static str, character: char, first: char) -> Piece {
    let place = u32::from(character) - u32::from(first);
    let base = usize::try_from(place)
        .ok()
        .and_then(|place| bases.as_bytes().get(place));
    match base {
        Some(b'A') => Piece::Letters("ae"),
        Some(b'J') => Piece::Letters("ij"),
        Some(b'O') => Piece::Letters("oe"),
        Some(b'S') => Piece::Letters("ss"),
        Some(b'T') => Piece::Letters("th"),
        Some(&base @ b'a'..=b'z') => Piece::Letter(char::from(base)),
        Some(b'?') => Piece::Letter(character),
        _ => Piece::Gap,
    }
}

/// Base letters of U+00C0–024F in order; capitals are letters written as two, `?` has no base.
const BASES: &str = "\
    aaaaaaAceeeeiiiidnooooo ouuuuyTSaaaaaaAceeeeiiiidnooooo ouuuuyTyaaaaaaccccccccddddeeeeeeeeee\
    gggggggghhhhiiiiiiiiiiJJjjkkkllllllllllnnnnnnnnnooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyy\
    yzzzzzzsbbbb??occdddddeeeffg??iikkl??nnooo??pp?????ttttuu?vyyzzz????????????zzzlllnnnaaiioou\
    uuuuuuuuueaaaaAAggggkkoooozzjzzzgg??nnaaAAooaaaaeeeeiiiioooorrrruuuusstt??hhnd??zzaaeeoooooo\
    ooyylntj??accltsz??bu?eejj??rryy";

/// Base letters of U+1E00–1EFF.
const ADDITIONAL: &str = "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnn\
    oooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyasssSd\
    aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyyllvvyy";

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    #[test]
    fn the_lists_are_as_long_as_their_blocks() {
        assert_eq!(BASES.len(), 0x250 - 0xC0);
        assert_eq!(ADDITIONAL.len(), 0x100);
    }

    #[test]
    fn each_accented_letter_folds_like_its_first_letter_decomposed() {
        for letter in ('\u{00C0}'..='\u{024F}').chain('\u{1E00}'..='\u{1EFF}') {
            let decomposed: String = letter.to_string().nfd().collect();
            assert_eq!(
                crate::text::fold(&letter.to_string()),
                crate::text::fold(&decomposed)
            );
        }
    }
}
