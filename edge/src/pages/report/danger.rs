//! The stop before a dangerous subject: the number to call, before anything is asked.

use maud::{Markup, html};

use super::sheet::Sheet;
use crate::pages::frame::icon;

pub(super) fn body(sheet: &Sheet<'_>) -> Markup {
    let words = sheet.words;
    let category = sheet.draft.category(sheet.served.public());
    let Some(danger) = category.and_then(|it| it.danger.as_ref()) else {
        return sheet.onwards();
    };
    let advice = danger.advice.in_language(words.language());
    let number = danger.number.as_str();
    html! {
        div class="card stop" role="note" {
            span class="niche" { (icon(include_str!("../../../../widget/icons/warning.svg"))) }
            p { b { (words.fill("stop.body", &[("advice", advice), ("n", number)])) } }
            @let tips = danger.tips.in_language(words.language());
            @if !tips.is_empty() { ul { @for tip in tips { li { (tip) } } } }
            a class="btn danger" href={ "tel:" (number) } {
                (icon(include_str!("../../../../widget/icons/phone.svg")))
                span { (words.fill("stop.call", &[("n", number)])) }
            }
        }
        div class="foot" {
            button class="btn quiet" name="go" value="safe" { (words.say("stop.go")) }
            button class="btn quiet" name="go" value="edit-which" { (words.say("stop.other")) }
        }
    }
}
