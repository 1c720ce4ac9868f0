//! What came lately, in memory: fingerprints of texts, and where open reports lie. A scan over so few
//! numbers costs less than a look into the database, and what a restart reads again is bounded. Where
//! other edges write to the same ledger, what they wrote is read before anything is compared.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use balagh_shared::district::metres_between;
use balagh_shared::report::Point;
use balagh_shared::spam::distance;
use balagh_shared::time::{DAY_MS, Timestamp};

use crate::screen::{Around, Insert, Text};

/// Reports that are remembered for each municipality; the oldest go first. A work budget: a scan over
/// all of them takes some 30 microseconds.
pub const MOST: usize = 20_000;

/// How long a text counts as lately, in milliseconds.
const LATELY_MS: i64 = 3 * DAY_MS;

/// A report, as far as others are compared with it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When it came, in milliseconds since 1970.
    pub at: i64,
    /// SimHash of its text.
    pub fingerprint: Option<u64>,
    /// Category code.
    pub category: String,
    /// Where others may find it.
    pub place: Option<Point>,
}

/// The reports of the last days, by municipality.
#[derive(Debug, Default)]
pub struct Recent(Mutex<BTreeMap<String, VecDeque<Entry>>>);

impl Entry {
    /// A report that is being written.
    #[must_use]
    pub fn of(insert: &Insert, now: Timestamp) -> Entry {
        Entry {
            at: now.millis(),
            fingerprint: insert.screened.fingerprint,
            category: insert.delivery.report.category.clone(),
            place: insert.spot.map(|spot| spot.at),
        }
    }
}

impl Recent {
    /// Remembers a report.
    pub fn add(&self, municipality: &str, entry: Entry) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = all.entry(municipality.to_owned()).or_default();
        if entries.len() >= MOST {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    /// How many texts like this one came lately.
    #[must_use]
    pub fn alike(&self, municipality: &str, text: Text, now: Timestamp) -> u32 {
        let since = now.millis().saturating_sub(LATELY_MS);
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entries = all.get(municipality).into_iter().flatten();
        let alike = entries.filter(|entry| {
            entry.at >= since
                && entry
                    .fingerprint
                    .is_some_and(|known| distance(known, text.fingerprint) <= text.within)
        });
        u32::try_from(alike.count()).unwrap_or(u32::MAX)
    }

    /// Whether a report of the category came from around here within the days that are asked about.
    #[must_use]
    pub fn nearby(&self, municipality: &str, around: &Around, now: Timestamp) -> bool {
        let since = now.millis().saturating_sub(i64::from(around.days) * DAY_MS);
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut entries = all.get(municipality).into_iter().flatten();
        entries.any(|entry| {
            entry.at >= since
                && entry.category == around.category
                && entry.place.is_some_and(|place| is_within(&place, around))
        })
    }
}

fn is_within(place: &Point, around: &Around) -> bool {
    let here = [around.at.lon, around.at.lat];
    metres_between(here, [place.lon, place.lat]).is_some_and(|it| it <= f64::from(around.metres))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_243_260_000;

    fn now() -> Timestamp {
        Timestamp::from_millis(NOW)
    }

    fn point(lon: f64) -> Point {
        Point {
            lon,
            lat: 26.4,
            accuracy_m: None,
        }
    }

    fn entry(at: i64, fingerprint: u64, lon: f64) -> Entry {
        Entry {
            at,
            fingerprint: Some(fingerprint),
            category: "roads.pothole".into(),
            place: Some(point(lon)),
        }
    }

    fn around(lon: f64) -> Around {
        Around {
            category: "roads.pothole".into(),
            at: point(lon),
            metres: 100,
            days: 14,
        }
    }

    #[test]
    fn a_text_is_alike_within_its_bits_and_days_and_in_its_own_town() {
        let recent = Recent::default();
        recent.add("town", entry(NOW, 0b1011, 0.0));
        recent.add("town", entry(NOW - LATELY_MS - 1, 0b1111, 0.0));
        let alike = |town: &str, fingerprint, within| {
            let text = Text {
                fingerprint,
                within,
            };
            recent.alike(town, text, now())
        };
        assert_eq!(alike("town", 0b1111, 1), 1);
        assert_eq!(alike("town", 0b1111, 0), 0);
        assert_eq!(alike("elsewhere", 0b1011, 3), 0);
    }

    #[test]
    fn nearby_is_measured_in_metres() {
        let recent = Recent::default();
        recent.add("town", entry(NOW, 0, 50.0));
        // At this latitude a thousandth of a degree of longitude has just under 100 metres.
        assert!(recent.nearby("town", &around(50.001), now()));
        assert!(!recent.nearby("town", &around(50.00101), now()));
        let other = Around {
            category: "lighting.dark".into(),
            ..around(50.0)
        };
        assert!(!recent.nearby("town", &other, now()));
    }

    #[test]
    fn memory_is_bounded() {
        let recent = Recent::default();
        for at in 0..MOST as i64 + 10 {
            recent.add("town", entry(at, 1, 0.0));
        }
        let all = recent.0.lock().unwrap();
        let town = all.get("town").unwrap();
        assert_eq!((town.len(), town.front().unwrap().at), (MOST, 10));
    }
}
