//! What each feature weighs. The one place to tune: calibrated on `shared/development/spam/` and the
//! honest texts of `shared/development/`, never on what is held out.

use crate::reason::Reason;

/// What a feature weighs, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// Its name.
    pub code: &'static str,
    /// Each time it is seen.
    pub each: i16,
    /// However often it is seen.
    pub most: i16,
}

const fn weight(code: &'static str, each: i16, most: i16) -> Weight {
    Weight { code, each, most }
}

/// Every feature there is.
pub const WEIGHTS: [Weight; 28] = [
    // Words of advertisements: what is sold nowhere else; services that also honest people name;
    // the language of offers; the call to act.
    weight("advert.topic", 400, 560),
    weight("advert.service", 200, 600),
    weight("advert.offer", 110, 440),
    weight("advert.call", 120, 300),
    weight("advert.price", 70, 140),
    // An advertisement that says where to turn.
    weight("advert.reachable", 220, 220),
    // And nothing in it is about a street.
    weight("advert.bare", 130, 130),
    // The same words inside quotation marks.
    weight("advert.quoted", 60, 240),
    // Addresses.
    weight("link.unknown", 200, 400),
    weight("link.cheap", 330, 500),
    weight("link.shortened", 430, 600),
    weight("link.invitation", 420, 600),
    weight("link.alone", 420, 420),
    // Ways to be called.
    weight("contact.phones", 120, 360),
    weight("contact.emails", 130, 260),
    weight("contact.handle", 200, 300),
    // Letters.
    weight("disguise.alphabets", 330, 660),
    weight("disguise.letters", 200, 500),
    weight("disguise.hidden", 260, 520),
    // No words.
    weight("gibberish", 800, 800),
    weight("repetition.words", 700, 700),
    weight("repetition.marks", 60, 60),
    weight("shouting", 60, 60),
    // Not of the text alone.
    weight("text.alike", 150, 150),
    weight("text.alike_many", 300, 300),
    weight("session.young", 30, 30),
    // What people write who report something.
    weight("report.civic", -70, -280),
    weight("report.witness", -230, -460),
];

/// The weight of a feature; nothing for one that does not exist.
pub(super) fn of(code: &str) -> Weight {
    let known = WEIGHTS.iter().find(|it| it.code == code);
    known.copied().unwrap_or(weight("", 0, 0))
}

/// What an operator is told of a feature.
pub(super) fn reason(code: &str) -> Reason {
    match code.split('.').next().unwrap_or_default() {
        "link" => Reason::SpamLinks,
        "contact" => Reason::SpamContacts,
        "disguise" => Reason::SpamDisguise,
        "gibberish" => Reason::SpamGibberish,
        "repetition" | "shouting" => Reason::SpamRepetition,
        "text" => Reason::TextRepeated,
        _ => Reason::SpamAdvertising,
    }
}
