//! When something was, or will be, by the municipality's clocks.

use balagh_shared::municipality::TimeZone;
use balagh_shared::time::{DAY_MS, HOUR_MS, Timestamp};
use maud::{Markup, html};

use super::words::{Language, filled};

const MINUTE_MS: i64 = 60_000;

/// Date and time, such as `Sat 21 November 2026, 09:41`, with the instant for machines.
pub(super) fn moment(at: Timestamp, zone: &TimeZone, language: Language) -> Markup {
    html! { time datetime=(at) { (said(at, zone, language)) } }
}

/// The same as text.
pub(super) fn said(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = zone.local(at);
    let text = local.to_string();
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let words = language.words();
    let month = part(5, 7).parse::<usize>().ok();
    let month = month.and_then(|month| words.common.months.get(month.checked_sub(1)?));
    // 1970-01-01 was a Thursday.
    let day = (local.millis().div_euclid(DAY_MS) + 4).rem_euclid(7);
    let day = usize::try_from(day)
        .ok()
        .and_then(|day| words.days.get(day));
    let comma = match language {
        Language::Arabic => "،",
        Language::English => ",",
    };
    format!(
        "{} {} {} {}{comma} {}",
        day.copied().unwrap_or_default(),
        part(8, 10).trim_start_matches('0'),
        month.copied().unwrap_or_default(),
        part(0, 4),
        part(11, 16),
    )
}

/// How long ago, such as `3 days ago`.
pub(super) fn ago(at: Timestamp, now: Timestamp, language: Language) -> String {
    let span = span(now.millis() - at.millis(), language);
    filled(language.words().lists.ago, &[("span", &span)])
}

/// How long until it is due, or since it was.
pub(super) fn due(at: Timestamp, now: Timestamp, language: Language) -> String {
    let left = at.millis() - now.millis();
    let lists = &language.words().lists;
    let sentence = if left < 0 { lists.late } else { lists.due_in };
    filled(sentence, &[("span", &span(left.abs(), language))])
}

/// A length of time in its largest unit, as it stands after a preposition.
fn span(millis: i64, language: Language) -> String {
    // One, two, few, many.
    let (count, [english, englishes], arabic) = if millis >= 2 * DAY_MS {
        (
            millis / DAY_MS,
            ["day", "days"],
            ["يوم", "يومين", "أيام", "يومًا"],
        )
    } else if millis >= HOUR_MS {
        let words = ["ساعة", "ساعتين", "ساعات", "ساعة"];
        (millis / HOUR_MS, ["hour", "hours"], words)
    } else if millis >= MINUTE_MS {
        let words = ["دقيقة", "دقيقتين", "دقائق", "دقيقة"];
        (millis / MINUTE_MS, ["minute", "minutes"], words)
    } else {
        return language.words().lists.now.to_owned();
    };
    match language {
        Language::English if count == 1 => format!("1 {english}"),
        Language::English => format!("{count} {englishes}"),
        Language::Arabic => {
            let [one, two, few, many] = arabic;
            match (count, count % 100) {
                (1, _) => one.to_owned(),
                (2, _) => two.to_owned(),
                (_, 3..=10) => format!("{count} {few}"),
                (_, 11..=99) => format!("{count} {many}"),
                // 100, 101, 102: as one.
                _ => format!("{count} {one}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn riyadh() -> TimeZone {
        TimeZone {
            name: "Asia/Riyadh".into(),
            offset_minutes: 180,
            transitions: Vec::new(),
        }
    }

    #[test]
    fn a_moment_is_told_by_the_municipalitys_clocks() {
        let at = Timestamp::parse("2026-11-21T22:41:00Z").unwrap();
        let said = |language| said(at, &riyadh(), language);
        assert_eq!(said(Language::English), "Sun 22 November 2026, 01:41");
        assert_eq!(said(Language::Arabic), "الأحد 22 نوفمبر 2026، 01:41");
    }

    #[test]
    fn spans_are_counted_as_people_count_them() {
        let check = |millis: i64, english: &str, arabic: &str| {
            assert_eq!(span(millis, Language::English), english);
            assert_eq!(span(millis, Language::Arabic), arabic);
        };
        check(30_000, "a moment", "لحظات");
        check(60_000, "1 minute", "دقيقة");
        check(2 * HOUR_MS, "2 hours", "ساعتين");
        check(30 * HOUR_MS, "30 hours", "30 ساعة");
        check(3 * DAY_MS, "3 days", "3 أيام");
        check(11 * DAY_MS, "11 days", "11 يومًا");
        check(100 * DAY_MS, "100 days", "100 يوم");
        check(103 * DAY_MS, "103 days", "103 أيام");
    }

    #[test]
    fn what_is_past_is_late() {
        let now = Timestamp::parse("2026-11-21T00:00:00Z").unwrap();
        let at = |hours: i64| now.plus_millis(hours * HOUR_MS);
        assert_eq!(due(at(5), now, Language::English), "Due in 5 hours");
        assert_eq!(due(at(-72), now, Language::Arabic), "متأخر 3 أيام");
        assert_eq!(ago(at(-1), now, Language::English), "1 hour ago");
    }
}
