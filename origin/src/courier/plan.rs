//! What to do with a message that is to be sent: pure, time and chance come in.

use balagh_messages::states::state_name;
use balagh_messages::wording::fill_sentences;
use balagh_messages::{Message, Recipient, SendError};
use balagh_shared::closing_code::ClosingCode;
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::{Agency, ClosingBy, Municipality};
use balagh_shared::outbox::next_attempt;
use balagh_shared::report::Contact;
use balagh_shared::rules::{email, phone};
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;

use crate::lifecycle::life::Life;
use crate::lifecycle::notice::Audience;
use crate::lifecycle::policy::Policy;
use crate::store::{Errand, Settled};

/// How long after a report came in its receipt is the answer to what somebody has just done, in
/// milliseconds: it goes at night, too.
const FRESH_MS: i64 = 15 * 60_000;

/// What a message is decided from.
pub(super) struct Situation<'a> {
    pub(super) document: &'a Municipality,
    pub(super) policy: &'a Policy<'a>,
    /// Of the form the report was written in.
    pub(super) language: &'a str,
    pub(super) received_at: Timestamp,
    pub(super) life: &'a Life,
    pub(super) contact: Option<&'a Contact>,
    pub(super) means: Means,
    /// `BALAGH_CLOSING_KEYS`.
    pub(super) codes: &'a Keyring,
    /// The tracking code of what staff took in.
    pub(super) secret: Option<&'a str>,
    /// The edge as citizens reach it, without a slash at its end.
    pub(super) edge: &'a str,
}

/// What can be sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Means {
    pub(super) sms: bool,
    pub(super) email: bool,
}

/// What to do with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plan {
    Send(Message),
    /// Nothing is sent.
    Settle(Settled),
}

/// Decides what becomes of `errand` at `now`.
pub(super) fn plan(errand: &Errand, at: &Situation<'_>, now: Timestamp) -> Plan {
    // A receipt holds for ever, an escalation happened, and all else is about where the report
    // stands: three messages of a night would be read in the morning as one too late and one too
    // many.
    let stays_true = matches!(
        errand.template.as_str(),
        "received" | "escalated" | "overdue"
    );
    if !stays_true && (errand.state != at.life.state || errand.is_repeated) {
        return Plan::Settle(Settled::Superseded);
    }
    if errand.expires_at <= now {
        return Plan::Settle(Settled::Dead("too late".to_owned()));
    }
    let Some(to) = recipient(&errand.audience, at) else {
        return Plan::Settle(Settled::Nobody);
    };
    let is_receipt = errand.template == "received"
        && now.millis().saturating_sub(at.received_at.millis()) < FRESH_MS;
    let by_day = match &at.document.quiet_hours {
        Some(quiet) if matches!(to, Recipient::Phone(_)) && !is_receipt => {
            quiet.over(now, &at.document.time_zone)
        }
        _ => now,
    };
    if by_day > now {
        return Plan::Settle(Settled::Later {
            due: by_day,
            attempts: errand.attempts,
        });
    }
    let language = match errand.audience {
        Audience::Reporter => at.language,
        Audience::Department(_) => at.document.languages.first().map_or("", String::as_str),
    };
    match text(errand, at, language) {
        Some(text) => {
            let subject = at.document.names.in_language(language);
            Plan::Send(Message::new(to, subject, &text))
        }
        None => Plan::Settle(Settled::Nobody),
    }
}

/// What becomes of a message that was tried for the first time or again at `now`.
pub(super) fn after(
    errand: &Errand,
    sent: Result<(), SendError>,
    now: Timestamp,
    jitter: u8,
) -> Settled {
    match sent {
        Ok(()) => Settled::Sent,
        Err(SendError::Permanent(cause)) => Settled::Dead(cause.to_string()),
        Err(error) => {
            let attempts = errand.attempts.saturating_add(1);
            let due = next_attempt(now, attempts, jitter);
            if due >= errand.expires_at {
                return Settled::Dead(error.cause().to_string());
            }
            Settled::Later { due, attempts }
        }
    }
}

/// A reporter's phone, else their mailbox, as far as there is something that sends to it.
fn recipient(audience: &Audience, at: &Situation<'_>) -> Option<Recipient> {
    let mailbox = |address: &str| email(address).map(Recipient::Email);
    match audience {
        Audience::Reporter => {
            let Contact {
                phone: number,
                email: address,
                ..
            } = at.contact?;
            let number = number.as_deref().filter(|_| at.means.sms);
            let address = address.as_deref().filter(|_| at.means.email);
            number
                .and_then(|number| phone(number, &at.document.contact))
                .filter(|number| is_served(at.document, number.as_str()))
                .map(Recipient::Phone)
                .or_else(|| address.and_then(mailbox))
        }
        Audience::Department(code) => {
            let department = at.policy.department(code)?;
            let address = department.email.as_deref().filter(|_| at.means.email);
            address.and_then(mailbox)
        }
    }
}

/// Whether a number is of a country that codes go to: numbers need not be confirmed to be told, and
/// elsewhere somebody may be paid for every message.
fn is_served(document: &Municipality, number: &str) -> bool {
    let digits = number.trim_start_matches('+');
    std::iter::once(&document.contact.calling_code)
        .chain(&document.identity.countries)
        .any(|country| digits.starts_with(country.as_str()))
}

/// The document's words with number, state, link and what else they ask for.
fn text(errand: &Errand, at: &Situation<'_>, language: &str) -> Option<String> {
    let templates = &at.document.templates;
    let template = match at.secret {
        // Nobody has shown the reporter their code, as the page of a receipt does.
        Some(_) if errand.template == "received" && !templates.taken_in.is_empty() => {
            &templates.taken_in
        }
        _ => templates.of(&errand.template)?,
    };
    let number = errand.number.as_str();
    let link = format!("{}/{}/track?number={number}", at.edge, at.document.id);
    let code = closing_code(errand, at).map(|code| code.to_string());
    let agency = at.life.agency.as_deref();
    let agency = agency.and_then(|id| at.policy.agency(id));
    let mut values = vec![
        ("number", number),
        ("link", link.as_str()),
        ("state", state_name(language, at.life.state)),
    ];
    values.extend(code.as_deref().map(|code| ("code", code)));
    values.extend(at.secret.map(|secret| ("secret", secret)));
    if let Some(Agency { names, contact, .. }) = agency {
        values.push(("agency", names.in_language(language)));
        values.push(("contact", contact));
    }
    fill_sentences(template.in_language(language), &values)
}

/// The code that closes the report; none of one that follows another, which is closed with that one.
fn closing_code(errand: &Errand, at: &Situation<'_>) -> Option<ClosingCode> {
    let life = at.life;
    let is_asked_for = errand.audience == Audience::Reporter
        && life.state == State::Resolved
        && life.joins.is_none()
        && at.policy.closing().by == ClosingBy::Code;
    is_asked_for.then(|| {
        ClosingCode::derive(
            at.codes,
            &at.document.id,
            &errand.number,
            life.times_resolved,
        )
    })
}

#[cfg(test)]
mod tests;
