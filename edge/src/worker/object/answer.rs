//! What is asked of the object: reports and their receipts, photos, how a report stands, what its
//! reporter does, and what the origin tells.

use balagh_shared::delivery::{OriginEvent, StoredPhoto};
use balagh_shared::number::ReportNumber;
use balagh_shared::open311::Format;
use balagh_shared::reason::Reason;
use balagh_shared::status::{PublicStatus, ReporterAction};

use super::super::configured::Configured;
use super::super::host;
use super::decide::Beside;
use super::origin::Unheard;
use super::{Asked, Object, refuse_with, unavailable};
use crate::durable::StoreError;
use crate::http::{Request, Response, Route, refusal};
use crate::nearby::Around;
use crate::outbox::wire::{Message, Refusal};
use crate::screen::photos::kept;
use crate::screen::{self, Scope, Slot, envelope, session};
use crate::tracking::{Claim, complete, understood};
use crate::{open311, team_photos};

/// The municipality that a request is about.
pub(super) fn about(
    edge: &Configured,
    route: &Route,
    request: &Request,
) -> Result<String, Response> {
    let refuse = |reason| refusal::of(reason, request.language());
    match (route, route.municipality()) {
        (_, Some(id)) => Ok(id.to_owned()),
        (Route::OriginEvents, None) => match event(request) {
            Ok(event) => Ok(event.municipality),
            Err(reason) => Err(refuse(reason)),
        },
        (Route::OriginPhoto { number, .. }, None) => match edge.of_number(number) {
            Some(served) => Ok(served.id().to_owned()),
            None => Err(refuse(Reason::ReportUnknown)),
        },
        (Route::Quarantine, None) => match edge.named(request.query("of")) {
            Some(served) => Ok(served.id().to_owned()),
            None => Err(refuse(Reason::MunicipalityUnknown)),
        },
        (Route::Open311(format), None) => {
            let named = |id: Option<&str>| edge.named(id);
            let opened = open311::open(request, *format, named, host::now())?;
            Ok(opened.served.id().to_owned())
        }
        _ => Err(refuse(Reason::RouteUnknown)),
    }
}

/// News, whose signature the function has verified.
fn event(request: &Request) -> Result<OriginEvent, Reason> {
    serde_json::from_slice(&request.body).map_err(|_| Reason::RequestMalformed)
}

impl Object {
    pub(super) async fn answer(&self, route: &Route, asked: &Asked<'_>) -> Response {
        match route {
            Route::ReportPage(_) => self.report_page(asked).await,
            Route::TrackPage(_) => self.track_page(asked).await,
            Route::Quarantine => self.quarantine(asked).await,
            route => self.api(route, asked).await,
        }
    }

    /// Answers what programs ask, and the object's own pages.
    pub(super) async fn api(&self, route: &Route, asked: &Asked<'_>) -> Response {
        let refuse = |reason| refusal::of(reason, asked.request.language());
        let answered = match route {
            Route::Reports(_) => return self.receive(asked, Beside::default()).await,
            Route::Join { number, .. } => return self.receive(asked, Beside::joins(number)).await,
            Route::Open311(format) => return self.open311(asked, *format).await,
            Route::Submission(_) => self.submission(asked),
            Route::Photo { sha256, .. } => self.photo(asked, sha256).await,
            Route::Report { number, .. } => self.status(asked, number),
            Route::Act { number, action, .. } => self.act(asked, number, *action).await,
            Route::Nearby(_) => self.nearby(asked),
            Route::Codes(_) => self.ask_code(asked).await,
            Route::CodesVerify(_) => self.check_code(asked),
            Route::Secret { number, .. } => self.secret(asked, number),
            Route::TeamPhoto { number, sha256, .. } => self.team_photo(asked, number, sha256).await,
            Route::OriginPhoto { number, sha256 } => {
                self.keep_team_photo(asked, number, sha256).await
            }
            Route::OriginEvents => self.news(asked),
            _ => Ok(refuse(Reason::RouteUnknown)),
        };
        answered.unwrap_or_else(|error| unavailable(&error, asked.request))
    }

    /// `GET /v1/{municipality}/submission`: what became of an attempt that got no answer.
    fn submission(&self, asked: &Asked<'_>) -> Result<Response, StoreError> {
        let refuse = |reason| Ok(refusal::of(reason, asked.request.language()));
        let key = match envelope::key(asked.request) {
            Ok(key) => key,
            Err(reason) => return refuse(reason),
        };
        let scope = match session::partner(asked.served, asked.request) {
            Some(Ok(partner)) => Scope::Partner(partner),
            Some(Err(reason)) => return refuse(reason),
            None => Scope::Public,
        };
        let slot = Slot::of(asked.served.id(), scope, &key);
        let stored = self
            .storage
            .keeper(&self.edge, |keeper| keeper.submission(slot))?;
        match stored.map(|stored| stored.stub.response(&self.mint(), 200)) {
            Some(Ok(response)) => Ok(response),
            Some(Err(_)) => {
                host::complain("a tracking code's key is gone");
                refuse(Reason::Internal)
            }
            None => refuse(Reason::KeyUnknown),
        }
    }

    /// The row of a photo whose file the function has put into the bucket.
    async fn photo(&self, asked: &Asked<'_>, sent: &str) -> Result<Response, StoreError> {
        match serde_json::from_slice::<StoredPhoto>(&asked.request.body) {
            Ok(photo) => self.keep_photo(asked, sent, photo).await,
            Err(_) => {
                let reason = Reason::RequestMalformed;
                Ok(refusal::of(reason, asked.request.language()))
            }
        }
    }

    /// A photo whose file is here: cleaned, and put where files are before its row is written.
    pub(super) async fn photo_with_file(
        &self,
        asked: &Asked<'_>,
        sent: &str,
    ) -> Result<Response, StoreError> {
        let Asked {
            served, request, ..
        } = *asked;
        let ceiling = screen::ceiling(served, &asked.sender.address);
        let (known, tat) = self.keeper(|keeper| {
            let known = keeper.photo(served.id(), sent)?;
            Ok((known, keeper.counter(&ceiling.name)?))
        })?;
        if let Some(known) = known {
            return self.keep_photo(asked, sent, known).await;
        }
        // Before the work of cleaning it; it is counted with its row.
        if let Err(wait) = ceiling.count(tat, asked.now) {
            let violation = refusal::retry_after(Reason::LimitCeiling, wait);
            return Ok(refuse_with(&[violation], request));
        }
        let fit = match screen::photos::judge(served, sent, &request.body) {
            Ok(fit) => fit,
            Err(violation) => return Ok(refuse_with(&[violation], request)),
        };
        let bucket = &self.edge.behind.bucket;
        let put = bucket.write(served.id(), &fit.stored.sha256, fit.bytes);
        if put.await.is_err() {
            host::complain("a photo cannot be stored");
            return Ok(refusal::of(Reason::StorageUnavailable, request.language()));
        }
        self.keep_photo(asked, sent, fit.stored).await
    }

    async fn keep_photo(
        &self,
        asked: &Asked<'_>,
        sent: &str,
        photo: StoredPhoto,
    ) -> Result<Response, StoreError> {
        let refuse = |reason| Ok(refusal::of(reason, asked.request.language()));
        let id = asked.served.id();
        let bucket = &self.edge.behind.bucket;
        let has = bucket.has(id, &photo.sha256).await;
        // From here nothing waits: a file that is there now, and is not being removed, stays.
        if !has.unwrap_or(false) || bucket.is_leaving(id, &photo.sha256) {
            host::complain("a photo's file is not there");
            return refuse(Reason::StorageUnavailable);
        }
        let now = asked.now;
        self.storage.at_once(&self.edge, |keeper| {
            if let Some(known) = keeper.photo(id, sent)? {
                keeper.renew_photo(id, sent, now)?;
                return Ok(kept(200, &known));
            }
            let ceiling = screen::ceiling(asked.served, &asked.sender.address);
            match ceiling.count(keeper.counter(&ceiling.name)?, now) {
                Ok(count) => keeper.keep_photo(id, &photo, &count, now)?,
                Err(wait) => {
                    let violation = refusal::retry_after(Reason::LimitCeiling, wait);
                    return Ok(refuse_with(&[violation], asked.request));
                }
            }
            self.storage.wake_at(now);
            Ok(kept(201, &photo))
        })
    }

    /// `GET /v1/{municipality}/reports/{number}`.
    fn status(&self, asked: &Asked<'_>, number: &str) -> Result<Response, StoreError> {
        let status = match self.own(asked, number)? {
            Some(number) => self
                .storage
                .keeper(&self.edge, |keeper| keeper.status(&number))?,
            None => None,
        };
        Ok(match status {
            Some(status) => self.shown(asked, status),
            None => refusal::of(Reason::ReportUnknown, asked.request.language()),
        })
    }

    /// The number as it is stored, if the code that came with the request is its own.
    fn own(&self, asked: &Asked<'_>, number: &str) -> Result<Option<String>, StoreError> {
        let code = asked.request.authorization("balagh").unwrap_or_default();
        let Some(claim) = Claim::of(number, code) else {
            return Ok(None);
        };
        let id = asked.served.id();
        let stored = self
            .storage
            .keeper(&self.edge, |keeper| keeper.secret_kid(id, claim.number()))?;
        Ok(claim.judge(&self.edge.behind.secrets.numbers, id, stored.as_deref()))
    }

    /// A status as its reporter gets it.
    fn shown(&self, asked: &Asked<'_>, status: PublicStatus) -> Response {
        let (served, now) = (asked.served, host::now());
        let (passes, base) = (&self.edge.keys.sessions, &self.edge.behind.public_url);
        let status = team_photos::addressed(served, passes, base, status, now);
        let keys = &self.edge.behind.secrets.closing;
        Response::private_json(200, &complete(served, keys, status, now))
    }

    /// `PUT /origin/v1/photos/{number}/{sha256}`: the row of a photo of the work whose file the function
    /// has put into the bucket; its media type is the body.
    async fn keep_team_photo(
        &self,
        asked: &Asked<'_>,
        number: &str,
        sha256: &str,
    ) -> Result<Response, StoreError> {
        let bucket = &self.edge.behind.bucket;
        let has = bucket.has(&self.municipality, sha256).await;
        // From here nothing waits, as for any other photo.
        if !has.unwrap_or(false) || bucket.is_leaving(&self.municipality, sha256) {
            host::complain("the file of a photo of the work is not there");
            let reason = Reason::StorageUnavailable;
            return Ok(refusal::of(reason, asked.request.language()));
        }
        let media_type = String::from_utf8_lossy(&asked.request.body);
        self.storage.at_once(&self.edge, |keeper| {
            keeper.keep_team_photo(number, sha256, &media_type, asked.now)?;
            self.storage.wake_at(asked.now);
            Ok(Response::empty(204))
        })
    }

    /// `GET /v1/{municipality}/reports/{number}/{sha256}`, with a pass unless it is public.
    async fn team_photo(
        &self,
        asked: &Asked<'_>,
        number: &str,
        sha256: &str,
    ) -> Result<Response, StoreError> {
        let refuse = |reason| Ok(refusal::of(reason, asked.request.language()));
        let id = asked.served.id();
        let Ok(number) = ReportNumber::parse(number) else {
            return refuse(Reason::ReportUnknown);
        };
        let number = number.as_str();
        let (status, media_type) = self.storage.keeper(&self.edge, |keeper| {
            let known = keeper.secret_kid(id, number)?;
            let status = keeper.status(number)?.filter(|_| known.is_some());
            Ok((status, keeper.team_photo(number, sha256)?))
        })?;
        let (Some(status), Some(media_type)) = (status, media_type) else {
            return refuse(Reason::ReportUnknown);
        };
        let passes = &self.edge.keys.sessions;
        let (served, request, now) = (asked.served, asked.request, asked.now);
        if !team_photos::may_be_seen(served, passes, request, &status, sha256, now) {
            return refuse(Reason::ReportUnknown);
        }
        match self.edge.behind.bucket.read(id, sha256).await {
            Ok(Some(bytes)) => Ok(team_photos::shown(&media_type, bytes)),
            Ok(None) | Err(_) => {
                host::complain("a photo of the work cannot be read");
                refuse(Reason::StorageUnavailable)
            }
        }
    }

    /// `POST /open311/v2/requests.{json,xml}`: the report that the same partner could have posted.
    async fn open311(&self, asked: &Asked<'_>, format: Format) -> Response {
        let opened = open311::open(asked.request, format, |_| Some(asked.served), asked.now);
        let opened = match opened {
            Ok(opened) => opened,
            Err(refused) => return refused,
        };
        let posted = Asked {
            served: asked.served,
            request: &opened.request,
            sender: asked.sender.clone(),
            origin: asked.origin.clone(),
            now: asked.now,
            can_work: asked.can_work,
        };
        let beside = Beside {
            joins: None,
            media_url: opened.media_url.as_deref(),
        };
        let answer = self.receive(&posted, beside).await;
        open311::created(answer, &opened, format)
    }

    /// `POST /v1/{municipality}/reports/{number}/{action}`: decided at the origin, at once.
    async fn act(
        &self,
        asked: &Asked<'_>,
        number: &str,
        action: ReporterAction,
    ) -> Result<Response, StoreError> {
        let refuse = |reason| Ok(refusal::of(reason, asked.request.language()));
        let Some(number) = self.own(asked, number)? else {
            return refuse(Reason::ReportUnknown);
        };
        let Some(body) = understood(action, &asked.request.body) else {
            return refuse(Reason::RequestMalformed);
        };
        let message = Message::act(&number, action, body);
        let status = match self.act_at_once(&message).await {
            Ok(status) => status,
            Err(Unheard::Refused(Refusal::Declined(violations))) => {
                return Ok(refuse_with(&violations, asked.request));
            }
            // Also of one that is not yet the origin's: it is on its way there.
            Err(_) => return refuse(Reason::OriginUnavailable),
        };
        // The origin tells it again by itself; what is known at once is shown at once. Its answer may
        // have been long on its way, and newer news have come meanwhile.
        let event = OriginEvent {
            municipality: self.municipality.clone(),
            status: status.clone(),
            public_text: None,
            secret_kid: None,
        };
        let known = self.storage.at_once(&self.edge, |keeper| {
            keeper.keep_status(&event)?;
            keeper.status(&number)
        })?;
        Ok(self.shown(asked, known.unwrap_or(status)))
    }

    /// `GET /v1/{municipality}/nearby`.
    fn nearby(&self, asked: &Asked<'_>) -> Result<Response, StoreError> {
        match Around::read(asked.served, asked.request, asked.now) {
            Ok(around) => {
                let found = self
                    .storage
                    .keeper(&self.edge, |keeper| keeper.around(&around))?;
                Ok(around.answer(found))
            }
            Err(violation) => Ok(refuse_with(&[violation], asked.request)),
        }
    }

    /// `POST /origin/v1/events`: 204 once it is kept, also when newer news was here already.
    fn news(&self, asked: &Asked<'_>) -> Result<Response, StoreError> {
        match event(asked.request) {
            Ok(event) => {
                self.storage
                    .at_once(&self.edge, |keeper| keeper.keep_status(&event))?;
                Ok(Response::empty(204))
            }
            Err(reason) => Ok(refusal::of(reason, asked.request.language())),
        }
    }
}
