//! The pages without scripts as this edge serves them: clients of the API in its own process.

use std::time::Duration;

use balagh_shared::keyring::Keyring;

use super::clock;
use super::edge::{Asked, Edge};
use crate::answer::Answer;
use crate::http::cors::WebOrigin;
use crate::http::{Request, Route};
use crate::pages::{Api, PhotoForm};
use crate::sender::Sender;
use crate::served::Served;

/// How long between two looks for a report that another request is storing.
const BETWEEN: Duration = Duration::from_millis(100);

/// The edge as its own pages ask it, for one sender.
#[derive(Debug)]
pub(crate) struct Own<'a> {
    pub(crate) edge: &'a Edge,
    pub(crate) sender: &'a Sender,
}

impl Api for Own<'_> {
    async fn answer(&self, served: &Served, route: &Route, request: &Request) -> Answer {
        let asked = Asked {
            request,
            origin: &WebOrigin::Unsaid,
            sender: self.sender,
            language: request.language(),
            can_work: false,
        };
        self.edge.api(route, served, asked).await
    }

    async fn holds(&self, served: &Served, sha256: &str) -> bool {
        let held = self.edge.ledger.photo(served.id(), sha256).await;
        held.map_or(true, |photo| photo.is_some())
    }

    async fn pause(&self) {
        clock::sleep(BETWEEN).await;
    }

    fn sessions(&self) -> &Keyring {
        &self.edge.keys.sessions
    }

    fn own_origin(&self) -> &str {
        &self.edge.own_origin
    }

    fn has_widget(&self) -> bool {
        true
    }

    fn photo_form(&self) -> PhotoForm {
        PhotoForm::LARGE
    }
}
