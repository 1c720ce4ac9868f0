//! Characters that must not travel.

/// Whether `text` holds a control character other than the line's own.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars().any(|character| match character {
        '\n' | '\r' | '\t' => false,
        '\u{0000}'..='\u{001F}' | '\u{007F}'..='\u{009F}' => true,
        // Interlinear annotation and tags outside flags: invisible, and made for machines.
        '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}' => true,
        _ => false,
    })
}
