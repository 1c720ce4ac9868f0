//! What browsers send from forms: fields by name, and the files among them.

mod multipart;

use balagh_shared::reason::{Reason, Violation};

use crate::http::Request;
#[cfg(feature = "durable")]
use crate::http::route::{PAGE_BYTES, PHOTO_BYTES};
#[cfg(feature = "native")]
use crate::http::route::{PHOTO_FORM_BYTES, PHOTOS_AT_ONCE_BYTES};

pub(super) use multipart::Part;

/// Most fields of a form that are read: no page of ours has half as many.
const MOST_FIELDS: usize = 256;
/// Most files of a form, chosen ones and empty ones: with the fields beside them the sixteen parts that
/// a form may have.
pub(super) const MOST_PARTS: usize = 16;

/// What one form with photos may bring, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PhotoForm {
    /// Of its photos together, which is what its page promises.
    pub(crate) photos: usize,
    /// Of all of it. Whoever reads the body stops one byte behind.
    pub(crate) whole: usize,
}

impl PhotoForm {
    /// Where memory is a machine's.
    #[cfg(feature = "native")]
    pub(crate) const LARGE: PhotoForm = PhotoForm {
        photos: PHOTOS_AT_ONCE_BYTES,
        whole: PHOTO_FORM_BYTES,
    };

    /// In an isolate, whose 128 MB hold such a form up to five times while it is taken: as JavaScript's, of
    /// the function, of the object and on the way, and as the instance's, whole and in parts. Two fit.
    #[cfg(feature = "durable")]
    pub(crate) const SMALL: PhotoForm = PhotoForm {
        photos: 9_000_000,
        whole: 11 * 1024 * 1024,
    };
}

// Any one photo fits.
#[cfg(feature = "durable")]
const _: () = assert!(
    PHOTO_BYTES < PhotoForm::SMALL.photos
        && PhotoForm::SMALL.photos + PAGE_BYTES <= PhotoForm::SMALL.whole
);

/// A form, read. Of what is not understood nothing is kept; of fields far too long everything, so
/// that they can be shown again.
#[derive(Default)]
pub(super) struct Form {
    fields: Vec<(String, String)>,
    files: Vec<Part>,
}

impl Form {
    /// Reads a request's body by its type: `multipart/form-data`, or what forms without files send.
    ///
    /// # Errors
    /// What is wrong with it, and the fields that came before that: nothing typed is lost with them.
    pub(super) async fn read(
        request: &Request,
        photo_form: PhotoForm,
    ) -> Result<Form, (Form, Violation)> {
        match request.media_type().as_deref() {
            _ if request.is_multipart() => multipart::read(request, photo_form).await,
            Some("application/x-www-form-urlencoded") => {
                Ok(Form::of(&String::from_utf8_lossy(&request.body)))
            }
            _ => Err((Form::default(), Violation::new(Reason::RequestType, ""))),
        }
    }

    /// Reads `application/x-www-form-urlencoded`, as such bodies and queries are.
    pub(super) fn of(encoded: &str) -> Form {
        let pairs = encoded.split('&').filter_map(|pair| pair.split_once('='));
        let fields = pairs.take(MOST_FIELDS);
        Form {
            fields: fields
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
            files: Vec::new(),
        }
    }

    /// The first field of this name; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        let named = self.fields.iter().find(|(known, _)| known == name);
        named.map_or("", |(_, value)| value)
    }

    /// All fields of this name, in their order.
    pub(super) fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        let named = self.fields.iter().filter(move |(known, _)| known == name);
        named.map(|(_, value)| value.as_str())
    }

    /// Whether there is a field of this name, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    /// Takes the files out that were chosen; who chose none sends an empty one.
    pub(super) fn take_files(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.files)
    }

    /// The same without these fields.
    pub(super) fn without(&self, names: &[&str]) -> Form {
        let fields = self.fields.iter();
        let others = fields.filter(|(name, _)| !names.contains(&name.as_str()));
        Form {
            fields: others.cloned().collect(),
            files: Vec::new(),
        }
    }

    /// Adds a field or a file.
    fn add(&mut self, part: Part) {
        match part.file {
            None => {
                let text = String::from_utf8(part.bytes);
                let text = text
                    .unwrap_or_else(|bytes| String::from_utf8_lossy(bytes.as_bytes()).into_owned());
                self.fields.push((part.name, text));
            }
            Some(_) if part.is_chosen() => self.files.push(part),
            Some(_) => {}
        }
    }
}

/// What people type never reaches a log through `{:?}`.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (fields, files) = (self.fields.len(), self.files.len());
        write!(f, "Form({fields} fields, {files} files)")
    }
}

fn decoded(encoded: &str) -> String {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => b'?',
                }
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let form = Form::of("number=EP-7K3M9+QX2RT%2DD&code=%D9%A7&code=2&%D8%A3=1");
        assert_eq!(form.text("number"), "EP-7K3M9 QX2RT-D");
        assert_eq!(form.all("code").collect::<Vec<_>>(), ["٧", "2"]);
        assert_eq!(form.text("أ"), "1");
        assert_eq!((form.text("other"), form.has("other")), ("", false));
        assert_eq!(Form::of("code=%9").text("code"), "?");
    }

    #[test]
    fn no_form_has_more_fields_than_are_read() {
        let many = "a=1&".repeat(100_000);
        assert_eq!(Form::of(&many).all("a").count(), MOST_FIELDS);
    }

    #[tokio::test]
    async fn a_body_of_another_type_is_told() {
        let request = Request {
            method: crate::http::Method::Post,
            path: "/ep/report".into(),
            query: String::new(),
            headers: [("content-type", "application/json")].into_iter().collect(),
            body: b"{}".to_vec(),
        };
        let (_, violation) = Form::read(&request, PhotoForm::LARGE).await.unwrap_err();
        assert_eq!(violation.code, Reason::RequestType);
    }
}
