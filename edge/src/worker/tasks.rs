//! What only an object does with the runtime: it reads what it is asked and asks others in tasks of its
//! own, with waits between (`tasks.mjs`).

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::io::{Io, fields, lines};
use super::message::Arrived;
use crate::http::{Headers, Method, Response};

#[wasm_bindgen]
extern "C" {
    /// A request's head, as [`Arrived::of`] reads it, with those fields of `names` that it has.
    #[wasm_bindgen(method)]
    fn head(this: &Io, request: &JsValue, names: &JsValue) -> String;

    /// The body, as far as `limit`; null for a longer one, of which `drained` bytes are read.
    #[wasm_bindgen(method)]
    fn body(this: &Io, request: &JsValue, limit: u32, drained: u32) -> Promise;

    /// Sends a request to an address, or to the object that keeps `municipality`: `[status, fields, body]`
    /// with those fields of `names` that the answer has.
    #[wasm_bindgen(method)]
    fn send(
        this: &Io,
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
    pub(super) url: &'a str,
    pub(super) method: Method,
    pub(super) fields: Headers,
    pub(super) body: &'a [u8],
    /// How long it may take, in milliseconds, body included.
    pub(super) patience_ms: u32,
    /// Most bytes of the answer.
    pub(super) most: u32,
}

impl Arrived {
    /// Reads a request's head, with the header fields `names`.
    pub(super) fn read(io: &Io, request: &JsValue, names: &JsValue) -> Arrived {
        Arrived::of(&io.head(request, names))
    }
}

impl Io {
    /// The body of a request.
    pub(super) async fn read_body(
        &self,
        request: &JsValue,
        limit: usize,
        drained: usize,
    ) -> Result<Vec<u8>, Unread> {
        let whole = |bytes| u32::try_from(bytes).unwrap_or(u32::MAX);
        let body = self.body(request, whole(limit), whole(drained));
        let body = JsFuture::from(body).await.map_err(|_| Unread::Incomplete)?;
        if body.is_null() {
            return Err(Unread::TooLarge);
        }
        Ok(Uint8Array::unchecked_from_js(body).to_vec())
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
            url,
            method,
            fields: sent,
            body,
            patience_ms,
            most,
        } = outgoing;
        let (method, sent) = (method.as_str(), lines(&sent));
        let answer = self.send(url, method, &sent, body, patience_ms, most, names);
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
