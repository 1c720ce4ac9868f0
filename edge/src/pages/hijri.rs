//! The day in the calendar of Umm al-Qura, beside the other, where the municipality shows both.

use balagh_shared::time::Timestamp;
use icu_calendar::Date;
use icu_calendar::cal::Hijri;
use icu_calendar::types::RataDie;

use super::Words;
use crate::served::Served;

/// Days from 1 January of the year 1 to 1 January 1970.
const EPOCH: i64 = 719_163;

/// The Hijri day of an instant by the municipality's clocks: `1 جمادى الآخرة 1448 هـ`.
pub(super) fn hijri(words: Words, served: &Served, at: Timestamp) -> Option<String> {
    let document = served.document();
    document
        .hijri
        .then(|| day(words, document.time_zone.local_day(at)))
}

/// The day so many days after 1 January 1970.
fn day(words: Words, days: i64) -> String {
    let date = Date::from_rata_die(RataDie::new(days + EPOCH), Hijri::new_umm_al_qura());
    let month = words.say(&format!("hijri.{}", date.month().ordinal));
    let (day, year) = (date.day_of_month().0, date.era_year().year);
    let (day, year) = (day.to_string(), year.to_string());
    words.fill("hijri.day", &[("d", &day), ("m", month), ("y", &year)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use balagh_shared::time::DAY_MS;

    #[track_caller]
    fn check(language: &str, gregorian: &str, expected: &str) {
        let at = Timestamp::parse(&format!("{gregorian}T12:00:00Z")).unwrap();
        let said = day(Words::of(language), at.millis().div_euclid(DAY_MS));
        let said = said.replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(said, expected, "{gregorian}");
    }

    #[test]
    fn days_are_those_of_umm_al_qura() {
        // The new years of 1446 and 1447, and a day in Ramadan.
        check("en", "2024-07-07", "1 Muharram 1446 AH");
        check("ar", "2025-06-26", "1 محرم 1447 هـ");
        check("ar", "2026-02-18", "1 رمضان 1447 هـ");
    }
}
