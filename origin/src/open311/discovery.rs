//! `GET discovery`: where the endpoint is, and whom to ask.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use balagh_shared::open311::{Discovery, Endpoint};
use balagh_shared::time::Timestamp;

use super::asked::Asked;
use super::language;
use super::reply::Reply;
use crate::server::Origin;

/// How the specification is named.
const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";

pub(super) async fn discovery(State(origin): State<Arc<Origin>>, asked: Asked) -> Response {
    asked.reply(of(&origin, &asked))
}

fn of(origin: &Origin, asked: &Asked) -> Reply<Discovery> {
    let all = || origin.municipalities.iter();
    let newest = all().map(|served| served.changed_at).max();
    let changeset = newest.unwrap_or(Timestamp::from_millis(0));
    let contacts: Vec<String> = all()
        .map(|served| {
            let document = &served.document;
            let name = document.names.in_language(language(asked, document));
            let (id, phone) = (&document.id, &document.help.phone);
            format!(
                "{name} (jurisdiction_id {id}): {phone}, {}",
                document.privacy.contact
            )
        })
        .collect();
    let contact = contacts.join("; ");
    Ok(Discovery {
        changeset,
        // An address to ask at needs no sentence, in whatever language.
        key_service: contact.clone(),
        contact,
        endpoints: vec![Endpoint {
            specification: SPECIFICATION,
            url: format!("{}/open311/v2", asked.own_origin()),
            changeset,
            kind: "production",
            formats: ["text/xml", "application/json"],
        }],
    })
}
