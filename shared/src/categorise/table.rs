//! What a categoriser knows, as it is looked up: by feature.

use super::features::of_whole;
use super::words::{Cell, HEAVIEST, Words};

/// What a keyword is worth of a category that nothing was learnt of: there it decides alone.
const ALONE: u8 = 3 * HEAVIEST;

/// What a keyword that nothing was learnt of is worth, of a category that is known by more: three times
/// as much costs a text in a hundred, and nothing as much as this, but for words that nobody wrote yet.
const BESIDE: u8 = HEAVIEST;

/// Lower bits of features that are of one page: few features a page, so that finding one is short.
const PAGE: u32 = 9;

/// Weights by feature.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Rising.
    features: Vec<u32>,
    /// Where in `cells` those of each feature end.
    ends: Vec<u32>,
    /// Category and weight.
    cells: Vec<(u8, u8)>,
    /// Where in `features` those of each page begin.
    pages: Vec<u32>,
}

impl Table {
    /// What was learnt, and what the keywords say: a word of a category's keywords speaks for it where
    /// nothing was learnt of that word, and always where nothing was learnt of the category, which is
    /// the municipality's own.
    pub(super) fn of(words: &Words) -> Table {
        let learnt = &words.cells;
        let mut cells = learnt.clone();
        for (category, keywords) in (0..).zip(&words.keywords) {
            let own = learnt.iter().all(|cell| cell.category != category);
            for word in keywords.split(' ').filter(|word| !word.is_empty()) {
                let feature = of_whole(word);
                let place = learnt.partition_point(|cell| cell.feature < feature);
                let known = learnt.get(place).is_some_and(|it| it.feature == feature);
                if own || !known {
                    cells.push(Cell {
                        feature,
                        category,
                        weight: if own { ALONE } else { BESIDE },
                    });
                }
            }
        }
        cells.sort_unstable();
        // Two words of one hash.
        cells.dedup_by_key(|cell| (cell.feature, cell.category));
        let mut table = Table {
            cells: cells.iter().map(|it| (it.category, it.weight)).collect(),
            ..Table::default()
        };
        for (place, cell) in (1..).zip(&cells) {
            if table.features.last() == Some(&cell.feature) {
                table.ends.pop();
            } else {
                while table.pages.len() <= page(cell.feature) {
                    table.pages.push(table.features.len() as u32);
                }
                table.features.push(cell.feature);
            }
            table.ends.push(place);
        }
        table
    }

    /// How many features are known.
    pub(super) fn len(&self) -> usize {
        self.features.len()
    }

    /// The place of a feature among those known.
    pub(super) fn row(&self, feature: u32) -> Option<usize> {
        let start = *self.pages.get(page(feature))? as usize;
        let end = self.pages.get(page(feature) + 1);
        let end = end.map_or(self.features.len(), |end| *end as usize);
        let place = self.features.get(start..end)?.binary_search(&feature);
        Some(start + place.ok()?)
    }

    /// The categories that a feature speaks for, and how much.
    pub(super) fn cells(&self, row: usize) -> &[(u8, u8)] {
        let end = self.ends.get(row).copied().unwrap_or_default() as usize;
        let before = row.checked_sub(1).and_then(|row| self.ends.get(row));
        let start = before.copied().unwrap_or_default() as usize;
        self.cells.get(start..end).unwrap_or_default()
    }
}

fn page(feature: u32) -> usize {
    (feature >> PAGE) as usize
}
