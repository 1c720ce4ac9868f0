//! The category tree: what a report can be about, and what each subject carries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Closing, Due, Kind};
use crate::translated::{Translated, TranslatedList};

/// A main category: a heading over categories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable code, such as `cleanliness`.
    pub code: String,
    /// Its label.
    pub names: Translated,
    /// Name of its icon in the widget.
    pub icon: String,
    /// What it holds.
    pub categories: Vec<Category>,
}

/// What a report is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable code, such as `cleanliness.street`; never translated.
    pub code: String,
    /// Its label.
    pub names: Translated,
    /// Words a citizen would use for it, by language.
    #[serde(default)]
    pub keywords: BTreeMap<String, Vec<String>>,
    /// Which of the six kinds of contact it is.
    #[serde(default)]
    pub kind: Kind,
    /// Whether photos are wanted.
    #[serde(default)]
    pub photo: PhotoRule,
    /// What stops the form before any data: someone may be in danger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub danger: Option<Danger>,
    /// A sentence shown with the category, such as who inspects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Translated>,
    /// What one needs and does, shown before anything is asked: what a request for information is
    /// mostly about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<Procedure>,
    /// The agency it is transferred to; the municipality's own when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<String>,
    /// The department that serves it; triage when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// What is worked on first.
    #[serde(default)]
    pub priority: Priority,
    /// By when it is to be resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// What others may see of it.
    #[serde(default)]
    pub public: PublicRule,
    /// Who may see the reporter.
    #[serde(default)]
    pub reporter_visible_to: VisibleTo,
    /// What is asked about it.
    #[serde(default)]
    pub questions: Vec<Question>,
    /// An attribute that inspectors must have, such as `women`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspectors: Option<String>,
    /// Whether it may be reported without a contact, where the policy asks for one.
    #[serde(default = "yes")]
    pub anonymous: bool,
    /// How it is closed, where that differs from the municipality's way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

fn yes() -> bool {
    true
}

/// Whether photos are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PhotoRule {
    /// Not asked for.
    None,
    /// Welcome.
    #[default]
    Optional,
    /// Asked for with a reason; a report without one is still accepted.
    Asked,
}

/// The stop before a dangerous subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Danger {
    /// The number to call.
    pub number: String,
    /// What to do at once, as the first half of "… and call {number} first".
    pub advice: Translated,
    /// Up to three short tips, by language.
    #[serde(default)]
    pub tips: TranslatedList,
}

/// What one needs for something, and how it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Procedure {
    /// Papers to have at hand.
    pub documents: TranslatedList,
    /// What to do, in order.
    pub steps: TranslatedList,
    /// Where it is done online.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What is worked on first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    #[default]
    Normal,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

/// What others may see of a report nearby and in open data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PublicRule {
    /// Nothing: naming a place or a plate can be defamation.
    Never,
    /// Type, street and age.
    #[default]
    Summary,
    /// Text and photos too, once a person has looked.
    Reviewed,
}

/// Who may see who reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VisibleTo {
    /// The intake only: where reporters fear retaliation.
    Intake,
    /// The department.
    #[default]
    Department,
    /// The field team too.
    Field,
}

/// A question about a category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable code within the category.
    pub code: String,
    /// The question.
    pub names: Translated,
    /// The answer's type.
    pub datatype: Datatype,
    /// Whether an answer is needed.
    #[serde(default)]
    pub required: bool,
    /// What can be chosen, for the two list types.
    #[serde(default)]
    pub values: Vec<Value>,
    /// Asked only when an earlier answer is this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// Open311's datatypes of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Datatype {
    /// A line of text.
    String,
    /// A number.
    Number,
    /// A date and time.
    Datetime,
    /// Several lines of text.
    Text,
    /// One of a list.
    SingleValueList,
    /// Some of a list.
    MultiValueList,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// What is sent; never translated.
    pub code: String,
    /// Its label.
    pub names: Translated,
}

/// An earlier answer that makes a question apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The earlier question's code.
    pub question: String,
    /// The answer it must have.
    pub is: String,
}
