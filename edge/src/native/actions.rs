//! What reporters do with their reports: checked here, decided at the origin, at once.

use balagh_shared::delivery::OriginEvent;
use balagh_shared::reason::Reason;
use balagh_shared::status::{PublicStatus, ReporterAction};

use super::edge::{Answer, Asked, Edge};
use super::outbox::Undelivered;
use super::reports::unavailable;
use super::tracking;
use crate::served::Served;
use crate::tracking::understood;

/// `POST /v1/{municipality}/reports/{number}/{action}`, with the tracking code.
pub(crate) async fn act(
    edge: &Edge,
    served: &Served,
    number: &str,
    action: ReporterAction,
    asked: Asked<'_>,
) -> Answer {
    let refuse = |reason| Answer::refuse_for(reason, asked.language);
    let number = match tracking::own(edge, served, number, tracking::code(asked)).await {
        Ok(Some(number)) => number,
        Ok(None) => return refuse(Reason::ReportUnknown),
        Err(error) => return unavailable(&error, asked.language),
    };
    let Some(body) = understood(action, &asked.request.body) else {
        return refuse(Reason::RequestMalformed);
    };
    let Some(origin) = &edge.upstream else {
        return refuse(Reason::OriginUnavailable);
    };
    let status = match origin.act(&number, action, body).await {
        Ok(status) => status,
        // Ours and not yet the origin's: it is on its way there.
        Err(Undelivered::Answered { status: 404, .. }) => return refuse(Reason::OriginUnavailable),
        Err(Undelivered::Declined(violations)) => {
            return Answer::refuse(&violations, asked.language);
        }
        Err(error) => {
            tracing::warn!(code = error.code(), %error, "a reporter's step did not reach the origin");
            return refuse(Reason::OriginUnavailable);
        }
    };
    keep(edge, served, &status).await;
    // The answer may have been long on its way, and newer news have come and been seen meanwhile.
    let status = match edge.ledger.status(&number).await {
        Ok(Some(known)) if known.revision > status.revision => known,
        Ok(_) | Err(_) => status,
    };
    Answer {
        number: Some(number),
        ..tracking::shown(edge, served, status).into()
    }
}

/// The origin tells it again by itself; what is known at once is shown at once.
async fn keep(edge: &Edge, served: &Served, status: &PublicStatus) {
    let event = OriginEvent {
        municipality: served.id().to_owned(),
        status: status.clone(),
        public_text: None,
        secret_kid: None,
    };
    if let Err(error) = edge.ledger.keep_status(&event).await {
        tracing::error!(%error, "a status could not be kept; it will be told again");
    }
}
