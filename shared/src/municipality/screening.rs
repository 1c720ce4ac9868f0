//! Limits and thresholds of the screen.

use serde::{Deserialize, Serialize};

/// How the edge screens. Generous by default: at Hajj one carrier's address stands for thousands
/// of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Screening {
    /// Per sender (keyed hash of an address).
    pub sender: Rate,
    /// Per network prefix (keyed hash of the first 24 bits of an IPv4 address, 48 of an IPv6 one): a
    /// carrier's address book, a company, a hotel.
    pub network: Rate,
    /// Per contact (phone or e-mail).
    pub contact: Rate,
    /// All reports to this municipality together; past it every form is asked for work, and nothing
    /// else happens.
    pub whole: Rate,
    /// Reports a sender may file before the hard ceiling answers 429, which is there against
    /// floods, not people.
    pub ceiling: Rate,
    /// What is done with a score of spam.
    pub spam: Spam,
    /// What is taken for the same problem.
    pub nearby: Nearby,
    /// How hard the proof of work is.
    pub proof: ProofBounds,
    /// Steps that decide and report without acting.
    pub shadow: Vec<ShadowStep>,
    /// Steps that are switched off: they neither decide nor report.
    pub off: Vec<ShadowStep>,
    /// How long the edge keeps what it has delivered.
    pub retention: Retention,
}

/// A burst and a steady rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How many at once.
    pub burst: u32,
    /// Seconds until one more is allowed.
    pub every_seconds: u32,
}

/// Scores from 0 (nobody's spam) to 1. A score alone never rejects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Spam {
    /// From here on the sender is asked for more work.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub challenge: f64,
    /// From here on a person looks first; not below `challenge`.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub quarantine: f64,
    /// How alike two texts are that count as the same.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub same_text: f64,
}

/// What lies near in space and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Nearby {
    /// Metres between two reports of one category that may be the same problem.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1000)))]
    pub metres: u32,
    /// Days for which an open report is offered to others.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 365)))]
    pub days: u16,
}

/// Bounds of the adaptive proof of work, in hashes that a device tries at most. A phone of 2016 does
/// some 20,000 a second beside its page, a laptop fifty times as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ProofBounds {
    /// The easiest that is asked once any is.
    #[cfg_attr(feature = "schema", schemars(range(min = 1000, max = 10_000_000)))]
    pub least: u32,
    /// The hardest, whatever the flood: an old phone must be done within a minute.
    #[cfg_attr(feature = "schema", schemars(range(min = 1000, max = 10_000_000)))]
    pub most: u32,
}

/// Steps of the screen that can be watched before they are trusted, or switched off. The others
/// cannot: without them there is no report to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShadowStep {
    /// Proof of work.
    Proof,
    /// Limits per sender, network, contact and partner; the hard ceiling is none of them.
    Limits,
    /// The spam score.
    Spam,
    /// The same text lately, the same problem nearby.
    Duplicate,
}

/// Days for which the edge keeps delivered reports; keys and receipts stay longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Days for the text, the place and the contact.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 400)))]
    pub body_days: u16,
    /// Days for photos.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 400)))]
    pub photo_days: u16,
}

impl Default for Screening {
    fn default() -> Screening {
        let rate = |burst, every_seconds| Rate {
            burst,
            every_seconds,
        };
        Screening {
            sender: rate(20, 30),
            network: rate(300, 2),
            contact: rate(10, 600),
            whole: rate(3_000, 1),
            ceiling: rate(600, 1),
            spam: Spam::default(),
            nearby: Nearby::default(),
            proof: ProofBounds::default(),
            shadow: Vec::new(),
            off: Vec::new(),
            retention: Retention::default(),
        }
    }
}

impl Default for Spam {
    fn default() -> Spam {
        Spam {
            challenge: 0.1,
            quarantine: 0.45,
            same_text: 0.9,
        }
    }
}

impl Default for Nearby {
    fn default() -> Nearby {
        Nearby {
            metres: 150,
            days: 14,
        }
    }
}

impl Default for ProofBounds {
    fn default() -> ProofBounds {
        ProofBounds {
            least: 50_000,
            most: 1_000_000,
        }
    }
}

impl Default for Retention {
    fn default() -> Retention {
        Retention {
            body_days: 14,
            photo_days: 14,
        }
    }
}
