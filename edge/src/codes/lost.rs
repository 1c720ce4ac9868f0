//! A lost tracking code, for who has the contact that the report was sent with. Everybody else learns
//! nothing, not even whether there is such a report, and after the same work.

use balagh_shared::codes::SecretFound;
use balagh_shared::contact::Confirmed;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::report::Contact;
use balagh_shared::time::Timestamp;

use crate::http::Request;
use crate::keys::LedgerKeys;
use crate::screen::identity;
use crate::served::Served;

/// Who asks for the tracking code of which report.
#[derive(Debug)]
pub struct Lost {
    number: ReportNumber,
    confirmed: Confirmed,
}

impl Lost {
    /// Reads `POST /v1/{municipality}/reports/{number}/secret`; nothing where the number is none or
    /// the contact is not confirmed.
    #[must_use]
    pub fn read(
        served: &Served,
        keys: &LedgerKeys,
        request: &Request,
        number: &str,
        now: Timestamp,
    ) -> Option<Lost> {
        let token = request.headers.get(identity::CONTACT_HEADER);
        let token = token.unwrap_or_default();
        let confirmed = Confirmed::verify(&keys.contacts, token, served.id(), now.seconds());
        Some(Lost {
            number: ReportNumber::parse(number).ok()?,
            confirmed: confirmed.ok()?,
        })
    }

    /// The number as it is stored.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// The code, if the report was sent with the confirmed contact. `stored` is the id of the key that
    /// its code is derived with, and its contact; nothing where there is no such report.
    #[must_use]
    pub fn judge(
        &self,
        served: &Served,
        keys: &LedgerKeys,
        stored: Option<(String, Option<Contact>)>,
    ) -> Option<SecretFound> {
        // Everything here is done for a report that is not there as well.
        let current = keys.numbers.current().kid();
        let kid = stored.as_ref().map_or(current, |(kid, _)| kid);
        let secret = Secret::derive(&keys.numbers, kid, served.id(), &self.number);
        let contact = stored.as_ref().and_then(|(_, contact)| contact.as_ref());
        let channel = self.confirmed.channel;
        let reached = contact.and_then(|it| identity::reached(served.public(), it, channel));
        let is_there = reached.is_some();
        let reached = reached.unwrap_or_default();
        let is_own = self.confirmed.is_of(&keys.contacts, &reached) && is_there;
        let secret = secret.ok().filter(|_| is_own)?;
        Some(SecretFound {
            secret: secret.reveal(),
        })
    }
}
