//! Codes are asked for and typed, and a lost tracking code is given back to whose phone it is.

use balagh_messages::gateway::{self, Asked as Outgoing};
use balagh_messages::{Cause, Message, Recipient, SendError, wording};
use balagh_shared::reason::Reason;
use js_sys::{JsString, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use super::super::behind::Gateways;
use super::super::{host, io};
use super::{Asked, Object, refuse_with};
use crate::codes::ask::Randomness;
use crate::codes::{Address, Asking, Checking, Lost, Refused, Sent};
use crate::durable::StoreError;
use crate::http::{Headers, Method, Response, refusal};
use crate::screen::{Identity, session};

/// How long the gateway may take, in milliseconds: a citizen waits for the code in front of the form.
const PATIENCE_MS: u32 = 10_000;
/// Most bytes of its answer, of which the status alone is read.
const MOST: u32 = 1024 * 1024;

/// What becomes of a request for a code.
enum Decided {
    Sent(Box<Sent>),
    Refused(Box<Refused>),
}

impl Object {
    /// `POST /v1/{municipality}/codes`: 202 once the gateway has the code.
    pub(super) async fn ask_code(&self, asked: &Asked<'_>) -> Result<Response, StoreError> {
        let refuse = |reason| Ok(refusal::of(reason, asked.request.language()));
        let gateways = &self.edge.behind.gateways;
        if gateways.is_none() {
            return refuse(Reason::RouteAbsent);
        }
        if let Err(reason) = self.caller(asked) {
            return refuse(reason);
        }
        let (keys, contacts) = (&self.edge.keys, &self.edge.behind.secrets.contacts);
        let sender = (asked.sender.address.as_str(), asked.sender.network.as_str());
        let asking = Asking::read(
            asked.served,
            keys,
            contacts,
            asked.request,
            sender,
            asked.now,
        );
        let asking = match asking {
            Ok(asking) => asking,
            Err(violation) => return Ok(refuse_with(&[violation], asked.request)),
        };
        let (Some(code), Some(proof)) = (host::random(), host::random()) else {
            return refuse(Reason::Internal);
        };
        let randomness = Randomness { code, proof };
        let decided = self.storage.at_once(&self.edge, |keeper| {
            let reads = keeper.codes(&asking.reads())?;
            match asking.decide(contacts, &reads, asked.now, &randomness) {
                Ok(sent) => {
                    keeper.send_code(&sent, asked.now)?;
                    // What is remembered of it goes by time.
                    self.storage.wake_at(asked.now);
                    Ok(Decided::Sent(Box::new(sent)))
                }
                Err(refused) => Ok(Decided::Refused(refused)),
            }
        })?;
        match decided {
            Decided::Sent(sent) => self.hand_over(gateways, asked, *sent).await,
            Decided::Refused(refused) => Ok(refused.response),
        }
    }

    /// Nothing is decided here any more: the code is written down, and goes.
    async fn hand_over(
        &self,
        gateways: &Gateways,
        asked: &Asked<'_>,
        sent: Sent,
    ) -> Result<Response, StoreError> {
        let language = asked.request.language();
        let document = asked.served.document();
        let template = document.templates.code.in_language(language);
        let (gateway, to) = match &sent.address {
            Address::Phone(phone, _) => (&gateways.sms, Recipient::Phone(phone.clone())),
            Address::Email(address) => (&gateways.email, Recipient::Email(address.clone())),
        };
        let text = wording::fill(template, &[("code", &sent.code)]);
        let message = Message::new(to, document.names.in_language(language), &text);
        let undelivered = match gateway {
            _ if template.is_empty() => Some("the document has no template for codes".to_owned()),
            None => Some(Cause::NotSetUp.to_string()),
            Some(gateway) => match self.sent(gateway.asked(&message)).await {
                // Too slow an answer says nothing: the message may be on its way, so it counts, and its
                // code is good.
                Err(error) if error.cause() != Cause::Slow => Some(error.to_string()),
                Ok(()) | Err(_) => None,
            },
        };
        let Some(why) = undelivered else {
            return Ok(sent.response);
        };
        host::complain(&format!("a code was not sent: {why}"));
        self.storage.at_once(&self.edge, |keeper| {
            let entry = sent.taken_back(keeper.code(&sent.subject)?);
            keeper.keep_code(&sent.subject, &entry, host::now())
        })?;
        Ok(refusal::of(Reason::CodeUndelivered, language))
    }

    async fn sent(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let mut fields = Headers::default();
        for (name, value) in outgoing.headers {
            fields.add(&name, value);
        }
        let body = outgoing.body.unwrap_or_default();
        let outgoing = io::Outgoing {
            municipality: None,
            url: &outgoing.url,
            method: match outgoing.method {
                gateway::Method::Get => Method::Get,
                gateway::Method::Post => Method::Post,
                gateway::Method::Put => Method::Put,
            },
            fields,
            body: body.as_bytes(),
            patience_ms: PATIENCE_MS,
            most: MOST,
        };
        match self.edge.io.fetch(outgoing, &self.edge.answered).await {
            Ok(answer) => gateway::heard(answer.status),
            Err(error) => Err(SendError::Temporary(if is_timeout(&error) {
                Cause::Slow
            } else {
                Cause::Unreachable
            })),
        }
    }

    /// `POST /v1/{municipality}/codes/verify`: 200 with the contact's token.
    pub(super) fn check_code(&self, asked: &Asked<'_>) -> Result<Response, StoreError> {
        if let Err(reason) = self.caller(asked) {
            return Ok(refusal::of(reason, asked.request.language()));
        }
        let contacts = &self.edge.behind.secrets.contacts;
        let sender = &asked.sender.address;
        let checking = match Checking::read(asked.served, contacts, asked.request, sender) {
            Ok(checking) => checking,
            Err(violation) => return Ok(refuse_with(&[violation], asked.request)),
        };
        self.storage.at_once(&self.edge, |keeper| {
            let subject = checking.subject();
            let checked = checking.decide(contacts, keeper.code(subject)?, asked.now);
            if let Some(entry) = &checked.entry {
                keeper.keep_code(subject, entry, asked.now)?;
            }
            Ok(checked.answer.unwrap_or_else(|refused| refused.response))
        })
    }

    /// `POST /v1/{municipality}/reports/{number}/secret`: the tracking code again.
    pub(super) fn secret(&self, asked: &Asked<'_>, number: &str) -> Result<Response, StoreError> {
        let keys = &self.edge.behind.secrets;
        let (served, request) = (asked.served, asked.request);
        let unknown = || refusal::of(Reason::ReportUnknown, request.language());
        let Some(lost) = Lost::read(served, keys, request, number, asked.now) else {
            return Ok(unknown());
        };
        let stored = self.storage.keeper(&self.edge, |keeper| {
            keeper.contact(served.id(), lost.number())
        })?;
        let found = lost.judge(served, keys, stored);
        Ok(found.map_or_else(unknown, |found| Response::private_json(200, &found)))
    }

    /// Who asks: a form's session, or a partner's key. The session is not used up by it.
    fn caller(&self, asked: &Asked<'_>) -> Result<(), Reason> {
        let posted = self.posted(asked, None, Identity::Upstream);
        session::identify(&posted, asked.now).map(drop)
    }
}

fn is_timeout(error: &JsValue) -> bool {
    let name = Reflect::get(error, &JsValue::from_str("name")).ok();
    let name = name.and_then(|name| name.dyn_into::<JsString>().ok());
    name.is_some_and(|name| name == "TimeoutError")
}
