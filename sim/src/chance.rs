//! Chance that can be repeated: SplitMix64 (Steele, Lea and Flood, 2014).

/// A stream of chance, the same for the same seed for ever.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The stream of `seed`.
    pub(crate) fn of(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// One of `0..end`; 0 where that is empty.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // The high bits of a product: as even as anybody here needs.
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// One of `from..to`.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self
            .below(to.saturating_sub(from).max(0).cast_unsigned())
            .cast_signed()
    }

    /// True so many times in a thousand.
    pub(crate) fn in_thousand(&mut self, times: u32) -> bool {
        self.below(1000) < u64::from(times)
    }

    /// One of `all`; nothing where there is none.
    pub(crate) fn of_all<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let at = self.below(all.len() as u64);
        all.get(usize::try_from(at).ok()?)
    }

    /// Fills `bytes`.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let bits = self.bits().to_le_bytes();
            piece
                .iter_mut()
                .zip(bits)
                .for_each(|(byte, bit)| *byte = bit);
        }
    }
}
