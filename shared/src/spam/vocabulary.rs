//! The words of advertisements, and those of people who report something: a file a language in
//! `vocabulary/`, read once. A line is `group: phrase, phrase, …`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::Found;
use super::links::leads_to_somebody;
use super::tokens::{Tokens, Word};
use crate::text::fold;

const FILES: [&str; 7] = [
    include_str!("vocabulary/ar.txt"),
    include_str!("vocabulary/en.txt"),
    include_str!("vocabulary/hi.txt"),
    include_str!("vocabulary/id.txt"),
    include_str!("vocabulary/ms.txt"),
    include_str!("vocabulary/other.txt"),
    include_str!("vocabulary/ur.txt"),
];

/// What a phrase speaks for, by the word before its line's colon.
const GROUPS: [(&str, &str); 7] = [
    ("topic", "advert.topic"),
    ("service", "advert.service"),
    ("offer", "advert.offer"),
    ("call", "advert.call"),
    ("civic", "report.civic"),
    ("witness", "report.witness"),
    ("town", "report.town"),
];

/// A phrase: its words after the first, and what it speaks for.
struct Phrase {
    rest: Vec<String>,
    code: &'static str,
}

#[derive(Default)]
struct Vocabulary {
    /// By first word.
    phrases: BTreeMap<String, Vec<Phrase>>,
    /// Of scripts without spaces: looked for inside of words.
    inside: Vec<(String, &'static str)>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut vocabulary = Vocabulary::default();
    for line in FILES.iter().flat_map(|file| file.lines()) {
        let Some((group, phrases)) = line.split_once(':') else {
            continue;
        };
        let Some((_, code)) = GROUPS.iter().find(|(name, _)| *name == group) else {
            continue;
        };
        for phrase in phrases.split(',') {
            vocabulary.add(&fold(phrase), code);
        }
    }
    vocabulary
});

impl Vocabulary {
    fn add(&mut self, phrase: &str, code: &'static str) {
        let mut words = phrase.split(' ').map(stem);
        let Some(first) = words.next().filter(|first| !first.is_empty()) else {
            return;
        };
        if first
            .chars()
            .all(|c| matches!(c, '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}'))
        {
            self.inside.push((first.to_owned(), code));
            return;
        }
        let phrase = Phrase {
            rest: words.map(str::to_owned).collect(),
            code,
        };
        self.phrases
            .entry(first.to_owned())
            .or_default()
            .push(phrase);
    }

    /// A phrase of each group that begins at the first of `words`, with its length in words: the
    /// longest of them.
    fn beginning(&self, words: &[Word]) -> Vec<(&'static str, String, usize)> {
        let mut found: Vec<(&'static str, String, usize)> = Vec::new();
        let Some((first, after)) = words.split_first() else {
            return found;
        };
        let readings = [Some(first.text.as_str()), first.seen_as.as_deref()];
        for reading in readings.into_iter().flatten().flat_map(readings_of) {
            for phrase in self.phrases.get(reading).into_iter().flatten() {
                let mut rest = phrase.rest.iter().zip(after);
                let goes_on = phrase.rest.len() <= after.len()
                    && rest
                        .all(|(expected, word)| readings_of(&word.text).any(|it| it == expected));
                if !goes_on {
                    continue;
                }
                let mut said = vec![reading];
                said.extend(phrase.rest.iter().map(String::as_str));
                let length = said.len();
                match found.iter_mut().find(|(code, ..)| *code == phrase.code) {
                    Some(known) if known.2 >= length => {}
                    Some(known) => *known = (phrase.code, said.join(" "), length),
                    None => found.push((phrase.code, said.join(" "), length)),
                }
            }
        }
        found
    }
}

/// A word as it may stand in the list: as it is, without an Arabic conjunction, preposition and
/// article, without the ending of a plural.
fn readings_of(word: &str) -> impl Iterator<Item = &str> {
    let stemmed = stem(word);
    let bare = ["وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ف"]
        .iter()
        .filter_map(move |prefix| word.strip_prefix(prefix))
        .filter(|rest| rest.chars().count() > 2);
    [Some(word), (stemmed != word).then_some(stemmed)]
        .into_iter()
        .flatten()
        .chain(bare)
}

/// A word without its article, or without the "s" of an English plural.
fn stem(word: &str) -> &str {
    if let Some(rest) = word.strip_prefix("ال").filter(|it| it.chars().count() > 2) {
        return rest;
    }
    match word.strip_suffix('s') {
        Some(rest) if rest.len() > 3 && rest.is_ascii() && !rest.ends_with('s') => rest,
        _ => word,
    }
}

pub(super) fn look(tokens: &Tokens<'_>, found: &mut Found) {
    let mut seen: Vec<(&'static str, String)> = Vec::new();
    let words = &tokens.words;
    // What is inside of a longer phrase of the same group says nothing of its own.
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    for at in 0..words.len() {
        let here = words.get(at..).unwrap_or_default();
        let Some(first) = here.first() else { break };
        for (code, phrase, length) in VOCABULARY.beginning(here) {
            if taken.get(code).is_none_or(|until| *until <= at) {
                note(code, phrase, first.quoted, &mut seen, found);
                taken.insert(code, at + length);
            }
        }
        if !first.quoted && is_sum(here) {
            found.add("advert.price", 1, String::new());
        }
        if first.text.len() > 5 && !first.text.is_ascii() {
            for (phrase, code) in &VOCABULARY.inside {
                if first.text.contains(phrase) {
                    note(code, phrase.clone(), first.quoted, &mut seen, found);
                }
            }
        }
    }
    for word in &tokens.typed {
        if is_price(word) {
            found.add("advert.price", 1, String::new());
        }
    }
    let is_reachable = !tokens.phones.is_empty()
        || !tokens.emails.is_empty()
        || !tokens.handles.is_empty()
        || tokens.links.iter().any(|link| leads_to_somebody(link));
    let sells = ["advert.topic", "advert.service", "advert.offer"];
    let sells = sells.iter().any(|code| found.has(code));
    let reports = found.has("report.civic") || found.has("report.witness");
    let topics = seen
        .iter()
        .filter(|(code, _)| *code == "advert.topic")
        .count();
    if sells && !reports {
        if is_reachable {
            found.add("advert.reachable", 1, String::new());
        }
        if is_reachable || found.has("advert.call") || topics > 2 {
            found.add("advert.bare", 1, String::new());
        }
    }
}

/// Notes a phrase the first time; what is quoted is somebody else's.
fn note(
    code: &'static str,
    phrase: String,
    quoted: bool,
    seen: &mut Vec<(&'static str, String)>,
    found: &mut Found,
) {
    let is_advert = code.starts_with("advert.");
    let code = if quoted && is_advert {
        "advert.quoted"
    } else {
        code
    };
    let entry = (code, phrase);
    if seen.len() < 64 && !seen.contains(&entry) {
        found.add(code, 1, entry.1.clone());
        seen.push(entry);
    }
}

/// Units of money, folded.
const MONEY: &[&str] = &[
    "sar",
    "riyal",
    "riyals",
    "usd",
    "dollar",
    "dollars",
    "usdt",
    "euro",
    "euros",
    "aed",
    "dirham",
    "rs",
    "rupee",
    "rupees",
    "rm",
    "ringgit",
    "rp",
    "rb",
    "jt",
    "ribu",
    "juta",
    "jutaan",
    "lakh",
    "ريال",
    "دولار",
    "درهم",
    "دينار",
    "روپي",
    "روپيه",
    "لاكه",
    "रुपये",
    "रुपए",
    "रियाल",
    "लाख",
    "tl",
    "руб",
    "рублей",
];

/// Whether a sum of money begins or ends at the first of `words`.
fn is_sum(words: &[Word]) -> bool {
    let [first, second, ..] = words else {
        return false;
    };
    let is_number = |word: &Word| word.text.bytes().all(|b| b.is_ascii_digit());
    let is_money = |word: &Word| MONEY.contains(&word.text.as_str());
    (is_number(first) && is_money(second)) || (is_money(first) && is_number(second))
}

/// A share or a sum of money, as offers name them.
fn is_price(word: &str) -> bool {
    let has_digit = word.chars().any(|c| c.is_numeric());
    has_digit && word.contains(['%', '٪', '$', '€', '£', '₹'])
}
