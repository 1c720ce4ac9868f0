//! Behind the function: a Durable Object of its own, one for each municipality, and a bucket for photos.

use std::borrow::Cow;

use balagh_messages::SmsConfig;
use balagh_messages::gateway::Gateway;
use balagh_shared::municipality::{IdentityMethod, WordsReference};
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;
use wasm_bindgen::{JsCast as _, JsValue};

use super::configured::{Configured, property};
use super::host;
use super::object::Bucket;
use crate::http::{Request, Response, Route, refusal};
use crate::keys::LedgerKeys;
use crate::screen::photos::Fit;
use crate::served::{PackFiles, Served, ServedError};
use crate::{news, open311, relay, team_photos};

/// Header fields that are read beside those of every request: the origin's signature, and the function's
/// word to its object.
pub(super) const READ: &[&str] = &[news::READ[0], news::READ[1], news::READ[2], relay::HEADER];

/// Where requests to an object go; the name means nothing, and nobody else can reach it.
const INSIDE: &str = "https://ledger";

/// The objects, and what only who keeps a ledger has.
pub(super) struct Behind {
    pub(super) bucket: Bucket,
    pub(super) secrets: LedgerKeys,
    pub(super) gateways: Gateways,
    /// The origin's address, without a slash at the end.
    pub(super) origin: String,
    /// The function's address, as receipts name it; without a slash at the end.
    pub(super) public_url: String,
}

/// What sends one-time codes, where the operator has any.
pub(super) struct Gateways {
    pub(super) sms: Option<Gateway>,
    pub(super) email: Option<Gateway>,
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
        | Route::Nearby(_)
        | Route::Codes(_)
        | Route::CodesVerify(_)
        | Route::Secret { .. }
        | Route::TeamPhoto { .. }
        | Route::Open311(_)
        | Route::OriginEvents
        | Route::OriginPhoto { .. } => None,
        _ => Some(Reason::RouteAbsent),
    }
}

impl Gateways {
    /// Reads `options`' `sms` and `email`: what the section `[sms]` of a native edge is, as JSON.
    fn read(options: &JsValue) -> Result<Gateways, String> {
        let keys = property(options, "keys");
        let variable = |name: &str| property(&keys, name).as_string();
        let gateway = |section: &str| {
            let said = property(options, section).as_string();
            let Some(said) = said.filter(|said| !said.is_empty()) else {
                return Ok(None);
            };
            let config: SmsConfig = serde_json::from_str(&said)
                .map_err(|error| format!("{section}: not the JSON it should be: {error}"))?;
            let gateway = Gateway::new(section, &config, &variable);
            gateway.map(Some).map_err(|error| error.to_string())
        };
        Ok(Gateways {
            sms: gateway("sms")?,
            email: gateway("email")?,
        })
    }

    /// Whether no code can be sent at all.
    pub(super) fn is_none(&self) -> bool {
        self.sms.is_none() && self.email.is_none()
    }

    /// Whether there is a way to report for everybody: without a code, or with one that can be sent.
    fn confirm(&self, methods: &[IdentityMethod]) -> bool {
        methods.iter().any(|method| match method {
            IdentityMethod::PhoneCode => self.sms.is_some(),
            IdentityMethod::EmailCode => self.email.is_some(),
            IdentityMethod::Anonymous | IdentityMethod::Token => true,
        })
    }
}

impl Behind {
    /// Reads `options`' `photos`, `origin`, gateways and the keys of a ledger.
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
        let gateways = Gateways::read(options)?;
        for served in municipalities {
            if !gateways.confirm(&served.document().identity.methods) {
                let id = served.id();
                return Err(format!(
                    "{id} asks everybody for a one-time code: set SMS or EMAIL, a gateway that sends it, \
                     or let this function relay to a native edge"
                ));
            }
        }
        Ok(Behind {
            bucket: property(options, "photos").unchecked_into(),
            secrets,
            gateways,
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

    /// Puts a photo's file where files are, and then names it to the object: a file without a row goes
    /// after two days, a row without its file would be a promise.
    pub(super) async fn photo<'r>(
        &self,
        served: &Served,
        request: &'r Request,
        fit: Fit,
    ) -> Result<Cow<'r, Request>, Reason> {
        let body = serde_json::to_vec(&fit.stored).map_err(|_| Reason::Internal)?;
        self.keep(served, &fit.stored.sha256, &fit.bytes).await?;
        Ok(Cow::Owned(instead_of(request, body)))
    }

    /// Whose object a request is for that does not say so in its path, and what is asked of it: news and
    /// photos of the work from the origin, and the forms of Open311.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub(super) async fn owner<'e, 'r>(
        &self,
        edge: &'e Configured,
        route: &Route,
        request: &'r Request,
        now: Timestamp,
    ) -> Result<(Option<&'e str>, Cow<'r, Request>), Response> {
        let refuse = |reason| refusal::of(reason, request.language());
        let keys = &self.secrets.webhooks;
        match route {
            Route::OriginEvents => {
                let is_served = |id: &str| edge.municipality(id).is_some();
                let event = news::read(keys, request, is_served, now).map_err(refuse)?;
                let served = edge.municipality(&event.municipality);
                Ok((served.map(Served::id), Cow::Borrowed(request)))
            }
            Route::OriginPhoto { number, sha256 } => {
                let handed = team_photos::handed(keys, request, (number, sha256), now);
                let media_type = handed.map_err(refuse)?;
                let served = edge.of_number(number);
                let served = served.ok_or_else(|| refuse(Reason::ReportUnknown))?;
                self.keep(served, sha256, &request.body)
                    .await
                    .map_err(refuse)?;
                let row = instead_of(request, media_type.as_bytes().to_vec());
                Ok((Some(served.id()), Cow::Owned(row)))
            }
            Route::Open311(format) => {
                let named = |id: Option<&str>| edge.named(id);
                let opened = open311::open(request, *format, named, now)?;
                Ok((Some(opened.served.id()), Cow::Borrowed(request)))
            }
            _ => Err(refuse(Reason::RouteUnknown)),
        }
    }

    async fn keep(&self, served: &Served, sha256: &str, bytes: &[u8]) -> Result<(), Reason> {
        let put = self.bucket.put(served.id(), sha256, bytes).await;
        put.map_err(|_| {
            host::complain("a photo cannot be stored");
            Reason::StorageUnavailable
        })
    }
}

/// The same request with another body.
fn instead_of(request: &Request, body: Vec<u8>) -> Request {
    Request {
        method: request.method,
        path: request.path.clone(),
        query: String::new(),
        headers: request.headers.clone(),
        body,
    }
}
