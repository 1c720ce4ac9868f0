//! What of the learnt weights is used: those that decide something. Phones fetch no more, and servers
//! decide with no more, so that a text is about the same everywhere.

use super::words::{Cell, Words};

/// The least weight that travels, of [`Cell::weight`]'s ten steps. It leaves 8,000 of 30,000 weights
/// out, and 17 KB of the Latin file, and costs one text in a hundred its category among the first three.
/// One step more would cost another for 13 KB. What is found with them stands in
/// `tests/snapshots/categorise-held-out.json`.
const LEAST: u8 = 4;

/// `words` without the weights that say little.
pub(super) fn decisive(words: &Words) -> Words {
    let mut light = Words {
        features: Vec::new(),
        ends: Vec::new(),
        cells: Vec::new(),
        ..words.clone()
    };
    for (row, feature) in words.features.iter().enumerate() {
        let says = |cell: &&Cell| cell.weight.unsigned_abs() >= LEAST;
        let before = light.cells.len();
        light.cells.extend(words.cells(row).iter().filter(says));
        // Rows that speak for no category would still count as evidence found.
        if light.cells.len() > before {
            light.features.push(*feature);
            light.ends.push(light.cells.len() as u32);
        }
    }
    light
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_little_stays_behind_with_the_rows_that_say_nothing_else() {
        let cell = |category, weight| Cell { category, weight };
        let words = Words {
            features: vec![1, 2, 3],
            ends: vec![2, 3, 4],
            cells: vec![cell(0, 9), cell(1, 3), cell(0, -3), cell(1, -4)],
            ..Words::default()
        };
        let light = decisive(&words);
        assert_eq!(light.features, [1, 3]);
        assert_eq!(
            (light.cells(0), light.cells(1)),
            (&[cell(0, 9)][..], &[cell(1, -4)][..])
        );
    }
}
