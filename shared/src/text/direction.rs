//! Words of one direction inside a sentence of the other, for messages without markup.

use super::control::is_direction;

const ISOLATE: char = '\u{2068}';
const END: char = '\u{2069}';

/// The direction a sentence is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Left to right: Latin, Devanagari.
    LeftToRight,
    /// Right to left: Arabic.
    RightToLeft,
}

/// `text`, a sentence in `direction`, with each run of words of the other direction between FSI and
/// PDI (U+2068, U+2069), for SMS and plain e-mail, where no markup can do it.
///
/// Without them a report's number at the end of an Arabic sentence takes its full stop along, and a
/// telephone number's groups change places. In a right-to-left sentence, numbers of several parts
/// (`+966 13`, `12:30`) count as left to right; a plain one (`12`) needs nothing. Direction controls
/// of `text` itself go, so that nothing it holds can reach beyond it. Costs two UTF-16 units a run.
///
/// Idempotent; linear in time.
///
/// ```
/// use balagh_shared::text::{Direction, isolate};
/// assert_eq!(
///     isolate("بلاغك رقم EP-7KQ2 وصل.", Direction::RightToLeft),
///     "بلاغك رقم \u{2068}EP-7KQ2\u{2069} وصل.",
/// );
/// ```
#[must_use]
pub fn isolate(text: &str, direction: Direction) -> String {
    let mut isolated = String::with_capacity(text.len() + 12);
    // What may still belong to the run: gaps and plain numbers after its last foreign word.
    let mut pending = String::new();
    let mut open = false;
    let plain: String = text.chars().filter(|it| !is_direction(*it)).collect();
    for piece in plain.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end_matches(char::is_whitespace);
        let (before, core, after) = trimmed(word);
        let gap = piece.get(word.len()..).unwrap_or_default();
        let foreign = is_foreign(core, direction);
        if open && foreign && before.is_empty() {
            isolated.push_str(&pending);
            pending.clear();
            isolated.push_str(core);
        } else {
            close(&mut isolated, &mut pending, &mut open);
            isolated.push_str(before);
            if foreign {
                isolated.push(ISOLATE);
                open = true;
            }
            isolated.push_str(core);
        }
        // A run goes on over one space, and ends with punctuation or a line.
        if !after.is_empty() || gap != " " {
            close(&mut isolated, &mut pending, &mut open);
            isolated.push_str(after);
            isolated.push_str(gap);
        } else if open {
            pending.push_str(gap);
        } else {
            isolated.push_str(gap);
        }
    }
    close(&mut isolated, &mut pending, &mut open);
    isolated
}

fn close(isolated: &mut String, pending: &mut String, open: &mut bool) {
    if *open {
        isolated.push(END);
    }
    *open = false;
    isolated.push_str(pending);
    pending.clear();
}

/// A word's opening punctuation, itself, and its closing punctuation.
fn trimmed(word: &str) -> (&str, &str, &str) {
    let rest = word.trim_start_matches(['(', '[', '«', '"', '“', '‘']);
    let before = word.strip_suffix(rest).unwrap_or_default();
    let core = rest.trim_end_matches([
        ')', ']', '»', '"', '”', '’', '.', ',', ';', ':', '!', '?', '،', '؛', '؟', '…', '۔', '।',
    ]);
    let after = rest.strip_prefix(core).unwrap_or_default();
    (before, core, after)
}

fn is_foreign(word: &str, direction: Direction) -> bool {
    match direction {
        Direction::LeftToRight => word.chars().any(is_right_to_left),
        Direction::RightToLeft => {
            let digits = word.chars().filter(char::is_ascii_digit).count();
            word.chars().any(is_left_to_right) || digits > 0 && digits < word.chars().count()
                // A group of a telephone number; its neighbours make it part of a run.
                || digits >= 3
        }
    }
}

fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
        && !matches!(character, '\u{0660}'..='\u{066C}' | '\u{06F0}'..='\u{06F9}')
}

fn is_left_to_right(character: char) -> bool {
    character.is_ascii_alphabetic()
        || matches!(character, '\u{00C0}'..='\u{02AF}' | '\u{0370}'..='\u{058F}')
        || matches!(character, '\u{0900}'..='\u{1FFF}' | '\u{3040}'..='\u{D7FF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `<` and `>` stand for FSI and PDI.
    fn check(text: &str, direction: Direction, expected: &str) {
        let seen = isolate(text, direction)
            .replace(ISOLATE, "<")
            .replace(END, ">");
        assert_eq!(seen, expected);
    }

    #[test]
    fn foreign_words_in_an_arabic_sentence_are_isolated() {
        for (text, expected) in [
            ("بلاغك EP-7KQ2.", "بلاغك <EP-7KQ2>."),
            ("اتصل +966 13 123 4567 الآن", "اتصل <+966> 13 <123 4567> الآن"),
            ("عند Main Street، قرب", "عند <Main Street>، قرب"),
            ("(Pothole) حفرة", "(<Pothole>) حفرة"),
            ("خلال 12 يوما", "خلال 12 يوما"),
            ("الساعة 12:30", "الساعة <12:30>"),
            ("لا شيء هنا", "لا شيء هنا"),
            (
                "https://a.example/x?y=1 انظر",
                "<https://a.example/x?y=1> انظر",
            ),
        ] {
            check(text, Direction::RightToLeft, expected);
        }
    }

    #[test]
    fn arabic_words_in_a_latin_or_hindi_sentence_are_isolated() {
        for (text, expected) in [
            (
                "Your report at شارع الملك فهد, again",
                "Your report at <شارع الملك فهد>, again",
            ),
            ("आपकी शिकायत شارع 12 पर", "आपकी शिकायत <شارع> 12 पर"),
            ("Call +966 13 123", "Call +966 13 123"),
            ("line\nخط\nline", "line\n<خط>\nline"),
        ] {
            check(text, Direction::LeftToRight, expected);
        }
    }

    #[test]
    fn what_a_text_brings_along_is_taken_out() {
        check("a\u{202E}b\u{2069}\u{2067}", Direction::LeftToRight, "ab");
    }

    proptest! {
        #[test]
        fn isolating_is_idempotent_balanced_and_changes_nothing_else(
            text in "[a-c1-3+.,()اب \n\u{202A}-\u{202E}\u{2066}-\u{2069}]{0,24}", rtl in any::<bool>()
        ) {
            let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
            let once = isolate(&text, direction);
            prop_assert!(!crate::text::has_control(&once));
            prop_assert_eq!(isolate(&once, direction), once.clone());
            let bare = |text: &str| text.chars().filter(|it| !is_direction(*it)).collect::<String>();
            prop_assert_eq!(bare(&once), bare(&text));
        }
    }
}
