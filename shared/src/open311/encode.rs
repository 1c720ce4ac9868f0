//! How answers are written: JSON, and XML transcribed from it.
//!
//! The specification defines its JSON as what a program makes of the XML by the Spark convention:
//! an element whose children are of one kind is an array without their name. Backwards, an array
//! needs that name again: the root's is its type's ([`Answer`]), the others' are in [`ITEMS`].

use std::io::{self, Write as _};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

/// What an endpoint is asked for by the end of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.json`.
    Json,
    /// `.xml`.
    Xml,
}

impl Format {
    /// By what follows the last dot of an address.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Format> {
        match extension {
            "json" => Some(Format::Json),
            "xml" => Some(Format::Xml),
            _ => None,
        }
    }

    /// The media type to answer with.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Json => "application/json; charset=utf-8",
            Format::Xml => "text/xml; charset=utf-8",
        }
    }
}

/// What an endpoint answers.
pub trait Answer: Serialize {
    /// The root element in XML.
    const ROOT: &'static str;
    /// What the root's children are called, where it is a list.
    const ITEM: &'static str = "";
}

/// An answer as it travels.
///
/// # Errors
/// None in practice: our types hold text, integers and finite numbers.
pub fn encode<T: Answer>(format: Format, answer: &T) -> Result<Vec<u8>, serde_json::Error> {
    let json = serde_json::to_vec(answer)?;
    match format {
        Format::Json => Ok(json),
        Format::Xml => xml(&json, T::ROOT, T::ITEM),
    }
}

/// The name of an array's field, and what its items are called in XML.
const ITEMS: [(&str, &str); 4] = [
    ("attributes", "attribute"),
    ("values", "value"),
    ("endpoints", "endpoint"),
    ("formats", "format"),
];

fn xml(json: &[u8], root: &'static str, item: &'static str) -> Result<Vec<u8>, serde_json::Error> {
    let mut writer = Writer::new(Vec::with_capacity(json.len() * 2));
    // The specification's examples and its validators read either case.
    let declaration = BytesDecl::new("1.0", Some("utf-8"), None);
    writer
        .write_event(Event::Decl(declaration))
        .and_then(|()| writer.get_mut().write_all(b"\n"))
        .map_err(serde_json::Error::custom)?;
    let element = Element {
        name: root,
        item,
        writer: &mut writer,
    };
    let mut read = serde_json::Deserializer::from_slice(json);
    element.deserialize(&mut read)?;
    read.end()?;
    Ok(writer.into_inner())
}

/// One element, written while its value is read: neither format is ever held as a tree.
struct Element<'w, 'n> {
    name: &'n str,
    /// What its items are called, if it is a list.
    item: &'n str,
    writer: &'w mut Writer<Vec<u8>>,
}

impl Element<'_, '_> {
    fn start(&mut self) -> io::Result<()> {
        let start = BytesStart::new(self.name);
        self.writer.write_event(Event::Start(start))
    }

    fn end(&mut self) -> io::Result<()> {
        self.writer
            .write_event(Event::End(BytesEnd::new(self.name)))
    }

    fn text<E: serde::de::Error>(mut self, text: &str) -> Result<(), E> {
        let text = legible(text);
        self.start()
            .and_then(|()| self.writer.write_event(Event::Text(BytesText::new(&text))))
            .and_then(|()| self.end())
            .map_err(E::custom)
    }
}

/// The text without the characters that no XML 1.0 may hold, not even escaped.
fn legible(text: &str) -> String {
    let is_allowed = |c: char| !matches!(c, '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    let marked = |c| if is_allowed(c) { c } else { '\u{FFFD}' };
    text.chars().map(marked).collect()
}

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.text(if value { "true" } else { "false" })
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.text(&value.to_string())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.text(&value.to_string())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.text(&value.to_string())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.text(value)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        let empty = Event::Empty(BytesStart::new(self.name));
        self.writer.write_event(empty).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        self.start().map_err(A::Error::custom)?;
        while items
            .next_element_seed(Element {
                name: self.item,
                item: "",
                writer: self.writer,
            })?
            .is_some()
        {}
        self.end().map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut fields: A) -> Result<(), A::Error> {
        self.start().map_err(A::Error::custom)?;
        while let Some(name) = fields.next_key::<String>()? {
            let item = ITEMS.iter().find(|(list, _)| *list == name);
            fields.next_value_seed(Element {
                name: &name,
                item: item.map_or("", |(_, item)| item),
                writer: self.writer,
            })?;
        }
        self.end().map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open311::{Attribute, AttributeValue, Created, Definition, Fault};

    #[track_caller]
    fn check<T: Answer>(answer: &T, json: &str, xml: &str) {
        let text = |format| String::from_utf8(encode(format, answer).unwrap()).unwrap();
        assert_eq!(text(Format::Json), json);
        let declared = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
        assert_eq!(text(Format::Xml), format!("{declared}{xml}"));
    }

    #[test]
    fn a_list_is_a_bare_array_in_json_and_named_elements_in_xml() {
        check(
            &vec![Created {
                service_request_id: "EP-1".into(),
                service_notice: None,
                account_id: None,
            }],
            r#"[{"service_request_id":"EP-1","service_notice":null,"account_id":null}]"#,
            "<service_requests><request><service_request_id>EP-1</service_request_id>\
             <service_notice/><account_id/></request></service_requests>",
        );
        check(
            &Vec::<Created>::new(),
            "[]",
            "<service_requests></service_requests>",
        );
    }

    #[test]
    fn lists_in_lists_have_their_names() {
        let value = AttributeValue {
            key: "one".into(),
            name: "One".into(),
        };
        check(
            &Definition {
                service_code: "a".into(),
                attributes: vec![Attribute {
                    variable: true,
                    code: "extent".into(),
                    datatype: crate::municipality::Datatype::SingleValueList,
                    required: false,
                    datatype_description: None,
                    order: 1,
                    description: "How many?".into(),
                    values: vec![value],
                }],
            },
            r#"{"service_code":"a","attributes":[{"variable":true,"code":"extent","datatype":"singlevaluelist","required":false,"datatype_description":null,"order":1,"description":"How many?","values":[{"key":"one","name":"One"}]}]}"#,
            "<service_definition><service_code>a</service_code><attributes><attribute>\
             <variable>true</variable><code>extent</code><datatype>singlevaluelist</datatype>\
             <required>false</required><datatype_description/><order>1</order>\
             <description>How many?</description><values><value><key>one</key><name>One</name>\
             </value></values></attribute></attributes></service_definition>",
        );
    }

    #[test]
    fn nothing_that_is_written_becomes_markup() {
        let fault = |description: &str| {
            vec![Fault {
                code: 400,
                description: description.into(),
            }]
        };
        check(
            &fault("<script>\"&\u{1}]]>"),
            "[{\"code\":400,\"description\":\"<script>\\\"&\\u0001]]>\"}]",
            "<errors><error><code>400</code>\
             <description>&lt;script&gt;&quot;&amp;\u{FFFD}]]&gt;</description></error></errors>",
        );
    }
}
