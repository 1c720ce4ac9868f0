//! Fields as forms and queries write them: `name=value&name=value`.

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// Most fields of one form or query; the specification has 17 and a category asks a handful of
/// questions.
pub const MAX_FIELDS: usize = 100;

/// Why fields cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldsError {
    /// The sender's form has more than [`MAX_FIELDS`] fields.
    TooMany,
    /// The sender's form is not UTF-8. What somebody wrote would be stored garbled.
    NotUtf8,
}

/// The fields of a body or a query in their order, values without white space around them. Empty
/// ones count as absent, as the specification has it.
///
/// ```
/// use balagh_shared::open311::fields;
/// let read = fields(b"status=open%2Cclosed&service_code=&start_date=")?;
/// assert_eq!(read, [("status".to_owned(), "open,closed".to_owned())]);
/// # Ok::<(), balagh_shared::open311::FieldsError>(())
/// ```
///
/// # Errors
/// [`FieldsError`], the first that applies.
pub fn fields(text: &[u8]) -> Result<Vec<(String, String)>, FieldsError> {
    let mut read = Vec::new();
    let pairs = text.split(|&byte| byte == b'&');
    for (count, pair) in pairs.filter(|pair| !pair.is_empty()).enumerate() {
        if count >= MAX_FIELDS {
            return Err(FieldsError::TooMany);
        }
        let mut halves = pair.splitn(2, |&byte| byte == b'=');
        let name = decoded(halves.next().unwrap_or_default())?;
        let value = decoded(halves.next().unwrap_or_default())?;
        let value = value.trim();
        if !value.is_empty() {
            read.push((name, value.to_owned()));
        }
    }
    Ok(read)
}

fn decoded(text: &[u8]) -> Result<String, FieldsError> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    let decoded = percent_decode(&spaced).decode_utf8();
    let decoded = decoded.map_err(|_| FieldsError::NotUtf8)?;
    Ok(decoded.into_owned())
}

/// A piece of a path as it was meant; nothing where it is not UTF-8.
#[must_use]
pub fn path_segment(segment: &str) -> Option<Cow<'_, str>> {
    percent_decode(segment.as_bytes()).decode_utf8().ok()
}

impl std::fmt::Display for FieldsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            FieldsError::TooMany => write!(f, "more than {MAX_FIELDS} fields"),
            FieldsError::NotUtf8 => f.write_str("the fields are not encoded as UTF-8"),
        }
    }
}

impl std::error::Error for FieldsError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&[(&str, &str)], FieldsError>) {
        let own = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let own = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
            pairs.iter().map(own).collect()
        };
        assert_eq!(fields(text.as_bytes()), expected.map(own), "{text}");
    }

    #[test]
    fn text_in_any_script_is_decoded_and_what_is_empty_is_absent() {
        check(
            "a=%D8%AD%D9%81%D8%B1%D8%A9+%D9%87%D9%86%D8%A7&b=&c=%20&d&=e&&f=1=2",
            Ok(&[("a", "حفرة هنا"), ("", "e"), ("f", "1=2")]),
        );
        check("", Ok(&[]));
    }

    #[test]
    fn what_is_not_utf_8_is_refused_and_not_garbled() {
        check("description=caf%E9", Err(FieldsError::NotUtf8));
        check("caf%E9=1", Err(FieldsError::NotUtf8));
        // A percent sign that begins nothing is one.
        check("a=100%&b=%zz", Ok(&[("a", "100%"), ("b", "%zz")]));
    }

    #[test]
    fn more_fields_than_any_form_has_are_refused() {
        let many = "a=1&".repeat(MAX_FIELDS);
        assert_eq!(fields(many.as_bytes()).map(|it| it.len()), Ok(MAX_FIELDS));
        check(&format!("{many}b=1"), Err(FieldsError::TooMany));
    }

    proptest! {
        #[test]
        fn no_text_panics(text: Vec<u8>) {
            let _ = fields(&text);
        }
    }
}
