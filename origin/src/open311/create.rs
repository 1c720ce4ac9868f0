//! `POST requests`: a report comes in from a partner.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use balagh_shared::canonical::hex;
use balagh_shared::municipality::{Municipality, Partner, Scope};
use balagh_shared::number::{Prefix, ReportNumber};
use balagh_shared::open311::{Created, NewRequest, expected_by, form_media_type, report_of};
use balagh_shared::rules::judge;
use balagh_shared::time::Timestamp;
use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::asked::Asked;
use super::reply::{Refused, Reply, against_the_rules, bad_request, broken, forbidden, not_found};
use super::{jurisdiction, language};
use crate::intake::{self, Posted};
use crate::server::Origin;
use crate::store::Inserted;
use crate::sys;

/// Draws of a number before the ledger is believed to be broken: one in 2⁵⁰ meets another.
const MOST_DRAWS: u32 = 3;

pub(super) async fn create(
    State(origin): State<Arc<Origin>>,
    asked: Asked,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let created = take(&origin, &asked, body).await;
    asked.reply_with(StatusCode::CREATED, created)
}

async fn take(
    origin: &Origin,
    asked: &Asked,
    body: Result<Bytes, BytesRejection>,
) -> Reply<Vec<Created>> {
    let media_type = asked.headers.get(CONTENT_TYPE);
    form_media_type(media_type.map(axum::http::HeaderValue::as_bytes)).map_err(bad_request)?;
    let body = body.map_err(|_| bad_request("the form is too large or was cut short"))?;
    let form = NewRequest::from_form(&body).map_err(bad_request)?;
    let named = match form.jurisdiction_id.as_deref() {
        Some(id) => Some(id),
        None => asked.jurisdiction()?,
    };
    let served = jurisdiction(origin, named)?;
    let partner = partner(&served.document, form.api_key.as_deref())?;
    match form.service_code.as_deref() {
        None => return Err(bad_request("service_code was not provided")),
        Some(code) if served.public.category(code).is_none() => {
            return Err(not_found("service_code was not found"));
        }
        Some(_) => {}
    }

    let language = language(asked, &served.document);
    let report = report_of(&form, &served.pack, language, partner.reporter_type);
    let accepted = judge(&served.public, &served.pack, &report)
        .map_err(|violations| against_the_rules(&violations, language))?;
    let posted = Posted {
        municipality: served,
        partner: &partner.id,
        report: report.clone(),
        confirmed: None,
        accepted: &accepted,
        media_url: form.media_url,
    };
    let (number, due) = keep(origin, &posted).await?;
    origin.has_changed(number.as_str());
    Ok(vec![Created {
        service_request_id: number.as_str().to_owned(),
        service_notice: Some(expected_by(due, &served.document.time_zone, language)),
        account_id: None,
    }])
}

/// Mints a number and puts the report into the ledger.
async fn keep(origin: &Origin, posted: &Posted<'_>) -> Result<(ReportNumber, Timestamp), Refused> {
    let prefix = Prefix::parse(&posted.municipality.document.prefix).map_err(broken)?;
    for _ in 0..MOST_DRAWS {
        let number = ReportNumber::mint(&prefix, &sys::random().map_err(broken)?);
        let now = sys::now();
        let new = intake::posted(posted, number, &origin.keys, now)
            .map_err(broken)?
            .ok_or_else(|| not_found("service_code was not found"))?;
        let inserted = origin.store.insert(&new, &origin.municipalities, now);
        match inserted.await.map_err(broken)? {
            Inserted::New => return Ok((new.number, new.route.due)),
            // The number was taken, if by the very same words.
            Inserted::Known | Inserted::Conflict => {}
        }
    }
    Err(broken("no free number in three draws"))
}

fn partner<'d>(document: &'d Municipality, key: Option<&str>) -> Result<&'d Partner, Refused> {
    // Looked up by its hash: a comparison of hashes tells nothing of the key by its timing.
    let hash = key.map(|key| hex(&Sha256::digest(key.as_bytes())));
    let mut partners = document.partners.iter();
    partners
        .find(|partner| {
            let mut hashes = partner.key_hashes.iter();
            partner.may(Scope::Report) && hashes.any(|known| Some(known) == hash.as_ref())
        })
        .ok_or_else(|| forbidden("api_key is missing or not known"))
}
