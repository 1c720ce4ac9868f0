//! What the edge makes of a request: as a function that has counters alone, and as a ledger in memory
//! has it. What the function does is worked out here from the screen's steps, and not by the function.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::net::IpAddr;

use balagh_edge::http::cors::{self, WebOrigin};
use balagh_edge::http::{Headers, Method, Request, Response, Route, refusal};
use balagh_edge::keys::ScreenKeys;
use balagh_edge::public;
use balagh_edge::relay::{self, Relayed};
use balagh_edge::screen::{
    self, Decision, Effect, Identity, Mint, Posted, Randomness, Reads, Slot, StoredSubmission,
    Wanted, envelope, session,
};
use balagh_edge::sender::Unasked;
use balagh_edge::served::Served;
use balagh_shared::keyring::Keyring;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Point;
use balagh_shared::time::Timestamp;
use serde_json::json;

use super::{DRAWN, FUNCTION, Recorded, Setting};

/// How near another report is, in degrees.
const NEAR: f64 = 0.001;
/// How many texts are remembered.
const TEXTS: usize = 200;

/// The edge, with all it remembers.
#[derive(Debug)]
pub struct Judge {
    /// As the function holds it.
    before: Served,
    /// As a ledger's edge does.
    served: Served,
    keys: ScreenKeys,
    numbers: Keyring,
    /// The counters of the function, which sees no ledger.
    counted: BTreeMap<String, i64>,
    ledger: Ledger,
    drawn: u64,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// By the function: `passed`, with how it vouches for it, or the answer.
    pub function: String,
    /// By the whole screen: verdict, step, reasons, opinions, what is written and the answer.
    pub whole: String,
}

#[derive(Debug, Default)]
struct Ledger {
    submissions: BTreeMap<Slot, StoredSubmission>,
    spent: BTreeSet<[u8; 16]>,
    counters: BTreeMap<String, i64>,
    texts: Vec<u64>,
    spots: Vec<(String, Point)>,
}

impl Judge {
    /// Opens it over a boundary pack.
    ///
    /// # Errors
    /// When the setting or the pack is none.
    pub fn open(setting: &Setting, pack: Vec<u8>) -> Result<Judge, Box<dyn Error>> {
        let keys = ScreenKeys::read(&|variable| setting.keys.get(variable).cloned())?;
        Ok(Judge {
            before: Served::before_upstream(&setting.document, pack.clone(), None)?,
            served: Served::open(&setting.document, pack, None)?,
            numbers: keys.sessions.clone(),
            keys,
            counted: BTreeMap::new(),
            ledger: Ledger::default(),
            drawn: 0,
        })
    }

    /// Judges the next request.
    pub fn judge(&mut self, recorded: &Recorded) -> Judged {
        let function = match self.function(head(recorded), recorded) {
            Ok(vouched) => format!("passed {vouched}"),
            Err(answer) => shown(&answer),
        };
        let whole = match self.hear(head(recorded), recorded) {
            Ok(came) if matches!(came.route, Route::Reports(_)) && self.admit(&came).is_ok() => {
                self.screened(&came)
            }
            _ => function.clone(),
        };
        Judged { function, whole }
    }

    /// What the function makes of the next request: how it vouches for what it passes on. `head` is the
    /// request's, as [`head`] reads it.
    ///
    /// # Errors
    /// What it answers by itself.
    pub fn function(&mut self, head: Request, recorded: &Recorded) -> Result<String, Response> {
        let came = self.hear(head, recorded)?;
        let Came {
            now,
            route,
            request,
            origin,
            ..
        } = &came;
        let marked = |answer| Err(cors::mark(route, origin, answer));
        if let Err(violation) = self.admit(&came) {
            return marked(refusal::response(&[violation], request.language()));
        }
        match route {
            Route::Reports(_) => self.vetted(&came),
            Route::Session(_) => {
                let page = session::page(origin, FUNCTION);
                marked(session::grant(
                    &self.before,
                    &self.keys,
                    page,
                    &[DRAWN; 16],
                    *now,
                ))
            }
            _ => marked(public::document(&self.before, request)),
        }
    }

    fn hear(&self, head: Request, recorded: &Recorded) -> Result<Came, Response> {
        let now = Timestamp::from_millis(recorded.at);
        let request = Request {
            body: recorded.body.clone().unwrap_or_default().into_bytes(),
            ..head
        };
        let Some(route) = Route::parse(&request.path) else {
            return Err(refusal::of(Reason::RouteUnknown, request.language()));
        };
        let is_here = route.municipality() == Some(self.before.id());
        let origin = WebOrigin::of(&request.headers, |origin| {
            origin == FUNCTION || is_here && self.before.is_partner_origin(origin)
        });
        Ok(Came {
            now,
            route,
            request,
            origin,
            address: recorded.address.parse().ok(),
        })
    }

    fn admit(&self, came: &Came) -> Result<(), Violation> {
        let Came {
            route,
            request,
            origin,
            ..
        } = came;
        envelope::door(route, request, origin)?;
        if route.municipality() != Some(self.served.id()) {
            return Err(Violation::new(Reason::MunicipalityUnknown, ""));
        }
        let limit = route.body_limit();
        if request.body.len() > limit {
            return Err(envelope::over_limit(route, limit));
        }
        Ok(())
    }

    fn vetted(&mut self, came: &Came) -> Result<String, Response> {
        let sender = came.sender(&self.keys);
        let posted = came.posted(&self.before, &self.keys, &sender);
        let known = |names: &[&str]| {
            let states = names.iter().map(|name| self.counted.get(*name).copied());
            states.collect()
        };
        let plan = screen::plan_without_ledger(&posted, came.now, known);
        let randomness = Randomness {
            number: [DRAWN; 8],
            proof: [DRAWN; 36],
        };
        match screen::vet(&posted, &plan, &Reads::default(), came.now, &randomness) {
            Ok(vetted) => {
                count(&mut self.counted, &vetted.into_effects());
                let Request {
                    method, path, body, ..
                } = &came.request;
                let relayed = Relayed {
                    method: *method,
                    path,
                    body,
                };
                let at = came.now.seconds();
                Ok(relay::sign(
                    &self.keys.relays,
                    relayed,
                    posted.sender.sender(),
                    at,
                ))
            }
            Err(refused) => Err(cors::mark(&came.route, &came.origin, refused.response)),
        }
    }

    /// What is written for the next request, and when; nothing where it is no report that is taken.
    pub fn accepted(&mut self, recorded: &Recorded) -> Option<(Vec<Effect>, Timestamp)> {
        let came = self.hear(head(recorded), recorded).ok()?;
        let is_report = matches!(came.route, Route::Reports(_));
        if !is_report || self.admit(&came).is_err() {
            return None;
        }
        let Decision { effects, .. } = self.decide(&came);
        let is_taken = |effect: &Effect| matches!(effect, Effect::InsertReport(_));
        effects.iter().any(is_taken).then_some((effects, came.now))
    }

    fn decide(&mut self, came: &Came) -> Decision {
        self.drawn = self.drawn.wrapping_add(1);
        let sender = came.sender(&self.keys);
        let posted = came.posted(&self.served, &self.keys, &sender);
        let plan = screen::plan(&posted, came.now);
        let reads = self.ledger.read(plan.reads());
        let mint = Mint {
            numbers: &self.numbers,
            public_url: FUNCTION,
        };
        let randomness = Randomness {
            number: self.drawn.to_le_bytes(),
            proof: [DRAWN; 36],
        };
        let decision = screen::screen(&posted, &mint, &plan, &reads, came.now, &randomness);
        self.ledger.write(&decision.effects, plan.reads());
        decision
    }

    fn screened(&mut self, came: &Came) -> String {
        let decision = self.decide(came);
        let written = decision.effects.iter().find_map(|effect| match effect {
            Effect::InsertReport(insert) => Some((&insert.delivery, &insert.screened)),
            Effect::SpendNonce { .. } | Effect::Count { .. } => None,
        });
        json!({
            "verdict": decision.verdict,
            "step": decision.step,
            "reasons": decision.reasons,
            "opinions": decision.opinions,
            "effects": decision.effects.len(),
            "delivery": written.map(|(delivery, _)| delivery),
            "language": written.map(|(_, screened)| &screened.language),
            "score": written.map(|(_, screened)| screened.score),
            "features": written.map(|(_, screened)| &screened.features),
            "text": written.map(|(_, screened)| screened.fingerprint),
            "answer": shown(&decision.response),
        })
        .to_string()
    }
}

/// A request with what was found out about it.
struct Came {
    now: Timestamp,
    route: Route,
    request: Request,
    origin: WebOrigin,
    address: Option<IpAddr>,
}

/// A recorded request without its body, as a server or a runtime hands it over.
#[must_use]
pub fn head(recorded: &Recorded) -> Request {
    let whole = recorded.path.as_str();
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let fields = recorded.headers.iter();
    Request {
        method: Method::parse(&recorded.method),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: fields
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect::<Headers>(),
        body: Vec::new(),
    }
}

impl Came {
    /// As the function reckons it: for whom it counts.
    fn sender<'k>(&self, keys: &'k ScreenKeys) -> Unasked<'k> {
        Unasked::at(&keys.senders, self.address, self.now)
    }

    fn posted<'a>(
        &'a self,
        served: &'a Served,
        keys: &'a ScreenKeys,
        sender: &'a Unasked<'a>,
    ) -> Posted<'a> {
        Posted {
            served,
            keys,
            request: &self.request,
            origin: &self.origin,
            own_origin: FUNCTION,
            sender,
            joins: None,
            can_work: true,
            identity: Identity::Upstream,
        }
    }
}

impl Ledger {
    fn read(&self, wanted: &Wanted) -> Reads {
        let is_spent = |nonce: Option<[u8; 16]>| nonce.is_some_and(|it| self.spent.contains(&it));
        Reads {
            submission: wanted
                .slot
                .and_then(|slot| self.submissions.get(&slot).cloned()),
            nonce_spent: is_spent(wanted.nonce),
            proof_spent: is_spent(wanted.proof),
            counters: known(&self.counters, wanted),
            alike: wanted.text.map_or(0, |text| {
                let like = |known: &&u64| (**known ^ text.fingerprint).count_ones() <= text.within;
                u32::try_from(self.texts.iter().filter(like).count()).unwrap_or(u32::MAX)
            }),
            nearby: wanted.around.as_ref().is_some_and(|around| {
                self.spots.iter().any(|(category, at)| {
                    *category == around.category
                        && (at.lon - around.at.lon).abs() < NEAR
                        && (at.lat - around.at.lat).abs() < NEAR
                })
            }),
            ..Reads::default()
        }
    }

    fn write(&mut self, effects: &[Effect], wanted: &Wanted) {
        count(&mut self.counters, effects);
        for effect in effects {
            match effect {
                Effect::SpendNonce { nonce, .. } => drop(self.spent.insert(*nonce)),
                Effect::Count { .. } => {}
                Effect::InsertReport(insert) => {
                    let stored = StoredSubmission {
                        fingerprint: insert.fingerprint,
                        stub: insert.stub.clone(),
                    };
                    self.submissions.insert(insert.slot, stored);
                    if self.texts.len() == TEXTS {
                        self.texts.remove(0);
                    }
                    self.texts.extend(wanted.text.map(|text| text.fingerprint));
                    let category = &insert.delivery.report.category;
                    self.spots
                        .extend(insert.spot.map(|spot| (category.clone(), spot.at)));
                }
            }
        }
    }
}

fn known(counters: &BTreeMap<String, i64>, wanted: &Wanted) -> BTreeMap<String, i64> {
    let state = |name: &String| Some((name.clone(), *counters.get(name)?));
    wanted.counters.iter().filter_map(state).collect()
}

fn count(counters: &mut BTreeMap<String, i64>, effects: &[Effect]) {
    for effect in effects {
        if let Effect::Count { subject, tat, .. } = effect {
            counters.insert(subject.clone(), *tat);
        }
    }
}

/// An answer as a line: its status, its header fields by name, its body.
fn shown(response: &Response) -> String {
    let mut fields: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in response.headers.iter() {
        fields
            .entry(name)
            .and_modify(|known| *known = format!("{known}, {value}"))
            .or_insert_with(|| value.to_owned());
    }
    let fields: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    let body = String::from_utf8_lossy(&response.body);
    format!("{} [{}] {body}", response.status, fields.join("; "))
}
