//! Text counted as people count.

/// How many characters people would count: combining marks, joiners and variation selectors
/// belong to the character before them.
#[must_use]
pub fn length(text: &str) -> u32 {
    let mut count = 0_u32;
    let mut joined = false;
    for character in text.chars() {
        let joiner = character == '\u{200D}';
        let extends = joiner
            || matches!(character,
                '\u{0300}'..='\u{036F}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}'
                | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}'
                | '\u{0900}'..='\u{0903}' | '\u{093A}'..='\u{093C}' | '\u{093E}'..='\u{094F}'
                | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}'
                | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}'
                | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}');
        if !extends && !joined {
            count = count.saturating_add(1);
        }
        joined = joiner;
    }
    count
}
