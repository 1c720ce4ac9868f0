//! The standard's `Request` and `Response` to ours and back; bodies counted while they arrive.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Headers as WebHeaders, ReadableStream, ReadableStreamDefaultReader, Request as WebRequest,
    Response as WebResponse, ResponseInit,
};

use crate::http::route::DRAINED_BYTES;
use crate::http::{Headers, Method, Request, Response};
use crate::relay::forward::READ;

/// A request whose body is still to come.
pub(super) struct Arrived {
    pub(super) request: Request,
    /// The web origin it was sent to.
    pub(super) own_origin: String,
    pub(super) body: Body,
}

pub(super) struct Body(pub(super) Option<ReadableStream>);

/// Why a body is not here.
pub(super) enum Unread {
    TooLarge,
    Incomplete,
}

impl Arrived {
    /// Reads what means something here, and the header fields `beside`.
    pub(super) fn read(request: &WebRequest, beside: &[&str]) -> Arrived {
        let fields = request.headers();
        let mut headers = Headers::default();
        for name in READ.iter().chain(beside) {
            if let Ok(Some(value)) = fields.get(name) {
                headers.add(name, value);
            }
        }
        let url = request.url();
        let (own_origin, path, query) = split(&url);
        let request_read = Request {
            method: Method::parse(&request.method()),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            body: Vec::new(),
        };
        let body = Body(request.body());
        Arrived {
            request: request_read,
            own_origin: own_origin.to_owned(),
            body,
        }
    }
}

/// Origin, path and query of an absolute address, as runtimes write it.
fn split(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let path_at = url
        .get(after_scheme..)
        .and_then(|rest| rest.find(['/', '?']));
    let (origin, rest) = url.split_at(path_at.map_or(url.len(), |at| after_scheme + at));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    (origin, if path.is_empty() { "/" } else { path }, query)
}

impl Body {
    /// Reads the body as far as `limit` bytes; a longer one is drained. `kept` is given the pieces
    /// too, and `null` after the last.
    pub(super) async fn read(self, limit: usize, kept: Option<&Array>) -> Result<Vec<u8>, Unread> {
        let mut bytes = Vec::new();
        let Some(mut pieces) = self.pieces() else {
            return Ok(bytes);
        };
        while let Some(piece) = pieces.next().await? {
            if let Some(kept) = kept {
                kept.push(&piece);
            }
            let start = bytes.len();
            let end = start + piece.length() as usize;
            if end > limit {
                pieces.drain().await;
                return Err(Unread::TooLarge);
            }
            bytes.resize(end, 0);
            if let Some(room) = bytes.get_mut(start..) {
                piece.copy_to(room);
            }
        }
        if let Some(kept) = kept {
            kept.push(&JsValue::NULL);
        }
        Ok(bytes)
    }

    /// Reads the body of a request that is refused to its end, within reason.
    pub(super) async fn drain(self) {
        if let Some(mut pieces) = self.pieces() {
            pieces.drain().await;
        }
    }

    fn pieces(self) -> Option<Pieces> {
        self.0
            .map(|stream| Pieces(stream.get_reader().unchecked_into()))
    }
}

/// A body as it arrives.
struct Pieces(ReadableStreamDefaultReader);

impl Pieces {
    /// The next piece; nothing at the end.
    async fn next(&mut self) -> Result<Option<Uint8Array>, Unread> {
        let step = JsFuture::from(self.0.read())
            .await
            .map_err(|_| Unread::Incomplete)?;
        let part =
            |name| Reflect::get(&step, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
        if part("done").is_truthy() {
            return Ok(None);
        }
        part("value")
            .dyn_into()
            .map(Some)
            .map_err(|_| Unread::Incomplete)
    }

    async fn drain(&mut self) {
        let mut left = DRAINED_BYTES;
        while let Ok(Some(piece)) = self.next().await {
            match left.checked_sub(piece.length() as usize) {
                Some(rest) => left = rest,
                None => {
                    drop(self.0.cancel());
                    return;
                }
            }
        }
    }
}

/// Our response as the runtime's.
pub(super) fn response(response: &Response) -> Result<WebResponse, JsValue> {
    let headers = WebHeaders::new()?;
    for (name, value) in response.headers.iter() {
        headers.append(name, value)?;
    }
    let init = ResponseInit::new();
    init.set_status(response.status);
    init.set_headers(&headers);
    // 204 and 304 must have no body, not even an empty one.
    if response.body.is_empty() {
        return WebResponse::new_with_opt_str_and_init(None, &init);
    }
    let body = Uint8Array::from(response.body.as_slice());
    WebResponse::new_with_opt_buffer_source_and_init(Some(&body), &init)
}
