//! `/reasons`: every refusal there is, each with its anchor.

use balagh_shared::problem::sentence;
use balagh_shared::reason::{Reason, Violation};
use maud::html;

use super::{Page, Words};
use crate::http::Response;

/// The page.
pub(crate) fn reasons(language: &str) -> Response {
    let words = Words::of(language);
    let title = words.say("reasons");
    let body = html! {
        h1 { (title) }
        dl class="reasons" {
            @for reason in Reason::ALL {
                dt id=(reason.code()) { code dir="ltr" { (reason.code()) } " (" (reason.status()) ")" }
                dd { (sentence(&Violation::new(*reason, ""), language)) br;
                    span lang="en" dir="ltr" { (reason.meaning()) } }
            }
        }
    };
    let mut response = Page::new(words, title, body).response(200);
    response.headers.add_token("vary", "Accept-Language");
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_an_anchor_for_every_reason() {
        let html = String::from_utf8(reasons("ar").body).unwrap();
        for reason in Reason::ALL {
            let anchor = format!("id=\"{}\"", reason.code());
            assert!(html.contains(&anchor), "{}", reason.code());
        }
        assert!(html.contains("dir=\"rtl\""));
    }
}
