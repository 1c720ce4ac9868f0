//! News from the origin: how a report stands now, believed by its signature.

use balagh_shared::delivery::OriginEvent;
use balagh_shared::keyring::Keyring;
use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::signature::{
    self, ID_HEADER, ReceivedHeaders, SIGNATURE_HEADER, TIMESTAMP_HEADER, TOLERANCE_S,
};
use balagh_shared::time::Timestamp;

use crate::http::Request;

/// The header fields that [`read`] reads.
pub const READ: [&str; 3] = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];

/// `POST /origin/v1/events`, signed with a key of `keys` within the last minutes. `is_served` says
/// whether a municipality is one of this edge's.
///
/// # Errors
/// Why it is not news of the origin's.
pub fn read(
    keys: &Keyring,
    request: &Request,
    is_served: impl Fn(&str) -> bool,
    now: Timestamp,
) -> Result<OriginEvent, Reason> {
    let id = signed(keys, request, now).ok_or(Reason::SignatureInvalid)?;
    let event: OriginEvent =
        serde_json::from_slice(&request.body).map_err(|_| Reason::RequestMalformed)?;
    if !is_served(&event.municipality) {
        return Err(Reason::MunicipalityUnknown);
    }
    if ReportNumber::parse(&event.status.number).is_err() {
        return Err(Reason::RequestMalformed);
    }
    // The signature covers id and body, not the address: the id says what the message is meant as.
    let meant = format!("{}:{}", event.status.number, event.status.revision);
    if id == meant {
        Ok(event)
    } else {
        Err(Reason::SignatureInvalid)
    }
}

/// What a message that the origin has signed is meant as; nothing where its signature does not hold.
#[must_use]
pub fn signed<'r>(keys: &Keyring, request: &'r Request, now: Timestamp) -> Option<&'r str> {
    let (headers, body) = (&request.headers, &request.body);
    let received = ReceivedHeaders {
        id: headers.get(ID_HEADER),
        timestamp: headers.get(TIMESTAMP_HEADER),
        signature: headers.get(SIGNATURE_HEADER),
    };
    signature::verify(keys, received, body, now.seconds(), TOLERANCE_S).ok()?;
    received.id
}
