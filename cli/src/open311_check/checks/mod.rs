//! How each rule is judged: by what was answered, never by asking again.

pub(super) mod discovery;
pub(super) mod encoding;
pub(super) mod posting;
pub(super) mod requests;
pub(super) mod services;

use serde_json::Value;

use super::answer::{Answer, Format};
use super::ask::{Evidence, Question, extension};
use super::shape::{Field, brief, fault, mistyped, text};

/// Judges one rule.
pub(super) type Check = fn(&Look<'_>) -> Verdict;

/// What a rule looks at.
pub(super) struct Look<'e> {
    pub(super) evidence: &'e Evidence,
    /// The format it is judged in; of a rule about the endpoint, the one that is easier to read.
    pub(super) format: Format,
}

/// What becomes of a rule, each with what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    Kept(String),
    Broken(String),
    /// There was nothing to judge it by.
    Unseen(String),
}

use Verdict::{Broken, Kept, Unseen};

impl<'e> Look<'e> {
    /// The answer to a question; `Unseen` where there is none.
    fn answer(&self, question: Question) -> Result<&'e Answer, Verdict> {
        self.answer_in(question, self.format)
    }

    fn answer_in(&self, question: Question, format: Format) -> Result<&'e Answer, Verdict> {
        // Only discovery has to be there in JSON.
        let is_offered = format == self.evidence.preferred || format == Format::Xml;
        if !is_offered && question != Question::Discovery {
            return Err(Unseen("JSON is not offered".to_owned()));
        }
        match self.evidence.answer(question, format) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(reason)) => Err(Unseen(reason.clone())),
            None => Err(Unseen(
                "it was not asked: there was nothing to ask about".to_owned(),
            )),
        }
    }

    /// The items of the list that answers a question.
    fn items(&self, question: Question) -> Result<Vec<&'e Value>, Verdict> {
        let answer = self.answer(question)?;
        match answer.items() {
            Some(items) => Ok(items),
            None => Err(Unseen(format!("no list: {}", said(answer)))),
        }
    }

    /// The items of a list that there is something in.
    fn some(&self, question: Question) -> Result<Vec<&'e Value>, Verdict> {
        let items = self.items(question)?;
        if items.is_empty() {
            return Err(Unseen("the list is empty".to_owned()));
        }
        Ok(items)
    }

    /// All answers in this format that are meant to be read.
    fn all(&self) -> Vec<&'e Answer> {
        let answered = self.evidence.answered();
        let of = answered.filter(|(_, answer)| answer.format == self.format);
        of.map(|(_, answer)| answer).collect()
    }
}

/// What an answer says, shortly.
fn said(answer: &Answer) -> String {
    let what = match &answer.read {
        Ok(tree) => brief(&tree.value),
        Err(error) => error.clone(),
    };
    format!("{} from {}: {what}", answer.status, answer.url)
}

/// Judged by `judge`, or not at all.
fn unless<T>(found: Result<T, Verdict>, judge: impl FnOnce(T) -> Verdict) -> Verdict {
    match found {
        Ok(found) => judge(found),
        Err(verdict) => verdict,
    }
}

/// Kept where none of the items has a fault.
fn each<'v>(
    items: impl IntoIterator<Item = &'v Value>,
    id: &str,
    judge: impl Fn(&Value) -> Option<String>,
) -> Verdict {
    let mut count = 0_usize;
    let mut faults: Vec<String> = Vec::new();
    let mut more = 0_usize;
    for item in items {
        if let Some(fault) = judge(item) {
            let name = text(item.get(id)).unwrap_or_else(|| "without one".to_owned());
            if faults.len() < 3 {
                faults.push(format!("number {} ({id} {name}): {fault}", count + 1));
            } else {
                more += 1;
            }
        }
        count += 1;
    }
    match (faults.is_empty(), more) {
        (true, _) => Kept(format!("{count} of {count}")),
        (false, 0) => Broken(faults.join("; ")),
        (false, more) => Broken(format!("{}; and {more} more", faults.join("; "))),
    }
}

/// Kept where every item has these fields.
fn shaped(look: &Look<'_>, question: Question, id: &str, fields: &[Field]) -> Verdict {
    unless(look.some(question), |items| {
        each(items, id, |item| fault(item, fields))
    })
}

/// Kept where every field of every item is of its type of JSON.
fn typed(look: &Look<'_>, question: Question, id: &str, fields: &[Field]) -> Verdict {
    unless(look.some(question), |items| {
        each(items, id, |item| mistyped(item, fields, look.format))
    })
}

/// Kept where no two items have the same id.
fn unique<'v>(items: impl IntoIterator<Item = &'v Value>, id: &str) -> Verdict {
    let mut ids: Vec<String> = items
        .into_iter()
        .filter_map(|item| text(item.get(id)))
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    let twice = ids.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(one.clone()),
        _ => None,
    });
    match twice {
        Some(twice) => Broken(format!("{id} {twice} is there twice")),
        None => Kept(format!("{count} different ones")),
    }
}

/// Kept where a list came, under this root in XML.
fn list(look: &Look<'_>, question: Question, root: &str) -> Verdict {
    unless(look.answer(question), |answer| {
        if !answer.is_ok() {
            return Broken(said(answer));
        }
        let tree = match &answer.read {
            Ok(tree) => tree,
            Err(error) => return Broken(error.clone()),
        };
        match &tree.root {
            Some(seen) if seen != root => {
                return Broken(format!("the root is <{seen}>, not <{root}>"));
            }
            _ => {}
        }
        match answer.items() {
            Some(items) => Kept(format!("{} items", items.len())),
            None => Broken(format!("no list: {}", brief(&tree.value))),
        }
    })
}

/// Kept where the answer is a refusal with one of these statuses.
fn refused(look: &Look<'_>, question: Question, statuses: &[u16]) -> Verdict {
    unless(look.answer(question), |answer| {
        let seen = format!("{} from {}", answer.status, answer.url);
        if statuses.contains(&answer.status) {
            Kept(seen)
        } else {
            Broken(seen)
        }
    })
}

/// The format's name as addresses have it.
fn name(format: Format) -> &'static str {
    extension(format)
}
