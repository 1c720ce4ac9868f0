//! Tracking: how a report stands, for who has its number and its code.

use balagh_shared::closing_code::ClosingCode;
use balagh_shared::municipality::ClosingBy;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::Reason;
use balagh_shared::status::PublicStatus;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::pages;
use super::reports::unavailable;
use crate::http::{Method, Response};
use crate::served::Served;

/// `GET /v1/{municipality}/reports/{number}`.
pub(crate) async fn status(edge: &Edge, served: &Served, number: &str, asked: Asked<'_>) -> Answer {
    match find(edge, served, number, code(asked)).await {
        Ok(Some(status)) => Answer {
            number: Some(status.number.clone()),
            ..shown(edge, served, status).into()
        },
        Ok(None) => Answer::refuse_for(Reason::ReportUnknown, asked.language),
        Err(error) => unavailable(&error, asked.language),
    }
}

/// `/{municipality}/track`: the form, and by POST how the report stands. Number and code travel in
/// the body: an address would keep them in histories and logs.
pub(crate) async fn page(edge: &Edge, served: &Served, asked: Asked<'_>) -> Answer {
    if asked.request.method != Method::Post {
        return pages::track(served, asked.request, None).into();
    }
    let body = String::from_utf8_lossy(&asked.request.body);
    let [number, code] = ["number", "code"].map(|name| form_value(&body, name));
    match find(edge, served, &number, &code).await {
        Ok(found) => {
            let found = found.map(|status| complete(edge, served, status));
            pages::track(served, asked.request, Some(found.as_ref())).into()
        }
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

/// What is kept nowhere and said only to who holds the tracking code: what they may do now, and the
/// code that closes their report.
fn complete(edge: &Edge, served: &Served, mut status: PublicStatus) -> PublicStatus {
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

/// How a report stands, for who holds its code.
async fn find(
    edge: &Edge,
    served: &Served,
    number: &str,
    code: &str,
) -> Result<Option<PublicStatus>, LedgerError> {
    match own(edge, served, number, code).await? {
        Some(number) => edge.ledger.status(&number).await,
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

/// A field of `application/x-www-form-urlencoded`, as bodies and queries are.
pub(super) fn form_value(body: &str, name: &str) -> String {
    let value = body.split('&').find_map(|pair| {
        pair.split_once('=')
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| value)
    });
    let mut decoded = Vec::new();
    let mut bytes = value.unwrap_or_default().bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                match (digit(), digit()) {
                    (Some(high), Some(low)) => (high * 16 + low) as u8,
                    _ => b'?',
                }
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let body = "number=EP-7K3M9+QX2RT%2DD&code=%D9%A7";
        assert_eq!(form_value(body, "number"), "EP-7K3M9 QX2RT-D");
        assert_eq!(form_value(body, "code"), "٧");
        assert_eq!(form_value(body, "other"), "");
        assert_eq!(form_value("code=%9", "code"), "?");
    }
}
