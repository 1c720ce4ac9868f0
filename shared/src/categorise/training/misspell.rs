//! Misspelling on purpose, so that what is learnt does not hang on spelling.

/// Pseudo-random numbers (xorshift64*): the same on every machine, and good for nothing else.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`; 0 for none.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        (number as usize).checked_rem(sides).unwrap_or_default()
    }
}

/// `text` with about one in `sides` of its longer words misspelt: a letter left out, doubled, or
/// changed places with the next.
pub(super) fn misspell(text: &str, sides: usize, dice: &mut Dice) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        if letters.len() >= 4 && dice.roll(sides) == 0 {
            let place = 1 + dice.roll(letters.len() - 2);
            match dice.roll(3) {
                0 => drop(letters.remove(place)),
                1 => {
                    if let Some(letter) = letters.get(place).copied() {
                        letters.insert(place, letter);
                    }
                }
                _ => letters.swap(place, place + 1),
            }
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(letters);
    }
    out
}
