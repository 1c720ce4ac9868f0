//! A request to its answer: one edge, its parts, and who answers which route.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use balagh_messages::Messages;
use balagh_shared::reason::{Reason, Violation};

use super::config::Config;
use super::files::Files;
use super::in_flight::InFlight;
use super::ledger::{Ledger, LedgerError};
use super::metrics::{Kept, Metrics};
use super::outbox::{Bell, Origin};
use super::pages::Own;
use super::photos::PhotoStore;
use super::shift::Shift;
use super::turns::{Turns, Whose};
use super::{
    actions, clock, codes, events, figures, forwarded, nearby, open311, photos, reports, review,
    schemas, team_photos, tracking,
};
pub(crate) use crate::answer::Answer;
use crate::guesses::Guesses;
use crate::http::cors::WebOrigin;
use crate::http::route::PAGE_BYTES;
use crate::http::{Request, Response, Route};
use crate::jwt::Outside;
use crate::keys::{LedgerKeys, ScreenKeys};
use crate::pages::quarantine::StaffToken;
use crate::relay::{self, Relayed};
use crate::screen::{Identity, Mint, Posted, Step, session};
use crate::sender::Sender;
use crate::served::Served;
use crate::{pages, public, screen};

/// Header fields that decide something: said twice, whoever stands before the edge may have read the
/// other one.
const SAID_ONCE: [&str; 12] = [
    "authorization",
    "balagh-contact",
    "balagh-identity",
    "balagh-proof",
    "balagh-relay",
    "balagh-session",
    "content-type",
    "idempotency-key",
    "origin",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

/// Everything a request may need.
pub(crate) struct Edge {
    pub(crate) config: Config,
    /// The web origin of the edge itself.
    pub(crate) own_origin: String,
    pub(crate) municipalities: Arc<BTreeMap<String, Served>>,
    pub(crate) keys: ScreenKeys,
    pub(crate) secrets: LedgerKeys,
    pub(crate) ledger: Ledger,
    /// Who decides what reporters ask for; nobody where there is no origin of Balagh's.
    pub(crate) upstream: Option<Origin>,
    /// What the origin has said of its open data.
    pub(crate) figures: figures::Figures,
    pub(crate) messages: Messages,
    pub(crate) photos: PhotoStore,
    /// Whoever may review what was held; nobody by this edge's own page where there is none.
    pub(crate) staff: Option<StaffToken>,
    pub(crate) widget: Option<Files>,
    pub(crate) site: Option<Files>,
    pub(crate) metrics: Metrics,
    pub(crate) in_flight: InFlight,
    /// Who is wrong about tracking codes.
    pub(crate) guesses: Guesses,
    /// A turn a photo whose bytes are in memory.
    pub(crate) photo_turns: Turns,
    /// A turn a form with photos.
    pub(crate) form_turns: Turns,
    /// Set once it is asked to stop.
    pub(crate) leaving: AtomicBool,
    /// What this edge does of what one of several does at a time.
    pub(crate) shift: Shift,
    /// Rung when something is to be delivered.
    pub(crate) bell: Bell,
}

/// Keys and secrets stay out of logs.
impl std::fmt::Debug for Edge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Edge").finish_non_exhaustive()
    }
}

/// A request with everything the shell found out about it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) origin: &'a WebOrigin,
    pub(crate) sender: &'a Sender,
    pub(crate) language: &'static str,
    /// Whether the sender's device can be asked for work; a page without scripts cannot.
    pub(crate) can_work: bool,
}

impl Edge {
    /// Judges where a request comes from. One with a relay header comes from an edge function,
    /// which judged the page; the header is verified once the body is here.
    pub(crate) fn web_origin(&self, route: &Route, request: &Request) -> WebOrigin {
        let served = route
            .municipality()
            .and_then(|id| self.municipalities.get(id));
        let is_relayed = request.headers.get(relay::HEADER).is_some();
        WebOrigin::of(&request.headers, |origin| {
            is_relayed
                || origin.eq_ignore_ascii_case(&self.own_origin)
                || served.is_some_and(|served| served.is_partner_origin(origin))
        })
    }

    /// What can be said before the body is read: the most it may have, or a refusal.
    pub(crate) fn admit(
        &self,
        route: &Route,
        request: &Request,
        origin: &WebOrigin,
    ) -> Result<usize, Answer> {
        let language = request.language();
        let refuse = |violation| Err(Answer::refuse(&[violation], language));
        if request.headers.has_twice(&SAID_ONCE) {
            return refuse(Violation::new(Reason::RequestMalformed, ""));
        }
        if let Err(violation) = screen::envelope::door(route, request, origin) {
            let mut answer = Answer::refuse(&[violation], language);
            answer.step = Some(Step::Envelope);
            if answer.response.status == 405 {
                let methods: Vec<&str> = route.methods().iter().map(|it| it.as_str()).collect();
                answer.response.headers.add("allow", methods.join(", "));
            }
            return Err(answer);
        }
        let limit = match route {
            Route::ReportPage(_) if !request.is_multipart() => PAGE_BYTES,
            route => route.body_limit(),
        };
        let Some(id) = route.municipality() else {
            return Ok(limit);
        };
        let Some(served) = self.municipalities.get(id) else {
            return refuse(Violation::new(Reason::MunicipalityUnknown, ""));
        };
        if !matches!(route, Route::Photo { .. }) {
            return Ok(limit);
        }
        // Eight megabytes are read only from who could send a report.
        let nobody = Sender::default();
        let posted = self.posted(served, request, origin, &nobody, None);
        match session::identify(&posted, clock::now()) {
            Ok(_) => Ok(screen::photos::byte_limit(served)),
            Err(reason) => refuse(Violation::new(reason, "")),
        }
    }

    /// An answer as people read it: a refusal of a form's page is a page.
    pub(crate) fn for_people(
        &self,
        route: &Route,
        request: &Request,
        answer: Response,
    ) -> Response {
        let served = route.municipality();
        let served = served.and_then(|id| self.municipalities.get(id));
        pages::refused(route, served, request, answer)
    }

    /// Answers a request that was admitted, its body read.
    pub(crate) async fn answer(
        &self,
        route: &Route,
        request: &Request,
        origin: &WebOrigin,
        peer: IpAddr,
    ) -> Answer {
        let language = request.language();
        let Some(sender) = self.sender(request, peer) else {
            return Answer::refuse(&[Violation::new(Reason::SignatureInvalid, "")], language);
        };
        let asked = Asked {
            request,
            origin,
            sender: &sender,
            language,
            can_work: true,
        };
        if !Guesses::is_one(route, request.method) {
            return self.found(route, asked).await;
        }
        if let Err(over) = self.guesses.admit(&sender.address, clock::now()) {
            return Answer::refuse(&[over], language);
        }
        let answer = self.found(route, asked).await;
        self.guesses
            .answered(&sender.address, answer.response.status, clock::now());
        answer
    }

    /// The answer to whoever is known by now.
    async fn found(&self, route: &Route, asked: Asked<'_>) -> Answer {
        let Asked {
            request,
            sender,
            language,
            ..
        } = asked;
        let served = route
            .municipality()
            .and_then(|id| self.municipalities.get(id));
        match (route, served) {
            (Route::Health, _) => Response::new(200, "text/plain; charset=utf-8", "ok").into(),
            (Route::Ready, _) => self.ready(language).await,
            (Route::Metrics, _) => self.metrics_text().await,
            (Route::Reasons, _) => pages::reasons(language).into(),
            (Route::Schema(file), _) => found(schemas::schema(file, request), language),
            (Route::Site(path), _) => self.site(path, asked).await,
            (Route::Widget(path), _) => match &self.widget {
                Some(files) => found(files.widget(path, request).await, language),
                None => Answer::refuse_for(Reason::RouteUnknown, language),
            },
            (Route::Quarantine, _) => review::answer(self, asked).await,
            (Route::Open311(format), _) => open311::receive(self, *format, asked).await,
            (Route::OriginEvents, _) => events::receive(self, asked).await,
            (Route::OriginPhoto { number, sha256 }, _) => {
                team_photos::receive(self, number, sha256, asked).await
            }
            (Route::TeamPhoto { number, sha256, .. }, Some(served)) => {
                team_photos::show(self, served, (number, sha256), asked).await
            }
            (Route::Municipality(_), Some(served)) => public::document(served, request).into(),
            (Route::Pack(_), Some(served)) => public::pack(served, request).into(),
            (Route::Words(_), Some(served)) => found(public::words(served, request), language),
            (Route::Gazetteer(_), Some(served)) => {
                found(public::gazetteer(served, request), language)
            }
            (Route::Figures(_), Some(served)) => {
                figures::read(self, served, figures::Form::Json, asked).await
            }
            (Route::FiguresFile(_), Some(served)) => {
                figures::read(self, served, figures::Form::Csv, asked).await
            }
            (Route::Embed(_), Some(served)) => pages::embed(served, request).into(),
            (Route::ReportPage(_), Some(served)) => {
                pages::report::page(&self.own(sender), served, request).await
            }
            (Route::TrackPage(_), Some(served)) => {
                pages::track::page(&self.own(sender), served, request).await
            }
            (route, Some(served)) => self.api(route, served, asked).await,
            (_, None) => Answer::refuse_for(Reason::MunicipalityUnknown, language),
        }
    }

    /// Answers what programs ask of a municipality, and this edge's own pages.
    pub(crate) async fn api(&self, route: &Route, served: &Served, asked: Asked<'_>) -> Answer {
        match route {
            Route::Session(_) => self.session(served, asked),
            Route::Photo { sha256, .. } => photos::receive(self, served, sha256, asked).await,
            Route::Reports(_) => reports::receive(self, served, None, asked).await,
            Route::Join { number, .. } => reports::receive(self, served, Some(number), asked).await,
            Route::Act { number, action, .. } => {
                actions::act(self, served, number, *action, asked).await
            }
            Route::Nearby(_) => nearby::find(self, served, asked).await,
            Route::Submission(_) => reports::recall(self, served, asked).await,
            Route::Report { number, .. } => tracking::status(self, served, number, asked).await,
            Route::Secret { number, .. } => codes::secret(self, served, number, asked).await,
            Route::Codes(_) => codes::ask(self, served, asked).await,
            Route::CodesVerify(_) => codes::verify(self, served, asked).await,
            _ => Answer::refuse_for(Reason::RouteUnknown, asked.language),
        }
    }

    fn own<'a>(&'a self, sender: &'a Sender) -> Own<'a> {
        Own { edge: self, sender }
    }

    /// A report as the screen takes it.
    pub(crate) fn posted<'a>(
        &'a self,
        served: &'a Served,
        request: &'a Request,
        origin: &'a WebOrigin,
        sender: &'a Sender,
        outside: Option<&'a Result<Outside, Reason>>,
    ) -> Posted<'a> {
        let (keys, own_origin) = (&self.keys, self.own_origin.as_str());
        Posted {
            served,
            keys,
            request,
            origin,
            own_origin,
            sender,
            joins: None,
            identity: Identity::Here {
                contacts: &self.secrets.contacts,
                outside,
            },
            can_work: true,
        }
    }

    /// What mints numbers and writes receipts here.
    pub(crate) fn mint(&self) -> Mint<'_> {
        Mint {
            numbers: &self.secrets.numbers,
            public_url: self.config.public_url(),
        }
    }

    /// The sender; nothing when an edge function is claimed that is not ours.
    fn sender(&self, request: &Request, peer: IpAddr) -> Option<Sender> {
        let now = clock::now();
        let Request {
            method,
            path,
            body,
            headers,
            ..
        } = request;
        match headers.get(relay::HEADER) {
            Some(header) => {
                let relayed = Relayed {
                    method: *method,
                    path,
                    body,
                };
                relay::verify(&self.keys.relays, relayed, header, now.seconds())
            }
            None => {
                let address = forwarded::address(peer, headers, &self.config.trusted_proxies);
                Some(Sender::at(&self.keys.senders, Some(address), now))
            }
        }
    }

    /// Whose turn it is while the body is not here, and whoever vouches for somebody not verified.
    pub(crate) fn whose_turn(&self, request: &Request, peer: IpAddr) -> Whose {
        let Request { headers, .. } = request;
        if headers.get(relay::HEADER).is_some() {
            return Whose::Relayed;
        }
        let address = forwarded::address(peer, headers, &self.config.trusted_proxies);
        Whose::Sender(Sender::at(&self.keys.senders, Some(address), clock::now()).address)
    }

    fn session(&self, served: &Served, asked: Asked<'_>) -> Answer {
        let Ok(nonce) = clock::random() else {
            return Answer::refuse_for(Reason::Internal, asked.language);
        };
        let page = session::page(asked.origin, &self.own_origin);
        session::grant(served, &self.keys, page, &nonce, clock::now()).into()
    }

    /// Whether requests should be sent here: it is not about to stop, and both places where
    /// something is kept can be written.
    async fn ready(&self, language: &'static str) -> Answer {
        if self.leaving.load(Ordering::Relaxed) {
            return Response::new(503, "text/plain; charset=utf-8", "stopping").into();
        }
        let now = clock::now();
        if let Err(error) = self.ledger.probe(now).await {
            tracing::error!(%error, "the ledger cannot be written");
            return Answer::refuse_for(Reason::StorageUnavailable, language);
        }
        if let Err(error) = self.photos.probe(now).await {
            tracing::error!(%error, "photos cannot be stored");
            return Answer::refuse_for(Reason::StorageUnavailable, language);
        }
        Response::new(200, "text/plain; charset=utf-8", "ready").into()
    }

    async fn metrics_text(&self) -> Answer {
        let text = self
            .metrics
            .text(self.kept().await.ok().as_ref(), clock::now());
        Response::new(200, "text/plain; version=0.0.4; charset=utf-8", text).into()
    }

    async fn kept(&self) -> Result<Kept, LedgerError> {
        Ok(Kept {
            backlog: self.ledger.backlog().await?,
            tallies: self.ledger.tallies().await?,
            bodies: self.ledger.bodies().await?,
            commits: self.ledger.commits(),
        })
    }

    async fn site(&self, path: &str, asked: Asked<'_>) -> Answer {
        let file = match &self.site {
            Some(files) => files.site(path, asked.request).await,
            None => None,
        };
        match file {
            Some(response) => response.into(),
            None if path.is_empty() => {
                pages::index(self.municipalities.values(), asked.language).into()
            }
            None => Answer::refuse_for(Reason::RouteUnknown, asked.language),
        }
    }
}

fn found(response: Option<Response>, language: &'static str) -> Answer {
    match response {
        Some(response) => response.into(),
        None => Answer::refuse_for(Reason::RouteUnknown, language),
    }
}
