//! Romanised Arabic, Urdu and Hindi: one key for the many ways to spell them in Latin letters.

use super::fold;

/// The folded words of `text`, each Latin one as a key that its romanised spellings share. Only to
/// be compared with other keys; never shown.
///
/// - Arabizi digits inside a word are letters: `7ofra` and `hofra`, `share3` and `sharea`.
/// - Long and short vowels, and diphthongs, are one of *a*, *i*, *u*: `paani`, `pani`; `hai`, `he`;
///   `chowk`, `chauk`; final *h* after a vowel is silent (`madrasah`).
/// - Aspiration goes (`gaddha`, `gadda`; `khamba`, `kamba`), *ph* is *f*, *sh* is *s*, *q* and *x*
///   are *k*, *z* is *j* (`zameen`, `jamin`), *w* is *v*, doubled letters are one.
///
/// English words get keys too, and some meet (`ship`, `sip`): use it beside the folded word, for
/// less. Words of other scripts stay as folded.
///
/// Idempotent, linear in time, and never longer than [`fold`]'s result.
///
/// ```
/// use balagh_shared::text::romanised;
/// assert_eq!(romanised("paani ka naala"), romanised("Pani ka nalah"));
/// assert_eq!(romanised("7ofra kbeera"), romanised("hufra kbirah"));
/// ```
#[must_use]
pub fn romanised(text: &str) -> String {
    let folded = fold(text);
    let mut keys = String::with_capacity(folded.len());
    for word in folded.split(' ') {
        let start = keys.len();
        if start > 0 {
            keys.push(' ');
        }
        let first = keys.len();
        if is_romanised(word) {
            Key {
                keys: &mut keys,
                first,
            }
            .write(word);
        } else {
            keys.push_str(word);
        }
        if keys.len() == first {
            keys.truncate(start);
        }
    }
    keys
}

fn is_romanised(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// The key of one word, which begins at `first`.
struct Key<'a> {
    keys: &'a mut String,
    first: usize,
}

impl Key<'_> {
    fn write(&mut self, word: &str) {
        for letter in word.chars() {
            match letter {
                // Arabizi: hamza, ayn, kha, emphatic t, ha, qaf, sad.
                '2' => {}
                '3' => self.vowel('a'),
                '5' | 'q' | 'x' => self.consonant('k'),
                '6' => self.consonant('t'),
                '7' => self.h(),
                '8' => self.consonant('k'),
                '9' => self.consonant('s'),
                'a' => self.vowel('a'),
                'e' | 'i' | 'y' => self.vowel('i'),
                'o' | 'u' => self.vowel('u'),
                'h' => self.h(),
                'w' => self.consonant('v'),
                'z' => self.consonant('j'),
                other => self.consonant(other),
            }
        }
        // An h after a vowel is silent at the end, and a v is a vowel there.
        while let Some(('h', Some('a' | 'i' | 'u'))) = self.last_two() {
            self.keys.pop();
        }
        self.v_as_vowel();
    }

    /// The last letter of the key, and the one before it.
    fn last_two(&self) -> Option<(char, Option<char>)> {
        let mut letters = self.keys.get(self.first..)?.chars().rev();
        letters.next().map(|last| (last, letters.next()))
    }

    fn last(&self) -> Option<char> {
        self.last_two().map(|(last, _)| last)
    }

    fn push(&mut self, letter: char) {
        if self.last() != Some(letter) || letter.is_ascii_digit() {
            self.keys.push(letter);
        }
    }

    fn vowel(&mut self, vowel: char) {
        // ai and au are e and o.
        if vowel != 'a' && self.last() == Some('a') {
            self.keys.pop();
        }
        self.push(vowel);
    }

    fn consonant(&mut self, letter: char) {
        // `chowk`, `chauk`; but `awaz` keeps its v.
        if letter != 'v' {
            self.v_as_vowel();
        }
        // ck is k.
        if letter == 'k' && self.last() == Some('c') {
            self.keys.pop();
        }
        self.push(letter);
    }

    fn h(&mut self) {
        match self.last() {
            Some('p') => {
                self.keys.pop();
                self.push('f');
            }
            Some('b' | 'c' | 'd' | 'f' | 'g' | 'j' | 'k' | 's' | 't') => {}
            _ => self.consonant('h'),
        }
    }

    fn v_as_vowel(&mut self) {
        if let Some(('v', Some('a' | 'u'))) = self.last_two() {
            self.keys.pop();
            self.vowel('u');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn romanised_spellings_of_one_word_share_a_key() {
        for spellings in [
            &["paani", "pani", "PAANII"][..],
            &["gaddha", "gadda", "gadda"],
            &["khamba", "khambah", "5amba", "kamba"],
            &["chowk", "chauk", "chouk"],
            &["zameen", "jameen", "zamin"],
            &["7ofra", "hofra", "hufrah"],
            &["share3", "sharea"],
            &["madrasa", "madrasah", "madrassa"],
            &["hai", "he", "hay"],
            &["qareeb", "kareeb", "karib"],
            &["phal", "fal"],
            &["ʿumar", "umar", "omar"],
            &["moya", "muya"],
        ] {
            for spelling in spellings {
                assert_eq!(romanised(spelling), romanised(spellings[0]), "{spelling}");
            }
        }
    }

    #[test]
    fn different_words_and_numbers_keep_different_keys() {
        for (one, other) in [
            ("paani", "bani"),
            ("gali", "kali"),
            ("din", "dana"),
            ("123", "133"),
            ("سڑک", "sarak"),
        ] {
            assert_ne!(romanised(one), romanised(other));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn a_key_is_its_own_key_and_never_longer_than_the_folded_text(
            text in "[aeiouywvhkpcqxzstdb1-9 'ا]{0,16}|\\PC{0,30}"
        ) {
            let once = romanised(&text);
            prop_assert!(once.len() <= fold(&text).len());
            prop_assert_eq!(romanised(&once), once);
        }
    }
}
