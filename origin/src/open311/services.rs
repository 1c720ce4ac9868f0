//! `GET services` and `GET services/{service_code}`: what can be reported, and what is asked about
//! it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use balagh_shared::open311::{Definition, Service};

use super::asked::Asked;
use super::reply::{Reply, not_found};
use super::{jurisdiction, language};
use crate::server::Origin;

pub(super) async fn list(State(origin): State<Arc<Origin>>, asked: Asked) -> Response {
    asked.reply(services(&origin, &asked))
}

pub(super) async fn definition(State(origin): State<Arc<Origin>>, asked: Asked) -> Response {
    asked.reply(attributes(&origin, &asked))
}

fn services(origin: &Origin, asked: &Asked) -> Reply<Vec<Service>> {
    let served = jurisdiction(origin, asked.jurisdiction()?)?;
    let language = language(asked, &served.document);
    let groups = served.document.groups.iter();
    Ok(groups
        .flat_map(|group| {
            group
                .categories
                .iter()
                .map(move |category| (group, category))
        })
        .map(|(group, category)| Service::of(group, category, language))
        .collect())
}

/// Of a service without questions it is empty rather than missing: it is one of the services.
fn attributes(origin: &Origin, asked: &Asked) -> Reply<Definition> {
    let served = jurisdiction(origin, asked.jurisdiction()?)?;
    let category = served.document.category(asked.name()?);
    let category = category.ok_or_else(|| not_found("service_code was not found"))?;
    Ok(Definition::of(category, language(asked, &served.document)))
}
