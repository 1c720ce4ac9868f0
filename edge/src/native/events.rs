//! News from the origin: how a report stands now.

use balagh_shared::delivery::OriginEvent;
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::signature::{
    self, ID_HEADER, ReceivedHeaders, SIGNATURE_HEADER, TIMESTAMP_HEADER, TOLERANCE_S,
};

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::reports::unavailable;
use crate::http::Response;

/// `POST /origin/v1/events`: 204 once it is kept, also when newer news was here already.
pub(crate) async fn receive(edge: &Edge, asked: Asked<'_>) -> Answer {
    let refuse = |reason| Answer::refuse_for(reason, asked.language);
    let Some(id) = signed(edge, asked) else {
        return refuse(Reason::SignatureInvalid);
    };
    let Ok(event) = serde_json::from_slice::<OriginEvent>(&asked.request.body) else {
        return refuse(Reason::RequestMalformed);
    };
    if !edge.municipalities.contains_key(&event.municipality) {
        return refuse(Reason::MunicipalityUnknown);
    }
    if ReportNumber::parse(&event.status.number).is_err() {
        return refuse(Reason::RequestMalformed);
    }
    // The signature covers id and body, not the address: the id says what the message is meant as.
    let meant = format!("{}:{}", event.status.number, event.status.revision);
    if id != meant {
        return refuse(Reason::SignatureInvalid);
    }
    match edge.ledger.keep_status(&event).await {
        Ok(()) => Answer {
            number: Some(event.status.number),
            ..Response::empty(204).into()
        },
        Err(error) => unavailable(&error, asked.language),
    }
}

/// What a message that the origin has signed is meant as; nothing where its signature does not hold.
pub(crate) fn signed<'r>(edge: &Edge, asked: Asked<'r>) -> Option<&'r str> {
    let headers = &asked.request.headers;
    let received = ReceivedHeaders {
        id: headers.get(ID_HEADER),
        timestamp: headers.get(TIMESTAMP_HEADER),
        signature: headers.get(SIGNATURE_HEADER),
    };
    let (keys, body) = (&edge.secrets.webhooks, &asked.request.body);
    let now = clock::now().seconds();
    if let Err(error) = signature::verify(keys, received, body, now, TOLERANCE_S) {
        tracing::warn!(code = error.code(), "an event's signature");
        return None;
    }
    received.id
}
