//! A request to a gateway with places in it, each filled in as its surroundings ask.

use std::fmt::Write as _;

/// The places of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// `{to}`: the recipient, as `+966501234567`.
    To,
    /// `{to_digits}`: the recipient without its `+`, as some gateways want it.
    ToDigits,
    /// `{text}`: the message.
    Text,
}

/// What surrounds a place, and so how it is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surroundings {
    /// Inside of a JSON string.
    Json,
    /// A value of `application/x-www-form-urlencoded`, or of a query.
    Form,
    /// XML's text or an attribute.
    Xml,
    /// A header field's value; holds no `{text}`, which no header may.
    Header,
}

/// A template, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    surroundings: Surroundings,
    /// What stands before each place, and the place.
    pieces: Vec<(String, Place)>,
    end: String,
}

/// What a template is filled with.
#[derive(Clone, Copy)]
pub struct Filling<'a> {
    /// The recipient: a number in E.164, or an e-mail address.
    pub to: &'a str,
    /// The message.
    pub text: &'a str,
}

impl Surroundings {
    /// By a body's media type; nothing for one that could not be escaped for.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Surroundings> {
        let plain = media_type.split(';').next().unwrap_or_default().trim();
        match plain.to_ascii_lowercase().as_str() {
            "application/json" => Some(Surroundings::Json),
            "application/x-www-form-urlencoded" => Some(Surroundings::Form),
            "application/xml" | "text/xml" | "application/soap+xml" => Some(Surroundings::Xml),
            _ => None,
        }
    }
}

impl Template {
    /// Reads a template. Braces around anything but a place are left as they are: JSON has many.
    #[must_use]
    pub fn parse(text: &str, surroundings: Surroundings) -> Template {
        const PLACES: [(&str, Place); 3] = [
            ("{to}", Place::To),
            ("{to_digits}", Place::ToDigits),
            ("{text}", Place::Text),
        ];
        let mut pieces = Vec::new();
        let mut before = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (piece, from) = rest.split_at(at);
            before.push_str(piece);
            let found = PLACES
                .iter()
                .find_map(|(name, place)| Some((from.strip_prefix(name)?, *place)));
            match found {
                Some((behind, place)) => {
                    pieces.push((std::mem::take(&mut before), place));
                    rest = behind;
                }
                None => {
                    before.push('{');
                    rest = from.get(1..).unwrap_or_default();
                }
            }
        }
        before.push_str(rest);
        Template {
            surroundings,
            pieces,
            end: before,
        }
    }

    /// Whether the message stands in it.
    #[must_use]
    pub fn has_text(&self) -> bool {
        self.pieces.iter().any(|(_, place)| *place == Place::Text)
    }

    /// Whether the recipient stands in it.
    #[must_use]
    pub fn has_recipient(&self) -> bool {
        self.pieces.iter().any(|(_, place)| *place != Place::Text)
    }

    /// The template with everything in its place.
    #[must_use]
    pub fn fill(&self, filling: Filling<'_>) -> String {
        let mut filled = String::new();
        for (before, place) in &self.pieces {
            filled.push_str(before);
            let value = match place {
                Place::To => filling.to,
                Place::ToDigits => filling.to.trim_start_matches('+'),
                Place::Text => filling.text,
            };
            escape(value, self.surroundings, &mut filled);
        }
        filled.push_str(&self.end);
        filled
    }
}

/// Writing to a `String` cannot fail, which is why the results are dropped here.
fn escape(value: &str, surroundings: Surroundings, out: &mut String) {
    match surroundings {
        Surroundings::Json => {
            let quoted = serde_json::Value::from(value).to_string();
            out.push_str(quoted.get(1..quoted.len() - 1).unwrap_or_default());
        }
        Surroundings::Form => {
            for byte in value.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    out.push(char::from(byte));
                } else {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
        Surroundings::Xml => {
            for letter in value.chars() {
                match letter {
                    '&' => out.push_str("&amp;"),
                    '<' => out.push_str("&lt;"),
                    '>' => out.push_str("&gt;"),
                    '"' => out.push_str("&quot;"),
                    '\'' => out.push_str("&apos;"),
                    other => out.push(other),
                }
            }
        }
        Surroundings::Header => {
            out.extend(value.chars().filter(|c| c.is_ascii() && !c.is_control()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TO: &str = "+966501234567";

    #[track_caller]
    fn check(template: &str, surroundings: Surroundings, text: &str, expected: &str) {
        let filled = Template::parse(template, surroundings).fill(Filling { to: TO, text });
        assert_eq!(filled, expected);
    }

    #[test]
    fn each_place_is_escaped_for_where_it_stands() {
        use Surroundings::{Form, Header, Json, Xml};
        check(
            r#"{"to": "{to}", "text": "{text}"}"#,
            Json,
            "a \"b\"\n\\ رمز",
            r#"{"to": "+966501234567", "text": "a \"b\"\n\\ رمز"}"#,
        );
        check(
            "to={to}&text={text}",
            Form,
            "a&to=1 رمز+",
            "to=%2B966501234567&text=a%26to%3D1%20%D8%B1%D9%85%D8%B2%2B",
        );
        check(
            "<to>{to_digits}</to><t x=\"{text}\"/>",
            Xml,
            "</to>\"&'",
            "<to>966501234567</to><t x=\"&lt;/to&gt;&quot;&amp;&apos;\"/>",
        );
        check("x-{to}", Header, "", "x-+966501234567");
    }

    #[test]
    fn what_is_filled_in_is_not_read_as_a_place() {
        check(
            "{text}|{to}",
            Surroundings::Xml,
            "{to}{text}",
            "{to}{text}|+966501234567",
        );
        check("{{to}}{tex}", Surroundings::Xml, "", "{+966501234567}{tex}");
    }

    #[test]
    fn a_body_whose_escaping_is_not_known_is_none() {
        assert_eq!(Surroundings::of("text/plain"), None);
        assert_eq!(
            Surroundings::of("Application/JSON; charset=utf-8"),
            Some(Surroundings::Json)
        );
    }

    proptest! {
        #[test]
        fn a_json_body_stays_one_object_with_the_text_in_it(text in ".{0,80}") {
            let template = Template::parse(r#"{"t": "{text}"}"#, Surroundings::Json);
            let filled = template.fill(Filling { to: TO, text: &text });
            let read: serde_json::Value = serde_json::from_str(&filled).unwrap();
            prop_assert_eq!(read, serde_json::json!({"t": text}));
        }

        #[test]
        fn a_form_stays_one_field(text in ".{0,80}") {
            let template = Template::parse("t={text}", Surroundings::Form);
            let filled = template.fill(Filling { to: TO, text: &text });
            prop_assert!(filled.is_ascii() && !filled.contains(['&', '\r', '\n', ' ', '#']));
        }
    }
}
