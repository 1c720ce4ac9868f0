//! Tracking: how a report stands, for who has its number and its code.

use balagh_shared::closing_code::ClosingCode;
use balagh_shared::municipality::ClosingBy;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::Reason;
use balagh_shared::status::PublicStatus;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::reports::unavailable;
use super::team_photos::addressed;
use crate::http::Response;
use crate::served::Served;

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
    Response::private_json(200, &complete(edge, served, status))
}

/// What is kept nowhere and said only to who holds the tracking code: what they may do now, the code
/// that closes their report, and where the photos of the work are.
fn complete(edge: &Edge, served: &Served, status: PublicStatus) -> PublicStatus {
    let mut status = addressed(edge, served, status);
    status.may = status.may(clock::now());
    let document = served.document();
    let category = document.category(&status.category);
    let rule = category.and_then(|category| category.closing);
    let rule = rule.unwrap_or(document.closing);
    let times = status.times_resolved();
    if let Some(closing) = &mut status.closing
        && closing.by == ClosingBy::Code
        && !rule.online
    {
        let keys = &edge.secrets.closing;
        let code = ClosingCode::derive(keys, served.id(), &status.number, times);
        closing.code = Some(code.to_string());
    }
    status
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
            Ok(status.map(|status| complete(edge, served, status)))
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
    let (Ok(number), Ok(code)) = (ReportNumber::parse(number), Secret::parse(code)) else {
        return Ok(None);
    };
    let keys = &edge.secrets.numbers;
    let stored = edge.ledger.secret_kid(served.id(), number.as_str()).await?;
    let kid = stored.as_deref().unwrap_or(keys.current().kid());
    let is_own = Secret::derive(keys, kid, served.id(), &number).is_ok_and(|own| own == code);
    Ok((is_own && stored.is_some()).then(|| number.to_string()))
}
