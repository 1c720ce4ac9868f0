//! A request: its format, what it names, its fields.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE, HOST};
use axum::http::request::Parts;
use balagh_shared::open311::{Format, fields, path_segment};

use super::reply::{Refused, bad_request, not_found};

/// A request to the Open311 door, its query read.
pub(super) struct Asked {
    pub(super) headers: HeaderMap,
    /// The last piece of the address without its format: a resource, or the id of one.
    name: Option<String>,
    format: Option<Format>,
    fields: Result<Vec<(String, String)>, Refused>,
}

impl<S: Sync> FromRequestParts<S> for Asked {
    // What cannot be read is refused by whoever needs it: in the format that can be read.
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Infallible> {
        let last = parts.uri.path().rsplit('/').next().unwrap_or_default();
        let (name, extension) = last.rsplit_once('.').unwrap_or((last, ""));
        let query = parts.uri.query().unwrap_or_default();
        Ok(Asked {
            name: path_segment(name).map(std::borrow::Cow::into_owned),
            format: Format::of_extension(extension),
            fields: fields(query.as_bytes()).map_err(bad_request),
            headers: parts.headers.clone(),
        })
    }
}

impl Asked {
    /// The format to answer in; JSON, or what is accepted, where the address names none of ours.
    pub(super) fn format(&self) -> Format {
        let accepted = self
            .headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok());
        let wants_xml = accepted.is_some_and(|types| types.contains("xml"));
        self.format
            .unwrap_or(if wants_xml { Format::Xml } else { Format::Json })
    }

    /// The id that the address names.
    pub(super) fn name(&self) -> Result<&str, Refused> {
        if self.format.is_none() {
            return Err(not_found(
                "there is no such format here: ask for .json or .xml",
            ));
        }
        self.name
            .as_deref()
            .filter(|name| !name.is_empty())
            .ok_or_else(|| bad_request("the address names nothing"))
    }

    /// A field that can be there once; empty ones are absent.
    pub(super) fn once(&self, name: &str) -> Result<Option<&str>, Refused> {
        match self.all(name)?.as_slice() {
            [] => Ok(None),
            [value] => Ok(Some(value)),
            _ => Err(bad_request(format_args!("{name} is there twice"))),
        }
    }

    /// A field that lists values: separated by commas, or there several times, or both.
    pub(super) fn list(&self, name: &str) -> Result<Vec<&str>, Refused> {
        let values = self.all(name)?;
        let values = values.into_iter().flat_map(|value| value.split(','));
        let values = values.map(str::trim);
        Ok(values.filter(|value| !value.is_empty()).collect())
    }

    fn all(&self, name: &str) -> Result<Vec<&str>, Refused> {
        let fields = self.fields.as_ref().map_err(Clone::clone)?;
        let named = fields.iter().filter(|(known, _)| known == name);
        Ok(named.map(|(_, value)| value.as_str()).collect())
    }

    /// The municipality it names.
    pub(super) fn jurisdiction(&self) -> Result<Option<&str>, Refused> {
        self.once("jurisdiction_id")
    }

    /// Whether it says in which languages its reader reads.
    pub(super) fn names_a_language(&self) -> bool {
        self.headers.contains_key(ACCEPT_LANGUAGE)
    }

    /// The web origin it was sent to.
    pub(super) fn own_origin(&self) -> String {
        let text = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let is_plain = text("x-forwarded-proto").is_none_or(|scheme| scheme != "https");
        let scheme = if is_plain { "http" } else { "https" };
        let host = text(HOST.as_str()).unwrap_or("localhost");
        format!("{scheme}://{host}")
    }
}
