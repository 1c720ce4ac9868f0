//! Words that kept to the rules.

use std::fmt;

use super::limits::BYTES_PER_CHARACTER;
use crate::number::is_invisible;
use crate::reason::{Reason, Violation};
use crate::text;

/// Words as typed, less the white space around them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Written {
    typed: String,
}

impl Written {
    fn of(typed: &str) -> Written {
        Written {
            typed: typed.to_owned(),
        }
    }

    /// As typed: what is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// As compared and searched; see [`text::fold`].
    #[must_use]
    pub fn folded(&self) -> String {
        text::fold(&self.typed)
    }

    /// As it stands inside a sentence of another language or direction: each line between FSI and
    /// PDI, with every isolate that the line opens closed and every stray closer left out (Unicode
    /// Annex 9), so that it cannot turn around what stands beside it.
    #[must_use]
    pub fn isolated(&self) -> String {
        let mut said = String::with_capacity(self.typed.len() + 6);
        for piece in self.typed.split_inclusive(LINE_ENDS) {
            let line = piece.trim_end_matches(LINE_ENDS);
            if !line.is_empty() {
                said.push_str(&isolated(line));
            }
            said.push_str(piece.get(line.len()..).unwrap_or_default());
        }
        said
    }
}

/// What a citizen wrote never reaches a log through `{:?}`.
impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Written(…)")
    }
}

/// Reads words of at most `most` characters; nothing where there are none.
pub(super) fn words(
    typed: &str,
    most: u32,
    field: &str,
    found: &mut Vec<Violation>,
) -> Option<Written> {
    let typed = typed.trim();
    if is_blank(typed) {
        return None;
    }
    if !fits(typed, most) {
        found.push(Violation::new(Reason::TextTooLong, field).with("max", most));
        return None;
    }
    if text::has_control(typed) {
        found.push(Violation::new(Reason::TextControl, field));
        return None;
    }
    Some(Written::of(typed))
}

/// Reads a note of at most `most` characters that somebody adds to a report; nothing where there are
/// no words in it.
///
/// # Errors
/// Why it cannot be kept: it is too long, or holds what cannot be read. `field` is where it stands.
pub fn note(typed: &str, most: u32, field: &str) -> Result<Option<String>, Violation> {
    let mut found = Vec::new();
    let note = words(typed, most, field, &mut found);
    match found.pop() {
        Some(violation) => Err(violation),
        None => Ok(note.map(|note| note.typed)),
    }
}

/// Whether nothing of `typed` can be seen: who sends it has said nothing.
pub(super) fn is_blank(typed: &str) -> bool {
    typed
        .chars()
        .all(|it| it.is_whitespace() || is_invisible(it))
}

/// Whether `typed` has at most `most` characters; what has no more bytes is not counted, nor what is far
/// over.
fn fits(typed: &str, most: u32) -> bool {
    let bytes = usize::try_from(most).unwrap_or(usize::MAX);
    typed.len() <= bytes
        || typed.len() <= bytes.saturating_mul(BYTES_PER_CHARACTER) && text::length(typed) <= most
}

/// Where the bidirectional algorithm closes what is still open; of CR LF, both.
const LINE_ENDS: [char; 3] = ['\n', '\r', '\u{2029}'];
const FIRST_STRONG_ISOLATE: char = '\u{2068}';
const POP_ISOLATE: char = '\u{2069}';

fn isolated(line: &str) -> String {
    let mut said = String::with_capacity(line.len() + 6);
    said.push(FIRST_STRONG_ISOLATE);
    // What is open: isolates are true, embeddings and overrides false.
    let mut open: Vec<bool> = Vec::new();
    for character in line.chars() {
        match character {
            '\u{2066}'..='\u{2068}' => open.push(true),
            '\u{202A}' | '\u{202B}' | '\u{202D}' | '\u{202E}' => open.push(false),
            POP_ISOLATE => match open.iter().rposition(|isolate| *isolate) {
                Some(at) => open.truncate(at),
                None => continue,
            },
            '\u{202C}' => match open.last() {
                Some(false) => open.truncate(open.len() - 1),
                _ => continue,
            },
            _ => {}
        }
        said.push(character);
    }
    // Closing an isolate closes the embeddings in it.
    let unclosed = open.iter().filter(|isolate| **isolate).count();
    said.extend(std::iter::repeat_n(POP_ISOLATE, unclosed + 1));
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(typed: &str, most: u32, expected: Result<Option<&str>, Reason>) {
        let mut found = Vec::new();
        let read = words(typed, most, "/x", &mut found);
        let read = match found.first() {
            Some(violation) => Err(violation.code),
            None => Ok(read.as_ref().map(Written::as_str)),
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn words_are_counted_as_people_count_them() {
        check(" حُفْرَة ", 4, Ok(Some("حُفْرَة")));
        check("حُفْرَة", 3, Err(Reason::TextTooLong));
        check("👨‍👩‍👧👨‍👩‍👧", 2, Ok(Some("👨‍👩‍👧👨‍👩‍👧")));
        check(" \n ", 4, Ok(None));
        check("\u{200B} \u{200E}\u{FEFF}", 4, Ok(None));
        check("a\u{7}b", 4, Err(Reason::TextControl));
    }

    #[test]
    fn a_tower_of_marks_is_too_long_however_few_characters_it_counts() {
        check(
            &format!("a{}", "\u{0301}".repeat(1_000)),
            40,
            Err(Reason::TextTooLong),
        );
    }

    #[test]
    fn isolated_words_close_what_they_open_and_no_more() {
        let isolated = |typed: &str| Written::of(typed).isolated();
        assert_eq!(isolated("دمام"), "\u{2068}دمام\u{2069}");
        assert_eq!(isolated("a\u{2069}b"), "\u{2068}ab\u{2069}");
        assert_eq!(isolated("\u{2067}a"), "\u{2068}\u{2067}a\u{2069}\u{2069}");
        assert_eq!(
            isolated("\u{202E}a\u{202C}\u{202C}"),
            "\u{2068}\u{202E}a\u{202C}\u{2069}"
        );
        assert_eq!(isolated("a\nb"), "\u{2068}a\u{2069}\n\u{2068}b\u{2069}");
        // What a form without scripts sends: the two characters of a line's end stay together.
        assert_eq!(
            isolated("a\r\n\r\nb"),
            "\u{2068}a\u{2069}\r\n\r\n\u{2068}b\u{2069}"
        );
    }

    proptest! {
        #[test]
        fn isolates_are_balanced_whatever_was_typed(
            typed in "[a\u{202A}-\u{202E}\u{2066}-\u{2069}]{0,40}",
        ) {
            let mut depth = 0_i32;
            for character in Written::of(&typed).isolated().chars() {
                match character {
                    '\u{2066}'..='\u{2068}' => depth += 1,
                    POP_ISOLATE => depth -= 1,
                    _ => prop_assert!(depth > 0),
                }
                prop_assert!(depth >= 0);
            }
            prop_assert_eq!(depth, 0);
        }
    }
}
