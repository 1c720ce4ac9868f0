//! Codes are asked for and typed, and a lost tracking code is given back to whose phone it is.

use balagh_messages::{Cause, Message, Recipient, wording};
use balagh_shared::reason::Reason;

use super::clock;
use super::edge::{Answer, Asked, Edge};
use super::ledger::LedgerError;
use super::reports::unavailable;
use crate::codes::ask::Randomness;
use crate::codes::{Address, Asking, Checking, Lost, Sent};
use crate::http::Response;
use crate::screen::session;
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

/// `POST /v1/{municipality}/reports/{number}/secret`: the tracking code again.
pub(crate) async fn secret(edge: &Edge, served: &Served, number: &str, asked: Asked<'_>) -> Answer {
    let unknown = || Answer::refuse_for(Reason::ReportUnknown, asked.language);
    let keys = &edge.secrets;
    let Some(lost) = Lost::read(served, keys, asked.request, number, clock::now()) else {
        return unknown();
    };
    let stored = match edge.ledger.contact(served.id(), lost.number()).await {
        Ok(stored) => stored,
        Err(error) => return unavailable(&error, asked.language),
    };
    match lost.judge(served, keys, stored) {
        Some(found) => Answer {
            number: Some(lost.number().to_owned()),
            ..Response::private_json(200, &found).into()
        },
        None => unknown(),
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
