//! Behind the function: a Durable Object of its own, one for each municipality, and a bucket for photos.

use balagh_messages::SmsConfig;
use balagh_messages::gateway::Gateway;
use balagh_shared::municipality::{IdentityMethod, WordsReference};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;
use wasm_bindgen::{JsCast as _, JsValue};

use super::configured::{Configured, property};
use super::io::Handed;
use super::object::{Bucket, file_name};
use crate::http::route::PAGE_BYTES;
use crate::http::{Request, Response, Route, refusal};
use crate::keys::LedgerKeys;
use crate::pages::quarantine::StaffToken;
use crate::pages::{self, PhotoForm};
use crate::screen::photos::Fit;
use crate::served::{PackFiles, Served, ServedError};
use crate::{news, open311, relay, team_photos};

/// Header fields that are read beside those of every request: the origin's signature, the function's
/// word to its object, and the cookie of who reviews.
pub(super) const READ: &[&str] = &[
    news::READ[0],
    news::READ[1],
    news::READ[2],
    relay::HEADER,
    "cookie",
];

/// Of these, those that go on as they came.
pub(super) const PASSED: &[&str] = &["cookie"];

/// Header fields that come back with an answer beside those of every one.
pub(super) const ANSWERED: &[&str] = &["set-cookie", "x-robots-tag"];

/// Where requests to an object go; the name means nothing, and nobody else can reach it.
const INSIDE: &str = "https://ledger";

/// The objects, and what only who keeps a ledger has.
pub(super) struct Behind {
    pub(super) bucket: Bucket,
    pub(super) secrets: LedgerKeys,
    pub(super) gateways: Gateways,
    /// Whoever may review what was held; nobody by a page where there is none.
    pub(super) staff: Option<StaffToken>,
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
        | Route::OriginPhoto { .. }
        | Route::ReportPage(_)
        | Route::TrackPage(_)
        | Route::Reasons
        | Route::Quarantine => None,
        Route::Site(path) if path.is_empty() => None,
        _ => Some(Reason::RouteAbsent),
    }
}

/// Most bytes of a body.
pub(super) fn body_limit(route: &Route, request: &Request) -> usize {
    match route {
        Route::ReportPage(_) if request.is_multipart() => PhotoForm::SMALL.whole,
        Route::ReportPage(_) => PAGE_BYTES,
        route => route.body_limit(),
    }
}

/// Whether what came of a body that is too long is passed on, and a byte more: of a form with photos the
/// page keeps what is whole, and says what is not.
pub(super) fn is_kept(route: &Route, request: &Request) -> bool {
    matches!(route, Route::ReportPage(_)) && request.is_multipart()
}

/// A page that belongs to no municipality.
pub(super) fn page(edge: &Configured, route: &Route, request: &Request) -> Option<Response> {
    match route {
        Route::Reasons => Some(pages::reasons(request.language())),
        Route::Site(_) => Some(pages::index(edge.municipalities(), request.language())),
        _ => None,
    }
}

/// A refusal of a page's form as people read it.
pub(super) fn for_people(
    route: &Route,
    served: Option<&Served>,
    request: &Request,
    answer: Response,
) -> Response {
    pages::refused(route, served, request, answer)
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
        let staff = StaffToken::read(&|variable| property(&keys, variable).as_string());
        let staff = staff.map_err(|error| error.to_string())?;
        Ok(Behind {
            bucket: property(options, "photos").unchecked_into(),
            secrets,
            gateways,
            staff,
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

    /// Whose object a request is for that does not say so in its path, and what is asked of it: news and
    /// photos of the work from the origin, the forms of Open311, and the page of who reviews.
    ///
    /// # Errors
    /// The answer that refuses it.
    pub(super) fn owner<'e>(
        &self,
        edge: &'e Configured,
        route: &Route,
        request: &Request,
        now: Timestamp,
    ) -> Result<(Option<&'e str>, Handed), Response> {
        let refuse = |reason| refusal::of(reason, request.language());
        let keys = &self.secrets.webhooks;
        match route {
            Route::OriginEvents => {
                let is_served = |id: &str| edge.municipality(id).is_some();
                let event = news::read(keys, request, is_served, now).map_err(refuse)?;
                let served = edge.municipality(&event.municipality);
                Ok((served.map(Served::id), Handed::default()))
            }
            Route::OriginPhoto { number, sha256 } => {
                let handed = team_photos::handed(keys, request, (number, sha256), now);
                let media_type = handed.map_err(refuse)?;
                let served = edge.of_number(number);
                let served = served.ok_or_else(|| refuse(Reason::ReportUnknown))?;
                let row = Handed {
                    body: Some(media_type.as_bytes().to_vec()),
                    file: Some((file_name(served.id(), sha256), request.body.clone())),
                };
                Ok((Some(served.id()), row))
            }
            Route::Quarantine => {
                if self.staff.is_none() {
                    return Err(refuse(Reason::RouteUnknown));
                }
                match edge.named(request.query("of")) {
                    Some(served) => Ok((Some(served.id()), Handed::default())),
                    None => Err(pages::quarantine::index(edge.municipalities(), request)),
                }
            }
            Route::Open311(format) => {
                let named = |id: Option<&str>| edge.named(id);
                let opened = open311::open(request, *format, named, now)?;
                Ok((Some(opened.served.id()), Handed::default()))
            }
            _ => Err(refuse(Reason::RouteUnknown)),
        }
    }
}
