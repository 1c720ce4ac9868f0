//! A refusal of a page's form, for people: what the API says to programs, in a sentence.

use balagh_shared::problem::{MEDIA_TYPE, Problem};
use maud::html;

use super::{Page, Words};
use crate::http::{Method, Request, Response, Route};
use crate::served::Served;

/// The answer to a request for a page: as it is, or where it is a refusal, that refusal as a page.
/// What was typed is still on the page before, or sent again with this one: that is what it says.
pub(crate) fn refused(
    route: &Route,
    served: Option<&Served>,
    request: &Request,
    answer: Response,
) -> Response {
    let is_problem = answer.headers.get("content-type") == Some(MEDIA_TYPE);
    if !route.is_form() || !is_problem {
        return answer;
    }
    let Ok(problem) = serde_json::from_slice::<Problem>(&answer.body) else {
        return answer;
    };
    let language = served.map_or(request.language(), |it| super::language(it, request));
    let words = Words::of(language);
    let title = words.say("refused");
    let violation = problem.violations.first();
    let said = violation.map_or(problem.title, |it| words.mend(&it.violation));
    let body = html! {
        div class="errs" role="alert" {
            h1 { (title) }
            p { (said) }
            @if is_passing(answer.status) && request.method == Method::Post {
                p { (words.say("refused.again")) }
            } @else if matches!(route, Route::ReportPage(_)) {
                p { (words.say("refused.back")) }
            }
        }
    };
    let page = Page {
        served,
        has_errors: true,
        ..Page::new(words, title, body)
    };
    let mut response = page.response(answer.status);
    for name in ["retry-after", "allow"] {
        if let Some(value) = answer.headers.get(name) {
            response.headers.add(name, value);
        }
    }
    response
}

/// Whether the same may be answered otherwise in a moment.
fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..)
}

#[cfg(test)]
mod tests {
    use balagh_shared::reason::Reason;

    use super::*;
    use crate::http::refusal;

    #[test]
    fn a_refusal_is_a_page_where_a_person_asked_and_stays_what_it_is_elsewhere() {
        let request = Request {
            method: Method::Post,
            path: "/ep/report".into(),
            query: String::new(),
            headers: [("accept-language", "ar")].into_iter().collect(),
            body: Vec::new(),
        };
        let answer = || refusal::of(Reason::StorageUnavailable, "ar");
        let form = refused(&Route::ReportPage("ep".into()), None, &request, answer());
        assert_eq!(
            (form.status, form.headers.get("retry-after")),
            (503, Some("5"))
        );
        let html = String::from_utf8(form.body).unwrap();
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains("role=\"alert\""));
        let words = Words::of("ar");
        let says = |html: &str, key: &str| html.contains(words.say(key));
        assert!(says(&html, "refused.again") && !says(&html, "refused.back"));
        let wrong = refusal::of(Reason::RequestTooLarge, "ar");
        let form = refused(
            &Route::ReportPage("ep".into()),
            None,
            &request,
            wrong.clone(),
        );
        let html = String::from_utf8(form.body).unwrap();
        assert!(says(&html, "refused.back") && !says(&html, "refused.again"));
        // What was typed to track is not kept by any browser.
        let track = refused(&Route::TrackPage("ep".into()), None, &request, wrong);
        let html = String::from_utf8(track.body).unwrap();
        assert!(!says(&html, "refused.back") && !says(&html, "refused.again"));
        let api = refused(&Route::Reports("ep".into()), None, &request, answer());
        assert_eq!(api, answer());
    }
}
