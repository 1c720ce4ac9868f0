//! Characters that must not travel: what terminals, logs and other people's texts would obey.

/// Whether `text` holds a control character that no one types into a report.
///
/// Refused are
/// - C0 and C1 controls and DEL, except tab and the line's own CR and LF;
/// - overrides of direction (LRO, RLO), which show a text in another order than it is read in;
/// - embeddings and isolates (LRE, RLE, LRI, RLI, FSI) that their line does not close, and closings
///   (PDF, PDI) of what it did not open: they would turn the text around a report;
/// - interlinear annotation, deprecated format controls (U+206A–206F), and tags outside a flag:
///   invisible, and made for machines.
///
/// Left alone are joiners (ZWJ and ZWNJ are spelling in Persian, Urdu, Hindi and emoji), direction
/// marks (LRM, RLM, ALM), balanced isolates (phones put them around pasted numbers), soft hyphens
/// and variation selectors. [`without_controls`] takes out what this refuses.
///
/// ```
/// use balagh_shared::text::has_control;
/// assert!(!has_control("two\r\nlines, \u{2068}+966 50 123\u{2069}, می\u{200C}شود"));
/// assert!(has_control("\u{1b}[31m"));
/// assert!(has_control("abc\u{202E}txt"));
/// ```
#[must_use]
pub fn has_control(text: &str) -> bool {
    let (mut in_flag, mut is_directed) = (false, false);
    text.chars().any(|character| {
        let refused = is_refused(character, in_flag);
        in_flag = goes_on_flag(character, in_flag);
        is_directed |= is_direction(character);
        refused
    }) || is_directed && !text.split(is_paragraph_end).all(is_balanced)
}

/// `text` without what [`has_control`] refuses; of direction controls, all embeddings and isolates go
/// if one is unbalanced or overriding. For what was pasted: no one sees these, or can delete them.
///
/// Idempotent, never longer, and never refused afterwards.
///
/// ```
/// use balagh_shared::text::without_controls;
/// assert_eq!(without_controls("\u{202D}+966 50 123"), "+966 50 123");
/// ```
#[must_use]
pub fn without_controls(text: &str) -> String {
    let balanced = text.split(is_paragraph_end).all(is_balanced);
    let mut in_flag = false;
    text.chars()
        .filter(|&character| {
            let refused = is_refused(character, in_flag);
            in_flag = goes_on_flag(character, in_flag);
            !refused && (balanced || !is_direction(character))
        })
        .collect()
}

fn is_refused(character: char, in_flag: bool) -> bool {
    match character {
        '\n' | '\r' | '\t' => false,
        '\u{0000}'..='\u{001F}' | '\u{007F}'..='\u{009F}' => true,
        '\u{202D}' | '\u{202E}' => true,
        '\u{206A}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' => true,
        '\u{E0020}'..='\u{E007F}' => !in_flag,
        '\u{E0000}'..='\u{E001F}' => true,
        _ => false,
    }
}

/// Whether what follows `character` may be a tag of a flag: 🏴, its tags, and the last of them ends it.
fn goes_on_flag(character: char, in_flag: bool) -> bool {
    character == '🏴' || in_flag && matches!(character, '\u{E0020}'..='\u{E007E}')
}

/// An embedding, override or isolate, or the end of one.
pub(super) fn is_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Where the bidirectional algorithm closes what is still open (UAX #9, P1).
fn is_paragraph_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{2029}')
}

/// Whether each embedding and isolate of a line is closed in its order.
fn is_balanced(line: &str) -> bool {
    // UAX #9 itself stops at 125 levels; a line with more of them is no one's report.
    const DEEPEST: usize = 125;
    let mut open = Vec::new();
    for character in line.chars() {
        match character {
            '\u{202A}' | '\u{202B}' => open.push('\u{202C}'),
            '\u{2066}'..='\u{2068}' => open.push('\u{2069}'),
            '\u{202C}' | '\u{2069}' if open.pop() != Some(character) => return false,
            _ => {}
        }
        if open.len() > DEEPEST {
            return false;
        }
    }
    open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_type_and_paste_is_no_control() {
        for text in [
            "one\r\n\ttwo",
            "می\u{200C}شود क्\u{200D}ष 👨\u{200D}👩\u{200D}👧 ❤\u{FE0F}",
            "\u{200E}abc\u{200F} \u{061C}",
            "\u{202A}+966 50\u{202C} and \u{2067}نص \u{2066}x\u{2069}\u{2069}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}!",
            "",
        ] {
            assert!(!has_control(text), "{text:?}");
            assert_eq!(without_controls(text), text);
        }
    }

    #[test]
    fn what_is_obeyed_instead_of_read_is_a_control() {
        for (text, rest) in [
            ("a\u{1b}[31m", "a[31m"),
            ("a\u{0}", "a"),
            ("a\u{85}b", "ab"),
            ("evil\u{202E}gpj.exe\u{202C}", "evilgpj.exe"),
            ("\u{202D}1\u{202C}", "1"),
            ("\u{2067}open", "open"),
            ("close\u{2069}", "close"),
            ("\u{2066}one\n\u{2069}two", "one\ntwo"),
            ("\u{202A}\u{2066}\u{202C}\u{2069}", ""),
            ("hidden\u{E0061}\u{E0062}", "hidden"),
            ("🏴\u{E0067}\u{E007F}\u{E0061}", "🏴\u{E0067}\u{E007F}"),
            ("\u{FFF9}a\u{FFFB}", "a"),
        ] {
            assert!(has_control(text), "{text:?}");
            assert_eq!(without_controls(text), rest);
        }
        assert!(has_control(&"\u{2066}".repeat(1_000_000)));
    }

    proptest! {
        #[test]
        fn what_is_taken_out_is_all_that_was_refused(
            text in "[a\n\u{0}\u{200D}\u{202A}-\u{202E}\u{2066}-\u{2069}🏴\u{E0061}\u{E007F}]{0,12}"
        ) {
            let clean = without_controls(&text);
            prop_assert!(!has_control(&clean));
            prop_assert_eq!(clean == text, !has_control(&text));
            prop_assert_eq!(without_controls(&clean), clean);
        }
    }
}
