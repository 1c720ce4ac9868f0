//! News from the origin: how a report stands now.

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::reports::unavailable;
use crate::http::Response;
use crate::news;

/// `POST /origin/v1/events`: 204 once it is kept, also when newer news was here already.
pub(crate) async fn receive(edge: &Edge, asked: Asked<'_>) -> Answer {
    let keys = &edge.secrets.webhooks;
    let is_served = |id: &str| edge.municipalities.contains_key(id);
    let event = match news::read(keys, asked.request, is_served, clock::now()) {
        Ok(event) => event,
        Err(reason) => {
            tracing::warn!(code = reason.code(), "news that is not taken");
            return Answer::refuse_for(reason, asked.language);
        }
    };
    match edge.ledger.keep_status(&event).await {
        Ok(()) => Answer {
            number: Some(event.status.number),
            ..Response::empty(204).into()
        },
        Err(error) => unavailable(&error, asked.language),
    }
}
