//! Requests and responses as both builds see them; the shells only convert.

pub mod cors;
pub mod refusal;
pub mod route;

use std::borrow::Cow;

pub use route::{Detail, Route};

/// The methods that routes take; everything else is [`Method::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Read.
    Get,
    /// Read without the body.
    Head,
    /// Ask what is allowed (a browser's preflight).
    Options,
    /// Add.
    Post,
    /// Put under a name of its own.
    Put,
    /// A method that no route takes.
    Other,
}

impl Method {
    /// From the request line.
    #[must_use]
    pub fn parse(text: &str) -> Method {
        match text {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "OPTIONS" => Method::Options,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            _ => Method::Other,
        }
    }

    /// As it travels.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Options => "OPTIONS",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Other => "other",
        }
    }
}

/// Header fields in the order they came, names in lower case.
///
/// Most of them are ours and known when this is compiled: those are lent, not copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(Text, Text)>);

type Text = Cow<'static, str>;

impl Headers {
    /// The first value of `name`, which is given in lower case.
    #[must_use]
    pub fn get<'h>(&'h self, name: &'h str) -> Option<&'h str> {
        self.all(name).next()
    }

    /// All values of `name`, which is given in lower case, in the order they came.
    pub fn all<'h>(&'h self, name: &'h str) -> impl DoubleEndedIterator<Item = &'h str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_ref())
    }

    /// Adds a field; `name` may be in any case.
    pub fn add(&mut self, name: &str, value: impl Into<String>) {
        let name = name.to_ascii_lowercase();
        self.0.push((Cow::Owned(name), Cow::Owned(value.into())));
    }

    /// Adds a field whose name is known when this is compiled, in lower case.
    pub fn put(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.0.push((Cow::Borrowed(name), value.into()));
    }

    /// Adds `token` to a field that holds a list, such as `Vary`, unless it is there.
    pub fn add_token(&mut self, name: &str, token: &str) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => {
                if !value
                    .split(',')
                    .any(|one| one.trim().eq_ignore_ascii_case(token))
                {
                    let value = value.to_mut();
                    value.push_str(", ");
                    value.push_str(token);
                }
            }
            None => self.add(name, token),
        }
    }

    /// All fields.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(fields: I) -> Headers {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.add(name, value);
        }
        headers
    }
}

/// A request, its body read and counted.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path, percent-encoded as it came.
    pub path: String,
    /// Query without the question mark; empty when there is none.
    pub query: String,
    /// Header fields.
    pub headers: Headers,
    /// Body; empty until the route has said how much of it may come.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a query parameter whose value needs no decoding: a code, a hash, a language.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .find_map(|pair| match pair.split_once('=') {
                Some((key, value)) if key == name => Some(value),
                _ => None,
            })
    }

    /// What follows `scheme` and a space in `Authorization`.
    #[must_use]
    pub fn authorization(&self, scheme: &str) -> Option<&str> {
        let (given, credentials) = self.headers.get("authorization")?.split_once(' ')?;
        given
            .eq_ignore_ascii_case(scheme)
            .then(|| credentials.trim())
    }

    /// The media type of the body, without parameters and in lower case.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        self.said_type().map(str::to_ascii_lowercase)
    }

    /// Whether the body is of a media type, which is given in lower case.
    #[must_use]
    pub fn is_of_type(&self, media_type: &str) -> bool {
        self.said_type()
            .is_some_and(|said| said.eq_ignore_ascii_case(media_type))
    }

    fn said_type(&self) -> Option<&str> {
        let value = self.headers.get("content-type")?;
        Some(value.split_once(';').map_or(value, |it| it.0).trim())
    }

    /// Whether the body is a form with files.
    #[must_use]
    pub fn is_multipart(&self) -> bool {
        self.is_of_type("multipart/form-data")
    }

    /// The language of ours to answer in.
    #[must_use]
    pub fn language(&self) -> &'static str {
        balagh_shared::problem::negotiate(self.headers.get("accept-language"))
    }
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status.
    pub status: u16,
    /// Header fields.
    pub headers: Headers,
    /// Body.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub fn empty(status: u16) -> Response {
        Response {
            status,
            headers: Headers::default(),
            body: Vec::new(),
        }
    }

    /// A response with a body of this media type.
    #[must_use]
    pub fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Response {
        let mut response = Response {
            body: body.into(),
            ..Response::empty(status)
        };
        response.headers.add("content-type", media_type);
        response.headers.put("x-content-type-options", "nosniff");
        response
    }

    /// JSON that belongs to its reader alone, such as a receipt: no cache keeps it.
    #[must_use]
    pub fn private_json(status: u16, value: &impl serde::Serialize) -> Response {
        // Our wire types hold text, integers and finite numbers only: serialising them cannot
        // fail, and an empty body is no receipt to any client if it ever did.
        let body = serde_json::to_vec(value).unwrap_or_default();
        Response::new(status, "application/json", body).with("cache-control", "no-store")
    }

    /// The same with a header field added.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Response {
        self.headers.add(name, value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_field_names_each_token_once() {
        let mut headers = Headers::default();
        for token in ["Origin", "Accept-Language", "origin"] {
            headers.add_token("vary", token);
        }
        assert_eq!(headers.get("vary"), Some("Origin, Accept-Language"));
    }

    #[test]
    fn credentials_are_read_by_their_scheme() {
        let request = Request {
            method: Method::Get,
            path: "/".into(),
            query: "detail=phone&v=abc".into(),
            headers: [("Authorization", "balagh K7QF5-2MDX9")]
                .into_iter()
                .collect(),
            body: Vec::new(),
        };
        assert_eq!(request.authorization("Balagh"), Some("K7QF5-2MDX9"));
        assert_eq!(request.authorization("Bearer"), None);
        assert_eq!(
            (request.query("v"), request.query("w")),
            (Some("abc"), None)
        );
    }
}
