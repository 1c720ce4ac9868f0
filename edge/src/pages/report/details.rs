//! The description, and what the category asks. A question that an answer brings up is asked once
//! that answer is here, and says so.

use balagh_shared::municipality::{Datatype, Question};
use balagh_shared::rules;
use maud::{Markup, html};

use super::sheet::{Sheet, note};
use crate::pages::field::{Choice, Typing};

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, draft, of) = (sheet.words, sheet.draft, sheet.served.public());
    let category = draft.category(of);
    let label = words.by_kind("description", draft.kind);
    let (least, most) = (of.text.min.to_string(), of.text.max.to_string());
    let rule = words.fill("description.rule", &[("min", &least), ("max", &most)]);
    let description = sheet.field("description", label, &rule);
    let questions = category.map_or(&[][..], |it| &it.questions);
    let counted = draft.counted(of);
    let asked = || questions.iter().filter(|it| rules::asked(it, &counted));
    let more = questions.iter().any(|it| it.when.is_some());
    html! {
        (sheet.subject())
        (about(sheet))
        @if !sheet.further.is_empty() {
            div class="card warn" role="status" { p { b { (words.say("questions.further")) } } }
        }
        (description.area(6, &draft.description))
        p class="hint after" { (words.say("private")) }
        @for question in asked() {
            input type="hidden" name="asked" value=(question.code);
            (ask(sheet, question))
        }
        @if more && sheet.further.is_empty() {
            p class="hint" { (words.say("questions.more")) }
        }
        (sheet.onwards())
    }
}

/// What is to be known before anything is asked: a notice, who has it, a procedure.
fn about(sheet: &Sheet<'_>) -> Markup {
    let (words, of) = (sheet.words, sheet.served.public());
    let language = words.language();
    let Some(category) = sheet.draft.category(of) else {
        return html! {};
    };
    let agency = category.transfer.as_deref().and_then(|id| of.agency(id));
    let list = |title: &str, lines: &[String], is_ordered: bool| {
        html! {
            @if !lines.is_empty() {
                h2 class="h3" { (title) }
                @if is_ordered { ol { @for line in lines { li { (line) } } } }
                @else { ul { @for line in lines { li { (line) } } } }
            }
        }
    };
    let info = include_str!("../../../../widget/icons/info.svg");
    html! {
        @if let Some(notice) = &category.notice {
            (note(info, "card tint", &html! { p { (notice.in_language(language)) } }))
        }
        @if let Some(agency) = agency {
            @let name = agency.names.in_language(language);
            (note(info, "card tint", &html! {
                p { b { (words.fill("agency.has", &[("a", name)])) } }
                p { (words.say("agency.then")) }
            }))
        }
        @if let Some(procedure) = &category.procedure {
            div class="card procedure" {
                (list(words.say("procedure.documents"), procedure.documents.in_language(language), false))
                (list(words.say("procedure.steps"), procedure.steps.in_language(language), true))
                @if let Some(url) = procedure.url.as_deref().filter(|it| it.starts_with("https://")) {
                    p { a href=(url) rel="noopener noreferrer" { (words.say("procedure.online")) } }
                }
            }
        }
    }
}

fn ask(sheet: &Sheet<'_>, question: &Question) -> Markup {
    let (words, id) = (sheet.words, format!("q-{}", question.code));
    let label = question.names.in_language(words.language());
    let hint = match question.datatype {
        Datatype::Number => words.say("answer.number"),
        Datatype::Datetime => words.say("answer.moment"),
        _ => "",
    };
    let mut field = sheet.field(&id, label, hint);
    field.optional = !question.required;
    let given = sheet.draft.answer(&question.code);
    let first = given.first().map_or("", String::as_str);
    let mut choices: Vec<Choice<'_>> = question
        .values
        .iter()
        .map(|value| Choice {
            value: &value.code,
            label: value.names.in_language(words.language()),
            hint: "",
        })
        .collect();
    match question.datatype {
        Datatype::String => field.line(Typing::WORDS, first),
        Datatype::Text => field.area(4, first),
        Datatype::Number => field.line(Typing::DECIMAL, first),
        Datatype::Datetime => field.line(Typing::MOMENT, first),
        Datatype::SingleValueList => {
            // A radio button once pressed stays pressed: who need not answer can take it back.
            if !question.required && !given.is_empty() {
                choices.push(Choice {
                    value: "",
                    label: words.say("answer.none"),
                    hint: "",
                });
            }
            field.choices(&choices, given, false)
        }
        Datatype::MultiValueList => field.choices(&choices, given, true),
    }
}
