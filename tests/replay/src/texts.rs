//! What people write: texts of the development set, two of them together, so that no two reports say
//! the same; and what is sent through forms that is no report.

use std::collections::BTreeMap;
use std::fs;

use balagh_shared::spam::{Surroundings, score};

use crate::chance::Chance;
use crate::documents::root;

/// Texts by language.
#[derive(Debug)]
pub struct Texts {
    honest: BTreeMap<String, Vec<(String, String)>>,
    spam: Vec<(String, String)>,
}

/// The six languages.
pub const LANGUAGES: [&str; 6] = ["ar", "en", "ur", "hi", "id", "ms"];

/// Points of a text below which the screen asks for nothing, whatever it stands beside.
const CALM: u16 = 60;
/// Of so many lines one is used: enough of them that no two pairs are alike.
const STEP: usize = 6;

impl Texts {
    /// Reads them.
    #[must_use]
    pub fn read() -> Texts {
        let honest = LANGUAGES.map(|language| {
            let lines = lines(&format!("shared/development/{language}.tsv"));
            let few = lines.into_iter().step_by(STEP);
            let calm = few.filter(|(_, text)| points(text) < CALM);
            (language.to_owned(), calm.collect())
        });
        // What the screen holds by its words alone; the rest is for the tests of the score.
        let spam = lines("shared/spam/development/spam.tsv");
        let is_held = |(language, text): &(String, String)| {
            LANGUAGES.contains(&language.as_str()) && points(text) >= 600
        };
        Texts {
            honest: honest.into(),
            spam: spam.into_iter().filter(is_held).collect(),
        }
    }

    /// What somebody writes about `category` in `language`, where the set has words for it.
    pub fn honest(&self, language: &str, category: &str, chance: &mut Chance) -> String {
        let all = &self.honest[language];
        let is_about = |(codes, _): &&(String, String)| codes.split(' ').next() == Some(category);
        let about: Vec<_> = all.iter().filter(is_about).collect();
        let first = match about.as_slice() {
            [] => chance.of(all),
            about => chance.of(about),
        };
        format!("{}. {}", first.1, chance.of(all).1)
    }

    /// Something that is no report, with its language.
    pub fn spam(&self, chance: &mut Chance) -> (String, String) {
        let (language, text) = chance.of(&self.spam).clone();
        (language, text)
    }
}

fn points(text: &str) -> u16 {
    let around = Surroundings {
        young_session: true,
        alike: 0,
    };
    score(text, around).points
}

fn lines(path: &str) -> Vec<(String, String)> {
    let file = fs::read_to_string(root().join(path)).unwrap();
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let split = lines.filter_map(|line| line.split_once('\t'));
    split
        .map(|(label, text)| (label.to_owned(), text.to_owned()))
        .collect()
}
