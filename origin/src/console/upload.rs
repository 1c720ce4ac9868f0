//! Forms with a file: `multipart/form-data` (RFC 7578), out of a body that is here and counted.

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use multer::{Multipart, parse_boundary};

use super::fields::Fields;

/// Most parts of one form: ours has six.
const MOST_PARTS: usize = 16;

/// What separates the parts of a form with files; nothing where it is none.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let media_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    parse_boundary(media_type).ok()
}

/// The fields, and the first file that was chosen. Of a body that is no form nothing is kept but what
/// came before that.
pub(super) async fn read(boundary: String, body: Bytes) -> (Fields, Option<Bytes>) {
    let (mut fields, mut file) = (Fields::default(), None);
    let mut parts = Multipart::new(Body::from(body).into_data_stream(), boundary);
    for _ in 0..MOST_PARTS {
        let Ok(Some(part)) = parts.next_field().await else {
            break;
        };
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let Ok(bytes) = part.bytes().await else {
            break;
        };
        if !is_file {
            fields.add(&name, &String::from_utf8_lossy(&bytes));
        } else if !bytes.is_empty() {
            file.get_or_insert(bytes);
        }
    }
    (fields, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_with_a_file_is_read_and_one_without_or_broken_gives_what_there_is() {
        let part = |name: &str, value: &str| {
            format!("--xyz\r\nContent-Disposition: form-data; {name}\r\n\r\n{value}\r\n")
        };
        let whole = [
            part("name=\"note\"", "a\r\nb"),
            part("name=\"photo\"; filename=\"\"", ""),
            part("name=\"photo\"; filename=\"a.jpg\"", "bytes"),
            "--xyz--\r\n".to_owned(),
        ];
        let (fields, file) = read("xyz".into(), whole.concat().into()).await;
        assert_eq!(
            (fields.text("note"), file.as_deref()),
            ("a\nb", Some(&b"bytes"[..]))
        );
        let cut = part("name=\"note\"", "kept") + "--xyz\r\nContent-Disp";
        let (fields, file) = read("xyz".into(), cut.into()).await;
        assert_eq!((fields.text("note"), file), ("kept", None));
        let (fields, _) = read("xyz".into(), part("name=\"a\"", "1").repeat(1_000).into()).await;
        assert_eq!(fields.all("a").len(), MOST_PARTS);
    }
}
