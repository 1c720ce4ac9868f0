//! Tracking: how a report stands, for who has its number and its code.

use balagh_shared::reason::Reason;
use balagh_shared::status::PublicStatus;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::reports::unavailable;
use super::team_photos::addressed;
use crate::http::Response;
use crate::served::Served;
use crate::tracking::{Claim, complete};

/// `GET /v1/{municipality}/reports/{number}`.
pub(crate) async fn status(edge: &Edge, served: &Served, number: &str, asked: Asked<'_>) -> Answer {
    match find(edge, served, number, code(asked)).await {
        Ok(Some(status)) => Answer {
            number: Some(status.number.clone()),
            ..Response::private_json(200, &status).into()
        },
        Ok(None) => Answer::refuse_for(Reason::ReportUnknown, asked.language),
        Err(error) => unavailable(&error, asked.language),
    }
}

/// The tracking code of a request.
pub(crate) fn code(asked: Asked<'_>) -> &str {
    asked.request.authorization("balagh").unwrap_or_default()
}

/// A status as its reporter gets it.
pub(crate) fn shown(edge: &Edge, served: &Served, status: PublicStatus) -> Response {
    Response::private_json(200, &whole(edge, served, status))
}

/// With what is kept nowhere and said only to who holds the tracking code.
fn whole(edge: &Edge, served: &Served, status: PublicStatus) -> PublicStatus {
    let keys = &edge.secrets.closing;
    complete(served, keys, addressed(edge, served, status), clock::now())
}

/// How a report stands, as its reporter gets it, for who holds its code.
pub(crate) async fn find(
    edge: &Edge,
    served: &Served,
    number: &str,
    code: &str,
) -> Result<Option<PublicStatus>, LedgerError> {
    match own(edge, served, number, code).await? {
        Some(number) => {
            let status = edge.ledger.status(&number).await?;
            Ok(status.map(|status| whole(edge, served, status)))
        }
        None => Ok(None),
    }
}

/// The number as it is stored, if the code is its own.
///
/// The same nothing, after the same work, for a number that does not exist and for a code that is
/// not its own.
pub(crate) async fn own(
    edge: &Edge,
    served: &Served,
    number: &str,
    code: &str,
) -> Result<Option<String>, LedgerError> {
    let Some(claim) = Claim::of(number, code) else {
        return Ok(None);
    };
    let stored = edge.ledger.secret_kid(served.id(), claim.number()).await?;
    Ok(claim.judge(&edge.secrets.numbers, served.id(), stored.as_deref()))
}
