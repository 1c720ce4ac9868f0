//! Photos of the work: handed over by the origin, and shown.

use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use balagh_shared::status::PublicStatus;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::reports::unavailable;
use crate::http::Response;
use crate::served::Served;
use crate::team_photos;

/// `PUT /origin/v1/photos/{number}/{sha256}`: 204 once it is kept, however often.
pub(crate) async fn receive(edge: &Edge, number: &str, sha256: &str, asked: Asked<'_>) -> Answer {
    let refuse = |reason| Answer::refuse_for(reason, asked.language);
    let keys = &edge.secrets.webhooks;
    let handed = team_photos::handed(keys, asked.request, (number, sha256), clock::now());
    let media_type = match handed {
        Ok(media_type) => media_type,
        Err(reason) => return refuse(reason),
    };
    let bytes = asked.request.body.clone().into();
    match edge
        .photos
        .keep_of_team(&edge.ledger, number, (sha256, media_type), bytes)
        .await
    {
        Ok(()) => Response::empty(204).into(),
        Err(error) => {
            tracing::error!(%error, "a photo of the work cannot be stored");
            refuse(Reason::StorageUnavailable)
        }
    }
}

/// `GET /v1/{municipality}/reports/{number}/{sha256}`, with a pass unless it is public.
pub(crate) async fn show(
    edge: &Edge,
    served: &Served,
    (number, sha256): (&str, &str),
    asked: Asked<'_>,
) -> Answer {
    let unknown = || Answer::refuse_for(Reason::ReportUnknown, asked.language);
    let Ok(number) = ReportNumber::parse(number) else {
        return unknown();
    };
    let number = number.as_str();
    let found = async {
        let known = edge.ledger.secret_kid(served.id(), number).await?;
        let status = edge
            .ledger
            .status(number)
            .await?
            .filter(|_| known.is_some());
        let media_type = edge.ledger.team_photo(number, sha256).await?;
        Ok((status, media_type))
    };
    let (Some(status), Some(media_type)) = (match found.await {
        Ok(found) => found,
        Err(error) => return unavailable(&error, asked.language),
    }) else {
        return unknown();
    };
    let (keys, now) = (&edge.keys.sessions, clock::now());
    if !team_photos::may_be_seen(served, keys, asked.request, &status, sha256, now) {
        return unknown();
    }
    match edge.photos.read(sha256).await {
        Ok(bytes) => team_photos::shown(&media_type, bytes.to_vec()).into(),
        Err(error) => {
            tracing::error!(%error, "a photo of the work cannot be read");
            Answer::refuse_for(Reason::StorageUnavailable, asked.language)
        }
    }
}

/// Fills in where the photos of a report's work are, for who has shown its tracking code.
pub(crate) fn addressed(edge: &Edge, served: &Served, status: PublicStatus) -> PublicStatus {
    let base = edge.config.public_url().trim_end_matches('/');
    team_photos::addressed(served, &edge.keys.sessions, base, status, clock::now())
}
