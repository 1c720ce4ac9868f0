//! The native edge without its HTTP server: for a simulation, which carries the requests itself and
//! holds the clock. What answers and what delivers is to the letter what the server runs.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use balagh_messages::Messages;
use balagh_world::Tasks;
use tokio::sync::watch;

use super::config::Config;
use super::edge::Edge;
use super::figures::Figures;
use super::in_flight::InFlight;
use super::ledger::Ledger;
use super::metrics::Metrics;
use super::outbox::{self, Bell, Destination, Origin, destinations};
use super::photos::PhotoStore;
use super::shift::Shift;
use super::start::StartError;
use super::turns::Turns;
use crate::guesses::Guesses;
use crate::http::cors;
use crate::http::{Request, Response, Route, refusal};
use crate::keys::{LedgerKeys, ScreenKeys};
use crate::open311;
use crate::served::Served;
use balagh_shared::reason::Reason;

/// What all processes of one edge have in common.
#[derive(Debug, Clone)]
pub struct Site {
    config: Config,
    municipalities: Arc<BTreeMap<String, Served>>,
    keys: ScreenKeys,
    secrets: LedgerKeys,
    origin: Option<Origin>,
    destinations: Vec<Arc<Destination>>,
}

impl Site {
    /// What the operator decided, and the clients that follow from it.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn of(
        config: Config,
        municipalities: BTreeMap<String, Served>,
        keys: ScreenKeys,
        secrets: LedgerKeys,
    ) -> Result<Site, StartError> {
        // The one error is that a provider is already installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let origin = Origin::of(&config, &secrets).map_err(StartError::Origin)?;
        let destinations =
            destinations(&config, origin.clone(), &|_| None).map_err(StartError::Destination)?;
        Ok(Site {
            config,
            municipalities: Arc::new(municipalities),
            keys,
            secrets,
            origin,
            destinations,
        })
    }

    /// The keys of the screen.
    #[must_use]
    pub fn keys(&self) -> &ScreenKeys {
        &self.keys
    }

    /// The keys of who holds a ledger.
    #[must_use]
    pub fn secrets(&self) -> &LedgerKeys {
        &self.secrets
    }
}

/// One process of an edge. Dropped, it is killed: what it had in memory is gone, what was committed
/// is in its ledger.
#[derive(Clone)]
pub struct Embedded {
    edge: Arc<Edge>,
    destinations: Vec<Arc<Destination>>,
}

impl Embedded {
    /// A process that has just started, on a ledger of its own or shared with others. `photos` is a
    /// folder that is there.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(site: Site, ledger: Ledger, photos: &Path) -> Result<Embedded, StartError> {
        let Site {
            config,
            municipalities,
            keys,
            secrets,
            origin,
            destinations,
        } = site;
        let messages = Messages::new(config.sms.as_ref(), config.smtp.as_ref(), &|_| None)
            .map_err(StartError::Messages)?;
        let edge = Edge {
            upstream: origin,
            figures: Figures::default(),
            own_origin: config.own_origin(),
            photos: PhotoStore::in_folder(photos).map_err(StartError::Photos)?,
            staff: None,
            widget: None,
            site: None,
            metrics: Metrics::default(),
            in_flight: InFlight::default(),
            guesses: Guesses::default(),
            photo_turns: Turns::new(1, 1),
            form_turns: Turns::new(1, 1),
            leaving: AtomicBool::default(),
            shift: Shift::new().map_err(StartError::Randomness)?,
            bell: Bell::default(),
            ledger: ledger.for_targets(config.targets()),
            messages,
            config,
            municipalities,
            keys,
            secrets,
        };
        Ok(Embedded {
            edge: Arc::new(edge),
            destinations,
        })
    }

    /// Answers a request that is here whole.
    pub async fn answer(&self, request: &Request, peer: IpAddr) -> Response {
        let edge = &self.edge;
        let Some(route) = Route::parse(&request.path) else {
            return refusal::of(Reason::RouteUnknown, request.language());
        };
        let origin = edge.web_origin(&route, request);
        if cors::is_preflight(request.method) {
            return cors::preflight(&route, &origin, request);
        }
        let answer = match edge.admit(&route, request, &origin) {
            Ok(_) => edge.answer(&route, request, &origin, peer).await,
            Err(refusal) => refusal,
        };
        let response = open311::in_its_form(&route, answer.response);
        cors::mark(&route, &origin, response)
    }

    /// Carries what waits to every destination, for as long as it is polled.
    pub async fn deliver(self) {
        let (_stop, stopped) = watch::channel(false);
        let mut loops = Tasks::new();
        for destination in self.destinations {
            let edge = Arc::clone(&self.edge);
            loops.spawn(outbox::run(edge, destination, stopped.clone()));
        }
        while loops.join_next().await.is_some() {}
    }

    /// Its ledger.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.edge.ledger
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}
