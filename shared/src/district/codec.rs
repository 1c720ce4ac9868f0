//! Border lines as few bits: an adaptive binary coder and the model of a line.
//!
//! The coder is the range coder of LZMA (after G. N. N. Martin, 1979): every decision is coded with
//! the probability that earlier decisions of its kind suggest, so that a common one costs a small
//! part of a bit. What no model can foresee, the low bits of numbers, goes into a second stream of
//! plain bits, which is read at once and not bit by bit.
//!
//! [`Model`] is written once for both directions: a [`Coder`] that writes returns what it was
//! given, one that reads ignores it and returns what was written. So the two can never disagree.

/// Writes decisions, or reads them again.
pub(super) trait Coder {
    /// One decision, coded by the chance of it.
    fn decide(&mut self, chance: &mut Chance, bit: bool) -> bool;

    /// The lowest `count` (at most 32) bits of a number, as they are.
    fn plain(&mut self, count: u32, bits: u64) -> u64;
}

/// How likely a decision is to be `true`, in 65536ths, learned at two speeds: the mean follows
/// both the whole line and its last bends.
#[derive(Clone, Copy)]
pub(super) struct Chance {
    fast: u16,
    slow: u16,
    /// Decisions seen, up to [`SLOWEST`].
    seen: u8,
}

/// The last so many decisions weigh most.
const FASTEST: usize = 10;
const SLOWEST: usize = 60;
/// Neither outcome is ever taken for certain.
const LEAST: u32 = 32;

/// 65536 / (n + 0.6): the weight of the n-th decision. The first ones move a chance quickly.
#[expect(
    clippy::indexing_slicing,
    reason = "a constant: out of bounds would not compile"
)]
const WEIGHTS: [u16; SLOWEST + 1] = {
    let mut weights = [0; SLOWEST + 1];
    let mut seen = 1;
    while seen <= SLOWEST {
        weights[seen] = (655_360 / (10 * seen + 6)) as u16;
        seen += 1;
    }
    weights
};

impl Chance {
    const EVEN: Self = Self {
        fast: 1 << 15,
        slow: 1 << 15,
        seen: 0,
    };

    /// The part of `range` that stands for `true`.
    fn share(self, range: u32) -> u32 {
        let chance = (u32::from(self.fast) + u32::from(self.slow)) / 2;
        (range >> 16) * chance.clamp(LEAST, 65_536 - LEAST)
    }

    fn learn(&mut self, bit: bool) {
        let seen = (usize::from(self.seen) + 1).min(SLOWEST);
        self.seen = seen as u8;
        let weight = |seen: usize| u32::from(WEIGHTS.get(seen).copied().unwrap_or_default());
        let moved = |from: u16, weight: u32| {
            let from = u32::from(from);
            let to = if bit {
                from + (((65_535 - from) * weight) >> 16)
            } else {
                from - ((from * weight) >> 16)
            };
            to as u16
        };
        self.fast = moved(self.fast, weight(seen.min(FASTEST)));
        self.slow = moved(self.slow, weight(seen));
    }
}

/// Reads both streams. Past their end it reads zeros; [`Reader::is_spent`] tells.
pub(super) struct Reader<'b> {
    decisions: &'b [u8],
    plain: &'b [u8],
    range: u32,
    code: u32,
    held: u64,
    holds: u32,
    overrun: bool,
}

impl<'b> Reader<'b> {
    pub(super) fn new(decisions: &'b [u8], plain: &'b [u8]) -> Self {
        let mut reader = Self {
            decisions,
            plain,
            range: u32::MAX,
            code: 0,
            held: 0,
            holds: 0,
            overrun: false,
        };
        for _ in 0..4 {
            reader.code = reader.code << 8 | reader.next();
        }
        reader
    }

    /// Whether more was read than was written.
    pub(super) fn is_overrun(&self) -> bool {
        self.overrun
    }

    /// Whether exactly what was written has been read.
    pub(super) fn is_spent(&self) -> bool {
        !self.overrun && self.decisions.is_empty() && self.plain.is_empty()
    }

    fn next(&mut self) -> u32 {
        let Some((byte, rest)) = self.decisions.split_first() else {
            self.overrun = true;
            return 0;
        };
        self.decisions = rest;
        u32::from(*byte)
    }
}

impl Coder for Reader<'_> {
    #[inline]
    fn decide(&mut self, chance: &mut Chance, _: bool) -> bool {
        let share = chance.share(self.range);
        let bit = self.code < share;
        if bit {
            self.range = share;
        } else {
            self.code -= share;
            self.range -= share;
        }
        // A share is at least 2^13 and leaves as much: once or twice.
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.code = self.code << 8 | self.next();
        }
        chance.learn(bit);
        bit
    }

    fn plain(&mut self, count: u32, _: u64) -> u64 {
        while self.holds < count {
            let byte = match self.plain.split_first() {
                Some((byte, rest)) => {
                    self.plain = rest;
                    *byte
                }
                None => {
                    self.overrun = true;
                    0
                }
            };
            self.held |= u64::from(byte) << self.holds;
            self.holds += 8;
        }
        let bits = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.holds -= count;
        bits
    }
}

/// Writes both streams.
#[cfg(feature = "compile")]
pub(super) struct Writer {
    decisions: Vec<u8>,
    plain: Vec<u8>,
    low: u64,
    range: u32,
    /// The byte before [`Writer::low`], held back because a carry may still raise it, and how many
    /// bytes of 0xff follow it.
    before: Option<u8>,
    full: usize,
    held: u64,
    holds: u32,
}

#[cfg(feature = "compile")]
impl Writer {
    pub(super) fn new() -> Self {
        Self {
            decisions: Vec::new(),
            plain: Vec::new(),
            low: 0,
            range: u32::MAX,
            before: None,
            full: 0,
            held: 0,
            holds: 0,
        }
    }

    /// The decisions and the plain bits.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        for _ in 0..5 {
            self.shift();
        }
        if self.holds > 0 {
            self.plain.push(self.held as u8);
        }
        (self.decisions, self.plain)
    }

    /// Hands on the highest byte of `low`, with its carry.
    fn shift(&mut self) {
        let carry = (self.low >> 32) as u8;
        let byte = (self.low >> 24) as u8;
        if carry == 0 && byte == 0xff {
            self.full += 1;
        } else {
            if let Some(before) = self.before {
                self.decisions.push(before + carry);
            }
            let filling = 0xff_u8.wrapping_add(carry);
            self.decisions
                .extend(std::iter::repeat_n(filling, self.full));
            self.full = 0;
            self.before = Some(byte);
        }
        self.low = (self.low & 0x00ff_ffff) << 8;
    }
}

#[cfg(feature = "compile")]
impl Coder for Writer {
    fn decide(&mut self, chance: &mut Chance, bit: bool) -> bool {
        let share = chance.share(self.range);
        if bit {
            self.range = share;
        } else {
            self.low += u64::from(share);
            self.range -= share;
        }
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
        chance.learn(bit);
        bit
    }

    fn plain(&mut self, count: u32, bits: u64) -> u64 {
        let bits = bits & ((1 << count) - 1);
        self.held |= bits << self.holds;
        self.holds += count;
        while self.holds >= 8 {
            self.plain.push(self.held as u8);
            self.held >>= 8;
            self.holds -= 8;
        }
        bits
    }
}

/// What a number counts: each kind learns by itself.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Polygons of an area, rings of a polygon.
    Parts,
    /// Edges of a new arc.
    Edges,
    /// Which of the known arcs at a junction.
    Known,
    /// Where a ring starts that touches nothing known.
    Start,
}

/// A yes or no, each kind with its own experience.
#[derive(Clone, Copy)]
pub(super) enum Flag {
    /// The ring starts at a known junction.
    StartsKnown,
    /// It goes on along a known arc.
    FollowsKnown,
    /// The new arc ends at a known junction.
    EndsKnown,
    /// The ring, back at its start, is closed.
    Closed,
    /// A number is negative.
    Negative,
}

/// Leaves of a tree of number classes: 0 to 30 bits; 31 for more.
const CLASSES: usize = 32;
/// Trees of the kinds above, by the length of the step before, and by that of this step.
const OF_KINDS: usize = 0;
const OF_LENGTHS: usize = OF_KINDS + 4;
const OF_BENDS: usize = OF_LENGTHS + 16;
const TREES: usize = OF_BENDS + 16 * 6 * 2;
/// After the trees: the leading bits of numbers, and single decisions.
const LEADING: usize = TREES * CLASSES;
const TURNS: usize = LEADING + CLASSES * 4;
const SIDES: usize = TURNS + 4 * 8 * 8;
const FLAGS: usize = SIDES + 3;
const CHANCES: usize = FLAGS + 5;

/// What has been learned about lines so far.
///
/// A step of a line is told relative to the step before it: its extent along the axis in which that
/// one was longer, then how far it departs from going straight on.
pub(super) struct Model<C> {
    pub(super) coder: C,
    chances: Vec<Chance>,
    spare: Chance,
}

/// The step before, in grid units, and which way the line bent there.
#[derive(Clone, Copy, Default)]
pub(super) struct Motion {
    dx: i64,
    dy: i64,
    /// 0 straight on, 1 to one side, 2 to the other.
    bent: usize,
}

impl<C: Coder> Model<C> {
    pub(super) fn new(coder: C) -> Self {
        Self {
            coder,
            chances: vec![Chance::EVEN; CHANCES],
            spare: Chance::EVEN,
        }
    }

    pub(super) fn flag(&mut self, flag: Flag, bit: bool) -> bool {
        self.decide(FLAGS + flag as usize, bit)
    }

    /// A number below 2^32.
    pub(super) fn number(&mut self, kind: Kind, number: u64) -> u64 {
        self.classed(OF_KINDS + kind as usize, number)
    }

    /// A number above −2^32 and below 2^32.
    pub(super) fn signed(&mut self, kind: Kind, number: i64) -> i64 {
        let size = self.number(kind, number.unsigned_abs()) as i64;
        let is_negative = size != 0 && self.flag(Flag::Negative, number < 0);
        if is_negative { -size } else { size }
    }

    /// The next step of a line.
    pub(super) fn step(&mut self, before: &mut Motion, (dx, dy): (i64, i64)) -> (i64, i64) {
        let is_steep = before.dy.abs() > before.dx.abs();
        let turned = |(a, b): (i64, i64)| if is_steep { (b, a) } else { (a, b) };
        let (long, short) = turned((before.dx, before.dy));
        let (u, v) = turned((dx, dy));

        let was = length(long);
        let size = self.classed(OF_LENGTHS + was, u.unsigned_abs()) as i64;
        let is = length(size);
        let slope = (4 * short.abs() / long.abs().max(1)).min(3) as usize;
        let turn = TURNS + (slope * 8 + is / 2) * 8 + was / 2;
        let is_back = size != 0 && self.decide(turn, (u < 0) != (long < 0));
        let u = if is_back == (long < 0) { size } else { -size };

        let straight = straight_on(u, long, short);
        let tree = OF_BENDS + (is * 6 + was / 3) * 2 + usize::from(is_back);
        let bend = v - straight;
        let size = self.classed(tree, bend.unsigned_abs()) as i64;
        // Which side of the line it bends to, whichever way the line runs.
        let runs_back = (u < 0) != is_steep;
        let is_left = size != 0 && self.decide(SIDES + before.bent, (bend < 0) != runs_back);
        let v = straight + if is_left == runs_back { size } else { -size };

        let (dx, dy) = turned((u, v));
        let bent = if size == 0 {
            0
        } else {
            1 + usize::from(is_left)
        };
        *before = Motion { dx, dy, bent };
        (dx, dy)
    }

    /// A number below 2^32: its length in bits by a tree of decisions, its two leading bits below
    /// the highest by decisions, the rest plain.
    fn classed(&mut self, tree: usize, number: u64) -> u64 {
        let class = (64 - number.leading_zeros()).min(31) as usize;
        let mut node = 1;
        for level in (0..5).rev() {
            let bit = self.decide(tree * CLASSES + node, class >> level & 1 == 1);
            node = node * 2 + usize::from(bit);
        }
        let class = node - CLASSES;
        if class < 2 {
            return class as u64;
        }
        if class == 31 {
            return self.coder.plain(32, number);
        }
        let below = class as u32 - 1;
        let mut leading = 1;
        for place in (below.saturating_sub(2)..below).rev() {
            let bit = self.decide(LEADING + class * 4 + leading, number >> place & 1 == 1);
            leading = leading * 2 + usize::from(bit);
        }
        let rest = below.saturating_sub(2);
        (leading as u64) << rest | self.coder.plain(rest, number)
    }

    fn decide(&mut self, chance: usize, bit: bool) -> bool {
        let chance = self.chances.get_mut(chance).unwrap_or(&mut self.spare);
        self.coder.decide(chance, bit)
    }
}

/// Bits of a step's length, up to 15.
fn length(step: i64) -> usize {
    (64 - step.unsigned_abs().leading_zeros()).min(15) as usize
}

/// Where a step of `u` along the longer axis leads across it when the line goes on as before,
/// rounded; nowhere for steps too long to be part of a curve (and for 64 bits).
fn straight_on(u: i64, long: i64, short: i64) -> i64 {
    const CURVE: i64 = 1 << 24;
    if long == 0 || long.abs() > CURVE || u.abs() > CURVE {
        return 0;
    }
    let size = ((2 * u * short).abs() + long.abs()) / (2 * long.abs());
    if (u < 0) ^ (short < 0) ^ (long < 0) {
        -size
    } else {
        size
    }
}
