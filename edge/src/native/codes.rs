//! Codes are asked for and typed, and a lost tracking code is given back to whose phone it is.

use balagh_messages::{Cause, Message, Recipient, wording};
use balagh_shared::codes::SecretFound;
use balagh_shared::contact::Confirmed;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::Reason;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::reports::unavailable;
use crate::codes::ask::Randomness;
use crate::codes::{Address, Asking, Checking, Sent};
use crate::http::Response;
use crate::screen::{identity, session};
use crate::served::Served;

/// `POST /v1/{municipality}/codes`: 202 once the gateway or mail server has the code.
pub(crate) async fn ask(edge: &Edge, served: &Served, asked: Asked<'_>) -> Answer {
    let now = clock::now();
    let refuse = |reason| Answer::refuse_for(reason, asked.language);
    if let Err(reason) = caller(edge, served, asked) {
        return refuse(reason);
    }
    let contacts = &edge.secrets.contacts;
    let sender = (asked.sender.address.as_str(), asked.sender.network.as_str());
    let asking = match Asking::read(served, &edge.keys, contacts, asked.request, sender, now) {
        Ok(asking) => asking,
        Err(violation) => return Answer::refuse(&[violation], asked.language),
    };
    let (Ok(code), Ok(proof)) = (clock::random(), clock::random()) else {
        return refuse(Reason::Internal);
    };
    let randomness = Randomness { code, proof };
    let decide = |reads: &_| asking.decide(contacts, reads, now, &randomness);
    let wanted = asking.reads();
    // Whoever is refused anyway does not wait for the write lock, nor hold it.
    let refused = match edge.ledger.peek_codes(&wanted).await {
        Ok(reads) => decide(&reads).err(),
        Err(error) => return unavailable(&error, asked.language),
    };
    if let Some(refusal) = refused {
        return (*refusal).into();
    }
    match edge.ledger.send_code(&wanted, now, decide).await {
        Ok(Ok(sent)) => hand_over(edge, served, asked, sent).await,
        Ok(Err(refusal)) => (*refusal).into(),
        // The same solved challenge came twice at once.
        Err(LedgerError::Conflict) => refuse(Reason::KeyInFlight),
        Err(error) => unavailable(&error, asked.language),
    }
}

/// Nothing is decided here any more: the code is written down, and goes.
async fn hand_over(edge: &Edge, served: &Served, asked: Asked<'_>, sent: Sent) -> Answer {
    let document = served.document();
    let template = document.templates.code.in_language(asked.language);
    let text = wording::fill(template, &[("code", &sent.code)]);
    let message = Message::new(
        recipient(&sent.address),
        document.names.in_language(asked.language),
        &text,
    );
    let undelivered = if template.is_empty() {
        Some("the document has no template for codes".to_owned())
    } else {
        match edge.messages.send(&message).await {
            // Too slow an answer says nothing: the message may be on its way, so it counts, and its
            // code is good.
            Err(error) if error.cause() != Cause::Slow => Some(error.to_string()),
            Ok(()) | Err(_) => None,
        }
    };
    let Some(why) = undelivered else {
        return sent.response.into();
    };
    tracing::warn!(municipality = served.id(), channel = ?sent.channel(), why, "a code was not sent");
    if let Err(error) = edge.ledger.take_code_back(&sent, clock::now()).await {
        tracing::error!(%error, "a code that was not sent still counts");
    }
    Answer::refuse_for(Reason::CodeUndelivered, asked.language)
}

/// `POST /v1/{municipality}/codes/verify`: 200 with the contact's token.
pub(crate) async fn verify(edge: &Edge, served: &Served, asked: Asked<'_>) -> Answer {
    let now = clock::now();
    if let Err(reason) = caller(edge, served, asked) {
        return Answer::refuse_for(reason, asked.language);
    }
    let contacts = &edge.secrets.contacts;
    let checking = match Checking::read(served, contacts, asked.request, &asked.sender.address) {
        Ok(checking) => checking,
        Err(violation) => return Answer::refuse(&[violation], asked.language),
    };
    let subject = checking.subject();
    let decide = |entry| checking.decide(contacts, entry, now);
    let decided = match edge.ledger.peek_code(subject).await.map(decide) {
        Ok(checked) if checked.entry.is_some() => {
            edge.ledger.check_code(subject, now, decide).await
        }
        decided => decided,
    };
    match decided {
        Ok(checked) => checked.answer.map_or_else(Answer::from, Answer::from),
        Err(error) => unavailable(&error, asked.language),
    }
}

/// `POST /v1/{municipality}/reports/{number}/secret`: the tracking code again, for who has the
/// contact that the report was sent with. Everybody else learns nothing, not even whether there is
/// such a report, and after the same work.
pub(crate) async fn secret(edge: &Edge, served: &Served, number: &str, asked: Asked<'_>) -> Answer {
    let unknown = || Answer::refuse_for(Reason::ReportUnknown, asked.language);
    let now = clock::now().seconds();
    let contacts = &edge.secrets.contacts;
    let token = asked
        .request
        .headers
        .get(identity::CONTACT_HEADER)
        .unwrap_or_default();
    let (Ok(number), Ok(confirmed)) = (
        ReportNumber::parse(number),
        Confirmed::verify(contacts, token, served.id(), now),
    ) else {
        return unknown();
    };
    let stored = match edge.ledger.contact(served.id(), number.as_str()).await {
        Ok(stored) => stored,
        Err(error) => return unavailable(&error, asked.language),
    };
    // Everything below is done for a report that is not there as well.
    let numbers = &edge.secrets.numbers;
    let kid = stored
        .as_ref()
        .map_or(numbers.current().kid(), |(kid, _)| kid);
    let secret = Secret::derive(numbers, kid, served.id(), &number);
    let contact = stored.as_ref().and_then(|(_, contact)| contact.as_ref());
    let reached = contact.and_then(|it| identity::reached(served.public(), it, confirmed.channel));
    let is_there = reached.is_some();
    let is_own = confirmed.is_of(contacts, &reached.unwrap_or_default()) && is_there;
    match secret {
        Ok(secret) if is_own => Answer {
            number: Some(number.to_string()),
            ..Response::private_json(200, &found(&secret)).into()
        },
        _ => unknown(),
    }
}

fn found(secret: &Secret) -> SecretFound {
    SecretFound {
        secret: secret.reveal(),
    }
}

/// Who asks: a form's session, or a partner's key. The session is not used up by it.
fn caller(edge: &Edge, served: &Served, asked: Asked<'_>) -> Result<(), Reason> {
    let posted = edge.posted(served, asked.request, asked.origin, asked.sender, None);
    session::identify(&posted, clock::now()).map(drop)
}

fn recipient(address: &Address) -> Recipient {
    match address {
        Address::Phone(phone, _) => Recipient::Phone(phone.clone()),
        Address::Email(address) => Recipient::Email(address.clone()),
    }
}
