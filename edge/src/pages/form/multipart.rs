//! Forms with files: `multipart/form-data` (RFC 7578), out of a body that is here and counted.

use std::convert::Infallible;

use balagh_shared::reason::{Reason, Violation};
use bytes::Bytes;
use futures_util::stream;
use multer::{Field, Multipart, parse_boundary};

use super::{Form, MOST_PARTS, PhotoForm};
use crate::http::route::{PAGE_BYTES, PHOTO_BYTES};
use crate::http::{Request, refusal};

/// A field or a file of a form.
pub(in crate::pages) struct Part {
    pub(super) name: String,
    /// What the sender's device calls the file; nothing for a field.
    pub(super) file: Option<String>,
    /// As it came; nothing where it is `missing`.
    pub(in crate::pages) bytes: Vec<u8>,
    /// Why a file is not here whole, where it is not.
    pub(in crate::pages) missing: Option<Violation>,
}

/// The fields beside the files: the draft, the step and the button that was pressed.
const FIELDS: usize = 3;
/// Most parts that are looked at: of those after the sixteenth, what they are called.
const MOST_NAMED: usize = 64;

impl Part {
    /// What the sender's device calls the file, for the sender alone.
    pub(in crate::pages) fn file_name(&self) -> &str {
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

/// Reads a form with files. One that is larger than any photo may be, comes after the sixteenth part
/// or after the end of a body that was too long is [`missing`](Part::missing); everything else of the
/// form is kept, of fields no more together than a page without files may have.
pub(super) async fn read(
    request: &Request,
    photo_form: PhotoForm,
) -> Result<Form, (Form, Violation)> {
    let mut form = Form::default();
    match fill(&mut form, request, photo_form).await {
        Ok(()) => Ok(form),
        Err(violation) => Err((form, violation)),
    }
}

async fn fill(form: &mut Form, request: &Request, photo_form: PhotoForm) -> Result<(), Violation> {
    let media_type = request.headers.get("content-type").unwrap_or_default();
    let boundary = parse_boundary(media_type).map_err(|_| malformed())?;
    let pieces = request.body.chunks(PIECE).map(Bytes::copy_from_slice);
    let pieces = pieces.map(Ok::<_, Infallible>);
    let mut parts = Multipart::new(stream::iter(pieces), boundary);
    // Whoever read the body stopped one byte behind what may be read.
    let is_cut = request.body.len() > photo_form.whole;
    let megabytes = photo_form.photos / 1_000_000;
    let cut = || Violation::new(Reason::RequestTooLarge, "").with("max", megabytes);
    let broken = || if is_cut { cut() } else { malformed() };
    let mut words = PAGE_BYTES;
    for count in 1..=MOST_NAMED {
        let Some(mut part) = parts.next_field().await.map_err(|_| broken())? else {
            return Ok(());
        };
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let is_over = count > MOST_PARTS;
        let read = match &file {
            Some(_) if is_over => Err(Violation::new(Reason::PhotoCount, "/photos")
                .with("max", MOST_PARTS.saturating_sub(FIELDS))),
            Some(_) => match whole(&mut part, PHOTO_BYTES).await {
                Ok(Some(bytes)) => Ok(bytes),
                Ok(None) => Err(refusal::too_large(Reason::PhotoTooLarge, PHOTO_BYTES)),
                Err(_) if is_cut => Err(cut()),
                Err(_) => return Err(malformed()),
            },
            None => match whole(&mut part, words).await {
                Ok(Some(bytes)) => {
                    words -= bytes.len();
                    Ok(bytes)
                }
                Ok(None) => return Err(refusal::too_large(Reason::RequestTooLarge, PAGE_BYTES)),
                Err(_) => return Err(broken()),
            },
        };
        let (bytes, missing) = match read {
            Ok(bytes) => (bytes, None),
            Err(violation) => (Vec::new(), Some(violation)),
        };
        let ends = missing
            .as_ref()
            .is_some_and(|it| it.code == Reason::RequestTooLarge);
        form.add(Part {
            name,
            file,
            bytes,
            missing,
        });
        if ends {
            return Ok(());
        }
    }
    Err(malformed())
}

/// The bytes of a part; nothing where there are more than `most` of them.
async fn whole(part: &mut Field<'_>, most: usize) -> multer::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await? {
        if bytes.len() + piece.len() > most {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
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
        read(&request, PhotoForm::LARGE).await
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
    }

    /// What became of each file: its length, or why it is not here.
    fn files(form: &Form) -> Vec<(&str, Result<usize, Reason>)> {
        let became = |part: &'_ Part| match &part.missing {
            None => Ok(part.bytes.len()),
            Some(violation) => Err(violation.code),
        };
        let files = form.files.iter();
        files.map(|it| (it.file_name(), became(it))).collect()
    }

    #[tokio::test]
    async fn a_file_larger_than_any_photo_is_named_and_all_else_of_the_form_is_kept() {
        let huge = "x".repeat(PHOTO_BYTES + 1);
        let parts = [
            field("draft", "kept"),
            file("photo", "a", "good"),
            file("photo", "b", &huge),
            file("photo", "c", "good"),
            field("go", "next"),
            "--xyz--\r\n".into(),
        ];
        let form = form(TYPE, parts.concat().as_bytes()).await.unwrap();
        let too_large = Err(Reason::PhotoTooLarge);
        assert_eq!(files(&form), [("a", Ok(4)), ("b", too_large), ("c", Ok(4))]);
        assert_eq!((form.text("draft"), form.text("go")), ("kept", "next"));
    }

    #[tokio::test]
    async fn of_more_files_than_a_form_may_have_the_first_are_read_and_the_others_named() {
        let parts = |files: usize| {
            let file = |index: usize| file("photo", &format!("{index}.jpg"), "one");
            let files: String = (0..files).map(file).collect();
            [
                field("draft", "kept"),
                files,
                field("go", "next"),
                "--xyz--\r\n".into(),
            ]
            .concat()
        };
        let twenty = form(TYPE, parts(20).as_bytes()).await.unwrap();
        let read = files(&twenty);
        assert!(read.iter().take(15).all(|(_, became)| *became == Ok(3)));
        let over = Err(Reason::PhotoCount);
        assert!(read.iter().skip(15).all(|(_, became)| *became == over));
        assert_eq!((read.len(), twenty.text("go")), (20, "next"));
        // Past what anybody chooses nothing more is looked at.
        let (many, violation) = form(TYPE, parts(10_000).as_bytes()).await.unwrap_err();
        assert_eq!(violation.code, Reason::RequestMalformed);
        assert_eq!((many.text("draft"), many.files.len()), ("kept", 63));
    }

    #[tokio::test]
    async fn of_photos_that_are_too_much_together_those_that_came_whole_are_kept() {
        let large = "x".repeat(7 * 1024 * 1024);
        let mut body = field("draft", "kept");
        for name in ["a", "b", "c", "d", "e"] {
            body.push_str(&file("photo", name, &large));
        }
        body.truncate(PhotoForm::LARGE.whole + 1);
        let form = form(TYPE, body.as_bytes()).await.unwrap();
        let whole = Ok(large.len());
        let cut = Err(Reason::RequestTooLarge);
        assert_eq!(
            files(&form),
            [("a", whole), ("b", whole), ("c", whole), ("d", cut)]
        );
        assert_eq!(form.text("draft"), "kept");
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
