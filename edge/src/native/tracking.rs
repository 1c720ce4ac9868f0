//! Tracking: how a report stands, for who has its number and its code.

use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::Reason;
use balagh_shared::status::PublicStatus;

use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::pages;
use super::reports::unavailable;
use crate::http::{Method, Response};
use crate::served::Served;

/// `GET /v1/{municipality}/reports/{number}`.
pub(crate) async fn status(edge: &Edge, served: &Served, number: &str, asked: Asked<'_>) -> Answer {
    let code = asked.request.authorization("balagh").unwrap_or_default();
    match find(edge, served, number, code).await {
        Ok(Some(status)) => {
            let number = Some(status.number.clone());
            Answer {
                number,
                ..Response::private_json(200, &status).into()
            }
        }
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
        Ok(found) => pages::track(served, asked.request, Some(found.as_ref())).into(),
        Err(error) => unavailable(&error, asked.language),
    }
}

/// The same nothing, after the same work, for a number that does not exist and for a code that is
/// not its own.
async fn find(
    edge: &Edge,
    served: &Served,
    number: &str,
    code: &str,
) -> Result<Option<PublicStatus>, LedgerError> {
    let (Ok(number), Ok(code)) = (ReportNumber::parse(number), Secret::parse(code)) else {
        return Ok(None);
    };
    let keys = &edge.secrets.numbers;
    let stored = edge.ledger.secret_kid(served.id(), number.as_str()).await?;
    let kid = stored.as_deref().unwrap_or(keys.current().kid());
    let is_own = Secret::derive(keys, kid, served.id(), &number).is_ok_and(|own| own == code);
    if !is_own || stored.is_none() {
        return Ok(None);
    }
    edge.ledger.status(number.as_str()).await
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
