//! May a code be sent?

use std::collections::BTreeMap;

use balagh_shared::codes::{CodeRequest, CodeSent};
use balagh_shared::contact::Channel;
use balagh_shared::keyring::Keyring;
use balagh_shared::proof::{Attempt, effort};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

use super::address::Address;
use super::bounds::{self, Bound, bounds};
use super::{Entry, LIFETIME_MS, Live, Refused, TRIES, mac};
use crate::http::{Request, Response, refusal};
use crate::keys::ScreenKeys;
use crate::ledger::count::Count;
use crate::screen::proof::{PROOF_HEADER, challenge};
use crate::served::Served;

/// A request for a code, read.
#[derive(Debug)]
pub struct Asking<'a> {
    served: &'a Served,
    keys: &'a ScreenKeys,
    language: &'static str,
    address: Address,
    subject: String,
    asked_by: String,
    bounds: Vec<Bound>,
    proof: Option<Attempt>,
}

/// What must be looked up before a code is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Whose entry.
    pub subject: String,
    /// The state of these counters.
    pub counters: Vec<String>,
    /// Whether this challenge is spent.
    pub proof: Option<[u8; 16]>,
}

/// What the ledger knows of it.
#[derive(Debug, Clone, Default)]
pub struct Reads {
    /// What is kept of the contact.
    pub entry: Entry,
    /// Theoretical arrival times by counter, in milliseconds since 1970.
    pub counters: BTreeMap<String, i64>,
    /// Whether the challenge was spent.
    pub proof_spent: bool,
}

/// Bytes drawn for one request.
#[derive(Debug, Clone, Copy)]
pub struct Randomness {
    /// For the code.
    pub code: [u8; 8],
    /// For a challenge.
    pub proof: [u8; 36],
}

/// A code that is to be sent: what to write first, what to send then, what to answer at last.
#[derive(Clone)]
pub struct Sent {
    /// Whose entry.
    pub subject: String,
    /// What it becomes.
    pub entry: Entry,
    /// What is counted.
    pub counts: Vec<Count>,
    /// A challenge that is used up: its nonce, and until when it is remembered, in seconds since 1970.
    pub spent: Option<([u8; 16], i64)>,
    /// Where it goes.
    pub address: Address,
    /// Six digits.
    pub code: String,
    /// 202.
    pub response: Response,
}

impl<'a> Asking<'a> {
    /// Reads the body of `POST /v1/{municipality}/codes`; `sender` and `network` as hashes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(
        served: &'a Served,
        keys: &'a ScreenKeys,
        contacts: &Keyring,
        request: &Request,
        (sender, network): (&str, &str),
        now: Timestamp,
    ) -> Result<Asking<'a>, Violation> {
        let CodeRequest { phone, email } = super::body(request)?;
        let address = Address::read(served, phone.as_deref(), email.as_deref())?;
        let own_country = &served.public().contact.calling_code;
        let proof = request.headers.get(PROOF_HEADER).and_then(|header| {
            Attempt::open(&keys.sessions, header, served.id(), now.seconds()).ok()
        });
        Ok(Asking {
            subject: address.subject(contacts, served.id()),
            bounds: bounds(
                served.id(),
                own_country,
                &address,
                (sender, network),
                &address.everywhere(contacts),
            ),
            language: request.language(),
            asked_by: sender.to_owned(),
            served,
            keys,
            address,
            proof,
        })
    }

    /// What must be looked up.
    #[must_use]
    pub fn reads(&self) -> Wanted {
        Wanted {
            subject: self.subject.clone(),
            counters: self.bounds.iter().map(|it| it.name.clone()).collect(),
            proof: self.proof.as_ref().map(|attempt| attempt.nonce),
        }
    }

    /// Decides: a code to send, or the refusal.
    ///
    /// # Errors
    /// 428 with a challenge, or 429 with how long to wait. Nothing is written then.
    pub fn decide(
        &self,
        contacts: &Keyring,
        reads: &Reads,
        now: Timestamp,
        randomness: &Randomness,
    ) -> Result<Sent, Box<Refused>> {
        let refuse = |wait| {
            let violation = refusal::retry_after(Reason::CodeLimit, wait);
            Box::new(Refused::of(violation, self.language))
        };
        let mut sent = bounds::recent(&reads.entry.sent, now);
        let wait = bounds::next(&sent, now).millis() - now.millis();
        if wait > 0 {
            return Err(refuse(wait));
        }
        let counts = self.counts(reads, now).map_err(refuse)?;
        let tat = |bound: &Bound| reads.counters.get(&bound.name).copied();
        let pressures = self.bounds.iter().map(|bound| bound.over(tat(bound), now));
        let over = pressures.fold(bounds::over(&sent), u32::max);
        let spent = match effort(over, self.served.document().screening.proof) {
            Some(work) => match self.worked(reads, work) {
                Some(spent) => Some(spent),
                None => return Err(Box::new(self.challenge(work, now, randomness))),
            },
            None => None,
        };
        let code = format!("{:06}", u64::from_be_bytes(randomness.code) % 1_000_000);
        let expires_at = now.plus_millis(LIFETIME_MS);
        sent.push(now);
        let answer = CodeSent {
            expires_at,
            resend_at: bounds::offered(&sent, now),
        };
        let live = Live {
            mac: mac(contacts.current(), &self.subject, expires_at, &code),
            expires_at,
            asked_by: self.asked_by.clone(),
            left: TRIES,
            left_to_others: TRIES,
        };
        Ok(Sent {
            subject: self.subject.clone(),
            entry: Entry {
                sent,
                live: Some(live),
            },
            counts,
            spent,
            address: self.address.clone(),
            code,
            response: Response::private_json(202, &answer),
        })
    }

    /// Everything that the code counts for; else how long to wait, in milliseconds.
    pub(super) fn counts(&self, reads: &Reads, now: Timestamp) -> Result<Vec<Count>, i64> {
        let count = |bound: &Bound| bound.count(reads.counters.get(&bound.name).copied(), now);
        self.bounds.iter().map(count).collect()
    }

    /// The work that was done, if it is enough, as what it spends.
    fn worked(&self, reads: &Reads, work: u32) -> Option<([u8; 16], i64)> {
        let attempt = self.proof.as_ref().filter(|_| !reads.proof_spent)?;
        attempt.solved().ok()?;
        attempt
            .is_worth(work)
            .then_some((attempt.nonce, attempt.expires_at))
    }

    fn challenge(&self, work: u32, now: Timestamp, randomness: &Randomness) -> Refused {
        let (municipality, random) = (self.served.id(), &randomness.proof);
        Refused {
            reason: Reason::ProofRequired,
            response: challenge(self.keys, municipality, self.language, work, now, random),
        }
    }
}

impl Sent {
    /// By what it goes.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.address.reached().channel()
    }

    /// The contact's entry as if this code had not been asked for: it could not be handed over. What
    /// happened to the entry since then stays.
    #[must_use]
    pub fn taken_back(&self, mut entry: Entry) -> Entry {
        let own = self.entry.sent.last();
        if let Some(at) = entry.sent.iter().rposition(|at| Some(at) == own) {
            entry.sent.remove(at);
        }
        let mac = |entry: &Entry| entry.live.as_ref().map(|live| live.mac);
        if mac(&entry) == mac(&self.entry) {
            entry.live = None;
        }
        entry
    }
}

/// A code is not for logs.
impl std::fmt::Debug for Sent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sent({}, …)", self.subject)
    }
}
