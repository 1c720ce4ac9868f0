//! A report: looked up, screened and written in one transaction, without a wait between.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;

use super::super::host;
use super::{Asked, Object, unavailable};
use crate::durable::{Keeper, StoreError};
use crate::http::{Response, refusal};
use crate::jwt::{HEADER, Outside, Presented};
use crate::ledger::recent::{Entry, Recent};
use crate::screen::{
    Decision, Effect, Identity, MOST_CONFLICTS, Mint, Posted, Randomness, plan, screen,
};

thread_local! {
    // What came lately, by municipality, of the object's life that read it. A trap throws it away, and
    // the next request reads it again.
    static RECENT: RefCell<BTreeMap<String, (f64, Rc<Recent>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// What a report comes with beside its body.
#[derive(Default)]
pub(super) struct Beside<'a> {
    /// The number of the report that it joins.
    pub(super) joins: Option<&'a str>,
    /// An address of a picture, from Open311.
    pub(super) media_url: Option<&'a str>,
}

impl<'a> Beside<'a> {
    pub(super) fn joins(number: &'a str) -> Beside<'a> {
        Beside {
            joins: Some(number),
            media_url: None,
        }
    }
}

/// What a decision needs of chance.
struct Drawn {
    randomness: Randomness,
    /// Seals the contact.
    nonce: [u8; 24],
}

impl Object {
    /// `POST /v1/{municipality}/reports`, and `…/reports/{number}/join` for one that joins another.
    pub(super) async fn receive(&self, asked: &Asked<'_>, beside: Beside<'_>) -> Response {
        // The one thing that waits: signatures are verified by the runtime.
        let outside = self.outside(asked).await;
        let identity = Identity::Here {
            contacts: &self.edge.behind.secrets.contacts,
            outside: outside.as_ref(),
        };
        let posted = self.posted(asked, beside.joins, identity);
        for conflicts in 0..=MOST_CONFLICTS {
            let Some(drawn) = draw() else {
                return refusal::of(Reason::Internal, asked.request.language());
            };
            let decided = self.storage.at_once(&self.edge, |keeper| {
                self.decide(keeper, &posted, &beside, (&drawn, conflicts), asked.now)
            });
            match decided {
                Ok(decision) => return self.kept(asked, decision),
                // A number that was drawn before: the next one is another.
                Err(StoreError::Conflict) => {}
                Err(error) => return unavailable(&error, asked.request),
            }
        }
        unavailable(&StoreError::Conflict, asked.request)
    }

    /// A request as the screen takes it.
    pub(super) fn posted<'a>(
        &'a self,
        asked: &'a Asked<'_>,
        joins: Option<&'a str>,
        identity: Identity<'a>,
    ) -> Posted<'a> {
        Posted {
            served: asked.served,
            keys: &self.edge.keys,
            request: asked.request,
            origin: &asked.origin,
            own_origin: &self.edge.behind.public_url,
            sender: &asked.sender,
            joins,
            identity,
            can_work: asked.can_work,
        }
    }

    fn decide(
        &self,
        keeper: &Keeper<'_>,
        posted: &Posted<'_>,
        beside: &Beside<'_>,
        (drawn, conflicts): (&Drawn, u8),
        now: Timestamp,
    ) -> Result<Decision, StoreError> {
        let plan = plan(posted, now);
        let recent = self.recent(keeper)?;
        let mut reads = keeper.read(&self.municipality, plan.reads(), &recent, now)?;
        reads.conflicts = conflicts;
        let mut decision = screen(posted, &self.mint(), &plan, &reads, now, &drawn.randomness);
        decision.attach_media(beside.media_url);
        if !decision.effects.is_empty() {
            keeper.apply(&decision.effects, &drawn.nonce, now)?;
        }
        Ok(decision)
    }

    /// It is written: the alarm goes to the disk with it, and the answer waits for both.
    fn kept(&self, asked: &Asked<'_>, decision: Decision) -> Response {
        for effect in &decision.effects {
            if let Effect::InsertReport(insert) = effect {
                self.storage.wake_at(asked.now);
                let entry = Entry::of(insert, asked.now);
                RECENT.with_borrow(|all| {
                    if let Some((_, recent)) = all.get(&self.municipality) {
                        recent.add(&self.municipality, entry);
                    }
                });
            }
        }
        decision.response
    }

    pub(super) fn mint(&self) -> Mint<'_> {
        Mint {
            numbers: &self.edge.behind.secrets.numbers,
            public_url: &self.edge.behind.public_url,
        }
    }

    fn recent(&self, keeper: &Keeper<'_>) -> Result<Rc<Recent>, StoreError> {
        let instance = self.storage.instance();
        let known = RECENT.with_borrow(|all| {
            let (of, recent) = all.get(&self.municipality)?;
            // Numbers that are counted, not measured.
            (of.to_bits() == instance.to_bits()).then(|| Rc::clone(recent))
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let recent = Rc::new(keeper.recall(&self.municipality)?);
        RECENT.with_borrow_mut(|all| {
            all.insert(self.municipality.clone(), (instance, Rc::clone(&recent)))
        });
        Ok(recent)
    }

    /// Who the page around the form says that reports; nothing where it says nothing.
    async fn outside(&self, asked: &Asked<'_>) -> Option<Result<Outside, Reason>> {
        let token = asked.request.headers.get(HEADER)?;
        let presented = match Presented::parse(token) {
            Ok(presented) => presented,
            Err(reason) => return Some(Err(reason)),
        };
        for key in presented.keys(&asked.served.document().identity.issuers) {
            let (signed, signature) = (presented.signed(), presented.signature());
            if self.storage.verifies(key, signed, signature).await {
                return Some(presented.judge(asked.served.id(), asked.now.seconds()));
            }
        }
        Some(Err(Reason::IdentityInvalid))
    }
}

fn draw() -> Option<Drawn> {
    let randomness = Randomness {
        number: host::random()?,
        proof: host::random()?,
    };
    let nonce = host::random()?;
    Some(Drawn { randomness, nonce })
}
