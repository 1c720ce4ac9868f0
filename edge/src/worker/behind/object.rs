//! Behind the function: a Durable Object of its own, one for each municipality, and a bucket for photos.

use balagh_shared::municipality::{IdentityMethod, WordsReference};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use wasm_bindgen::{JsCast as _, JsValue};

use super::configured::{Configured, property};
use super::io::Handed;
use super::object::{Bucket, file_name};
use crate::http::{Request, Route};
use crate::keys::LedgerKeys;
use crate::screen::photos::Fit;
use crate::served::{PackFiles, Served, ServedError};
use crate::{news, relay};

/// Header fields that are read beside those of every request: the origin's signature, and the function's
/// word to its object.
pub(super) const READ: &[&str] = &[news::READ[0], news::READ[1], news::READ[2], relay::HEADER];

/// Where requests to an object go; the name means nothing, and nobody else can reach it.
const INSIDE: &str = "https://ledger";

/// The objects, and what only who keeps a ledger has.
pub(super) struct Behind {
    pub(super) bucket: Bucket,
    pub(super) secrets: LedgerKeys,
    /// The origin's address, without a slash at the end.
    pub(super) origin: String,
    /// The function's address, as receipts name it; without a slash at the end.
    pub(super) public_url: String,
}

/// A municipality as the function serves it: with the words that tell advertisements from reports.
pub(super) fn opened(
    document: &str,
    packs: PackFiles,
    _words: Option<WordsReference>,
) -> Result<Served, ServedError> {
    Served::open(document, packs, None)
}

/// Why a route is not answered here. What needs more than the object holds is not there, and says so.
pub(super) fn refused(route: &Route) -> Option<Reason> {
    match route {
        Route::Health
        | Route::Municipality(_)
        | Route::Pack(_)
        | Route::Words(_)
        | Route::Session(_)
        | Route::Photo { .. }
        | Route::Reports(_)
        | Route::Join { .. }
        | Route::Submission(_)
        | Route::Report { .. }
        | Route::Act { .. }
        | Route::OriginEvents => None,
        _ => Some(Reason::RouteAbsent),
    }
}

/// A photo's file is put where files are, and then named to the object: a file without a row goes after
/// two days, a row without its file would be a promise.
pub(super) fn photo(served: &Served, fit: Fit) -> Result<Handed, Violation> {
    let row = serde_json::to_vec(&fit.stored).map_err(|_| Violation::new(Reason::Internal, ""))?;
    Ok(Handed {
        body: Some(row),
        file: Some((file_name(served.id(), &fit.stored.sha256), fit.bytes)),
    })
}

impl Behind {
    /// Reads `options`' `photos`, `origin` and the keys of a ledger.
    pub(super) fn read<'s>(
        options: &JsValue,
        public_origin: Option<&str>,
        municipalities: impl Iterator<Item = &'s Served>,
    ) -> Result<Behind, String> {
        let keys = property(options, "keys");
        let secrets = LedgerKeys::read(&|variable| property(&keys, variable).as_string())
            .map_err(|error| error.to_string())?;
        let origin = property(options, "origin").as_string();
        let origin = origin.ok_or_else(|| "ORIGIN is not set: give its address".to_owned())?;
        let public_url = public_origin
            .ok_or_else(|| "PUBLIC_URL is not set: receipts name it".to_owned())?
            .to_owned();
        for served in municipalities {
            let methods = &served.document().identity.methods;
            let needs_codes = !methods.contains(&IdentityMethod::Anonymous)
                && !methods.contains(&IdentityMethod::Token);
            if needs_codes {
                let id = served.id();
                return Err(format!(
                    "{id} asks everybody for a one-time code, which this function cannot send: let it \
                     relay to a native edge"
                ));
            }
        }
        Ok(Behind {
            bucket: property(options, "photos").unchecked_into(),
            secrets,
            origin: origin.trim_end_matches('/').to_owned(),
            public_url,
        })
    }

    /// What stands before the paths of what is passed on.
    pub(super) fn address(&self) -> &str {
        INSIDE
    }

    /// Whether each municipality has an object of its own there.
    pub(super) fn is_object(&self) -> bool {
        true
    }

    /// Whose object news are for.
    pub(super) fn news(
        &self,
        edge: &Configured,
        request: &Request,
        now: Timestamp,
    ) -> Result<String, Reason> {
        let is_served = |id: &str| edge.municipality(id).is_some();
        let event = news::read(&self.secrets.webhooks, request, is_served, now)?;
        Ok(event.municipality)
    }
}
