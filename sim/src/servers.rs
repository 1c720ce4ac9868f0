//! The servers of one run: processes of one edge on one ledger, edge functions before it, and the
//! origin behind it. All of them are the real ones.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Body;
use balagh_edge::http::cors::{self, WebOrigin};
use balagh_edge::http::{Headers, Method, Request, Response, Route, refusal};
use balagh_edge::keys::{LedgerKeys, ScreenKeys};
use balagh_edge::native::config::{Config, OriginConfig};
use balagh_edge::native::embedded::{Embedded as Edge, Site as Parts};
use balagh_edge::native::ledger::Ledger;
use balagh_edge::relay::forward::{self, Passed};
use balagh_edge::screen::{Identity, Posted, Randomness, envelope, session};
use balagh_edge::sender::Sender;
use balagh_edge::served::Served;
use balagh_origin::embedded::{Embedded as Origin, Site as OriginParts};
use balagh_origin::keys::Keys;
use balagh_origin::municipalities::Municipalities;
use balagh_origin::store::Store;
use balagh_shared::reason::Reason;
use http_body_util::BodyExt as _;

use crate::hub::{Hub, Site, Who};
use crate::truth::Truth;

/// The page of the partner that the form is on.
pub(crate) const PAGE: &str = "http://portal.example";
/// The municipality.
pub(crate) const TOWN: &str = "test-town";
/// How long an edge function waits for its upstream, in milliseconds.
const PATIENCE_MS: i64 = 30_000;
/// Processes of the edge.
pub(crate) const EDGES: usize = 2;
/// Edge functions.
pub(crate) const RELAYS: usize = 2;

/// What all runs have in common: documents, keys, and what is expensive to make.
#[derive(Clone)]
pub struct Town {
    parts: Parts,
    /// As the edge function has it.
    abroad: Arc<Served>,
    documents: Arc<Municipalities>,
    origin_keys: Keys,
    folder: PathBuf,
    pub(crate) client: reqwest::Client,
}

/// The servers of one run.
pub(crate) struct Servers {
    town: Town,
    origin_parts: OriginParts,
    hub: Hub,
    pub(crate) ledger: Ledger,
    pub(crate) store: Store,
    edges: BTreeMap<usize, Edge>,
    origin: Option<Arc<Origin>>,
}

/// The keys of the simulated servers, all of the same bytes: it is the purpose that is told apart.
fn key(_: &str) -> Option<String> {
    Some(format!("sim:{}", "A".repeat(43)))
}

impl Town {
    /// Reads the town. `folder` is for photos, of which there are none.
    ///
    /// # Errors
    /// A sentence about what is missing.
    pub fn open(folder: &Path) -> Result<Town, String> {
        let fixtures =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge/tests/fixtures/municipalities");
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let documents = Municipalities::load(&fixtures, None).map_err(|it| said(&it))?;
        let text = std::fs::read_to_string(fixtures.join(TOWN).join("municipality.json"))
            .map_err(|it| said(&it))?;
        let mut document: serde_json::Value =
            serde_json::from_str(&text).map_err(|it| said(&it))?;
        // What is not simulated is switched off: texts here are all alike.
        if let Some(document) = document.as_object_mut() {
            document.insert(
                "screening".into(),
                serde_json::json!({"off": ["spam", "duplicate"]}),
            );
            document.remove("gazetteer");
        }
        let document = document.to_string();
        let loaded = balagh_edge::native::municipalities::load(
            &fixtures.join(TOWN).join("municipality.json"),
            None,
        )
        .map_err(|it| said(&it))?;
        let pack = loaded.packs().full.clone();
        let served = Served::open(&document, pack.clone(), None).map_err(|it| said(&it))?;
        let abroad = Served::before_upstream(&document, pack, None).map_err(|it| said(&it))?;
        let keys = ScreenKeys::read(&key).map_err(|it| said(&it))?;
        let secrets = LedgerKeys::read(&key).map_err(|it| said(&it))?;
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            public_url: "https://reports.town.example".into(),
            data: folder.to_owned(),
            municipalities: fixtures,
            packs: None,
            widget: None,
            site: None,
            trusted_proxies: Vec::new(),
            origin: Some(OriginConfig {
                url: "http://origin".into(),
            }),
            destinations: Vec::new(),
            linger_seconds: 0,
            patience_seconds: 30,
            photos: None,
            sms: None,
            smtp: None,
        };
        let municipalities = [(TOWN.to_owned(), served)].into();
        Ok(Town {
            parts: Parts::of(config, municipalities, keys, secrets).map_err(|it| said(&it))?,
            abroad: Arc::new(abroad),
            documents: Arc::new(documents),
            origin_keys: Keys::read(&key).map_err(|it| said(&it))?,
            folder: folder.to_owned(),
            client: reqwest::Client::new(),
        })
    }
}

impl Servers {
    /// All of them, down.
    pub(crate) async fn new(town: &Town, hub: &Hub) -> Result<Servers, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let seals = town.parts.secrets().seals.clone();
        let ledger = Ledger::in_memory(seals).await.map_err(|it| said(&it))?;
        let seals = town.origin_keys.seals.clone();
        let store = Store::in_memory(seals).await.map_err(|it| said(&it))?;
        let origin_parts = OriginParts::of(
            Arc::clone(&town.documents),
            town.origin_keys.clone(),
            store.clone(),
            &town.folder,
            "http://edge",
        );
        Ok(Servers {
            origin_parts: origin_parts.map_err(|it| said(&it))?,
            town: town.clone(),
            hub: hub.clone(),
            ledger,
            store,
            edges: BTreeMap::new(),
            origin: None,
        })
    }

    /// Starts a process, unless it runs.
    pub(crate) async fn start(&mut self, who: Who) -> Result<(), String> {
        let folder = &self.town.folder;
        match who {
            Who::Edge(process) if !self.edges.contains_key(&process) => {
                let ledger = self.ledger.reopened().await;
                let ledger = ledger.map_err(|error| error.to_string())?;
                let edge = Edge::start(self.town.parts.clone(), ledger, folder)
                    .map_err(|error| error.to_string())?;
                self.hub.note(who, "starts");
                self.hub.spawn(who, edge.clone().deliver());
                self.edges.insert(process, edge);
            }
            Who::Origin if self.origin.is_none() => {
                let origin = Origin::start(&self.origin_parts);
                let origin = Arc::new(origin.map_err(|error| error.to_string())?);
                self.hub.note(who, "starts");
                let (telling, timing) = (Arc::clone(&origin), Arc::clone(&origin));
                self.hub.spawn(who, async move { telling.tell().await });
                self.hub.spawn(who, async move { timing.keep_time().await });
                self.origin = Some(origin);
            }
            Who::Edge(_) | Who::Origin | Who::Relay(_) | Who::Tab(..) => {}
        }
        Ok(())
    }

    /// Kills a process: what it had in memory is gone.
    pub(crate) fn kill(&mut self, who: Who) {
        match who {
            Who::Edge(process) => drop(self.edges.remove(&process)),
            Who::Origin => self.origin = None,
            Who::Relay(_) | Who::Tab(..) => {}
        }
    }

    /// A request arrives: whoever it reaches answers it.
    pub(crate) fn arrive(&self, call: u64, from: Who, to: Site, request: Request) {
        let hub = self.hub.clone();
        match to {
            Site::Edge => {
                let running: Vec<usize> = self.edges.keys().copied().collect();
                let reached = self.hub.lock().chance.of_all(&running).copied();
                let reached = reached.and_then(|it| Some((it, self.edges.get(&it)?.clone())));
                let Some((process, edge)) = reached else {
                    return self.hub.answer(call, "nobody", None);
                };
                let who = Who::Edge(process);
                self.hub.spawn(who, async move {
                    let response = edge.answer(&request, address(from)).await;
                    {
                        let mut state = hub.lock();
                        let kept = !state.full.contains(&Site::Edge);
                        state.truth.edge_answers(&request, &response, kept);
                    }
                    hub.answer(call, &who.to_string(), Some(response));
                });
            }
            Site::Origin => {
                let Some(origin) = self.origin.clone() else {
                    return self.hub.answer(call, "nobody", None);
                };
                self.hub.spawn(Who::Origin, async move {
                    delivers(&mut hub.lock().truth, &request);
                    let response = at_origin(&origin, request).await;
                    hub.answer(call, "origin", response);
                });
            }
            Site::Relay(instance) => {
                let town = self.town.clone();
                let who = Who::Relay(instance);
                self.hub.spawn(who, async move {
                    let response = relayed(&town, &hub, who, from, request).await;
                    hub.answer(call, &who.to_string(), Some(response));
                });
            }
        }
    }
}

fn delivers(truth: &mut Truth, request: &Request) {
    if request.path == "/edge/v1/reports" {
        truth.delivers(request);
    }
}

/// Where a message comes from: each phone has a network of its own.
fn address(from: Who) -> IpAddr {
    let [high, low] = match from {
        Who::Tab(phone, _) => u16::try_from(phone).unwrap_or_default().to_be_bytes(),
        Who::Edge(_) | Who::Relay(_) | Who::Origin => [0, 0],
    };
    Ipv4Addr::new(10, high, low, 1).into()
}

async fn at_origin(origin: &Origin, request: Request) -> Option<Response> {
    let Request {
        method,
        path,
        headers,
        body,
        ..
    } = request;
    let mut asked = axum::http::Request::builder()
        .method(method.as_str())
        .uri(path);
    for (name, value) in headers.iter() {
        asked = asked.header(name, value);
    }
    let (head, body) = origin
        .answer(asked.body(Body::from(body)).ok()?)
        .await
        .into_parts();
    let body = body.collect().await.ok()?.to_bytes().to_vec();
    let fields = head.headers.iter();
    let headers: Headers = fields
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    Some(Response {
        status: head.status.as_u16(),
        headers,
        body,
    })
}

/// What an edge function does with a request, as its shell does: the screen and what is passed on are
/// the real ones.
async fn relayed(town: &Town, hub: &Hub, who: Who, from: Who, request: Request) -> Response {
    let served = &*town.abroad;
    let keys = town.parts.keys();
    let own_origin = "https://function.example";
    let language = request.language();
    let Some(route) = Route::parse(&request.path) else {
        return refusal::of(Reason::RouteUnknown, language);
    };
    let origin = WebOrigin::of(&request.headers, |it| served.is_partner_origin(it));
    if let Err(violation) = envelope::door(&route, &request, &origin) {
        return refusal::response(&[violation], language);
    }
    let now = hub.lock().clock(who);
    let sender = Sender::at(&keys.senders, Some(address(from)), now);
    let page = session::page(&origin, own_origin);
    let expected = match &route {
        Route::Session(_) => {
            let mut nonce = [0; 16];
            hub.lock().chance.fill(&mut nonce);
            return session::grant(served, keys, page, &nonce, now);
        }
        Route::Reports(_) | Route::Join { .. } => {
            let posted = Posted {
                served,
                keys,
                request: &request,
                origin: &origin,
                own_origin,
                sender: &sender,
                can_work: true,
                joins: match &route {
                    Route::Join { number, .. } => Some(number),
                    _ => None,
                },
                identity: Identity::Upstream,
            };
            let (mut number, mut proof) = ([0; 8], [0; 36]);
            hub.lock().chance.fill(&mut number);
            hub.lock().chance.fill(&mut proof);
            let randomness = Randomness { number, proof };
            if let Err(refused) =
                forward::admit(&posted, |names| vec![None; names.len()], now, &randomness)
            {
                return cors::mark(&route, &origin, refused);
            }
            Passed::Receipt
        }
        Route::Submission(_) => Passed::Receipt,
        Route::Report { .. } | Route::Act { .. } => Passed::Status,
        _ => Passed::Anything,
    };
    let page = route.is_guarded().then_some(page);
    let headers = forward::fields(&keys.relays, &request, page, &sender, now.seconds());
    let passed = Request { headers, ..request };
    let answer = hub.call(who, Site::Edge, passed, PATIENCE_MS).await;
    match answer {
        Some(answer) if forward::is_believed(&answer, expected) => answer,
        _ => refusal::of(Reason::UpstreamUnavailable, language),
    }
}

/// A request of the widget to `path` below the town's own address.
pub(crate) fn request(method: Method, path: &str, fields: &[(&str, &str)], body: &str) -> Request {
    let fields = [("origin", PAGE), ("content-type", "application/json")]
        .into_iter()
        .chain(fields.iter().copied());
    Request {
        method,
        path: format!("/v1/{TOWN}{path}"),
        query: String::new(),
        headers: fields.collect(),
        body: body.as_bytes().to_vec(),
    }
}
