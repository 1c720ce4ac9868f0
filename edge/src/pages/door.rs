//! The edge's API as its own pages call it: the same requests, the same answers, without a network
//! between. So no rule, limit or check stands twice, and a page can do nothing that a program cannot.

use balagh_shared::canonical::hex;
use balagh_shared::codes::{CodeRequest, CodeSent, CodeTyped, ContactGranted, SecretFound};
use balagh_shared::key::IdempotencyKey;
use balagh_shared::keyring::Keyring;
use balagh_shared::problem::Problem;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::Receipt;
use balagh_shared::report::Report;
use balagh_shared::session::Session;
use balagh_shared::status::{PublicStatus, ReporterAction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::form::PhotoForm;
use super::report::Reached;
use super::{Words, clock};
use crate::answer::Answer;
use crate::http::{Headers, Method, Request, Route};
use crate::served::Served;

/// The edge that the pages are in.
pub(crate) trait Api {
    /// What the API of `served` answers to one of the edge's own pages, on a device that can do no work.
    fn answer(
        &self,
        served: &Served,
        route: &Route,
        request: &Request,
    ) -> impl Future<Output = Answer>;

    /// Whether a photo is still here: one that no report names goes after two days. Where the ledger
    /// does not say, nothing is taken away.
    fn holds(&self, served: &Served, sha256: &str) -> impl Future<Output = bool>;

    /// A moment, after which a report that another request is storing is looked for again.
    fn pause(&self) -> impl Future<Output = ()>;

    /// The keys of sessions.
    fn sessions(&self) -> &Keyring;

    /// The edge's own web origin.
    fn own_origin(&self) -> &str;

    /// Whether the widget's files are at this edge's address.
    fn has_widget(&self) -> bool;

    /// What one form with photos may bring.
    fn photo_form(&self) -> PhotoForm;
}

/// How often a report that is being stored by another request is looked for.
const TRIES: u32 = 50;

/// The API of one municipality, in one language.
#[derive(Debug)]
pub(crate) struct Door<'a, A> {
    pub(super) api: &'a A,
    pub(super) served: &'a Served,
    pub(super) words: Words,
}

/// What was refused, and why.
type Refused = Vec<Violation>;

impl<'a, A: Api> Door<'a, A> {
    pub(super) fn of(api: &'a A, served: &'a Served, words: Words) -> Self {
        Door { api, served, words }
    }

    /// A key for a new draft; nothing where the system gives no randomness.
    pub(super) fn key(&self) -> Option<String> {
        let random = clock::random()?;
        Some(IdempotencyKey::from_random(&random).as_str().to_owned())
    }

    /// A session that is good: the one that the form carries, else a new one.
    pub(super) fn session(&self, carried: &str) -> Option<String> {
        let (keys, own) = (self.api.sessions(), self.api.own_origin());
        let (id, now) = (self.served.id(), clock::now().seconds());
        if Session::verify(keys, Some(carried), id, own, now).is_ok() {
            return Some(carried.to_owned());
        }
        let nonce = clock::random()?;
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
            let answer = self.ask(&Route::Reports(self.id()), &request).await;
            let read = read::<Receipt>(&answer);
            tries += 1;
            let again = |reason| matches!(&read, Err(found) if is_for(found, reason));
            if again(Reason::KeyInFlight) && tries < TRIES {
                // The same form, pressed twice: the other one is about to have the receipt.
                self.api.pause().await;
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
        let route = Route::Submission(self.id());
        read(&self.ask(&route, &request).await).ok()
    }

    /// Hands a photo over: the name it is kept under.
    pub(super) async fn photo(&self, bytes: Vec<u8>, session: &str) -> Result<String, Refused> {
        let sha256 = hex(&Sha256::digest(&bytes));
        let path = format!("photos/{sha256}");
        let request = self.request(Method::Put, &path, session, bytes);
        let route = Route::Photo {
            municipality: self.id(),
            sha256: sha256.clone(),
        };
        let answer = self.ask(&route, &request).await;
        read::<serde_json::Value>(&answer).map(|_| sha256)
    }

    /// How a report stands, for who has its code; nothing where there is none that this is the code of.
    ///
    /// # Errors
    /// What the API answers where it does not know.
    pub(super) async fn status(
        &self,
        number: &str,
        code: &str,
    ) -> Result<Option<PublicStatus>, Answer> {
        let route = Route::Report {
            municipality: self.id(),
            number: number.to_owned(),
        };
        let request = self.owned(Method::Get, "report", code, Vec::new());
        let answer = self.ask(&route, &request).await;
        match read(&answer) {
            Ok(status) => Ok(Some(status)),
            Err(found) if is_for(&found, Reason::ReportUnknown) => Ok(None),
            Err(_) => Err(answer),
        }
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
        read(&self.ask(&Route::Codes(self.id()), &request).await)
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
        read(&self.ask(&Route::CodesVerify(self.id()), &request).await)
    }

    /// The tracking code of a report, for who has the contact that it was sent with.
    pub(super) async fn secret(&self, number: &str, token: &str) -> Result<SecretFound, Refused> {
        let mut request = self.request(Method::Post, "secret", "", Vec::new());
        request.headers.add("balagh-contact", token);
        let route = Route::Secret {
            municipality: self.id(),
            number: number.to_owned(),
        };
        read(&self.ask(&route, &request).await)
    }

    /// What a reporter does with their report.
    pub(super) async fn act(
        &self,
        number: &str,
        code: &str,
        action: ReporterAction,
        body: &impl Serialize,
    ) -> Result<PublicStatus, Refused> {
        let route = Route::Act {
            municipality: self.id(),
            number: number.to_owned(),
            action,
        };
        let request = self.owned(Method::Post, "act", code, json(body));
        read(&self.ask(&route, &request).await)
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

    /// The same of who has a report's code.
    fn owned(&self, method: Method, path: &str, code: &str, body: Vec<u8>) -> Request {
        let mut request = self.request(method, path, "", body);
        let code = format!("Balagh {code}");
        request.headers.add("authorization", code);
        request
    }

    async fn ask(&self, route: &Route, request: &Request) -> Answer {
        self.api.answer(self.served, route, request).await
    }

    fn id(&self) -> String {
        self.served.id().to_owned()
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
