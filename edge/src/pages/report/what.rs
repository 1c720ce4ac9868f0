//! First page: the citizen's own words, and which of the six kinds it is.

use maud::{Markup, html};

use super::sheet::Sheet;
use crate::pages::field::Choice;

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let (words, of) = (sheet.words, sheet.served.public());
    let kinds: Vec<Choice<'_>> = of
        .kinds
        .iter()
        .map(|it| Choice {
            value: it.kind.code(),
            label: it.names.in_language(words.language()),
            hint: "",
        })
        .collect();
    let said = sheet.field("description", words.say("start"), words.say("what.hint"));
    html! {
        @if sheet.draft.category.is_some() {
            div class="split" {
                (sheet.subject())
                button class="lk" name="go" value="edit-which" { (words.say("stop.other")) }
            }
        }
        (said.area(5, &sheet.draft.description))
        p class="hint after" { (words.say("private")) }
        @if kinds.len() > 1 {
            (sheet.field("kind", words.say("kind"), "").select("", &kinds, sheet.draft.kind.code()))
        }
        (sheet.onwards())
    }
}
