//! Mutations of seeds, the same for the same name.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is drawn below the length it indexes"
)]

/// Makes inputs out of seeds.
pub(crate) struct Mutator<'s> {
    seeds: &'s [Vec<u8>],
    state: u64,
}

/// Longest input of mutations that grow.
const LONGEST: usize = 1 << 17;

/// What parsers stumble over.
const PIECES: &[&str] = &[
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "[[[[[[[[",
    "{\"a\":",
    "\\ud800",
    "\\udfff\\ud800",
    "\\u0000",
    "1e400",
    "-0",
    "-0.0",
    "9007199254740993",
    "1E-999",
    "NaN",
    "Infinity",
    "0x10",
    "1.",
    ".5",
    "18446744073709551616",
    "-9223372036854775809",
    "\u{202E}",
    "\u{2066}",
    "\u{FEFF}",
    "\u{0301}",
    "\u{1F468}\u{200D}\u{1F469}",
    "٠١٢٣",
    "۹۸۷",
    "०१२",
    "٫",
    "\u{0}",
    "\r\n",
    "\"",
    "\\",
    ",",
    ":",
    "+",
    "%00",
    "%f0%9f",
    "&",
    "=",
    "..",
    "//",
    "~1",
    "\u{7F}",
    "\u{85}",
    "\u{2028}",
    "ﷺ",
    "ß",
    "İ",
    "9999-12-31T23:59:60Z",
    "1970-01-01T00:00:00-23:59",
    "+99999999999999999999",
];

impl<'s> Mutator<'s> {
    pub(crate) fn new(name: &str, seeds: &'s [Vec<u8>]) -> Mutator<'s> {
        // FNV-1a of the name, so that no two targets see the same randomness.
        let state = name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        });
        Mutator { seeds, state }
    }

    /// SplitMix64, below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        let most = self.below(5) * 8 + 1;
        from..(from + self.below(most) + 1).min(length)
    }

    /// The next input.
    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.seeds[self.below(self.seeds.len())].clone();
        for _ in 0..=self.below(6) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let length = input.len();
        match self.below(10) {
            0 if length > 0 => {
                let at = self.below(length);
                input[at] ^= 1 << self.below(8);
            }
            1 if length > 0 => {
                let at = self.below(length);
                input[at] = [0, 1, 0x7F, 0x80, 0xFF, b'"', b'\\', b'{'][self.below(8)];
            }
            2 if length > 0 => {
                let range = self.range(length);
                input.drain(range);
            }
            3 if length > 0 => {
                let range = self.range(length);
                let piece = input[range].to_vec();
                let times = self.below(40) + 1;
                let at = self.below(length + 1);
                input.splice(at..at, piece.repeat(times));
            }
            4 => {
                let cut = self.below(length + 1);
                input.truncate(cut);
            }
            5 => {
                let other = &self.seeds[self.below(self.seeds.len())];
                let range = self.range(other.len());
                let (from, to) = (range.start, range.end.max(range.start));
                let at = self.below(length + 1);
                input.splice(at..at, other[from..to].iter().copied());
            }
            6 if length > 0 => {
                // A number changed: where there is a digit, another.
                let at = self.below(length);
                if let Some(digit) = input[at..].iter_mut().find(|byte| byte.is_ascii_digit()) {
                    *digit = b'0' + self.below(10) as u8;
                }
            }
            7 if length > 0 => {
                // A value replaced: what stands between two quotes, or between colon and comma.
                let at = self.below(length);
                let end_of = |stop: &[u8], from: usize| {
                    input[from..]
                        .iter()
                        .position(|byte| stop.contains(byte))
                        .map(|it| from + it)
                };
                if let Some(from) = end_of(b":\"", at).map(|it| it + 1) {
                    let to = end_of(b",\"}", from).unwrap_or(length);
                    let piece = PIECES[self.below(PIECES.len())];
                    input.splice(from..to, piece.bytes());
                }
            }
            _ => {
                let piece = PIECES[self.below(PIECES.len())].as_bytes();
                let at = self.below(length + 1);
                let times = if self.below(16) == 0 { 500 } else { 1 };
                input.splice(at..at, piece.repeat(times));
            }
        }
    }
}
