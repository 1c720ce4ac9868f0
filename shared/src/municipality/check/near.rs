//! The name that was probably meant.

/// The one of the first 5,000 of `known` that differs least from `written`, if it differs little: in
/// a third of its characters at most, and never in all of them.
///
/// ```
/// use balagh_shared::municipality::check::nearest;
/// let fields = ["questions", "keywords", "names"];
/// assert_eq!(nearest("quesions", fields.into_iter()), Some("questions"));
/// assert_eq!(nearest("colour", fields.into_iter()), None);
/// ```
#[must_use]
pub fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let typed: Vec<char> = written.chars().take(LONGEST).collect();
    known
        .take(MOST_NAMES)
        .map(|name| (distance(&typed, name), name))
        .filter(|(distance, name)| {
            let length = name.chars().count().max(typed.len());
            *distance <= (length / 3).max(1) && *distance < length.min(typed.len().max(1))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Characters of a name that are compared: a work budget.
const LONGEST: usize = 64;

/// Names that are compared, at most: a work budget.
const MOST_NAMES: usize = 5_000;

/// Edits from one name to the other: inserted, left out, replaced or swapped characters (optimal
/// string alignment).
fn distance(typed: &[char], name: &str) -> usize {
    let name: Vec<char> = name.chars().take(LONGEST).collect();
    // Three rows of the table are enough: the one before the last is for swaps.
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=name.len()).collect();
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
    for (i, typed_char) in typed.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, name_char) in name.iter().enumerate() {
            let replaced = at(&last, j) + usize::from(typed_char != name_char);
            let mut best = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let is_swap = i > 0
                && j > 0
                && typed.get(i - 1) == Some(name_char)
                && name.get(j - 1) == Some(typed_char);
            if is_swap {
                best = best.min(at(&before_last, j - 1) + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    at(&last, name.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(written: &str, expected: Option<&str>) {
        let known = [
            "west-dammam",
            "east-dammam",
            "office",
            "field",
            "ar",
            "en",
            "إنارة",
        ];
        assert_eq!(nearest(written, known.into_iter()), expected, "{written}");
    }

    #[test]
    fn a_slip_of_the_finger_is_seen_through() {
        check("ofice", Some("office"));
        check("officee", Some("office"));
        check("offcie", Some("office"));
        check("west-damam", Some("west-dammam"));
        check("انارة", Some("إنارة"));
        check("ne", Some("en"));
    }

    #[test]
    fn another_word_is_no_slip() {
        check("kitchen", None);
        check("", None);
        check("xy", None);
    }

    proptest! {
        #[test]
        fn a_name_is_nearest_to_itself(name in "\\PC{1,80}") {
            prop_assert_eq!(nearest(&name, [name.as_str()].into_iter()).is_some(), name.chars().count() >= 1);
        }
    }
}
