//! Looking everything over, declaring it true, sending it.

use maud::{Markup, html};

use super::draft::UNDECIDED;
use super::place::{Found, found};
use super::sheet::Sheet;
use super::step::Step;
use balagh_shared::rules;

use crate::pages::frame::icon;

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, draft, of) = (sheet.words, sheet.draft, sheet.served.public());
    let language = words.language();
    let category = draft.category(of);
    let category = category.map_or("", |it| it.names.in_language(language));
    let applies = |step: Step| step.applies(draft, of);
    let contact: Vec<&str> = [draft.phone.trim(), draft.email.trim()]
        .into_iter()
        .filter(|typed| !typed.is_empty())
        .collect();
    let declared = sheet.field("declared", words.say("declare"), "");
    html! {
        dl class="sum card" {
            (row(sheet, "what", Step::Which, &html! { (category) }))
            @if applies(Step::Where) { (row(sheet, "place", Step::Where, &place(sheet))) }
            (row(sheet, "review.text", Step::Details, &html! {
                span class="typed" dir="auto" { (draft.description) }
            }))
            @for (question, said) in answers(sheet) {
                div { dt { (question) } dd { span class="typed" dir="auto" { (said) } } }
            }
            @if applies(Step::Photos) {
                (row(sheet, "photos", Step::Photos, &html! { span id="photos" {
                    @if draft.photos.is_empty() { (words.say("photos.n.zero")) }
                    @else { (draft.photos.len()) }
                } }))
            }
            @if applies(Step::You) {
                (row(sheet, "review.contact", Step::You, &html! {
                    @if contact.is_empty() { (words.say("anon.short")) }
                    @for typed in contact { bdi class="num" dir="ltr" { (typed) } " " }
                    @if !draft.token.is_empty() { span class="tick" { (words.say("confirmed")) } }
                }))
            }
            @if let Some(reference) = &draft.reference {
                div { dt { (words.say("reference")) } dd { bdi { (reference) } } }
            }
        }
        div class="fld" {
            (declared.said())
            div class="opts" {
                label class="opt" {
                    input type="checkbox" id="declared" name="declared" value="yes"
                        checked[draft.declared] aria-describedby=[declared.described()];
                    span { (words.say("declare")) }
                }
            }
        }
        div class="foot" {
            button class="btn" name="go" value="send" {
                (icon(include_str!("../../../../widget/icons/send.svg")))
                span { (words.by_kind("send", draft.kind)) }
            }
            (sheet.back())
        }
        p class="hint" { (words.say("send.once")) }
    }
}

fn row(sheet: &Sheet<'_>, term: &'static str, step: Step, said: &Markup) -> Markup {
    let words = sheet.words;
    html! {
        div {
            dt { (words.say(term)) }
            dd { (said) }
            dd class="go" {
                button class="lk" name="go" value={ "edit-" (step.code()) } {
                    (words.say("edit")) span class="vh" { ": " (words.say(term)) }
                }
            }
        }
    }
}

/// The place as it was understood: whose it is, and what was typed.
fn place(sheet: &Sheet<'_>) -> Markup {
    let (words, draft) = (sheet.words, sheet.draft);
    let whose = match found(draft, sheet.served) {
        Found::Within(id) => sheet.district(id),
        Found::Between(_) if draft.near == UNDECIDED => words.say("unsure").to_owned(),
        Found::Between(_) => sheet.district(&draft.near),
        Found::Outside(area) => {
            let agency = area.and_then(|area| sheet.served.public().agency_of_area(area));
            let name = agency.map_or("", |it| it.names.in_language(words.language()));
            words.fill("outside.handed", &[("a", name)])
        }
        Found::Nowhere | Found::Unread => sheet.district(&draft.district),
    };
    let typed = [&draft.landmark, &draft.exact, &draft.asset];
    let typed = typed.into_iter().filter(|typed| !typed.trim().is_empty());
    html! {
        (whose)
        @for typed in typed { br; bdi class="typed" { (typed) } }
    }
}

/// Each question that was answered, with what was said.
fn answers(sheet: &Sheet<'_>) -> Vec<(String, String)> {
    let (draft, of) = (sheet.draft, sheet.served.public());
    let language = sheet.words.language();
    let Some(category) = draft.category(of) else {
        return Vec::new();
    };
    let counted = draft.counted(of);
    let asked = category
        .questions
        .iter()
        .filter(|it| rules::asked(it, &counted));
    asked
        .filter_map(|question| {
            let given = counted.iter().find(|it| it.question == question.code)?;
            let label = |code: &String| {
                let value = question.values.iter().find(|it| it.code == *code);
                value.map_or_else(
                    || code.clone(),
                    |it| it.names.in_language(language).to_owned(),
                )
            };
            let said: Vec<String> = given.values.iter().map(label).collect();
            let question = question.names.in_language(language).to_owned();
            Some((question, said.join(sheet.words.say("comma"))))
        })
        .collect()
}
