//! What each feature weighs. The one place to tune by hand: calibrated on `shared/spam/development/` and
//! the honest texts of `shared/development/`, never on what is held out. Pieces of words are learnt
//! beside them (`learned`): after a change here they are learnt anew.

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
pub const WEIGHTS: [Weight; 34] = [
    // Words of advertisements: what is sold nowhere else; services that also honest people name;
    // the language of offers; the call to act.
    weight("advert.topic", 430, 1100),
    weight("advert.service", 220, 660),
    weight("advert.offer", 220, 730),
    weight("advert.call", 200, 500),
    weight("advert.price", 90, 180),
    // What is learnt from the development sets: what a text says by the side of its phrases.
    weight("advert.words", 1, 5000),
    weight("report.words", -1, -5000),
    weight("advert.shape", 1, 1000),
    weight("report.shape", -1, -1000),
    // An advertisement that says where to turn, and has no word of a report.
    weight("advert.reachable", 150, 150),
    // And nothing in it is about a street.
    weight("advert.bare", 90, 90),
    // The same words inside quotation marks.
    weight("advert.quoted", 20, 60),
    // Addresses.
    weight("link.unknown", 200, 400),
    weight("link.cheap", 550, 830),
    weight("link.shortened", 720, 1000),
    weight("link.invitation", 700, 1000),
    weight("link.alone", 350, 350),
    // Ways to be called: people who report something leave theirs, too.
    weight("contact.phones", 60, 120),
    weight("contact.emails", 90, 180),
    weight("contact.handle", 400, 600),
    // Letters.
    weight("disguise.alphabets", 550, 1000),
    weight("disguise.letters", 400, 900),
    weight("disguise.hidden", 430, 870),
    weight("disguise.spaced", 550, 900),
    // No words.
    weight("gibberish", 1000, 1000),
    weight("repetition.words", 1000, 1000),
    weight("repetition.marks", 60, 60),
    weight("shouting", 30, 30),
    // Not of the text alone.
    weight("text.alike", 250, 250),
    weight("text.alike_many", 500, 500),
    weight("session.young", 50, 50),
    // What people write who report something.
    // What else a town has and people find broken: it weighs where the words are few (`shape`).
    weight("report.town", -5, -20),
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
