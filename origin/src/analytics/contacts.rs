//! Ratings of contacts: what people said of the agent who took their call and of the answer they got,
//! all agents together. Fewer than [`FEWEST`] would be somebody's, and nothing is said of them.

use std::collections::BTreeMap;

use super::tally::Share;
use crate::store::ContactFigures;

/// As few ratings as anything is said of.
const FEWEST: u64 = 5;

/// What the ratings of a period come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contacts {
    /// All of them.
    pub total: Ratings,
    /// By the code of the channel that the contact came through.
    pub by_channel: BTreeMap<String, Ratings>,
}

/// How many ratings there are, and of how many each mark was 4 or 5 of 5.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings {
    /// How many contacts were rated.
    pub rated: u64,
    /// Of how many the agent pleased.
    pub pleased_with_agent: u64,
    /// Of how many the answer did.
    pub pleased_with_answer: u64,
}

impl Contacts {
    /// Of the ratings of each agent.
    #[must_use]
    pub fn of(figures: &[ContactFigures]) -> Contacts {
        let mut contacts = Contacts::default();
        for one in figures {
            contacts.total.add(one);
            let channel = contacts.by_channel.entry(one.channel.clone());
            channel.or_default().add(one);
        }
        contacts
    }
}

impl Ratings {
    fn add(&mut self, one: &ContactFigures) {
        self.rated += one.ratings;
        self.pleased_with_agent += one.pleased_with_agent;
        self.pleased_with_answer += one.pleased_with_answer;
    }

    /// Pleased with the agent, of all that rated; nothing of too few.
    #[must_use]
    pub fn agent(&self) -> Share {
        self.share(self.pleased_with_agent)
    }

    /// Pleased with the answer, of all that rated; nothing of too few.
    #[must_use]
    pub fn answer(&self) -> Share {
        self.share(self.pleased_with_answer)
    }

    fn share(&self, part: u64) -> Share {
        match self.rated < FEWEST {
            true => Share { part: 0, whole: 0 },
            false => Share {
                part,
                whole: self.rated,
            },
        }
    }
}
