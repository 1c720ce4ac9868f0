//! The runtime as `instance.mjs` hands it over: requests, answers and other servers, each as one string
//! and one run of bytes. Every step over the border between JavaScript and wasm costs as much as a page of
//! code on either side; by the standard's own objects one report crossed it some eighty times.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::http::{Headers, Method, Response};

#[wasm_bindgen]
extern "C" {
    /// `options.io` of [`super::configure`].
    pub(super) type Io;

    /// `METHOD`, the address, and a line `name: value` for each of `names` that the request has.
    #[wasm_bindgen(method)]
    fn head(this: &Io, request: &JsValue, names: &JsValue) -> String;

    /// The body, as far as `limit`; null for a longer one, of which `drained` bytes are read.
    #[wasm_bindgen(method)]
    fn body(this: &Io, request: &JsValue, limit: u32, drained: u32, kept: &JsValue) -> Promise;

    /// A `Response`; its fields a line each.
    #[wasm_bindgen(method, catch)]
    fn answer(this: &Io, status: u16, fields: &str, body: &[u8]) -> Result<JsValue, JsValue>;

    /// Sends a request to an address, or to the object that keeps `municipality`: `[status, fields, body]`
    /// with those fields of `names` that the answer has.
    #[wasm_bindgen(method)]
    fn send(
        this: &Io,
        municipality: Option<&str>,
        url: &str,
        method: &str,
        fields: &str,
        body: &[u8],
        patience_ms: u32,
        most: u32,
        names: &JsValue,
    ) -> Promise;
}

/// Why a body is not here.
pub(super) enum Unread {
    TooLarge,
    Incomplete,
}

/// What is sent to another server.
pub(super) struct Outgoing<'a> {
    /// Whose object it is for; nobody's where it is for an address.
    pub(super) municipality: Option<&'a str>,
    pub(super) url: &'a str,
    pub(super) method: Method,
    pub(super) fields: Headers,
    pub(super) body: &'a [u8],
    /// How long it may take, in milliseconds, body included.
    pub(super) patience_ms: u32,
    /// Most bytes of the answer.
    pub(super) most: u32,
}

impl Io {
    /// Method, address and header fields of a request.
    pub(super) fn read_head(
        &self,
        request: &JsValue,
        names: &JsValue,
    ) -> (String, String, Headers) {
        let head = self.head(request, names);
        let mut lines = head.split('\n');
        let method = lines.next().unwrap_or_default().to_owned();
        let url = lines.next().unwrap_or_default().to_owned();
        (method, url, fields(lines))
    }

    /// The body of a request. `kept` is given its pieces, and `null` after the last.
    pub(super) async fn read_body(
        &self,
        request: &JsValue,
        limit: usize,
        drained: usize,
        kept: Option<&Array>,
    ) -> Result<Vec<u8>, Unread> {
        let whole = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        let kept = kept.map_or(JsValue::UNDEFINED, JsValue::from);
        let body = self.body(request, whole(limit), whole(drained), &kept);
        let body = JsFuture::from(body).await.map_err(|_| Unread::Incomplete)?;
        if body.is_null() {
            return Err(Unread::TooLarge);
        }
        Ok(Uint8Array::unchecked_from_js(body).to_vec())
    }

    /// Our response as the runtime's.
    pub(super) fn response(&self, response: &Response) -> Result<JsValue, JsValue> {
        self.answer(response.status, &lines(&response.headers), &response.body)
    }

    /// Sends a request; the answer with those of its fields that are among `names`.
    ///
    /// # Errors
    /// What the runtime says; none of it is for those who ask here.
    pub(super) async fn fetch(
        &self,
        outgoing: Outgoing<'_>,
        names: &JsValue,
    ) -> Result<Response, JsValue> {
        let Outgoing {
            municipality,
            url,
            method,
            fields: sent,
            body,
            patience_ms,
            most,
        } = outgoing;
        let (method, sent) = (method.as_str(), lines(&sent));
        let answer = self.send(
            municipality,
            url,
            method,
            &sent,
            body,
            patience_ms,
            most,
            names,
        );
        let answer: Array = Array::unchecked_from_js(JsFuture::from(answer).await?);
        let status = answer.get(0).as_f64().unwrap_or_default();
        let headers = answer.get(1).as_string().unwrap_or_default();
        Ok(Response {
            // Whole, and no more than 599.
            status: status as u16,
            headers: fields(headers.split('\n')),
            body: Uint8Array::unchecked_from_js(answer.get(2)).to_vec(),
        })
    }
}

/// Names of header fields, as `head` and `send` take them.
pub(super) fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> JsValue {
    names
        .into_iter()
        .map(JsValue::from_str)
        .collect::<Array>()
        .into()
}

/// No value holds a line break: the standard's own header fields cannot.
fn fields<'l>(lines: impl Iterator<Item = &'l str>) -> Headers {
    let mut headers = Headers::default();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        headers.add(name, value);
    }
    headers
}

fn lines(headers: &Headers) -> String {
    let mut text = String::new();
    for (name, value) in headers.iter() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
    }
    text
}
