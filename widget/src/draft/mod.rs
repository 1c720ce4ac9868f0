//! What the citizen has said so far, and what follows from it. Pure: no browser in here.

mod flow;
mod lacks;
mod report;

use balagh_shared::municipality::{Ask, Asks, Kind, PublicCategory, PublicMunicipality, Question};
use balagh_shared::report::{Answer, PlaceSource, Point};
use balagh_shared::rules;

pub(crate) use flow::Step;
pub(crate) use lacks::{Lack, from_violation, lacks, lacks_at_first};
pub(crate) use report::report;

/// The category of who does not know, offered last wherever categories are.
pub(crate) const UNSURE: &str = "general.unsure";

/// A report in the making.
///
/// It is kept on the device after every change; see `wire::draft`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    /// The idempotency key it will be sent with.
    pub(crate) id: String,
    /// Where the citizen is in the form.
    pub(crate) step: Step,
    /// Which of the six kinds.
    pub(crate) kind: Kind,
    /// Category code, once chosen.
    pub(crate) category: Option<String>,
    /// Their own words.
    pub(crate) description: String,
    /// The place.
    pub(crate) place: Spot,
    /// Answers to the category's questions.
    pub(crate) answers: Vec<Answer>,
    /// The phone number as typed.
    pub(crate) phone: String,
    /// The e-mail address as typed.
    pub(crate) email: String,
    /// Whether they are reached by e-mail instead of by phone.
    pub(crate) by_email: bool,
    /// The contact that a one-time code confirmed, with the token that says so.
    pub(crate) confirmed: Option<Confirmed>,
    /// The page's own reference, which the citizen neither sees nor types.
    pub(crate) partner_reference: Option<String>,
    /// Whether the declaration is ticked.
    pub(crate) declared: bool,
    /// Whether the step is seen to from the review, and returns to it.
    pub(crate) reviewing: bool,
    /// Number of the report that it is to be joined to.
    pub(crate) joins: Option<String>,
}

/// A contact that a one-time code confirmed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Confirmed {
    /// Phone number or e-mail address, as typed.
    pub(crate) contact: String,
    /// The `Balagh-Contact` token.
    pub(crate) token: String,
}

impl std::fmt::Debug for Confirmed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Confirmed")
    }
}

/// The place as far as it is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spot {
    /// The point, once someone set one.
    pub(crate) at: Option<Point>,
    /// How it was given.
    pub(crate) source: PlaceSource,
    /// The sub-municipality found or chosen.
    pub(crate) district: Option<String>,
    /// Those it lies between.
    pub(crate) candidates: Vec<String>,
    /// Whether the citizen answered that they do not know which.
    pub(crate) undecided: bool,
    /// Whether the point lies in none.
    pub(crate) outside: bool,
    /// The place in words.
    pub(crate) landmark: String,
    /// The number on a lamp post, container or sign.
    pub(crate) asset: String,
    /// Whether it is given without the map.
    pub(crate) listed: bool,
}

impl Default for Draft {
    fn default() -> Draft {
        Draft {
            id: String::new(),
            step: Step::What,
            kind: Kind::Report,
            category: None,
            description: String::new(),
            place: Spot::default(),
            answers: Vec::new(),
            phone: String::new(),
            email: String::new(),
            by_email: false,
            confirmed: None,
            declared: false,
            reviewing: false,
            joins: None,
            partner_reference: None,
        }
    }
}

impl Default for Spot {
    fn default() -> Spot {
        Spot {
            at: None,
            source: PlaceSource::Map,
            district: None,
            candidates: Vec::new(),
            undecided: false,
            outside: false,
            landmark: String::new(),
            asset: String::new(),
            listed: false,
        }
    }
}

impl Spot {
    /// Whether nothing was said about it.
    pub(crate) fn is_blank(&self) -> bool {
        let said = [&self.landmark, &self.asset];
        self.at.is_none()
            && self.district.is_none()
            && said.into_iter().all(|typed| typed.trim().is_empty())
    }
}

impl Draft {
    /// An empty draft with this key.
    pub(crate) fn new(id: String) -> Draft {
        Draft {
            id,
            ..Draft::default()
        }
    }

    /// The chosen category.
    pub(crate) fn category<'a>(&self, of: &'a PublicMunicipality) -> Option<&'a PublicCategory> {
        of.category(self.category.as_deref()?)
    }

    /// What its kind asks for, by its category where one is chosen.
    pub(crate) fn kind_asks(&self, of: &PublicMunicipality) -> Asks {
        of.asks(self.category(of).map_or(self.kind, |it| it.kind))
    }

    /// Whether it may go without a place.
    pub(crate) fn place_is_optional(&self, of: &PublicMunicipality) -> bool {
        self.kind_asks(of).place == Ask::Optional
    }

    /// Whether nothing was said yet: such a draft is not worth keeping.
    pub(crate) fn is_blank(&self) -> bool {
        let Draft {
            id,
            step,
            kind,
            partner_reference,
            ..
        } = self.clone();
        *self
            == Draft {
                id,
                step,
                kind,
                partner_reference,
                ..Draft::default()
            }
    }

    /// How they are to be reached, as typed; empty for not at all.
    pub(crate) fn contact(&self) -> &str {
        let typed = if self.by_email {
            &self.email
        } else {
            &self.phone
        };
        typed.trim()
    }

    /// The token of the contact, if that very contact was confirmed.
    pub(crate) fn token(&self) -> Option<&str> {
        let confirmed = self.confirmed.as_ref()?;
        (confirmed.contact == self.contact()).then_some(confirmed.token.as_str())
    }

    /// Chooses a category; answers about another one go.
    pub(crate) fn choose(&mut self, category: &PublicCategory) {
        if self.category.as_deref() != Some(&category.code) {
            self.answers.clear();
            self.joins = None;
        }
        self.category = Some(category.code.clone());
    }

    /// The answers that count, in the order of the category's questions. One to a question that an
    /// earlier answer no longer asks is kept here, in case that one changes back, and not sent.
    pub(crate) fn counted(&self, of: &PublicMunicipality) -> Vec<Answer> {
        let questions = self.category(of).map_or(&[][..], |it| &it.questions);
        rules::counted(questions, &self.answers)
    }

    /// Whether `question` is asked, given the answers so far.
    pub(crate) fn asks(&self, question: &Question, of: &PublicMunicipality) -> bool {
        rules::asked(question, &self.counted(of))
    }

    /// What was answered to a question.
    pub(crate) fn answer(&self, question: &str) -> &[String] {
        self.answers
            .iter()
            .find(|answer| answer.question == question)
            .map_or(&[], |answer| &answer.values)
    }

    /// Answers a question; no values take the answer away.
    pub(crate) fn set_answer(&mut self, question: &str, values: Vec<String>) {
        self.answers.retain(|answer| answer.question != question);
        if !values.is_empty() {
            self.answers.push(Answer {
                question: question.to_owned(),
                values,
            });
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small municipality: two districts, three categories.
    pub(crate) fn municipality() -> PublicMunicipality {
        serde_json::from_str(include_str!("sample.json")).unwrap()
    }

    #[test]
    fn another_category_drops_the_answers_about_the_first() {
        let municipality = municipality();
        let mut draft = Draft::new("k".repeat(24));
        draft.choose(municipality.category("roads.pothole").unwrap());
        draft.set_answer("width", vec!["hand".into()]);
        draft.choose(municipality.category("roads.pothole").unwrap());
        assert_eq!(draft.answer("width"), ["hand"]);
        draft.choose(municipality.category("thanks.any").unwrap());
        assert!(draft.answer("width").is_empty());
    }

    #[test]
    fn an_answer_to_a_question_no_longer_asked_is_kept_and_not_sent() {
        let municipality = municipality();
        let mut draft = Draft::new("k".repeat(24));
        draft.choose(municipality.category("roads.pothole").unwrap());
        draft.set_answer("metres", vec!["two".into()]);
        draft.set_answer("width", vec!["wider".into()]);
        let sent = |draft: &Draft| {
            let answers = draft.counted(&municipality).into_iter();
            answers.map(|it| it.question).collect::<Vec<_>>()
        };
        assert_eq!(sent(&draft), ["width", "metres"]);
        draft.set_answer("width", vec!["hand".into()]);
        assert_eq!(sent(&draft), ["width"]);
        assert_eq!(draft.answer("metres"), ["two"]);
    }

    #[test]
    fn a_token_counts_only_for_the_contact_that_was_confirmed() {
        let mut draft = Draft::new("k".repeat(24));
        draft.phone = " 0551234567".into();
        draft.confirmed = Some(Confirmed {
            contact: "0551234567".into(),
            token: "t".into(),
        });
        assert_eq!(draft.token(), Some("t"));
        draft.by_email = true;
        assert_eq!(draft.token(), None);
        draft.by_email = false;
        draft.phone.push('8');
        assert_eq!(draft.token(), None);
    }

    #[test]
    fn only_what_was_said_makes_a_draft_worth_keeping() {
        let mut draft = Draft::new("k".repeat(24));
        assert!(draft.is_blank());
        draft.description.push('x');
        assert!(!draft.is_blank());
    }
}
