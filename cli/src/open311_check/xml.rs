//! XML, read without following anything it names: a document type is noted and passed over, an
//! entity of its own stays a name, and depth is bounded. Size was bounded before.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value};

use super::answer::Tree;

/// Deepest nesting: the specification's is seven.
const DEEPEST: usize = 32;

/// Elements that are lists of their children, by the specification.
const LISTS: [&str; 7] = [
    "services",
    "service_requests",
    "attributes",
    "values",
    "errors",
    "endpoints",
    "formats",
];

/// An element that is not closed yet.
struct Open {
    name: String,
    text: String,
    children: Vec<(String, Value)>,
}

/// Reads a document.
pub(super) fn read(text: &str) -> Result<Tree, String> {
    let mut reader = Reader::from_str(text);
    let mut tree = Tree {
        root: None,
        value: Value::Null,
        encoding: None,
        foreign: Vec::new(),
    };
    let mut open: Vec<Open> = Vec::new();
    let no_xml = |error: &dyn std::fmt::Display| {
        let begins: String = text.trim_start().chars().take(40).collect();
        format!("no XML ({error}); it begins {begins:?}")
    };
    loop {
        match reader.read_event().map_err(|error| no_xml(&error))? {
            Event::Decl(declaration) => {
                tree.encoding = declaration
                    .encoding()
                    .and_then(Result::ok)
                    .map(|encoding| encoding.to_string());
            }
            Event::DocType(_) => tree.foreign.push("a document type".to_owned()),
            Event::Start(start) => {
                let element = begin(&start, &mut tree);
                open.push(element);
                if open.len() > DEEPEST {
                    return Err(format!("more than {DEEPEST} elements in each other"));
                }
            }
            Event::Empty(start) => {
                let element = begin(&start, &mut tree);
                close(element, &mut open, &mut tree);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut tree);
                }
            }
            Event::Text(text) => add(&mut open, &text),
            Event::CData(text) => add(&mut open, &text),
            Event::GeneralRef(name) => {
                let character = name.resolve_char_ref().ok().flatten();
                let meant = character.map(String::from).unwrap_or_else(|| {
                    match name.xml_content(XmlVersion::Explicit1_0).as_ref() {
                        "amp" => "&".to_owned(),
                        "lt" => "<".to_owned(),
                        "gt" => ">".to_owned(),
                        "quot" => "\"".to_owned(),
                        "apos" => "'".to_owned(),
                        other => format!("&{other};"),
                    }
                });
                add(&mut open, &meant);
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    if tree.root.is_none() {
        return Err(no_xml(&"there is no element"));
    }
    match open.last() {
        Some(unclosed) => Err(no_xml(&format_args!("<{}> is not closed", unclosed.name))),
        None => Ok(tree),
    }
}

fn begin(start: &BytesStart<'_>, tree: &mut Tree) -> Open {
    let name = start.name();
    let name: &str = name.as_ref();
    if let Some((prefix, _)) = name.split_once(':') {
        tree.foreign.push(format!("the prefix {prefix}:"));
    }
    let is_namespace = |key: &str| key == "xmlns" || key.starts_with("xmlns:");
    let mut attributes = start.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    if attributes.any(|attribute| is_namespace(attribute.key.as_ref())) {
        tree.foreign.push(format!("a namespace at <{name}>"));
    }
    if tree.root.is_none() {
        tree.root = Some(name.to_owned());
    }
    Open {
        name: name.to_owned(),
        text: String::new(),
        children: Vec::new(),
    }
}

fn add(open: &mut [Open], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(element: Open, open: &mut [Open], tree: &mut Tree) {
    let Open {
        name,
        text,
        children,
    } = element;
    let value = if LISTS.contains(&name.as_str()) {
        Value::Array(children.into_iter().map(|(_, value)| value).collect())
    } else if !children.is_empty() {
        let mut fields = Map::new();
        for (name, value) in children {
            fields.insert(name, value);
        }
        Value::Object(fields)
    } else if text.trim().is_empty() {
        Value::Null
    } else {
        Value::String(text.trim().to_owned())
    };
    match open.last_mut() {
        Some(parent) => parent.children.push((name, value)),
        None => tree.value = value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_lists_and_text_is_text() {
        let tree = read(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><services><service><service_code>001\
             </service_code><keywords/><description>a &amp; b &#x41;<![CDATA[<c>]]></description>\
             </service></services>",
        )
        .unwrap();
        assert_eq!(tree.root.as_deref(), Some("services"));
        assert_eq!(tree.encoding.as_deref(), Some("UTF-8"));
        let expected =
            json!([{"service_code": "001", "keywords": null, "description": "a & b A<c>"}]);
        assert_eq!(tree.value, expected);
    }

    #[test]
    fn nothing_that_a_document_type_defines_is_followed() {
        let tree = read(
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b SYSTEM \"file:///etc/passwd\">]>\
             <errors xmlns=\"urn:x\"><error><code>&a;&b;</code></error></errors>",
        )
        .unwrap();
        assert_eq!(tree.value, json!([{"code": "&a;&b;"}]));
        assert_eq!(tree.foreign, ["a document type", "a namespace at <errors>"]);
    }

    #[test]
    fn what_is_no_xml_is_said_with_its_beginning() {
        for (text, says) in [
            ("<html><body><p>Sorry</body></html>", "no XML"),
            ("", "no element"),
            ("{\"a\": 1}", "begins \"{"),
            ("<services><service>", "is not closed"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
        let deep = "<a>".repeat(100);
        assert!(read(&deep).unwrap_err().contains("in each other"));
    }
}
