//! `/` where the operator has no site of their own: the municipalities, each with its form.

use maud::html;

use super::{Page, Words};
use crate::http::Response;
use crate::served::Served;

/// The page.
pub(crate) fn index<'a>(all: impl Iterator<Item = &'a Served>, language: &str) -> Response {
    let words = Words::of(language);
    let title = words.say("municipalities");
    let body = html! {
        h1 { (title) }
        ul class="cards" {
            @for served in all {
                li class="card" {
                    h2 { (served.document().names.in_language(language)) }
                    p class="links" {
                        a href={ "/" (served.id()) "/report?lang=" (language) } { (words.say("report")) }
                        " "
                        a href={ "/" (served.id()) "/track?lang=" (language) } { (words.say("track")) }
                    }
                }
            }
        }
    };
    Page::new(words, title, body).response(200)
}
