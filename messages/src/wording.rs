//! The municipality's sentence with its figures in it.

/// `template` with each `{name}` of `values` in its place, once through: what is filled in is never
/// read as a place holder again. A place holder without a value stays as it is.
///
/// ```
/// use balagh_messages::wording::fill;
/// assert_eq!(fill("Your code is {code}.", &[("code", "123456")]), "Your code is 123456.");
/// assert_eq!(fill("{a}{b}", &[("a", "{b}"), ("b", "!")]), "{b}!");
/// ```
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let value = after.split_once('}').and_then(|(name, behind)| {
            let value = values.iter().find(|(known, _)| *known == name)?;
            Some((value.1, behind))
        });
        match value {
            Some((value, behind)) => {
                text.push_str(value);
                rest = behind;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

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
