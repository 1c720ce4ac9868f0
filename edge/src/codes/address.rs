//! What is to be confirmed, read and named by a keyed hash.

use balagh_shared::contact::{Channel, Reached};
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::IdentityMethod;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::rules::{self, EmailAddress, PhoneNumber};
use balagh_shared::seal::blind_index;

use crate::served::Served;

/// Where a code goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A phone, and the calling code on the municipality's list that it begins with.
    Phone(PhoneNumber, String),
    /// A mailbox.
    Email(EmailAddress),
}

impl Address {
    /// Reads a contact, exactly one of the two, as the municipality takes it.
    pub(super) fn read(
        served: &Served,
        phone: Option<&str>,
        email: Option<&str>,
    ) -> Result<Address, Violation> {
        let identity = &served.public().identity;
        let is_offered = |method| {
            if identity.methods.contains(&method) {
                Ok(())
            } else {
                Err(Violation::new(Reason::RouteUnknown, ""))
            }
        };
        match (phone, email) {
            (Some(typed), None) => {
                is_offered(IdentityMethod::PhoneCode)?;
                let phone = rules::phone(typed, &served.public().contact)
                    .ok_or_else(|| Violation::new(Reason::ContactPhone, "/phone"))?;
                // No calling code is the beginning of another, so that at most one fits.
                let digits = phone.as_str().trim_start_matches('+');
                let country = identity.countries.iter().find(|it| digits.starts_with(*it));
                match country.cloned() {
                    Some(country) => Ok(Address::Phone(phone, country)),
                    None => Err(Violation::new(Reason::CodeCountry, "/phone")),
                }
            }
            (None, Some(typed)) => {
                is_offered(IdentityMethod::EmailCode)?;
                rules::email(typed)
                    .map(Address::Email)
                    .ok_or_else(|| Violation::new(Reason::ContactEmail, "/email"))
            }
            _ => Err(Violation::new(Reason::RequestMalformed, "")),
        }
    }

    /// As it is confirmed.
    #[must_use]
    pub fn reached(&self) -> Reached {
        match self {
            Address::Phone(phone, _) => Reached::by_phone(phone),
            Address::Email(address) => Reached::by_email(address),
        }
    }

    /// The name its codes are kept under.
    pub(super) fn subject(&self, contacts: &Keyring, municipality: &str) -> String {
        let reached = self.reached();
        let kind = match reached.channel() {
            Channel::Phone => "code phone",
            Channel::Email => "code email",
        };
        let value = format!("{municipality}\n{}", reached.as_str());
        blind_index(contacts, kind, &value).as_str().to_owned()
    }

    /// Its name at this edge, whatever the municipality.
    pub(super) fn everywhere(&self, contacts: &Keyring) -> String {
        let reached = self.reached();
        let kind = match reached.channel() {
            Channel::Phone => "code phone everywhere",
            Channel::Email => "code email everywhere",
        };
        blind_index(contacts, kind, reached.as_str())
            .as_str()
            .to_owned()
    }
}
