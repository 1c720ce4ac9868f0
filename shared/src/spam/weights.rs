//! What each feature weighs. The one place to tune: calibrated on `shared/spam/development/` and the
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
pub const WEIGHTS: [Weight; 31] = [
    // Words of advertisements: what is sold nowhere else; services that also honest people name;
    // the language of offers; the call to act.
    weight("advert.topic", 460, 900),
    weight("advert.service", 250, 750),
    weight("advert.offer", 180, 730),
    weight("advert.call", 200, 500),
    weight("advert.price", 120, 230),
    // Words learnt from the development sets: what a text says by the side of its phrases.
    weight("advert.words", 1, 900),
    weight("report.words", -1, -500),
    // An advertisement that says where to turn.
    weight("advert.reachable", 370, 370),
    // And nothing in it is about a street.
    weight("advert.bare", 220, 220),
    // The same words inside quotation marks.
    weight("advert.quoted", 100, 400),
    // Addresses.
    weight("link.unknown", 330, 670),
    weight("link.cheap", 550, 830),
    weight("link.shortened", 720, 1000),
    weight("link.invitation", 700, 1000),
    weight("link.alone", 700, 700),
    // Ways to be called.
    weight("contact.phones", 200, 600),
    weight("contact.emails", 220, 430),
    weight("contact.handle", 330, 500),
    // A way to be called, in a text that has no word of a report.
    weight("contact.bare", 300, 300),
    // Letters.
    weight("disguise.alphabets", 550, 1000),
    weight("disguise.letters", 330, 830),
    weight("disguise.hidden", 430, 870),
    // No words.
    weight("gibberish", 1000, 1000),
    weight("repetition.words", 1000, 1000),
    weight("repetition.marks", 100, 100),
    weight("shouting", 100, 100),
    // Not of the text alone.
    weight("text.alike", 250, 250),
    weight("text.alike_many", 500, 500),
    weight("session.young", 50, 50),
    // What people write who report something.
    weight("report.civic", -120, -470),
    weight("report.witness", -380, -770),
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
