//! What came back, read as far as it can be.

use serde_json::Value;

use super::xml;

pub(super) use balagh_shared::open311::Format;

/// An answer of the endpoint.
pub(super) struct Answer {
    /// The address that was asked.
    pub(super) url: String,
    pub(super) status: u16,
    /// The whole header field.
    pub(super) content_type: Option<String>,
    /// Where a redirect led.
    pub(super) moved_to: Option<String>,
    /// Whether a browser lets pages of other sites read it.
    pub(super) allows_pages: bool,
    pub(super) format: Format,
    /// The body as a tree, or why it is none.
    pub(super) read: Result<Tree, String>,
    /// Whether the body is UTF-8, or what stands where it is not.
    pub(super) utf8: Result<(), String>,
}

/// A body, the same whichever format it came in: in XML every value is text, and an element that the
/// specification knows as a list is one.
#[derive(Debug)]
pub(super) struct Tree {
    /// The root element; XML alone has one.
    pub(super) root: Option<String>,
    pub(super) value: Value,
    /// What the XML declaration says of the encoding.
    pub(super) encoding: Option<String>,
    /// What the specification advises against: a document type, a namespace.
    pub(super) foreign: Vec<String>,
}

impl Answer {
    pub(super) fn new(
        url: &str,
        status: u16,
        content_type: Option<String>,
        moved_to: Option<String>,
        allows_pages: bool,
        bytes: Vec<u8>,
        format: Format,
    ) -> Answer {
        let utf8 = match str::from_utf8(&bytes) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("byte {} is not UTF-8", error.valid_up_to())),
        };
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{FEFF}');
        Answer {
            url: url.to_owned(),
            status,
            content_type,
            moved_to,
            allows_pages,
            format,
            read: match format {
                Format::Json => json(text),
                Format::Xml => xml::read(text),
            },
            utf8,
        }
    }

    /// The media type in lower case, without its parameters.
    pub(super) fn media_type(&self) -> Option<String> {
        let whole = self.content_type.as_deref()?;
        Some(whole.split(';').next()?.trim().to_ascii_lowercase())
    }

    /// Whether there is what was asked for.
    pub(super) fn is_ok(&self) -> bool {
        matches!(self.status, 200 | 201)
    }

    /// The items of a list; also of one that a foreign convention wrapped or let fall.
    pub(super) fn items(&self) -> Option<Vec<&Value>> {
        if !self.is_ok() {
            return None;
        }
        items(&self.read.as_ref().ok()?.value)
    }
}

/// The items of a list as the Spark convention has it, else of the only list in an object.
fn items(value: &Value) -> Option<Vec<&Value>> {
    match value {
        Value::Array(items) => Some(items.iter().collect()),
        Value::Object(fields) if fields.len() == 1 => items(fields.values().next()?),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}

fn json(text: &str) -> Result<Tree, String> {
    let value = serde_json::from_str(text).map_err(|error| {
        let begins: String = text.chars().take(40).collect();
        format!("no JSON ({error}); it begins {begins:?}")
    })?;
    Ok(Tree {
        root: None,
        value,
        encoding: None,
        foreign: Vec::new(),
    })
}
