//! The door of partners and what the public may see: Open311 GeoReport v2, in JSON and XML.
//!
//! | module | idea |
//! | --- | --- |
//! | here | what is where, and for which municipality |
//! | `asked` | a request: its format, its name, its fields |
//! | `reply` | answers and refusals, in the format asked for |
//! | `discovery` | where the endpoint is, and whom to ask |
//! | `services` | what can be reported, and what is asked about it |
//! | `create` | a report comes in |
//! | `span` | which reports are asked for |
//! | `requests` | reports as the public may see them, and tokens |
//!
//! *Architecture invariant:* what is never public is not there: the answer about it is that about a
//! number nobody has. No field of an answer holds what a citizen typed but the words that a person
//! has made public.

mod asked;
mod create;
mod discovery;
mod reply;
mod requests;
mod services;
mod span;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get};
use balagh_shared::municipality::Municipality;

use crate::municipalities::Served;
use crate::refusal;
use crate::server::Origin;
use asked::Asked;
use reply::{Refused, bad_request, not_found};

/// Most bytes of a posted form.
const MOST_FORM_BYTES: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    let of = |methods: MethodRouter<Arc<Origin>>| {
        methods
            .options(|asked: Asked| async move { asked.preflight() })
            .fallback(|asked: Asked| async move { asked.refuse(no_method()) })
    };
    let create = of(get(requests::list).post(create::create));
    let create = create.layer(DefaultBodyLimit::max(MOST_FORM_BYTES));
    let mut router = Router::new()
        .route("/services/{file}", of(get(services::definition)))
        .route("/requests/{file}", of(get(requests::one)))
        .route("/tokens/{file}", of(get(requests::token)));
    for format in ["json", "xml"] {
        router = router
            .route(&format!("/services.{format}"), of(get(services::list)))
            .route(&format!("/requests.{format}"), create.clone())
            // The specification lets it stand anywhere that ends so; clients look beside the
            // endpoint or in it.
            .route(
                &format!("/discovery.{format}"),
                of(get(discovery::discovery)),
            );
    }
    let nowhere = |asked: Asked| async move { asked.refuse(nowhere()) };
    let outer = Router::new()
        .route("/discovery.json", of(get(discovery::discovery)))
        .route("/discovery.xml", of(get(discovery::discovery)))
        .nest("/v2", router.fallback(nowhere));
    Router::new().nest("/open311", outer.fallback(nowhere))
}

fn nowhere() -> Refused {
    not_found("there is nothing at this address")
}

/// The specification has no other code for it than this.
fn no_method() -> Refused {
    bad_request("this address does not take this method")
}

/// The municipality that a request is to: the only one, or the one it names.
fn jurisdiction<'o>(origin: &'o Origin, id: Option<&str>) -> Result<&'o Served, Refused> {
    match id {
        Some(id) => origin
            .municipalities
            .by_id(id)
            .ok_or_else(|| not_found("jurisdiction_id was not found")),
        None => origin
            .municipalities
            .sole()
            .ok_or_else(|| bad_request("jurisdiction_id was not provided")),
    }
}

/// The language asked for, else the municipality's own.
fn language<'d>(asked: &Asked, document: &'d Municipality) -> &'d str {
    let default = document.languages.first().map_or("en", String::as_str);
    if !asked.names_a_language() {
        return default;
    }
    let preferred = refusal::language(&asked.headers);
    document
        .languages
        .iter()
        .find(|offered| *offered == preferred)
        .map_or(default, String::as_str)
}
