//! The intake's form: first what it is about, then the rest.

use balagh_shared::municipality::{Category, Datatype, Question};
use balagh_shared::problem::sentence;
use balagh_shared::reason::Violation;
use maud::{Markup, html};

use super::fields::Fields;
use super::names::{Names, language_name};
use super::near::{self, Near};
use super::taken::{CHANNELS, UNSURE};
use super::words::filled;
use super::{Signed, facts};

const ACTION: &str = "/console/new";

/// What is said of a form that was sent.
#[derive(Default)]
pub(super) struct Shown<'a> {
    /// What it breaks.
    pub(super) violations: &'a [Violation],
    /// What it may be the same as.
    pub(super) same: &'a [Near],
    /// The number it was stored under before.
    pub(super) known: Option<&'a str>,
}

/// The form, with what was typed.
pub(super) fn form(
    signed: &Signed,
    names: &Names<'_>,
    fields: &Fields,
    draft: &str,
    shown: &Shown<'_>,
) -> Markup {
    let code = fields.text("category");
    match names.document().category(code) {
        Some(category) => whole(
            &Form {
                signed,
                names,
                fields,
                shown,
            },
            category,
            draft,
        ),
        None => choice(signed, names, code),
    }
}

/// The choice of a category.
fn choice(signed: &Signed, names: &Names<'_>, chosen: &str) -> Markup {
    let words = &signed.words().taken;
    let language = signed.language.code();
    html! {
        p.hint { (words.hint) }
        form.card.narrow method="get" action=(ACTION) {
            label.field { span { (words.category) }
                select name="category" required {
                    option value="" { (words.choose) }
                    @for group in &names.document().groups {
                        optgroup label=(group.names.in_language(language)) {
                            @for category in &group.categories {
                                option value=(category.code) selected[category.code == chosen] {
                                    (category.names.in_language(language))
                                }
                            }
                        }
                    }
                }
            }
            button { (words.go_on) }
        }
    }
}

struct Form<'a> {
    signed: &'a Signed,
    names: &'a Names<'a>,
    fields: &'a Fields,
    shown: &'a Shown<'a>,
}

fn whole(form: &Form<'_>, category: &Category, draft: &str) -> Markup {
    let Form {
        signed,
        names,
        fields,
        shown,
    } = *form;
    let words = &signed.words().taken;
    let language = signed.language.code();
    html! {
        p.hint {
            b { (category.names.in_language(language)) } " · "
            a href=(ACTION) { (words.another) }
        }
        (advice(form, category))
        @if let Some(number) = shown.known { p.said.wrong role="alert" { (facts::linked(words.kept, number)) } }
        (summary(form))
        form.intake method="post" action=(ACTION) {
            (signed.word(ACTION))
            input type="hidden" name="category" value=(category.code);
            // What was stored under the number of this form is another report's from now on.
            @if shown.known.is_none() { input type="hidden" name="draft" value=(draft); }
            @if !shown.same.is_empty() { (same(form)) }
            section.card {
                h2 { (words.problem) }
                div.pair {
                    (form.select("channel", words.came, CHANNELS.map(|it| (it, names.channel(it))).as_slice(), "phone"))
                    (form.select("lang", words.language, &languages(names), signed.language.code()))
                }
                (form.area("description", words.description, "/description"))
            }
            @if !category.questions.is_empty() {
                section.card {
                    h2 { (words.questions) }
                    @for question in &category.questions { (form.question(category, question)) }
                }
            }
            section.card {
                h2 { (words.where_) }
                div.pair {
                    label.field { span { (words.district) }
                        select name="district" #district aria-invalid=[form.wrong("/place/district").or(form.wrong("/place")).map(|_| "true")] {
                            option value="" { (words.pick) }
                            @for district in &names.served.public.districts {
                                option value=(district.id) selected[fields.text("district") == district.id] {
                                    (district.names.in_language(language))
                                }
                            }
                            option value=(UNSURE) selected[fields.text("district") == UNSURE] { (words.unsure) }
                        }
                    }
                    (form.line("at", words.typed, "/place/at", Some(words.typed_hint), "text"))
                    (form.line("landmark", words.landmark, "/place/landmark", None, "text"))
                    (form.line("asset", words.asset, "/place/asset", None, "text"))
                }
            }
            section.card {
                h2 { (words.who) }
                (privacy(form))
                @if category.anonymous { p.hint { (words.anonymous) } }
                div.pair {
                    (form.line("phone", words.phone, "/contact/phone", None, "tel"))
                    (form.line("email", words.email, "/contact/email", None, "email"))
                    (form.line("name", words.name, "/contact/name", None, "text"))
                }
                label.choice {
                    input type="checkbox" name="confirmed" value="1" checked[fields.some("confirmed").is_some()];
                    span { (signed.words().customer.confirmed) }
                }
                label.choice {
                    input #declared type="checkbox" name="declared" value="1" checked[fields.some("declared").is_some()]
                        aria-invalid=[form.wrong("/declared").map(|_| "true")];
                    span { (words.declared) }
                }
            }
            button { (words.send) }
        }
    }
}

/// What the caller is told before anything else.
fn advice(form: &Form<'_>, category: &Category) -> Markup {
    let words = &form.signed.words().taken;
    let language = form.signed.language.code();
    html! {
        @if let Some(danger) = &category.danger {
            p.said.wrong { (filled(words.danger, &[("advice", danger.advice.in_language(language)), ("number", &danger.number)])) }
        }
        @if let Some(notice) = &category.notice { p.said { (notice.in_language(language)) } }
        @if let Some(procedure) = &category.procedure {
            section.card {
                h2 { (words.documents) }
                ul { @for line in procedure.documents.in_language(language) { li { (line) } } }
                h2 { (words.steps) }
                ol { @for line in procedure.steps.in_language(language) { li { (line) } } }
            }
        }
    }
}

fn privacy(form: &Form<'_>) -> Markup {
    let words = &form.signed.words().taken;
    let language = form.signed.language.code();
    let notice = form.names.document().notice();
    let values = [
        ("controller", notice.controller.in_language(language)),
        ("purpose", notice.purpose.in_language(language)),
        ("recipients", notice.recipients.in_language(language)),
        ("retention", notice.retention.in_language(language)),
        ("contact", notice.contact.as_str()),
    ];
    html! { p.hint { b { (words.privacy) } ": " (filled(words.privacy_body, &values)) } }
}

/// Everything there is to mend, each with a link to its field.
fn summary(form: &Form<'_>) -> Markup {
    let words = &form.signed.words().taken;
    html! {
        @if !form.shown.violations.is_empty() {
            section.said.wrong role="alert" {
                h2 { (words.mend) }
                ul { @for violation in form.shown.violations {
                    li { a href=(format!("#{}", form.id(&violation.field))) { (sentence(violation, form.signed.language.code())) } }
                } }
            }
        }
    }
}

/// The reports it may be the same as: one is chosen, or none.
fn same(form: &Form<'_>) -> Markup {
    let words = &form.signed.words().taken;
    html! {
        section.said.note role="status" {
            input type="hidden" name="looked" value="1";
            fieldset {
                legend { h2 { (words.same) } }
                p { (words.same_hint) }
                @for near in form.shown.same {
                    label.choice {
                        input type="radio" name="joins" value=(near.row.number) required;
                        span { (near::line(form.names, near)) }
                    }
                }
                label.choice {
                    input type="radio" name="joins" value="new" required;
                    span { (words.same_new) }
                }
            }
        }
    }
}

fn languages<'a>(names: &Names<'a>) -> Vec<(&'a str, &'a str)> {
    let offered = names.document().languages.iter();
    offered
        .map(|code| (code.as_str(), language_name(code)))
        .collect()
}

impl Form<'_> {
    /// What is wrong with the field at this pointer.
    fn wrong(&self, pointer: &str) -> Option<&Violation> {
        let mut all = self.shown.violations.iter();
        all.find(|violation| violation.field == pointer)
    }

    /// The id of the field that a pointer into the report leads to.
    fn id(&self, pointer: &str) -> String {
        let mut parts = pointer.trim_start_matches('/').split('/');
        match (parts.next(), parts.next()) {
            (Some("place"), Some("at")) => "at".into(),
            (Some("place"), Some(part @ ("landmark" | "asset"))) => part.into(),
            (Some("place"), _) => "district".into(),
            (Some("contact"), Some(part)) => part.into(),
            (Some("contact"), None) => "phone".into(),
            (Some("answers"), Some(part)) => format!("answer.{}", self.question_at(part)),
            (Some(part), _) => part.into(),
            (None, _) => "main".into(),
        }
    }

    /// The question that `/answers/{part}` is about: by its code, or by where its answer stands
    /// among those that were given.
    fn question_at(&self, part: &str) -> String {
        let Ok(index) = part.parse::<usize>() else {
            return part.to_owned();
        };
        let category = self.names.document().category(self.fields.text("category"));
        let questions = category.map_or(&[][..], |category| &category.questions);
        let is_said = |question: &&Question| {
            let values = self.fields.all(&format!("answer.{}", question.code));
            values.iter().any(|value| !value.trim().is_empty())
        };
        let said = questions.iter().filter(is_said).nth(index);
        said.map_or_else(|| part.to_owned(), |question| question.code.clone())
    }

    fn mend(&self, pointer: &str) -> Markup {
        html! {
            @if let Some(violation) = self.wrong(pointer) {
                small.mend { (sentence(violation, self.signed.language.code())) }
            }
        }
    }

    fn line(
        &self,
        name: &str,
        label: &str,
        pointer: &str,
        hint: Option<&str>,
        kind: &str,
    ) -> Markup {
        let direction = if kind == "text" && name != "at" {
            "auto"
        } else {
            "ltr"
        };
        html! {
            label.field { span { (label) }
                // Not `type=email`: what may stand there is the rules' to say.
                input #(name) name=(name) value=(self.fields.text(name)) dir=(direction) autocomplete="off"
                    inputmode=[(kind != "text").then_some(kind)] aria-invalid=[self.wrong(pointer).map(|_| "true")];
                @if let Some(hint) = hint { small.hint { (hint) } }
                (self.mend(pointer))
            }
        }
    }

    fn area(&self, name: &str, label: &str, pointer: &str) -> Markup {
        html! {
            label.field { span { (label) }
                textarea #(name) name=(name) dir="auto" aria-invalid=[self.wrong(pointer).map(|_| "true")] { (self.fields.text(name)) }
                (self.mend(pointer))
            }
        }
    }

    fn select(&self, name: &str, label: &str, options: &[(&str, &str)], first: &str) -> Markup {
        let chosen = self.fields.some(name).unwrap_or(first);
        html! {
            label.field { span { (label) }
                select #(name) name=(name) {
                    @for (value, text) in options {
                        option value=(value) selected[*value == chosen] { (text) }
                    }
                }
            }
        }
    }

    fn question(&self, category: &Category, question: &Question) -> Markup {
        let language = self.signed.language.code();
        let name = format!("answer.{}", question.code);
        let label = question.names.in_language(language);
        let pointer = format!("/answers/{}", question.code);
        let hint = self.condition(category, question);
        let chosen = self.fields.all(&name);
        let hint = html! { @if let Some(hint) = &hint { small.hint { (hint) } } };
        match question.datatype {
            Datatype::SingleValueList => html! {
                label.field { span { (label) }
                    select #(name) name=(name) {
                        option value="" { (self.signed.words().taken.pick) }
                        @for value in &question.values {
                            option value=(value.code) selected[chosen.contains(&value.code)] { (value.names.in_language(language)) }
                        }
                    }
                    (hint) (self.mend(&pointer))
                }
            },
            Datatype::MultiValueList => html! {
                fieldset #(name) {
                    legend { (label) }
                    @for value in &question.values {
                        label.choice {
                            input type="checkbox" name=(name) value=(value.code) checked[chosen.contains(&value.code)];
                            span { (value.names.in_language(language)) }
                        }
                    }
                    (hint) (self.mend(&pointer))
                }
            },
            Datatype::Text => html! { (self.area(&name, label, &pointer)) (hint) },
            Datatype::Number => {
                html! { (self.line(&name, label, &pointer, None, "decimal")) (hint) }
            }
            Datatype::String | Datatype::Datetime => {
                html! { (self.line(&name, label, &pointer, None, "text")) (hint) }
            }
        }
    }

    /// When a question is asked at all.
    fn condition(&self, category: &Category, question: &Question) -> Option<String> {
        let when = question.when.as_ref()?;
        let language = self.signed.language.code();
        let of = category
            .questions
            .iter()
            .find(|it| it.code == when.question)?;
        let value = of.values.iter().find(|it| it.code == when.is);
        let answer = value.map_or(when.is.as_str(), |it| it.names.in_language(language));
        let values = [
            ("question", of.names.in_language(language)),
            ("answer", answer),
        ];
        Some(filled(self.signed.words().taken.only_if, &values))
    }
}
