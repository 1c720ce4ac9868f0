//! Lists that an endpoint answers with, in either format, as flat records: what is nested deeper is
//! passed over, and nothing that an answer names is followed.

use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

use super::Format;

/// The records of an answer; nothing where it is not a list.
pub(super) fn records(format: Format, answer: &[u8]) -> Option<Vec<Map<String, Value>>> {
    match format {
        Format::Json => of_json(serde_json::from_slice(answer).ok()?),
        Format::Xml => of_xml(std::str::from_utf8(answer).ok()?),
    }
}

/// A bare array, or one that is wrapped once more, as some endpoints do.
fn of_json(answer: Value) -> Option<Vec<Map<String, Value>>> {
    let list = match answer {
        Value::Array(list) => list,
        Value::Object(fields) if fields.len() == 1 => match fields.into_iter().next()?.1 {
            Value::Array(list) => list,
            _ => return None,
        },
        _ => return None,
    };
    let record = |item| match item {
        Value::Object(fields) => Some(fields),
        _ => None,
    };
    Some(list.into_iter().filter_map(record).collect())
}

/// `<service_requests><request><field>text</field>…</request>…</service_requests>`.
fn of_xml(answer: &str) -> Option<Vec<Map<String, Value>>> {
    let mut reader = Reader::from_str(answer);
    let mut records = None;
    let (mut depth, mut record) = (0_u32, Map::new());
    let (mut field, mut text) = (String::new(), String::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                depth += 1;
                match depth {
                    1 if start.name().as_ref() == "service_requests" => records = Some(Vec::new()),
                    1 => return None,
                    3 => {
                        field = start.name().as_ref().to_owned();
                        text.clear();
                    }
                    _ => {}
                }
            }
            Event::Empty(start) if depth == 0 => {
                return (start.name().as_ref() == "service_requests").then(Vec::new);
            }
            Event::Text(piece) if depth == 3 => text.push_str(&piece),
            Event::CData(piece) if depth == 3 => text.push_str(&piece),
            Event::GeneralRef(name) if depth == 3 => {
                let character = name.resolve_char_ref().ok().flatten();
                let known = || match name.xml_content(XmlVersion::Explicit1_0).as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => None,
                };
                text.extend(character.or_else(known));
            }
            Event::End(_) => {
                match depth {
                    3 => {
                        let value = Value::String(text.trim().to_owned());
                        record.insert(std::mem::take(&mut field), value);
                    }
                    2 => records.as_mut()?.push(std::mem::take(&mut record)),
                    _ => {}
                }
                depth = depth.checked_sub(1)?;
            }
            Event::Eof => return records.filter(|_| depth == 0),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(xml: &str, expected: Option<&str>) {
        let read = records(Format::Xml, xml.as_bytes());
        let expected = expected.map(|json| serde_json::from_str(json).unwrap());
        assert_eq!(read, expected, "{xml}");
    }

    #[test]
    fn a_list_in_xml_is_the_same_list() {
        check(
            "<?xml version=\"1.0\"?>\n<service_requests>\n <request>\n  \
             <service_request_id>7</service_request_id>\n  \
             <description>a &lt;b&gt; &amp; &#1581;\n<![CDATA[<c>]]></description>\n  \
             <notes><note>x</note></notes><zipcode/>\n </request>\n</service_requests>",
            Some(
                "[{\"service_request_id\": \"7\", \"description\": \"a <b> & ح\\n<c>\", \"notes\": \"\"}]",
            ),
        );
        check("<service_requests/>", Some("[]"));
        check("<service_requests></service_requests>", Some("[]"));
    }

    #[test]
    fn what_is_no_list_is_none() {
        for wrong in [
            "",
            "sign in",
            "<html><body>sign in</body></html>",
            "<errors><error><code>400</code></error></errors>",
            "<service_requests><request>",
            "<service_requests></request></service_requests>",
        ] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn no_answer_panics(bytes: Vec<u8>, text in "(<[a-z_]{1,4}/?>|</[a-z]{1,4}>|&[a-z#1]{1,4};|x){0,30}") {
            for format in [Format::Json, Format::Xml] {
                let _ = records(format, &bytes);
                let _ = records(format, format!("<service_requests>{text}").as_bytes());
            }
        }
    }
}
