//! How much of everything a report may hold, in one place.
//!
//! Generous: nobody who describes a problem in good faith meets one of them. They are there so that
//! whatever is sent costs a known amount of work, and what is over them is told, never cut off.
//! What a municipality decides itself (the length of a description, the number of photos) stands in
//! its document.

/// Most characters, as people count them, of a landmark, an asset's number, a name, a reference or a
/// short answer: two lines of a phone's screen, and more than any real one.
pub const LINE: u32 = 300;

/// Most characters of a long answer (datatype `text`): as many as a description has by default.
pub const PARAGRAPH: u32 = 4_000;

/// Most bytes that one character may be written with, on average over a text: an emoji of a family of
/// four with the colours of their skin has 41. It bounds what stacked combining marks can hide behind
/// a short count.
pub const BYTES_PER_CHARACTER: usize = 48;

/// Most bytes of an e-mail address: RFC 5321's path of 256 less its angle brackets.
pub const EMAIL_BYTES: usize = 254;

/// Digits of an international phone number: E.164 allows 15, and no country's mobile numbers have
/// fewer than 8 with their calling code.
pub const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Most characters of a channel's name: a label, not a text.
pub const CHANNEL: usize = 32;
