//! Refusals as responses: RFC 9457 in the language asked for.

use balagh_shared::problem::{self, MEDIA_TYPE, Problem};
use balagh_shared::proof::Challenge;
use balagh_shared::reason::{Reason, Violation};

use super::{Headers, Response};

/// Seconds a client is asked to wait where nothing better is known.
const RETRY_AFTER_S: i64 = 5;

/// The response that refuses for `violations`, the first of which decides the status.
///
/// `language` as [`super::Request::language`] gives it.
#[must_use]
pub fn response(violations: &[Violation], language: &'static str) -> Response {
    asking(violations, language, None)
}

/// The same with the work that is asked for, in a 428.
#[must_use]
pub fn asking(
    violations: &[Violation],
    language: &'static str,
    challenge: Option<&Challenge>,
) -> Response {
    let code = violations.first().map_or(Reason::Internal, |it| it.code);
    let status = code.status();
    let mut response = Response {
        status,
        headers: Headers::default(),
        body: problem::json(violations, language, challenge),
    };
    response.headers.put("content-type", MEDIA_TYPE);
    response.headers.put("x-content-type-options", "nosniff");
    response.headers.put("cache-control", "no-store");
    response.headers.put("content-language", language);
    response.headers.put("vary", "Accept-Language");
    if matches!(status, 409 | 429 | 503) {
        let wait = violations
            .iter()
            .find_map(|it| {
                it.params
                    .get(RETRY_AFTER)
                    .and_then(|seconds| seconds.parse().ok())
            })
            .unwrap_or(if status == 409 { 1 } else { RETRY_AFTER_S });
        response
            .headers
            .put("retry-after", wait.max(1_i64).to_string());
    }
    response
}

/// Refusal for one reason, about the request as a whole.
#[must_use]
pub fn of(reason: Reason, language: &'static str) -> Response {
    response(&[Violation::new(reason, "")], language)
}

/// A refusal as a page of one sentence, for who asked for a page and where there is no other; any
/// other answer as it is.
#[must_use]
pub fn page(answer: Response) -> Response {
    let sentence = serde_json::from_slice::<Problem>(&answer.body).map(|it| it.title);
    let (Some(MEDIA_TYPE), Ok(sentence)) = (answer.headers.get("content-type"), sentence) else {
        return answer;
    };
    let sentence = sentence.replace('&', "&amp;").replace('<', "&lt;");
    let language = answer.headers.get("content-language").unwrap_or_default();
    let html = format!(
        "<!DOCTYPE html><html lang=\"{language}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{sentence}</title><main dir=\"auto\"><h1>{sentence}</h1></main></html>"
    );
    let page = Response::new(answer.status, "text/html; charset=utf-8", html)
        .with("cache-control", "no-store")
        .with("content-language", language)
        .with("content-security-policy", "default-src 'none'");
    match answer.headers.get("retry-after") {
        Some(seconds) => page.with("retry-after", seconds),
        None => page,
    }
}

/// The parameter of a violation that says after how many seconds to try again.
pub const RETRY_AFTER: &str = "retry_after_s";

/// A violation that says when to try again, in milliseconds from now.
#[must_use]
pub fn retry_after(reason: Reason, millis: i64) -> Violation {
    Violation::new(reason, "").with(
        RETRY_AFTER,
        millis.saturating_add(999).div_euclid(1000).max(1),
    )
}

/// A violation that names a limit of `bytes`, in megabytes as its sentence reads.
#[must_use]
pub fn too_large(reason: Reason, bytes: usize) -> Violation {
    let hundredths = bytes.saturating_mul(100) / (1024 * 1024);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    let shown = if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{rest:02}")
    };
    Violation::new(reason, "").with("max", shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_speaks_the_language_asked_for_and_says_when_to_return() {
        let refusal = response(&[retry_after(Reason::LimitCeiling, 1_200)], "ar");
        assert_eq!(refusal.status, 429);
        assert_eq!(refusal.headers.get("retry-after"), Some("2"));
        assert_eq!(refusal.headers.get("vary"), Some("Accept-Language"));
        let problem: Problem = serde_json::from_slice(&refusal.body).unwrap();
        assert!(
            problem
                .title
                .chars()
                .any(|c| ('\u{0600}'..='\u{06FF}').contains(&c))
        );
    }

    #[test]
    fn a_refusal_is_a_page_of_one_sentence_and_nothing_else_becomes_one() {
        let refused = page(of(Reason::UpstreamUnavailable, "en"));
        assert_eq!(
            (refused.status, refused.headers.get("retry-after")),
            (503, Some("5"))
        );
        let html = String::from_utf8(refused.body).unwrap();
        assert!(html.contains("<h1>The service cannot be reached"), "{html}");
        let other = Response::new(200, "text/html; charset=utf-8", "<h1>page</h1>");
        assert_eq!(page(other.clone()), other);
    }

    #[test]
    fn limits_are_named_in_megabytes() {
        let max = |bytes| {
            too_large(Reason::RequestTooLarge, bytes)
                .params
                .remove("max")
        };
        assert_eq!(max(8 * 1024 * 1024).as_deref(), Some("8"));
        assert_eq!(max(64 * 1024).as_deref(), Some("0.06"));
    }
}
