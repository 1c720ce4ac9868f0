//! A request that an edge has signed.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use balagh_shared::reason::Reason;
use balagh_shared::signature::{
    ID_HEADER, ReceivedHeaders, SIGNATURE_HEADER, TIMESTAMP_HEADER, TOLERANCE_S, verify,
};
use bytes::Bytes;

use crate::refusal::Refusal;
use crate::server::Origin;
use crate::sys;

/// A body whose signature verified, and what it says it is about.
pub(crate) struct Signed {
    id: String,
    pub(crate) body: Bytes,
}

impl Signed {
    /// The signature covers the message's id and body, not the address it is sent to: without this
    /// a message could be replayed to another report's address.
    pub(crate) fn about(&self, subject: &str) -> Result<(), Refusal> {
        if self.id == subject {
            Ok(())
        } else {
            Err(Reason::SignatureInvalid.into())
        }
    }
}

impl FromRequest<Arc<Origin>> for Signed {
    type Rejection = Refusal;

    async fn from_request(request: Request, origin: &Arc<Origin>) -> Result<Signed, Refusal> {
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, origin).await?;
        let received = ReceivedHeaders {
            id: text(&headers, ID_HEADER),
            timestamp: text(&headers, TIMESTAMP_HEADER),
            signature: text(&headers, SIGNATURE_HEADER),
        };
        let now = sys::now().seconds();
        if let Err(error) = verify(&origin.keys.webhooks, received, &body, now, TOLERANCE_S) {
            // Which of them it was helps the operator; told to the sender it would help an attacker.
            tracing::warn!(
                code = error.code(),
                "a request of the edge contract is refused"
            );
            return Err(Reason::SignatureInvalid.into());
        }
        Ok(Signed {
            id: received.id.unwrap_or_default().to_owned(),
            body,
        })
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
