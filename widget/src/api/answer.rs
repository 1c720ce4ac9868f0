//! What an answer means.

use balagh_shared::queue::Answer;
use balagh_shared::reason::{Reason, Violation};
use js_sys::{Array, JSON, Object};
use wasm_bindgen::prelude::*;

use super::call::Reply;
use crate::{js, told};

/// What came back of a request.
#[derive(Clone)]
pub(crate) struct Came {
    /// HTTP status; 0 where no answer came.
    pub(crate) status: u16,
    /// The answer's JSON object or array.
    pub(crate) body: Option<JsValue>,
    /// `Retry-After`, in seconds.
    retry_after: Option<u32>,
}

/// Reads what came. A captive portal answers 200 with HTML: only JSON counts.
pub(super) fn read(reply: Option<Reply>) -> Came {
    let Some(reply) = reply else {
        return Came::nothing();
    };
    let text = reply.body.as_string().unwrap_or_default();
    let body = JSON::parse(&text).ok().filter(JsValue::is_object);
    Came {
        status: reply.status,
        body,
        retry_after: reply.retry_after,
    }
}

impl Came {
    /// No answer.
    pub(crate) fn nothing() -> Came {
        Came {
            status: 0,
            body: None,
            retry_after: None,
        }
    }

    /// What the rules found here, as the edge would have said it.
    pub(crate) fn refused(found: Vec<Violation>) -> Came {
        let code = found.first().map_or(Reason::Internal, |it| it.code).code();
        let violations = js::array(found.into_iter().map(|violation| {
            let params = js::object([]);
            for (name, value) in &violation.params {
                js::set(&params, name, value.as_str().into());
            }
            js::object([
                ("code", violation.code.code().into()),
                ("field", violation.field.as_str().into()),
                ("params", params),
            ])
        }));
        let body = js::object([("code", code.into()), ("violations", violations)]);
        Came {
            status: 422,
            body: Some(body),
            retry_after: None,
        }
    }

    /// For the queue's machine.
    pub(crate) fn answer(&self) -> Answer {
        let Some(body) = &self.body else {
            return if self.status == 0 {
                Answer::None
            } else {
                Answer::Foreign
            };
        };
        if let Some(code) = js::text(body, "code") {
            let code = Reason::from_code(&code).unwrap_or(Reason::Internal);
            return Answer::Problem {
                status: self.status,
                code,
                retry_after: self.retry_after,
            };
        }
        told::receipt(body).map_or(Answer::Foreign, Answer::Receipt)
    }

    /// What there is to mend. A reason this widget does not know yet keeps its field, and shows as
    /// a fault of ours.
    pub(crate) fn violations(&self) -> Vec<Violation> {
        let Some(body) = &self.body else {
            return Vec::new();
        };
        let found = js::get(body, "violations");
        let read = |violation: JsValue| {
            let code = js::text(&violation, "code").unwrap_or_default();
            let reason = Reason::from_code(&code).unwrap_or(Reason::Internal);
            let mut read =
                Violation::new(reason, js::text(&violation, "field").unwrap_or_default());
            if let Some(params) = js::get(&violation, "params").dyn_ref::<Object>() {
                for entry in Object::entries(params) {
                    let entry = Array::from(&entry);
                    if let (Some(name), Some(value)) =
                        (entry.get(0).as_string(), entry.get(1).as_string())
                    {
                        read = read.with(&name, value);
                    }
                }
            }
            read
        };
        if found.is_object() {
            Array::from(&found).iter().map(read).collect()
        } else {
            Vec::new()
        }
    }

    /// The work that is asked for, as it came: the `challenge` of a 428.
    pub(crate) fn challenge(&self) -> Option<JsValue> {
        let challenge = js::get(self.body.as_ref()?, "challenge");
        (self.status == 428 && challenge.is_object()).then_some(challenge)
    }

    /// The limit that was passed, where the first thing to mend has one; else 0.
    pub(crate) fn max(&self) -> u32 {
        let violations = self.violations();
        let max = violations.first().and_then(|it| it.params.get("max"));
        max.and_then(|max| max.parse().ok()).unwrap_or_default()
    }

    /// The first reason, where it is one of ours.
    pub(crate) fn reason(&self) -> Option<Reason> {
        Reason::from_code(&js::text(self.body.as_ref()?, "code")?)
    }
}
