//! A message to the origin and its answer: signed, with a time limit, read no further than it may reach.

use js_sys::{Function, Promise, Reflect, Uint8Array, global};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers as WebHeaders, RequestInit, RequestRedirect, Response as WebResponse,
};

use super::super::host;
use super::super::message::Body;
use super::Object;
use crate::http::{Headers, Response};
use crate::outbox::wire::{self, Message, Unheard};

/// How long one delivery may take, in milliseconds, body included.
const PATIENCE_MS: u32 = 30_000;
/// The same while a person waits for the answer.
const AT_ONCE_MS: u32 = 10_000;
/// Most bytes of an answer: how a report stands, with all its events.
const MOST: usize = 1024 * 1024;

impl Object {
    /// Delivers a message.
    ///
    /// # Errors
    /// Why the origin does not have it.
    pub(super) async fn tell(&self, message: &Message) -> Result<(), Unheard> {
        let heard = self.send(message, PATIENCE_MS).await?;
        let retry_after = heard.headers.get("retry-after");
        wire::taken(message, heard.status, retry_after, &heard.body)
    }

    /// Sends a message for whose answer somebody waits.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn tell_at_once(&self, message: &Message) -> Result<Response, Unheard> {
        self.send(message, AT_ONCE_MS).await
    }

    async fn send(&self, message: &Message, patience_ms: u32) -> Result<Response, Unheard> {
        let now = host::now().seconds();
        let fields = message.fields(&self.edge.behind.secrets.webhooks, now)?;
        let sent = self.fetch(message, &fields, patience_ms).await;
        // What the runtime says about a failed connection helps nobody who reads the log.
        let answer = sent.map_err(|_| Unheard::Away)?;
        let mut headers = Headers::default();
        if let Ok(Some(value)) = answer.headers().get("retry-after") {
            headers.add("retry-after", value);
        }
        let body = Body(answer.body()).read(MOST, None).await;
        Ok(Response {
            status: answer.status(),
            headers,
            body: body.map_err(|_| Unheard::Stranger)?,
        })
    }

    async fn fetch(
        &self,
        message: &Message,
        fields: &[(&'static str, String)],
        patience_ms: u32,
    ) -> Result<WebResponse, JsValue> {
        let headers = WebHeaders::new()?;
        for (name, value) in fields {
            headers.set(name, value)?;
        }
        let init = RequestInit::new();
        init.set_method(message.method.as_str());
        init.set_headers(&headers);
        // A report goes where it is meant to go, or nowhere.
        init.set_redirect(RequestRedirect::Manual);
        init.set_signal(Some(&AbortSignal::timeout_with_u32(patience_ms)));
        init.set_body(&Uint8Array::from(message.body.as_slice()));
        let url = JsValue::from_str(&format!("{}{}", self.edge.behind.origin, message.path));
        let fetch: Function = Reflect::get(&global(), &JsValue::from_str("fetch"))?.dyn_into()?;
        let promise: Promise = fetch.call2(&global(), &url, &init)?.unchecked_into();
        Ok(JsFuture::from(promise).await?.unchecked_into())
    }
}
