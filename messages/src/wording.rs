//! The municipality's sentence with its figures in it.

use balagh_shared::reason;

/// `template` with each `{name}` of `values` in its place, as [`reason::fill`] does it.
///
/// ```
/// use balagh_messages::wording::fill;
/// assert_eq!(fill("Your code is {code}.", &[("code", "123456")]), "Your code is 123456.");
/// assert_eq!(fill("{a}{b}", &[("a", "{b}"), ("b", "!")]), "{b}!");
/// ```
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let value = |name: &str| {
        let value = values.iter().find(|(known, _)| *known == name);
        value.map(|(_, value)| *value)
    };
    reason::fill(template, &value)
}

/// As [`fill`], without the sentences that have a place holder of no value: a closing code that there
/// is none of is not spoken of. Nothing where no sentence is left.
///
/// ```
/// use balagh_messages::wording::fill_sentences;
/// let text = "Your report {number} is resolved. Closing code {code}";
/// assert_eq!(
///     fill_sentences(text, &[("number", "EP-1")]).as_deref(),
///     Some("Your report EP-1 is resolved."),
/// );
/// ```
#[must_use]
pub fn fill_sentences(template: &str, values: &[(&str, &str)]) -> Option<String> {
    let said: Vec<String> = sentences(template)
        .filter(|sentence| {
            let names = sentence.split('{').skip(1);
            let mut names = names.filter_map(|rest| Some(rest.split_once('}')?.0));
            names.all(|name| values.iter().any(|(known, _)| *known == name))
        })
        .map(|sentence| fill(sentence, values))
        .collect();
    let text = said.concat().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// The sentences of a text with the white space behind each: they end where one of the marks of our
/// languages stands before white space.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(char::is_whitespace)
        .scan((0, 0), |(start, end), word| {
            *end += word.len();
            let ends = word.trim_end().ends_with(['.', '!', '?', '؟', '۔', '।']);
            let from = *start;
            if ends || *end == text.len() {
                *start = *end;
                return Some(text.get(from..*end));
            }
            Some(None)
        })
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_without_its_value_is_left_out() {
        let without = |text| fill_sentences(text, &[("number", "EP-1")]);
        assert_eq!(
            without("عولج بلاغك {number}. رمز الإغلاق {code}").as_deref(),
            Some("عولج بلاغك EP-1.")
        );
        assert_eq!(
            without("اطلاع {number} کا کام ہو گیا۔ کوڈ {code}").as_deref(),
            Some("اطلاع EP-1 کا کام ہو گیا۔")
        );
        assert_eq!(without("{code}! {number}").as_deref(), Some("EP-1"));
        assert_eq!(without("Code {code}"), None);
        assert_eq!(without(""), None);
        let values = [
            ("link", "https://a.example/t. {number}"),
            ("number", "EP-1"),
        ];
        assert_eq!(
            fill_sentences("See {link}. {number}", &values).as_deref(),
            Some("See https://a.example/t. {number}. EP-1"),
            "what is filled in is no sentence"
        );
    }

    #[track_caller]
    fn check(template: &str, expected: &str) {
        assert_eq!(
            fill(template, &[("code", "12"), ("link", "{code}")]),
            expected
        );
    }

    #[test]
    fn known_places_are_filled_once_and_all_else_stays() {
        check("رمز التحقق {code}", "رمز التحقق 12");
        check("{code}{code}", "1212");
        check("{link}", "{code}");
        check("{other} {code", "{other} {code");
        check("{{code}}", "{12}");
        check("", "");
    }
}
