//! Facts added up, and what is read from the sums.

use serde::{Deserialize, Serialize};

use super::durations::Durations;
use super::fact::Fact;

/// A rating counts as satisfied from this sum of its three marks: four of five on average.
const SATISFIED: u8 = 12;
/// How many sums there are beside the durations.
const SUMS: usize = 11;

/// Sums over reports. Those of two groups that share none add up to those of both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct Tally {
    /// How many came.
    pub received: u64,
    /// How many of them are done.
    pub completed: u64,
    /// How many of these by the time that was set when they came.
    pub on_time: u64,
    /// How many were not taken.
    pub rejected: u64,
    /// How many another agency has or had.
    pub transferred: u64,
    /// How many of these are done.
    pub transferred_completed: u64,
    /// How many were reopened.
    pub reopened: u64,
    /// How many times, together.
    pub reopenings: u64,
    /// How many have a rating; the last one counts.
    pub rated: u64,
    /// How many ratings are of four marks of five or more on average.
    pub satisfied: u64,
    /// The sum of all marks, three a rating.
    pub marks: u64,
    /// How long it took until they were done.
    pub durations: Durations,
}

/// A part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub part: u64,
    /// Of how many.
    pub whole: u64,
}

impl Tally {
    /// Counts a report.
    pub fn add(&mut self, fact: &Fact) {
        let one: fn(bool) -> u64 = u64::from;
        self.received += 1;
        self.rejected += one(fact.is_rejected);
        self.transferred += one(fact.is_transferred);
        self.reopened += one(fact.reopenings > 0);
        self.reopenings += u64::from(fact.reopenings);
        if let Some(minutes) = fact.minutes {
            self.completed += 1;
            self.on_time += one(fact.is_on_time);
            self.transferred_completed += one(fact.is_transferred);
            self.durations.add(minutes);
        }
        if let Some(marks) = fact.marks {
            self.rated += 1;
            self.satisfied += one(marks >= SATISFIED);
            self.marks += u64::from(marks);
        }
    }

    /// Counts all that `other` counts.
    pub fn merge(&mut self, other: &Tally) {
        for (sum, more) in self.sums_mut().into_iter().zip(other.sums()) {
            *sum += more;
        }
        self.durations.merge(&other.durations);
    }

    /// Every sum, in the order of the fields.
    fn sums(&self) -> [u64; SUMS] {
        [
            self.received,
            self.completed,
            self.on_time,
            self.rejected,
            self.transferred,
            self.transferred_completed,
            self.reopened,
            self.reopenings,
            self.rated,
            self.satisfied,
            self.marks,
        ]
    }

    /// The same, to be changed. The compiler finds a field that is not among them.
    fn sums_mut(&mut self) -> [&mut u64; SUMS] {
        let Tally {
            received,
            completed,
            on_time,
            rejected,
            transferred,
            transferred_completed,
            reopened,
            reopenings,
            rated,
            satisfied,
            marks,
            durations: _,
        } = self;
        [
            received,
            completed,
            on_time,
            rejected,
            transferred,
            transferred_completed,
            reopened,
            reopenings,
            rated,
            satisfied,
            marks,
        ]
    }

    /// How many are neither done nor refused.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.received
            .saturating_sub(self.completed)
            .saturating_sub(self.rejected)
    }

    /// Done, of all that came.
    #[must_use]
    pub fn completion(&self) -> Share {
        Share {
            part: self.completed,
            whole: self.received,
        }
    }

    /// On time, of all that are done.
    #[must_use]
    pub fn punctuality(&self) -> Share {
        Share {
            part: self.on_time,
            whole: self.completed,
        }
    }

    /// Satisfied, of all that rated.
    #[must_use]
    pub fn satisfaction(&self) -> Share {
        Share {
            part: self.satisfied,
            whole: self.rated,
        }
    }

    /// The mean mark from 1 to 5, in hundredths; nothing where nobody rated.
    #[must_use]
    pub fn mean_mark(&self) -> Option<u64> {
        let marks = self.rated.checked_mul(3).filter(|marks| *marks > 0)?;
        Some((self.marks * 100 + marks / 2) / marks)
    }
}

impl Share {
    /// In tenths of a percent, rounded half up; nothing of nothing.
    #[must_use]
    pub fn permille(self) -> Option<u64> {
        (self.whole > 0).then(|| (self.part * 1000 + self.whole / 2) / self.whole)
    }
}

/// As it is stored: the sums in the order of the fields, then durations by class.
#[derive(Serialize, Deserialize)]
struct Packed([u64; SUMS], Vec<(u16, u64)>);

impl From<Tally> for Packed {
    fn from(tally: Tally) -> Packed {
        Packed(tally.sums(), tally.durations.0.into_iter().collect())
    }
}

impl From<Packed> for Tally {
    fn from(Packed(sums, durations): Packed) -> Tally {
        let mut tally = Tally {
            durations: Durations(durations.into_iter().collect()),
            ..Tally::default()
        };
        for (sum, stored) in tally.sums_mut().into_iter().zip(sums) {
            *sum = stored;
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sum_reads_back_from_where_it_was_stored_and_is_added_to_its_own() {
        let stored: Vec<u64> = (1..=SUMS as u64).collect();
        let packed = serde_json::json!([stored, []]);
        let mut tally: Tally = serde_json::from_value(packed.clone()).unwrap();
        assert_eq!((tally.received, tally.marks), (1, SUMS as u64));
        assert_eq!(serde_json::to_value(&tally).unwrap(), packed);
        tally.merge(&tally.clone());
        let doubled: Vec<u64> = stored.iter().map(|sum| sum * 2).collect();
        assert_eq!(tally.sums().as_slice(), doubled);
    }
}
