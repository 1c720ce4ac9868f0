//! The edge's API as its own pages call it: the same requests, the same answers, without a network
//! between. So no rule, limit or check stands twice, and a page can do nothing that a program cannot.

use balagh_shared::canonical::hex;
use balagh_shared::codes::{CodeRequest, CodeSent, CodeTyped, ContactGranted, SecretFound};
use balagh_shared::key::IdempotencyKey;
use balagh_shared::problem::Problem;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Receipt;
use balagh_shared::report::Report;
use balagh_shared::session::Session;
use balagh_shared::status::{PublicStatus, ReporterAction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Words;
use super::report::Reached;
use crate::http::cors::WebOrigin;
use crate::http::{Headers, Method, Request};
use crate::native::edge::{Answer, Asked, Edge};
use crate::native::{actions, clock, codes, photos, reports};
use crate::sender::Sender;
use crate::served::Served;

/// How often a report that is being stored by another request is looked for, and how long between.
const TRIES: u32 = 50;
const BETWEEN: std::time::Duration = std::time::Duration::from_millis(100);

/// The API of one municipality, for one sender.
#[derive(Clone, Copy)]
pub(super) struct Door<'a> {
    pub(super) edge: &'a Edge,
    pub(super) served: &'a Served,
    sender: &'a Sender,
    pub(super) words: Words,
}

/// What was refused, and why.
type Refused = Vec<Violation>;

impl<'a> Door<'a> {
    pub(super) fn of(edge: &'a Edge, served: &'a Served, asked: Asked<'a>, words: Words) -> Self {
        let sender = asked.sender;
        Door {
            edge,
            served,
            sender,
            words,
        }
    }

    /// A key for a new draft; nothing where the system gives no randomness.
    pub(super) fn key(&self) -> Option<String> {
        let random = clock::random().ok()?;
        Some(IdempotencyKey::from_random(&random).as_str().to_owned())
    }

    /// A session that is good: the one that the form carries, else a new one.
    pub(super) fn session(&self, carried: &str) -> Option<String> {
        let (keys, own) = (&self.edge.keys.sessions, &self.edge.own_origin);
        let (id, now) = (self.served.id(), clock::now().seconds());
        if Session::verify(keys, Some(carried), id, own, now).is_ok() {
            return Some(carried.to_owned());
        }
        let nonce = clock::random().ok()?;
        Some(Session::mint(keys, id, own, &nonce, now))
    }

    /// Sends a report: its receipt, also where it was here before; else what is to be mended. The
    /// answer is what the log and the counters know of it.
    pub(super) async fn report(
        &self,
        report: &Report,
        key: &str,
        session: &str,
        token: &str,
    ) -> (Result<Receipt, Refused>, Answer) {
        let mut session = session.to_owned();
        let mut tries = 0;
        loop {
            let mut request = self.request(Method::Post, "reports", &session, json(report));
            request.headers.add("idempotency-key", key);
            if !token.is_empty() {
                request.headers.add("balagh-contact", token);
            }
            let answer = reports::receive(self.edge, self.served, None, self.asked(&request)).await;
            let read = read::<Receipt>(&answer);
            tries += 1;
            let again = |reason| matches!(&read, Err(found) if is_for(found, reason));
            if again(Reason::KeyInFlight) && tries < TRIES {
                // The same form, pressed twice: the other one is about to have the receipt.
                clock::sleep(BETWEEN).await;
            } else if again(Reason::SessionExpired) && tries < TRIES {
                // Over, or used up by another draft of the same form: renewed, with the same key.
                tries = TRIES;
                session = self.session("").unwrap_or_default();
            } else {
                return (read, answer);
            }
        }
    }

    /// The receipt of what was sent under `key` before.
    pub(super) async fn submission(&self, key: &str) -> Option<Receipt> {
        let mut request = self.request(Method::Get, "submission", "", Vec::new());
        request.headers.add("idempotency-key", key);
        let answer = reports::recall(self.edge, self.served, self.asked(&request)).await;
        read(&answer).ok()
    }

    /// Hands a photo over: the name it is kept under.
    pub(super) async fn photo(&self, bytes: Vec<u8>, session: &str) -> Result<String, Refused> {
        let sha256 = hex(&Sha256::digest(&bytes));
        let path = format!("photos/{sha256}");
        let request = self.request(Method::Put, &path, session, bytes);
        let asked = self.asked(&request);
        let answer = photos::receive(self.edge, self.served, &sha256, asked).await;
        read::<serde_json::Value>(&answer).map(|_| sha256)
    }

    /// Whether a photo is still here: one that no report names goes after two days.
    pub(super) async fn holds(&self, sha256: &str) -> bool {
        let held = self.edge.ledger.photo(self.served.id(), sha256).await;
        // Where the ledger does not say, nothing is taken away.
        held.map_or(true, |photo| photo.is_some())
    }

    /// Has a code sent.
    pub(super) async fn send_code(
        &self,
        to: Reached<'_>,
        session: &str,
    ) -> Result<CodeSent, Refused> {
        let (phone, email) = contact(to);
        let body = json(&CodeRequest { phone, email });
        let request = self.request(Method::Post, "codes", session, body);
        let answer = codes::ask(self.edge, self.served, self.asked(&request)).await;
        read(&answer)
    }

    /// Has a code checked that was sent `to` this contact.
    pub(super) async fn check_code(
        &self,
        to: Reached<'_>,
        code: &str,
        session: &str,
    ) -> Result<ContactGranted, Refused> {
        let (phone, email) = contact(to);
        let code = code.to_owned();
        let body = json(&CodeTyped { phone, email, code });
        let request = self.request(Method::Post, "codes/verify", session, body);
        let answer = codes::verify(self.edge, self.served, self.asked(&request)).await;
        read(&answer)
    }

    /// The tracking code of a report, for who has the contact that it was sent with.
    pub(super) async fn secret(&self, number: &str, token: &str) -> Result<SecretFound, Refused> {
        let mut request = self.request(Method::Post, "secret", "", Vec::new());
        request.headers.add("balagh-contact", token);
        let answer = codes::secret(self.edge, self.served, number, self.asked(&request)).await;
        read(&answer)
    }

    /// What a reporter does with their report.
    pub(super) async fn act(
        &self,
        number: &str,
        code: &str,
        action: ReporterAction,
        body: &impl Serialize,
    ) -> Result<PublicStatus, Refused> {
        let mut request = self.request(Method::Post, "act", "", json(body));
        request
            .headers
            .add("authorization", format!("Balagh {code}"));
        let asked = self.asked(&request);
        let answer = actions::act(self.edge, self.served, number, action, asked).await;
        read(&answer)
    }

    fn request(&self, method: Method, path: &str, session: &str, body: Vec<u8>) -> Request {
        let mut headers = Headers::default();
        headers.add("content-type", "application/json");
        headers.add("accept-language", self.words.language());
        headers.add("balagh-session", session);
        Request {
            method,
            path: format!("/v1/{}/{path}", self.served.id()),
            query: String::new(),
            headers,
            body,
        }
    }

    /// As asked by one of the edge's own pages, on a device that can do no work.
    fn asked<'r>(&self, request: &'r Request) -> Asked<'r>
    where
        'a: 'r,
    {
        Asked {
            request,
            origin: &WebOrigin::Unsaid,
            sender: self.sender,
            language: self.words.language(),
            can_work: false,
        }
    }
}

/// Whether the first of what was refused is for this reason.
pub(super) fn is_for(refused: &[Violation], reason: Reason) -> bool {
    refused.first().is_some_and(|it| it.code == reason)
}

fn contact(to: Reached<'_>) -> (Option<String>, Option<String>) {
    match to {
        Reached::Phone(typed) => (Some(typed.to_owned()), None),
        Reached::Email(typed) => (None, Some(typed.to_owned())),
    }
}

/// Our wire types hold text, integers and finite numbers only: serialising them cannot fail.
fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Refused> {
    let response = &answer.response;
    let internal = || vec![Violation::new(Reason::Internal, "")];
    if response.status < 300 {
        return serde_json::from_slice(&response.body).map_err(|_| internal());
    }
    let Ok(problem) = serde_json::from_slice::<Problem>(&response.body) else {
        return Err(internal());
    };
    let found: Refused = problem
        .violations
        .into_iter()
        .map(|it| it.violation)
        .collect();
    if found.is_empty() {
        return Err(vec![Violation::new(problem.code, "")]);
    }
    Err(found)
}
