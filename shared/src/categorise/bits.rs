//! Sets of numbers as a row of bits: how a words file says which forms and features there are.
//!
//! Hashes are as good as drawn by chance, and nothing says such a set in fewer bits than the gaps
//! between its numbers (Rice's code): the gap's upper part as so many zeros and a one, its lower bits
//! as they are. How many bits are the lower ones follows from how many numbers there are, so that who
//! reads and who writes need not say it. What is to be said of a number (its category, what it weighs)
//! is said by the set that it is in, for nothing more.

/// Lower bits of a gap, where `count` numbers are drawn below `universe`: within a thirtieth of a bit
/// a number of the best.
pub(super) fn lower_bits(universe: u32, count: u32) -> u32 {
    // The golden ratio's share of the mean gap, 0.96.
    let share = u64::from(universe) * 31 / 32 / u64::from(count.max(1));
    share.max(1).ilog2()
}

/// Bits to read: the lowest of a byte first.
pub(super) struct Bits<'b> {
    bytes: &'b [u8],
    at: usize,
}

/// Bits that are seen at a time, at least.
const SEEN: u32 = 57;

impl<'b> Bits<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Bits<'b> {
        Bits { bytes, at: 0 }
    }

    /// Calls `see` with each number of the next set, rising and below `universe`; nothing where the
    /// bits do not hold one. A number takes a bit at least, so that the work is bounded by the bytes.
    pub(super) fn set(&mut self, universe: u32, mut see: impl FnMut(u32)) -> Option<()> {
        let count = self.count()?;
        let lower = lower_bits(universe, count);
        let mut next = 0_u32;
        for _ in 0..count {
            let upper = self.zeros()?;
            if upper > universe >> lower {
                return None;
            }
            let gap = upper << lower | self.take(lower)?;
            let number = next.checked_add(gap).filter(|it| *it < universe)?;
            see(number);
            next = number + 1;
        }
        Some(())
    }

    /// Whether all has been read, but for what fills the last byte.
    pub(super) fn is_read(&self) -> bool {
        let left = self.bytes.len() * 8 - self.at.min(self.bytes.len() * 8);
        left < 8 && self.seen() == 0
    }

    /// A count, in Elias' gamma code, of one more.
    fn count(&mut self) -> Option<u32> {
        let width = self.zeros()?;
        if width >= 31 {
            return None;
        }
        Some((1 << width | self.take(width)?) - 1)
    }

    /// The zeros before the next one, which is passed over.
    fn zeros(&mut self) -> Option<u32> {
        let mut zeros = 0;
        loop {
            let found = self.seen().trailing_zeros().min(SEEN);
            zeros += found;
            self.at += found as usize;
            if self.at >= self.bytes.len() * 8 {
                return None;
            }
            if found < SEEN {
                self.at += 1;
                return Some(zeros);
            }
        }
    }

    /// The next bits, at most 31.
    fn take(&mut self, width: u32) -> Option<u32> {
        let taken = self.seen() & ((1 << width) - 1);
        self.at += width as usize;
        (self.at <= self.bytes.len() * 8).then_some(taken as u32)
    }

    /// What comes next, the first bit lowest; zeros behind the end.
    fn seen(&self) -> u64 {
        let rest = self.bytes.get(self.at / 8..).unwrap_or_default();
        let mut eight = [0; 8];
        for (slot, byte) in eight.iter_mut().zip(rest) {
            *slot = *byte;
        }
        u64::from_le_bytes(eight) >> (self.at % 8)
    }
}

/// Bits as they are written.
#[cfg(feature = "server")]
#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are in use; 0 where all are.
    used: u32,
}

#[cfg(feature = "server")]
impl BitWriter {
    /// Writes what [`Bits::set`] reads; `numbers` rise and are below `universe`.
    pub(super) fn set(&mut self, universe: u32, numbers: &[u32]) {
        let count = numbers.len() as u32;
        let width = (count + 1).ilog2();
        self.unary(width);
        self.put(count + 1, width);
        let lower = lower_bits(universe, count);
        let mut next = 0;
        for number in numbers {
            let gap = number.saturating_sub(next);
            self.unary(gap >> lower);
            self.put(gap, lower);
            next = number + 1;
        }
    }

    /// The bytes, the last one filled with zeros.
    pub(super) fn bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn unary(&mut self, zeros: u32) {
        for _ in 0..zeros {
            self.bit(false);
        }
        self.bit(true);
    }

    /// The lowest `width` bits.
    fn put(&mut self, bits: u32, width: u32) {
        for place in 0..width {
            self.bit(bits >> place & 1 == 1);
        }
    }

    fn bit(&mut self, bit: bool) {
        if self.used == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.used;
        }
        self.used = (self.used + 1) % 8;
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], universes: &[u32]) -> Option<Vec<Vec<u32>>> {
        let mut bits = Bits::new(bytes);
        let sets = universes.iter().map(|universe| {
            let mut set = Vec::new();
            bits.set(*universe, |number| set.push(number))?;
            Some(set)
        });
        let sets = sets.collect::<Option<_>>()?;
        bits.is_read().then_some(sets)
    }

    #[test]
    fn a_thousand_numbers_below_a_million_take_the_twelve_bits_they_hold_each() {
        let numbers: Vec<u32> = (0..1000_u32).map(|it| it * 1000 + it * it % 1000).collect();
        let mut bits = BitWriter::default();
        bits.set(1_000_000, &numbers);
        let bytes = bits.bytes();
        assert!(bytes.len() * 8 < 11_700, "{}", bytes.len() * 8);
        assert_eq!(read(&bytes, &[1_000_000]), Some(vec![numbers]));
    }

    proptest! {
        #[test]
        fn sets_are_read_as_they_were_written(
            sets in prop::collection::vec((1_u32..2_000_000, prop::collection::btree_set(any::<u32>(), 0..40)), 0..6)
        ) {
            let sets: Vec<(u32, std::collections::BTreeSet<u32>)> = sets
                .into_iter()
                .map(|(universe, set)| (universe, set.iter().map(|number| number % universe).collect()))
                .collect();
            let mut bits = BitWriter::default();
            for (universe, set) in &sets {
                bits.set(*universe, &set.iter().copied().collect::<Vec<_>>());
            }
            let universes: Vec<u32> = sets.iter().map(|(universe, _)| *universe).collect();
            let found = read(&bits.bytes(), &universes).unwrap();
            for ((_, set), found) in sets.iter().zip(found) {
                prop_assert!(set.iter().copied().eq(found));
            }
        }

        #[test]
        fn any_bytes_are_refused_or_read_with_as_many_numbers_as_bits_at_most(
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            universe in 0_u32..5_000_000,
        ) {
            let mut bits = Bits::new(&bytes);
            let mut numbers = Vec::new();
            while bits.set(universe, |number| numbers.push(number)).is_some() {}
            prop_assert!(numbers.len() <= bytes.len() * 8);
            prop_assert!(numbers.iter().all(|number| *number < universe));
        }
    }
}
