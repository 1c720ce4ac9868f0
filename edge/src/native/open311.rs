//! An Open311 form is posted: read, screened and kept as every report is.

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::reports::{self, Beside};
use crate::open311;
use balagh_shared::open311::Format;

/// `POST /open311/v2/requests.{json,xml}`.
pub(crate) async fn receive(edge: &Edge, format: Format, asked: Asked<'_>) -> Answer {
    let all = &edge.municipalities;
    let named = |id: Option<&str>| match id {
        Some(id) => all.get(id),
        None => all.values().next().filter(|_| all.len() == 1),
    };
    let opened = match open311::open(asked.request, format, named, clock::now()) {
        Ok(opened) => opened,
        Err(refused) => return refused.into(),
    };
    let beside = Beside {
        joins: None,
        media_url: opened.media_url.as_deref(),
    };
    let request = &opened.request;
    let language = request.language();
    let asked = Asked {
        request,
        language,
        ..asked
    };
    let answer = reports::receive_with(edge, opened.served, beside, asked).await;
    Answer {
        response: open311::created(answer.response, &opened, format),
        ..answer
    }
}
