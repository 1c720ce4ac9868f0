//! A period against another one.

use super::tally::Share;

/// How a figure differs from what it was, in tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Change {
    /// In tenths of a percent of what it was; nothing where it was nothing.
    pub percent: Option<i64>,
    /// Of shares: in tenths of a percentage point.
    pub points: Option<i64>,
}

impl Change {
    /// Of a count.
    ///
    /// ```
    /// use balagh_origin::analytics::Change;
    /// assert_eq!(Change::of_count(11_000, 10_700).percent, Some(28)); // 2.8%
    /// assert_eq!(Change::of_count(5, 0).percent, None);
    /// ```
    #[must_use]
    pub fn of_count(now: u64, before: u64) -> Change {
        Change {
            percent: relative(now.into(), before.into()),
            points: None,
        }
    }

    /// Of a share: half of all after a third of all is 50% more, and 16.7 points.
    #[must_use]
    pub fn of_share(now: Share, before: Share) -> Change {
        let wide = |share: Share| (i128::from(share.part), i128::from(share.whole));
        let ((part, whole), (part_before, whole_before)) = (wide(now), wide(before));
        if whole == 0 || whole_before == 0 {
            return Change::default();
        }
        let (scaled, scaled_before) = (part * whole_before, part_before * whole);
        Change {
            percent: relative(scaled, scaled_before),
            points: rounded((scaled - scaled_before) * 1000, whole * whole_before),
        }
    }
}

fn relative(now: i128, before: i128) -> Option<i64> {
    rounded((now - before) * 1000, before)
}

/// To the nearest, halves away from zero; nothing over nothing.
fn rounded(part: i128, whole: i128) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let half = if part < 0 { -whole / 2 } else { whole / 2 };
    i64::try_from((part + half) / whole).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(now: (u64, u64), before: (u64, u64), percent: Option<i64>, points: Option<i64>) {
        let share = |(part, whole)| Share { part, whole };
        let change = Change::of_share(share(now), share(before));
        assert_eq!(
            change,
            Change { percent, points },
            "{now:?} after {before:?}"
        );
    }

    #[test]
    fn a_share_changes_by_percent_and_by_points() {
        check((1, 2), (1, 3), Some(500), Some(167));
        check((1, 3), (1, 2), Some(-333), Some(-167));
        check((77, 100), (50, 100), Some(540), Some(270));
        check((5, 5), (5, 5), Some(0), Some(0));
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        check((0, 0), (1, 2), None, None);
        check((1, 2), (0, 0), None, None);
        check((1, 2), (0, 3), None, Some(500));
        assert_eq!(Change::of_count(3, 0), Change::default());
        let most = Change::of_count(u64::MAX, 1);
        assert_eq!(most.percent, None, "too large to write");
    }
}
