//! Forms with files: `multipart/form-data` (RFC 7578), out of a body that is here and counted.

use balagh_shared::reason::{Reason, Violation};
use bytes::Bytes;
use http_body_util::{BodyDataStream, Full};
use multer::{Constraints, Multipart, SizeLimit, parse_boundary};

use super::{Form, MOST_PARTS};
use crate::http::route::{PAGE_BYTES, PHOTO_BYTES};
use crate::http::{Request, refusal};

/// A field or a file of a form.
pub(in crate::native) struct Part {
    pub(super) name: String,
    /// What the sender's device calls the file; nothing for a field.
    pub(super) file: Option<String>,
    /// As it came.
    pub(in crate::native) bytes: Bytes,
}

impl Part {
    /// What the sender's device calls the file, for the sender alone.
    pub(in crate::native) fn file_name(&self) -> &str {
        self.file.as_deref().unwrap_or_default()
    }

    /// Whether it is a file that was chosen: a field for files left alone sends one of no name.
    pub(super) fn is_chosen(&self) -> bool {
        !self.bytes.is_empty() || !self.file_name().is_empty()
    }
}

/// Reads a form with files, of [`MOST_PARTS`] parts at most. A file larger than any photo may be is
/// told as such, and the fields before it are kept.
pub(super) async fn read(request: &Request) -> Result<Form, (Form, Violation)> {
    let mut form = Form::default();
    match fill(&mut form, request).await {
        Ok(()) => Ok(form),
        Err(violation) => Err((form, violation)),
    }
}

async fn fill(form: &mut Form, request: &Request) -> Result<(), Violation> {
    let malformed = || Violation::new(Reason::RequestMalformed, "");
    let media_type = request.headers.get("content-type").unwrap_or_default();
    let boundary = parse_boundary(media_type).map_err(|_| malformed())?;
    let body = Full::new(Bytes::copy_from_slice(&request.body));
    let most = (PHOTO_BYTES as u64).max(PAGE_BYTES as u64);
    let limit = Constraints::new().size_limit(SizeLimit::new().per_field(most));
    let mut parts = Multipart::with_constraints(BodyDataStream::new(body), boundary, limit);
    let mut count = 0;
    loop {
        let Some(part) = parts.next_field().await.map_err(|_| malformed())? else {
            return Ok(());
        };
        count += 1;
        if count > MOST_PARTS {
            return Err(malformed());
        }
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|error| match error {
            multer::Error::FieldSizeExceeded { .. } => {
                refusal::too_large(Reason::PhotoTooLarge, PHOTO_BYTES)
            }
            _ => malformed(),
        })?;
        form.add(Part { name, file, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Method;

    async fn form(media_type: &str, body: &[u8]) -> Result<Form, (Form, Violation)> {
        let request = Request {
            method: Method::Post,
            path: "/ep/report".into(),
            query: String::new(),
            headers: [("content-type", media_type)].into_iter().collect(),
            body: body.to_vec(),
        };
        read(&request).await
    }

    fn field(name: &str, value: &str) -> String {
        format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    fn file(name: &str, called: &str, value: &str) -> String {
        format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{called}\"\r\n\
             Content-Type: image/jpeg\r\n\r\n{value}\r\n"
        )
    }

    const TYPE: &str = "multipart/form-data; boundary=xyz";

    #[tokio::test]
    async fn fields_and_chosen_files_are_read_and_an_untouched_field_for_files_is_none() {
        let body = [
            field("draft", "{\"text\":\"حفرة\"}"),
            file("photo", "IMG 1.jpg", "one"),
            file("photo", "", ""),
            file("photo", "empty.jpg", ""),
            "--xyz--\r\n".into(),
        ];
        let form = form(TYPE, body.concat().as_bytes()).await.unwrap();
        assert_eq!(form.text("draft"), "{\"text\":\"حفرة\"}");
        let names: Vec<&str> = form.files().iter().map(Part::file_name).collect();
        assert_eq!(names, ["IMG 1.jpg", "empty.jpg"]);
    }

    #[track_caller]
    fn check(read: Result<Form, (Form, Violation)>, kept: &str, expected: Reason) {
        let (form, violation) = read.unwrap_err();
        assert_eq!((form.text("draft"), violation.code), (kept, expected));
    }

    #[tokio::test]
    async fn what_is_no_form_is_told_with_what_could_be_read_before() {
        let malformed = Reason::RequestMalformed;
        check(form("multipart/form-data", b"x").await, "", malformed);
        check(form(TYPE, b"").await, "", malformed);
        check(form(TYPE, b"no boundary at all").await, "", malformed);
        let cut = [field("draft", "kept"), file("photo", "a", "half")].concat();
        check(form(TYPE, cut.as_bytes()).await, "kept", malformed);
        let many = [
            field("draft", "kept"),
            file("photo", "a", "1").repeat(10_000),
            "--xyz--\r\n".into(),
        ];
        check(
            form(TYPE, many.concat().as_bytes()).await,
            "kept",
            malformed,
        );
    }

    #[tokio::test]
    async fn a_file_larger_than_any_photo_is_told_as_such() {
        let huge = "x".repeat(PHOTO_BYTES + 1);
        let parts = [
            field("draft", "kept"),
            file("photo", "a", &huge),
            "--xyz--\r\n".into(),
        ];
        let body = parts.concat();
        check(
            form(TYPE, body.as_bytes()).await,
            "kept",
            Reason::PhotoTooLarge,
        );
    }
}
