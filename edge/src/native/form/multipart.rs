//! Forms with files: `multipart/form-data` (RFC 7578), out of a body that is here and counted.

use std::convert::Infallible;

use balagh_shared::reason::{Reason, Violation};
use bytes::Bytes;
use futures_util::stream;
use multer::{Field, Multipart, parse_boundary};

use super::{Form, MOST_PARTS};
use crate::http::route::{PAGE_BYTES, PHOTO_BYTES};
use crate::http::{Request, refusal};

/// A field or a file of a form.
pub(in crate::native) struct Part {
    pub(super) name: String,
    /// What the sender's device calls the file; nothing for a field.
    pub(super) file: Option<String>,
    /// As it came.
    pub(in crate::native) bytes: Vec<u8>,
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

/// Bytes that are given to the parser at a time. It keeps what it has not parsed, so that what is in
/// memory is the body, its parts, and one of these.
const PIECE: usize = 64 * 1024;

/// Reads a form with files, of [`MOST_PARTS`] parts at most. A file larger than any photo may be, and
/// fields larger together than a page without files, are told as such, and the fields before are kept.
pub(super) async fn read(request: &Request) -> Result<Form, (Form, Violation)> {
    let mut form = Form::default();
    match fill(&mut form, request).await {
        Ok(()) => Ok(form),
        Err(violation) => Err((form, violation)),
    }
}

async fn fill(form: &mut Form, request: &Request) -> Result<(), Violation> {
    let media_type = request.headers.get("content-type").unwrap_or_default();
    let boundary = parse_boundary(media_type).map_err(|_| malformed())?;
    let pieces = request.body.chunks(PIECE).map(Bytes::copy_from_slice);
    let pieces = pieces.map(Ok::<_, Infallible>);
    let mut parts = Multipart::new(stream::iter(pieces), boundary);
    let (mut count, mut words) = (0, PAGE_BYTES);
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
        let bytes = match &file {
            Some(_) => {
                let too_large = || refusal::too_large(Reason::PhotoTooLarge, PHOTO_BYTES);
                whole(part, PHOTO_BYTES, too_large).await?
            }
            None => {
                let too_large = || refusal::too_large(Reason::RequestTooLarge, PAGE_BYTES);
                let bytes = whole(part, words, too_large).await?;
                words -= bytes.len();
                bytes
            }
        };
        form.add(Part { name, file, bytes });
    }
}

/// All of a part that has `most` bytes at most.
async fn whole(
    mut part: Field<'_>,
    most: usize,
    too_large: impl Fn() -> Violation,
) -> Result<Vec<u8>, Violation> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|_| malformed())? {
        if bytes.len() + piece.len() > most {
            return Err(too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

fn malformed() -> Violation {
    Violation::new(Reason::RequestMalformed, "")
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
        let mut form = form(TYPE, body.concat().as_bytes()).await.unwrap();
        assert_eq!(form.text("draft"), "{\"text\":\"حفرة\"}");
        let files = form.take_files();
        let names: Vec<&str> = files.iter().map(Part::file_name).collect();
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

    #[tokio::test]
    async fn fields_are_no_longer_together_than_those_of_a_page_without_files() {
        let half = "x".repeat(PAGE_BYTES / 2);
        let body = |last: &str| {
            let parts = [
                field("draft", "kept"),
                field("a", &half),
                field("b", last),
                "--xyz--\r\n".into(),
            ];
            parts.concat()
        };
        let fits = "x".repeat(PAGE_BYTES / 2 - "kept".len());
        let form_of = form(TYPE, body(&fits).as_bytes()).await.unwrap();
        assert_eq!(form_of.text("b").len(), fits.len());
        check(
            form(TYPE, body(&half).as_bytes()).await,
            "kept",
            Reason::RequestTooLarge,
        );
    }
}
