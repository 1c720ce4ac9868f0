//! What a form sent, by name.

use std::collections::BTreeMap;
use std::fmt;

/// Most fields of one form: the longest of ours has some forty.
const MOST: usize = 400;

/// Names and values, each name with all its values in order.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Fields(BTreeMap<String, Vec<String>>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`. Line ends are read as people type them: a form
    /// sends CR LF.
    pub(super) fn parse(body: &[u8]) -> Fields {
        let mut fields = Fields::default();
        for (name, value) in form_urlencoded::parse(body).take(MOST) {
            let value = value.replace("\r\n", "\n");
            fields.0.entry(name.into_owned()).or_default().push(value);
        }
        fields
    }

    /// Adds what a part of a form with files says.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let value = value.replace("\r\n", "\n");
        self.0.entry(name.to_owned()).or_default().push(value);
    }

    /// As [`parse`](Fields::parse) reads it, but for what no form is shown again with: its word.
    pub(super) fn encode(&self) -> String {
        let mut written = form_urlencoded::Serializer::new(String::new());
        for (name, values) in self.0.iter().filter(|(name, _)| *name != "word") {
            for value in values {
                written.append_pair(name, value);
            }
        }
        written.finish()
    }

    /// The first value, as typed; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.all(name).first().map_or("", String::as_str)
    }

    /// The first value without blanks around it, where anything is left.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// All values.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What people typed never reaches a log through `{:?}`.
impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_reads_back_the_same_without_its_word() {
        let fields = Fields::parse(b"note=a%0D%0Ab%26c&word=x&tag=1&tag=%3Cb%3E&empty=");
        assert_eq!(fields.text("note"), "a\nb&c");
        assert_eq!(fields.all("tag"), ["1", "<b>"]);
        assert_eq!(fields.some("empty"), None);
        let again = Fields::parse(fields.encode().as_bytes());
        assert_eq!(again.text("note"), fields.text("note"));
        assert_eq!(again.all("tag"), fields.all("tag"));
        assert_eq!(again.text("word"), "");
    }
}
