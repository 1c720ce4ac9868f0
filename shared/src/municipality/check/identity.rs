//! What the municipality is called, which numbers it answers, and how reporters are known.

use super::labels::LANGUAGES;
use super::written::{is_email, is_phone, is_web_address};
use super::{Check, keys};
use crate::municipality::IdentityMethod;
use crate::number::Prefix;

impl Check<'_> {
    pub(super) fn identity(&mut self) {
        let document = self.document;
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if !(1..=64).contains(&document.id.len()) || !document.id.bytes().all(plain) {
            self.fault(
                "/id",
                "id.invalid",
                format!("{:?} cannot stand in an address", document.id),
                "use 1 to 64 lower-case letters, digits and hyphens",
            );
        }
        if let Err(error) = Prefix::parse(&document.prefix) {
            self.fault(
                "/prefix",
                "prefix.invalid",
                format!("{:?}: {error}", document.prefix),
                "use two to four capital letters without I, L, O and U",
            );
        }
        self.languages();
        self.phones();
        self.contact();
        self.known_reporters();
    }

    fn languages(&mut self) {
        let document = self.document;
        if document.languages.is_empty() {
            self.fault(
                "/languages",
                "language.none",
                "no language is offered",
                "name at least one, the default first",
            );
        }
        for (index, language) in document.languages.iter().enumerate() {
            self.known(
                format!("/languages/{index}"),
                "language.unknown",
                "language",
                language,
                LANGUAGES.into_iter(),
            );
        }
        let languages = document.languages.iter().map(String::as_str);
        self.unique("language", languages, |index| format!("/languages/{index}"));
    }

    fn phones(&mut self) {
        let document = self.document;
        for (path, number) in [
            ("/emergency", &document.emergency),
            ("/help/phone", &document.help.phone),
        ] {
            self.phone(path, number);
        }
        let contact = &document.privacy.contact;
        if !is_email(contact) && !is_phone(contact) && !is_web_address(contact) {
            self.fault(
                "/privacy/contact",
                "contact.invalid",
                format!("{contact:?} reaches nobody"),
                "write an e-mail address, a phone number or an https address",
            );
        }
    }

    /// Adds a fault unless `number` can be dialled.
    pub(super) fn phone(&mut self, path: impl Into<String>, number: &str) {
        if !is_phone(number) {
            self.fault(
                path,
                "phone.invalid",
                format!("{number:?} cannot be dialled"),
                "write 3 to 15 digits 0–9, with + before a calling code",
            );
        }
    }

    fn contact(&mut self) {
        let policy = &self.document.contact;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let calling = &policy.calling_code;
        if !is_calling_code(calling) {
            self.calling_code("/contact/calling_code", calling);
        }
        if policy.trunk.len() > 2 || !digits(&policy.trunk) {
            self.fault(
                "/contact/trunk",
                "phone.trunk",
                format!("{:?} is no trunk prefix", policy.trunk),
                "write the digit that local numbers start with, such as 0, or nothing",
            );
        }
        if !(4..=14).contains(&policy.digits) || calling.len() + usize::from(policy.digits) > 15 {
            self.fault(
                "/contact/digits",
                "phone.digits",
                format!("no number has {} digits after the trunk", policy.digits),
                "write 4 to 14, at most 15 together with the calling code",
            );
        }
    }

    fn calling_code(&mut self, path: impl Into<String>, code: &str) {
        self.fault(
            path,
            "phone.calling_code",
            format!("{code:?} is no calling code"),
            "write 1 to 3 digits without +, such as 966",
        );
    }

    fn known_reporters(&mut self) {
        let policy = &self.document.identity;
        if policy.methods.is_empty() {
            self.fault(
                "/identity/methods",
                "identity.none",
                "nobody could report",
                "name at least one of anonymous, phone_code, email_code and token",
            );
        }
        for (index, code) in policy.countries.iter().enumerate() {
            if !is_calling_code(code) {
                self.calling_code(format!("/identity/countries/{index}"), code);
            }
        }
        let countries = policy.countries.iter().map(String::as_str);
        self.unique("calling code", countries, |index| {
            format!("/identity/countries/{index}")
        });
        if policy.methods.contains(&IdentityMethod::Token) && policy.issuers.is_empty() {
            self.fault(
                "/identity/issuers",
                "identity.issuer_missing",
                "tokens are taken, and nobody's keys are known",
                "add an issuer with its public keys, or take token out of the methods",
            );
        }
        let issuers = policy.issuers.iter().map(|issuer| issuer.iss.as_str());
        self.unique("issuer", issuers, |index| {
            format!("/identity/issuers/{index}/iss")
        });
        for (index, issuer) in policy.issuers.iter().enumerate() {
            let path = format!("/identity/issuers/{index}");
            if issuer.iss.trim().is_empty() {
                self.fault(
                    format!("{path}/iss"),
                    "identity.issuer_name",
                    "an issuer without a name is anybody",
                    "write what its tokens carry as iss",
                );
            }
            if issuer.keys.is_empty() {
                self.fault(
                    format!("{path}/keys"),
                    "key.none",
                    "no token of it could be verified",
                    "add its public keys as JWK",
                );
            }
            for (at, key) in issuer.keys.iter().enumerate() {
                if let Some((field, code, message, instead)) = keys::wrong(key) {
                    self.fault(format!("{path}/keys/{at}{field}"), code, message, instead);
                }
            }
        }
    }
}

fn is_calling_code(text: &str) -> bool {
    (1..=3).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit())
        && !text.starts_with('0')
}
