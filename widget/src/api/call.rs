//! One request. `XMLHttpRequest`, not `fetch`: it alone tells how much of a photo is under way, and
//! its time limit covers the body too.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use web_sys::{ProgressEvent, XmlHttpRequest, XmlHttpRequestResponseType};

use crate::js;

/// A request to be sent.
pub(super) struct Call {
    request: Option<XmlHttpRequest>,
    /// What to send; `undefined` for nothing.
    pub(super) body: JsValue,
    /// Whether the answer is bytes and not text.
    pub(super) binary: bool,
    /// Hears the share of the body that is under way, 0 to 1.
    pub(super) progress: Option<Box<dyn Fn(f64)>>,
}

/// An answer, whoever gave it.
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// Text, or an `ArrayBuffer`.
    pub(super) body: JsValue,
    /// `Retry-After`, in seconds.
    pub(super) retry_after: Option<u32>,
}

impl Call {
    pub(super) fn new(method: &str, url: String, lang: &str) -> Call {
        let request = XmlHttpRequest::new().ok();
        // An address the browser refuses is an edge that cannot be reached.
        let request = request.filter(|request| request.open(method, &url).is_ok());
        let call = Call {
            request,
            body: JsValue::UNDEFINED,
            binary: false,
            progress: None,
        };
        call.header("Accept-Language", lang)
    }

    pub(super) fn header(self, name: &str, value: &str) -> Call {
        if let Some(request) = &self.request {
            let _ = request.set_request_header(name, value);
        }
        self
    }

    /// Gives it a body of JSON.
    pub(super) fn json(mut self, json: &str) -> Call {
        self.body = json.into();
        self.header("Content-Type", "application/json")
    }

    /// Sends it and waits at most `patience_ms`; nothing where no answer came.
    pub(super) async fn send(self, patience_ms: u32) -> Option<Reply> {
        let request = self.request?;
        request.set_timeout(patience_ms);
        if self.binary {
            request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
        }
        let _listening = self.progress.map(|progress| listen(&request, progress));
        let ended = Promise::new(&mut |resolve: Function, _| {
            request.set_onloadend(Some(&resolve));
        });
        // web-sys has a `send` for each kind of body; this takes them all.
        let send: Function = js::get(&request, "send").dyn_into().ok()?;
        send.call1(&request, &self.body).ok()?;
        let _ = js::settled(ended.into()).await;
        let status = request.status().ok().filter(|status| *status != 0)?;
        // Asked for only where it can be: a browser complains to its console of a header that the
        // server does not expose, and every other answer has none.
        let waits = matches!(status, 409 | 425 | 429 | 503);
        let retry_after = waits
            .then(|| request.get_response_header("Retry-After").ok().flatten())
            .flatten();
        Some(Reply {
            status,
            body: request.response().unwrap_or_default(),
            retry_after: retry_after.and_then(|seconds| seconds.trim().parse().ok()),
        })
    }
}

fn listen(request: &XmlHttpRequest, progress: Box<dyn Fn(f64)>) -> Closure<dyn Fn(ProgressEvent)> {
    let closure: Closure<dyn Fn(ProgressEvent)> =
        Closure::wrap(Box::new(move |event: ProgressEvent| {
            if event.length_computable() && event.total() > 0.0 {
                progress(event.loaded() / event.total());
            }
        }));
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(closure.as_ref().unchecked_ref()));
    }
    closure
}
