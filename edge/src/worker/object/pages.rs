//! The pages without scripts, and the one of who reviews, as the object serves them: clients of its own
//! API.

use balagh_shared::keyring::Keyring;
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

use super::super::host;
use super::{Asked, Object, unavailable};
use crate::answer::Answer;
use crate::durable::{Keeper, StoreError};
use crate::http::cors::WebOrigin;
use crate::http::{Request, Response, Route, refusal};
use crate::ledger::letter::{Letter, Which};
use crate::ledger::screening::{Label, Screening};
use crate::pages::quarantine::{self, Held, Review};
use crate::pages::{self, Api, PhotoForm};
use crate::sender::Sender;
use crate::served::Served;

impl Object {
    /// `/{municipality}/report`.
    pub(super) async fn report_page(&self, asked: &Asked<'_>) -> Response {
        let own = self.own_api(asked);
        let answer = pages::report::page(&own, asked.served, asked.request).await;
        answer.response
    }

    /// `/{municipality}/track`.
    pub(super) async fn track_page(&self, asked: &Asked<'_>) -> Response {
        let own = self.own_api(asked);
        let answer = pages::track::page(&own, asked.served, asked.request).await;
        answer.response
    }

    /// `/staff/quarantine?of={municipality}`; 404 where the operator wants none.
    pub(super) async fn quarantine(&self, asked: &Asked<'_>) -> Response {
        let request = asked.request;
        match &self.edge.behind.staff {
            Some(token) => {
                let object = self;
                let reviewed = Reviewed { object, request };
                let answer = quarantine::answer(&reviewed, token, request).await;
                answer.response
            }
            None => refusal::of(Reason::RouteUnknown, request.language()),
        }
    }

    fn own_api<'a>(&'a self, asked: &'a Asked<'_>) -> Own<'a> {
        Own {
            object: self,
            sender: &asked.sender,
        }
    }
}

/// The object as its own pages ask it, for one sender.
struct Own<'a> {
    object: &'a Object,
    sender: &'a Sender,
}

impl Api for Own<'_> {
    async fn answer(&self, served: &Served, route: &Route, request: &Request) -> Answer {
        let asked = Asked {
            served,
            request,
            sender: self.sender.clone(),
            origin: WebOrigin::Unsaid,
            now: host::now(),
            can_work: false,
        };
        let answered = match route {
            // Of a form's photo the file comes here too.
            Route::Photo { sha256, .. } => self.object.photo_with_file(&asked, sha256).await,
            route => Ok(self.object.api(route, &asked).await),
        };
        let answered = answered.unwrap_or_else(|error| unavailable(&error, request));
        answered.into()
    }

    async fn holds(&self, served: &Served, sha256: &str) -> bool {
        let held = self
            .object
            .keeper(|keeper| keeper.photo(served.id(), sha256));
        held.map_or(true, |photo| photo.is_some())
    }

    async fn pause(&self) {
        // A report is decided in one go: nobody ever sees one under way.
    }

    fn sessions(&self) -> &Keyring {
        &self.object.edge.keys.sessions
    }

    fn own_origin(&self) -> &str {
        &self.object.edge.behind.public_url
    }

    fn has_widget(&self) -> bool {
        false
    }

    fn photo_form(&self) -> PhotoForm {
        PhotoForm::SMALL
    }
}

/// What waits for a person in this object.
struct Reviewed<'a> {
    object: &'a Object,
    request: &'a Request,
}

impl Reviewed<'_> {
    fn failed(&self, error: &StoreError) -> Answer {
        unavailable(error, self.request).into()
    }
}

fn with_words(keeper: &Keeper<'_>, screening: Screening) -> Result<Held, StoreError> {
    let delivery = keeper.delivery(&screening.number)?;
    Ok(Held::of(screening, delivery.map(|it| it.report)))
}

impl Review for Reviewed<'_> {
    async fn held(&self, most: u32) -> Result<Vec<Held>, Answer> {
        let held = self.object.keeper(|keeper| {
            let held = keeper.held(most)?.into_iter();
            held.map(|screening| with_words(keeper, screening))
                .collect()
        });
        held.map_err(|error| self.failed(&error))
    }

    async fn screenings(
        &self,
        since: Timestamp,
        before: Timestamp,
    ) -> Result<Vec<Screening>, Answer> {
        let made = self
            .object
            .keeper(|keeper| keeper.screenings(since, before));
        made.map_err(|error| self.failed(&error))
    }

    async fn label(&self, number: &str, label: Label, now: Timestamp) -> Result<(), Answer> {
        let object = self.object;
        let labelled = object.storage.at_once(&object.edge, |keeper| {
            keeper.label(number, label, now)?;
            object.storage.wake_at(now);
            Ok(())
        });
        labelled.map_err(|error| self.failed(&error))
    }

    async fn aside(&self, most: u32) -> Result<Vec<Letter>, Answer> {
        let which = Which {
            dead: true,
            ..Which::default()
        };
        let letters = self.object.keeper(|keeper| keeper.letters(which, most));
        letters.map_err(|error| self.failed(&error))
    }

    async fn replay(&self, number: &str, now: Timestamp) -> Result<(), Answer> {
        let object = self.object;
        let which = Which {
            number: Some(number),
            ..Which::default()
        };
        let replayed = object.storage.at_once(&object.edge, |keeper| {
            keeper.replay(which, now)?;
            object.storage.wake_at(now);
            Ok(())
        });
        replayed.map_err(|error| self.failed(&error))
    }

    fn municipality(&self, id: &str) -> Option<&Served> {
        self.object.edge.municipality(id)
    }

    fn of(&self) -> Option<&str> {
        Some(&self.object.municipality)
    }

    fn sessions(&self) -> &Keyring {
        &self.object.edge.keys.sessions
    }

    fn own_origin(&self) -> &str {
        &self.object.edge.behind.public_url
    }
}
