//! A report while it is written. It travels with the form, in a field that is not shown, and rests
//! nowhere else: there is nothing here to run out, to fill up or to be stolen. Nothing in it is
//! believed, so it needs no signature; what must be believed in it (session, confirmed contact) has
//! its own.

use balagh_shared::key::IdempotencyKey;
use balagh_shared::municipality::{Asks, Kind, PublicCategory, PublicMunicipality};
use balagh_shared::report::Answer;
use balagh_shared::rules;
use serde::{Deserialize, Serialize};

use super::link::Link;
use super::step::Step;

/// What was said so far.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Draft {
    /// The idempotency key: however often the form comes back, it becomes one report.
    pub(super) key: String,
    /// The session of the form; it says when it was opened.
    pub(super) session: String,
    pub(super) kind: Kind,
    pub(super) category: Option<String>,
    /// The category that was said to put nobody in danger now.
    pub(super) safe: Option<String>,
    pub(super) description: String,
    pub(super) district: String,
    pub(super) landmark: String,
    /// Coordinates, a plus code, a map's address or a national address, as typed.
    pub(super) exact: String,
    /// The number on a lamp post, container or sign.
    pub(super) asset: String,
    /// Near a border: the district that was chosen, or [`UNDECIDED`].
    pub(super) near: String,
    /// Outside: the neighbour's area that it is to be passed on to.
    pub(super) handed: String,
    /// As typed; of questions that are no longer asked as well, in case they are again.
    pub(super) answers: Vec<Answer>,
    pub(super) photos: Vec<Photo>,
    pub(super) phone: String,
    pub(super) email: String,
    /// Where a code was sent.
    pub(super) asked: Option<Asked>,
    /// What says that a contact was confirmed.
    pub(super) token: String,
    pub(super) reference: Option<String>,
    pub(super) declared: bool,
    /// The language of the form when it was looked over: what is sent stays the same, in whichever
    /// language its receipt is read.
    pub(super) lang: String,
    /// Whether an edit came from the review, and returns to it.
    pub(super) reviewing: bool,
    /// How many pages there were before this one. Each form goes to an address of its own: a browser
    /// that cannot send it keeps the page it is on only where the address is another.
    pub(super) page: u32,
}

/// What near a border stands for "I don't know".
pub(super) const UNDECIDED: &str = "unsure";

/// A photo that the edge holds, under the name it was sent by.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Photo {
    pub(super) sha256: String,
    /// What the sender's device called it, to be told from the others.
    pub(super) name: String,
}

/// A code that was sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    /// The contact, as typed.
    pub(super) contact: String,
    /// Until when the code is good, in milliseconds since 1970.
    pub(super) until: i64,
}

/// Most characters of a draft's parts that nobody types.
const MOST_NAME: usize = 60;
/// Most photos that are looked at: more than any document allows.
const MOST_PHOTOS: usize = 20;
/// Most answers, and most values of one, that are looked at.
const MOST_ANSWERS: usize = 64;

impl Draft {
    /// An empty draft under `key`, with what a deep link said.
    pub(super) fn new(key: String, session: String, link: Link, of: &PublicMunicipality) -> Draft {
        let mut draft = Draft {
            key,
            session,
            asset: link.asset.unwrap_or_default(),
            reference: link.reference,
            ..Draft::default()
        };
        if let Some([lon, lat]) = link.at {
            draft.exact = format!("{lat}, {lon}");
        }
        if let Some(category) = link.category.and_then(|code| of.category(&code)) {
            draft.choose(category);
        }
        draft
    }

    /// Reads what came back; nothing where it is none of ours.
    pub(super) fn read(json: &str) -> Option<Draft> {
        let mut draft: Draft = serde_json::from_str(json).ok()?;
        IdempotencyKey::parse(&draft.key).ok()?;
        // No work for what no form of ours would carry.
        draft.photos.retain(|photo| rules::is_sha256(&photo.sha256));
        draft.photos.truncate(MOST_PHOTOS);
        draft.answers.truncate(MOST_ANSWERS);
        for answer in &mut draft.answers {
            answer.values.truncate(MOST_ANSWERS);
        }
        Some(draft)
    }

    /// As it travels beside the fields of `step`, which say what they say themselves. A contact and a
    /// point travel twice: whether they changed decides what else still holds.
    pub(super) fn carried(&self, step: Step) -> String {
        let mut rest = self.clone();
        match step {
            Step::What => rest.description.clear(),
            Step::Where => {
                rest.landmark.clear();
                rest.asset.clear();
            }
            Step::Details => {
                rest.description.clear();
            }
            _ => {}
        }
        // Text and numbers: serialising them cannot fail.
        serde_json::to_string(&rest).unwrap_or_default()
    }

    /// The chosen category.
    pub(super) fn category<'m>(&self, of: &'m PublicMunicipality) -> Option<&'m PublicCategory> {
        of.category(self.category.as_deref()?)
    }

    /// What its kind asks for, by its category where one is chosen.
    pub(super) fn asks(&self, of: &PublicMunicipality) -> Asks {
        of.asks(self.category(of).map_or(self.kind, |it| it.kind))
    }

    /// Chooses a category; answers about another one go.
    pub(super) fn choose(&mut self, category: &PublicCategory) {
        if self.category.as_deref() != Some(&category.code) {
            self.answers.clear();
        }
        self.kind = category.kind;
        self.category = Some(category.code.clone());
    }

    /// The answers that count, in the order of the questions: each to a question that those before it
    /// ask.
    pub(super) fn counted(&self, of: &PublicMunicipality) -> Vec<Answer> {
        let questions = self.category(of).map_or(&[][..], |it| &it.questions);
        rules::counted(questions, &self.answers)
    }

    /// What was answered to a question.
    pub(super) fn answer(&self, question: &str) -> &[String] {
        let given = self.answers.iter().find(|it| it.question == question);
        given.map_or(&[], |answer| &answer.values)
    }

    /// Answers a question; no values take the answer away.
    pub(super) fn set_answer(&mut self, question: &str, values: Vec<String>) {
        self.answers.retain(|it| it.question != question);
        if !values.is_empty() {
            self.answers.push(Answer {
                question: question.to_owned(),
                values,
            });
        }
    }

    /// Adds a photo that the edge holds.
    pub(super) fn add_photo(&mut self, sha256: String, name: &str) {
        if !self.photos.iter().any(|it| it.sha256 == sha256) {
            let name = name.chars().take(MOST_NAME).collect();
            self.photos.push(Photo { sha256, name });
        }
    }
}

/// What people type never reaches a log through `{:?}`.
impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Draft(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            key: "k".repeat(24),
            description: "\"حفرة\" <b>".into(),
            ..Draft::default()
        }
    }

    #[test]
    fn a_draft_comes_back_as_it_went() {
        let mut draft = draft();
        draft.add_photo("a".repeat(64), &"n".repeat(1_000));
        draft.add_photo("a".repeat(64), "again");
        assert_eq!((draft.photos.len(), draft.photos[0].name.len()), (1, 60));
        let back = Draft::read(&draft.carried(Step::Review)).unwrap();
        assert!(back == draft);
    }

    #[test]
    fn what_a_page_shows_is_not_carried_beside_it_again() {
        let carried = draft().carried(Step::What);
        assert!(!carried.contains("حفرة"), "{carried}");
    }

    #[test]
    fn what_is_no_draft_is_none() {
        for json in ["", "{}", "[]", "{\"key\":\"short\"}", "{\"key\":7}"] {
            assert!(Draft::read(json).is_none(), "{json}");
        }
        // A field of a newer or older form is nobody's loss.
        let other = format!("{{\"key\":\"{}\",\"colour\":\"red\"}}", "k".repeat(24));
        assert!(Draft::read(&other).is_some());
    }
}
