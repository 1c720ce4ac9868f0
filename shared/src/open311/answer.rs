//! Everything the specification answers with.

use serde::Serialize;

use super::encode::Answer;
use super::words;
use crate::municipality::{Category, Condition, Datatype, Group, Kind, Question};
use crate::status::State;
use crate::time::Timestamp;

/// A kind of request that can be made: `GET services`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Our category code.
    pub service_code: String,
    /// Its label.
    pub service_name: String,
    /// A sentence about it.
    pub description: Option<String>,
    /// Whether it asks questions, which a service definition tells.
    pub metadata: bool,
    /// When the request's number is known.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// Words a citizen would use for it, separated by commas.
    pub keywords: Option<String>,
    /// The heading it stands under.
    pub group: Option<String>,
}

/// When a request's number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceType {
    /// At once: the only one of Open311's three that is ours.
    Realtime,
}

/// What a kind of request asks: `GET services/{service_code}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// Our category code.
    pub service_code: String,
    /// Its questions, in their order.
    pub attributes: Vec<Attribute>,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attribute {
    /// Whether it takes an answer; all of ours do.
    pub variable: bool,
    /// What the answer is sent as: `attribute[code]`.
    pub code: String,
    /// The answer's type.
    pub datatype: Datatype,
    /// Whether an answer is always needed. Open311 knows no questions that hang on an answer: one
    /// of those never says so, and [`Attribute::datatype_description`] says when it is asked.
    pub required: bool,
    /// How to answer.
    pub datatype_description: Option<String>,
    /// Its place, from 1.
    pub order: usize,
    /// The question.
    pub description: String,
    /// What can be chosen, for the two list types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<AttributeValue>,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttributeValue {
    /// What is sent.
    pub key: String,
    /// What is shown.
    pub name: String,
}

/// A request as the public may see it: `GET requests/{service_request_id}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "each field means what GeoReport v2 says of it")]
pub struct Request {
    pub service_request_id: String,
    pub status: Status,
    pub status_notes: Option<String>,
    pub service_name: Option<String>,
    pub service_code: String,
    pub description: Option<String>,
    pub agency_responsible: Option<String>,
    pub service_notice: Option<String>,
    pub requested_datetime: Timestamp,
    pub updated_datetime: Option<Timestamp>,
    pub expected_datetime: Option<Timestamp>,
    pub address: Option<String>,
    pub address_id: Option<String>,
    pub zipcode: Option<String>,
    /// Degrees, WGS 84.
    pub lat: Option<f64>,
    /// Degrees, WGS 84.
    pub long: Option<f64>,
    pub media_url: Option<String>,
    /// What we know beyond the specification, only where `extensions=true` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_attributes: Option<Extended>,
}

/// What the public may know of a request beyond the specification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Extended {
    /// Which of the six kinds of contact it is.
    pub kind: Kind,
    /// Where it stands, by our ten states.
    pub state: State,
    /// Code of the sub-municipality.
    pub district: Option<String>,
    /// Code of the department that has it.
    pub department: String,
    /// Id of the agency that has it.
    pub agency: Option<String>,
}

/// Open311's two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Something is still to be done.
    Open,
    /// Nothing is.
    Closed,
}

/// The answer to `POST requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Created {
    /// The report's number.
    pub service_request_id: String,
    /// What to expect.
    pub service_notice: Option<String>,
    /// The caller's account; accounts are not kept.
    pub account_id: Option<String>,
}

/// The answer to `GET tokens/{token}`. Numbers are given at once here, so a request's token is its
/// number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Token {
    /// The report's number.
    pub service_request_id: String,
    /// What was asked with.
    pub token: String,
}

/// A refusal; a response holds an array of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// HTTP status: of GeoReport's own 400, 403 and 404.
    pub code: u16,
    /// Why, for people.
    pub description: String,
}

/// Where the endpoints are: `GET discovery`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Discovery {
    /// When what is told here changed, as a time that sorts.
    pub changeset: Timestamp,
    /// Whom to ask.
    pub contact: String,
    /// How to get an API key.
    pub key_service: String,
    /// What there is.
    pub endpoints: Vec<Endpoint>,
}

/// An endpoint of a [`Discovery`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// Of which specification.
    pub specification: &'static str,
    /// Its address, without a slash at the end.
    pub url: String,
    /// When its services changed.
    pub changeset: Timestamp,
    /// `production` or `test`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The media types it answers with.
    pub formats: [&'static str; 2],
}

impl Answer for Vec<Service> {
    const ROOT: &'static str = "services";
    const ITEM: &'static str = "service";
}

impl Answer for Definition {
    const ROOT: &'static str = "service_definition";
}

impl Answer for Vec<Request> {
    const ROOT: &'static str = "service_requests";
    const ITEM: &'static str = "request";
}

impl Answer for Vec<Created> {
    const ROOT: &'static str = "service_requests";
    const ITEM: &'static str = "request";
}

impl Answer for Vec<Token> {
    const ROOT: &'static str = "service_requests";
    const ITEM: &'static str = "request";
}

impl Answer for Vec<Fault> {
    const ROOT: &'static str = "errors";
    const ITEM: &'static str = "error";
}

impl Answer for Discovery {
    const ROOT: &'static str = "discovery";
}

impl Service {
    /// What `category` of `group` is called in `language`.
    #[must_use]
    pub fn of(group: &Group, category: &Category, language: &str) -> Service {
        let keywords = category
            .keywords
            .get(language)
            .filter(|words| !words.is_empty());
        Service {
            service_code: category.code.clone(),
            service_name: category.names.in_language(language).to_owned(),
            description: category
                .notice
                .as_ref()
                .map(|n| n.in_language(language).to_owned()),
            metadata: !category.questions.is_empty(),
            kind: ServiceType::Realtime,
            keywords: keywords.map(|words| words.join(",")),
            group: Some(group.names.in_language(language).to_owned()),
        }
    }
}

impl Definition {
    /// What `category` asks, in `language`.
    #[must_use]
    pub fn of(category: &Category, language: &str) -> Definition {
        let questions = category.questions.iter().enumerate();
        Definition {
            service_code: category.code.clone(),
            attributes: questions
                .map(|(index, question)| attribute(category, index, question, language))
                .collect(),
        }
    }
}

fn attribute(category: &Category, index: usize, question: &Question, language: &str) -> Attribute {
    let how = match question.datatype {
        Datatype::Datetime => Some(words::how_to_write_times(language).to_owned()),
        _ => None,
    };
    let when = question.when.as_ref();
    let when = when.and_then(|when| asked_when(category, when, language));
    let hints: Vec<String> = when.into_iter().chain(how).collect();
    Attribute {
        variable: true,
        code: question.code.clone(),
        datatype: question.datatype,
        required: question.required && question.when.is_none(),
        datatype_description: (!hints.is_empty()).then(|| hints.join(" ")),
        order: index + 1,
        description: question.names.in_language(language).to_owned(),
        values: question
            .values
            .iter()
            .map(|value| AttributeValue {
                key: value.code.clone(),
                name: value.names.in_language(language).to_owned(),
            })
            .collect(),
    }
}

/// After which answer a question is asked, in words.
fn asked_when(category: &Category, when: &Condition, language: &str) -> Option<String> {
    let before = category.questions.iter();
    let earlier = before.clone().find(|it| it.code == when.question)?;
    let answer = earlier.values.iter().find(|value| value.code == when.is);
    let answer = answer.map_or(when.is.as_str(), |value| value.names.in_language(language));
    let question = earlier.names.in_language(language);
    Some(words::only_if(question, answer, language))
}

impl Status {
    /// Closed is what nobody works on any more. What is reported done but not agreed is still
    /// open: the reporter may send it back.
    #[must_use]
    pub fn of(state: State) -> Status {
        match state {
            State::Closed | State::Rejected => Status::Closed,
            State::Received
            | State::Screened
            | State::Assigned
            | State::InProgress
            | State::WaitingForReporter
            | State::Transferred
            | State::Resolved
            | State::Reopened => Status::Open,
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Status> {
        match name {
            "open" => Some(Status::Open),
            "closed" => Some(Status::Closed),
            _ => None,
        }
    }

    /// Our states that it stands for.
    pub fn states(self) -> impl Iterator<Item = State> {
        State::ALL
            .into_iter()
            .filter(move |state| Status::of(*state) == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{from_value, json};

    #[test]
    fn a_question_that_hangs_on_an_answer_is_never_required_and_says_when_it_is_asked() {
        let value = |code: &str, name: &str| json!({"code": code, "names": {"en": name}});
        let category: Category = from_value(json!({
            "code": "roads.pothole", "names": {"en": "Pothole"},
            "questions": [
                {"code": "hurt", "names": {"en": "Is anybody hurt?"}, "datatype": "singlevaluelist",
                 "required": true, "values": [value("yes", "Yes"), value("no", "No")]},
                {"code": "since", "names": {"en": "Since when?"}, "datatype": "datetime",
                 "required": true, "when": {"question": "hurt", "is": "yes"}}
            ]
        }))
        .unwrap();
        let definition = Definition::of(&category, "en");
        let told: Vec<(&str, bool, usize, Option<&str>)> = definition
            .attributes
            .iter()
            .map(|it| {
                let hint = it.datatype_description.as_deref();
                (it.code.as_str(), it.required, it.order, hint)
            })
            .collect();
        let hint = "Only if “Is anybody hurt?” is answered “Yes”. As in 2026-11-21T09:41:00+03:00.";
        assert_eq!(
            told,
            [("hurt", true, 1, None), ("since", false, 2, Some(hint))]
        );
    }

    #[test]
    fn every_state_of_ours_is_open_or_closed_and_is_found_again_by_it() {
        for state in State::ALL {
            let status = Status::of(state);
            assert!(status.states().any(|it| it == state));
        }
        let closed: Vec<State> = Status::Closed.states().collect();
        assert_eq!(closed, [State::Closed, State::Rejected]);
        assert_eq!(Status::named("OPEN"), None, "the caller folds case");
    }
}
