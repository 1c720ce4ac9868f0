//! Who is told of reports beside Balagh's origin: `[[destinations]]` of `edge.toml`.

use std::collections::BTreeMap;
use std::fmt;

use balagh_shared::open311::Format;
use serde::Deserialize;

use super::address;

/// A destination. Its secrets are not in the file: see [`DestinationConfig::variable`].
///
/// ```toml
/// [[destinations]]
/// id = "works"                      # in the ledger, logs and metrics
/// speaks = "open311"
/// url = "https://311.works.example/open311/v2"
/// format = "xml"                    # where it has no JSON, which is the default
/// jurisdiction_id = "works.example" # where the endpoint has several
/// municipalities = ["north"]        # all of this edge's where none is named
/// contact = false                   # whether it is told how to reach the reporter
/// services = { "roads.pothole" = "POT", "*" = "OTHER" }
///
/// [[destinations]]
/// id = "crm"
/// speaks = "webhook"
/// url = "https://crm.example/balagh"
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct DestinationConfig {
    /// Its name: 1–32 of `a–z 0–9 -`, and not `origin`. What waits for it stands under this name in
    /// the ledger: another name is another destination.
    pub id: String,
    /// Where it is, without a slash at the end.
    pub url: String,
    /// The municipalities whose reports it gets; all where none is named.
    pub municipalities: Vec<String>,
    /// Whether it is told how to reach the reporter.
    pub with_contact: bool,
    /// What it speaks.
    pub speaks: Speaks,
}

/// What a destination speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaks {
    /// Open311 GeoReport v2.
    Open311 {
        /// In what.
        format: Format,
        /// Which of its jurisdictions.
        jurisdiction_id: Option<String>,
        /// Its service codes by our category codes; `*` is every other category.
        services: BTreeMap<String, String>,
    },
    /// Standard Webhooks.
    Webhook,
}

/// Why a section is no destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotADestination {
    /// The id.
    Id,
    /// The address.
    Url,
    /// An Open311 endpoint takes nothing without a service code.
    NoServices,
    /// A webhook has neither format nor jurisdiction nor services.
    NotOpen311,
    /// The format.
    Format,
}

/// The section as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    speaks: Protocol,
    url: String,
    #[serde(default)]
    municipalities: Vec<String>,
    #[serde(default)]
    contact: bool,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    jurisdiction_id: Option<String>,
    #[serde(default)]
    services: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Protocol {
    Open311,
    Webhook,
}

impl DestinationConfig {
    /// The environment variable that holds what this destination is spoken to with: the API key of
    /// an Open311 endpoint (none is fine), or the secrets of a webhook.
    #[must_use]
    pub fn variable(&self) -> String {
        let id = self.id.to_ascii_uppercase().replace('-', "_");
        match self.speaks {
            Speaks::Open311 { .. } => format!("BALAGH_{id}_API_KEY"),
            Speaks::Webhook => format!("BALAGH_{id}_SECRETS"),
        }
    }
}

impl TryFrom<Written> for DestinationConfig {
    type Error = NotADestination;

    fn try_from(written: Written) -> Result<DestinationConfig, NotADestination> {
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let id = written.id;
        if !(1..=32).contains(&id.len()) || !id.bytes().all(is_plain) || id == "origin" {
            return Err(NotADestination::Id);
        }
        // A webhook is called as it is written; what Open311 asks for is written behind it.
        let is_address = match written.speaks {
            Protocol::Webhook => address::is_web(&written.url),
            Protocol::Open311 => address::is_base(&written.url),
        };
        if !is_address {
            return Err(NotADestination::Url);
        }
        let is_bare = written.services.is_empty();
        let speaks = match written.speaks {
            Protocol::Open311 if is_bare => return Err(NotADestination::NoServices),
            Protocol::Open311 => Speaks::Open311 {
                format: Format::of_extension(written.format.as_deref().unwrap_or("json"))
                    .ok_or(NotADestination::Format)?,
                jurisdiction_id: written.jurisdiction_id,
                services: written.services,
            },
            Protocol::Webhook
                if is_bare && written.jurisdiction_id.is_none() && written.format.is_none() =>
            {
                Speaks::Webhook
            }
            Protocol::Webhook => return Err(NotADestination::NotOpen311),
        };
        Ok(DestinationConfig {
            id,
            url: written.url.trim_end_matches('/').to_owned(),
            municipalities: written.municipalities,
            with_contact: written.contact,
            speaks,
        })
    }
}

impl fmt::Display for NotADestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NotADestination::Id => {
                "id: write 1 to 32 of the characters a–z 0–9 -; `origin` is the section [origin]"
            }
            NotADestination::Url => {
                "url: write an address that begins with https:// and a host, which for open311 has no ? behind it"
            }
            NotADestination::NoServices => {
                "services: say by which service code the endpoint knows each category, as in \
                 { \"roads.pothole\" = \"POT\", \"*\" = \"OTHER\" }"
            }
            NotADestination::NotOpen311 => {
                "format, jurisdiction_id and services are for speaks = \"open311\""
            }
            NotADestination::Format => "format: write \"json\" or \"xml\"",
        })
    }
}

impl std::error::Error for NotADestination {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(&str, &str), &str>) {
        let read: Result<DestinationConfig, _> = toml::from_str(text);
        match (read, expected) {
            (Ok(read), Ok((id, variable))) => {
                assert_eq!((read.id.as_str(), read.variable().as_str()), (id, variable));
            }
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (read, _) => panic!("{text}: {read:?}"),
        }
    }

    #[test]
    fn a_section_is_a_destination_or_says_what_to_write() {
        let webhook = "speaks = \"webhook\"\nurl = \"https://crm.example/\"\n";
        let open311 = "speaks = \"open311\"\nurl = \"https://311.example\"\n";
        let with_id = |id: &str, rest: &str| format!("id = \"{id}\"\n{rest}");
        check(
            &with_id("crm-2", webhook),
            Ok(("crm-2", "BALAGH_CRM_2_SECRETS")),
        );
        let services = format!("{open311}services = {{ \"*\" = \"1\" }}");
        check(
            &with_id("works", &services),
            Ok(("works", "BALAGH_WORKS_API_KEY")),
        );
        check(&with_id("works", open311), Err("services"));
        let html = format!("{services}\nformat = \"html\"");
        check(&with_id("works", &html), Err("format:"));
        check(&with_id("origin", webhook), Err("id:"));
        check(&with_id("A/B", webhook), Err("id:"));
        check(
            &with_id("crm", "speaks = \"webhook\"\nurl = \"ftp://crm\""),
            Err("url:"),
        );
        check(
            &with_id("crm", "speaks = \"webhook\"\nurl = \"https://\""),
            Err("url:"),
        );
        let both = format!("{webhook}jurisdiction_id = \"x\"");
        check(&with_id("crm", &both), Err("open311"));
    }
}
