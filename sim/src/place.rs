//! The world as one server finds it.

use std::time::Duration;

use balagh_edge::http::{Headers, Method, Request};
use balagh_shared::time::Timestamp;
use balagh_world::{Later, World};

use crate::hub::{Happening, Hub, Site, Who};
use crate::signal::Signal;

/// How long servers wait for each other, in milliseconds.
const PATIENCE_MS: i64 = 30_000;

/// A server's place in a run.
pub(crate) struct Place {
    pub(crate) hub: Hub,
    pub(crate) who: Who,
    /// Makes the errors of a client that reaches nobody, which has no other maker.
    pub(crate) client: reqwest::Client,
}

impl World for Place {
    fn now(&self) -> Timestamp {
        self.hub.lock().clock(self.who)
    }

    fn random(&self, bytes: &mut [u8]) {
        self.hub.lock().chance.fill(bytes);
    }

    fn sleep(&self, wait: Duration) -> Later<()> {
        let signal = Signal::new();
        let said = signal.said();
        let mut state = self.hub.lock();
        let task = state.current;
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        state.after(millis, Happening::Wake { task, signal });
        said
    }

    fn turn(&self, what: &'static str) -> Later<std::io::Result<()>> {
        let signal = Signal::new();
        let said = signal.said();
        let mut state = self.hub.lock();
        let (task, who) = (state.current, self.who);
        state.note(&who.to_string(), &format!("is about to {what}"));
        let wait = state.chance.between(0, 4);
        state.after(wait, Happening::Turn { task, who, signal });
        said
    }

    fn send(&self, request: reqwest::Request) -> Later<Result<reqwest::Response, reqwest::Error>> {
        let to = match request.url().host_str() {
            Some("origin") => Site::Origin,
            _ => Site::Edge,
        };
        let headers = request.headers().iter();
        let headers: Headers = headers
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let body = request.body().and_then(reqwest::Body::as_bytes);
        let request = Request {
            method: Method::parse(request.method().as_str()),
            path: request.url().path().to_owned(),
            query: request.url().query().unwrap_or_default().to_owned(),
            headers,
            body: body.unwrap_or_default().to_vec(),
        };
        let answered = self.hub.call(self.who, to, request, PATIENCE_MS);
        let nobody = self.client.get("nobody").build();
        Later::new(async move {
            let Some(answer) = answered.await else {
                // An address that is none: the one error that needs no network to come about.
                return Err(match nobody {
                    Err(error) => error,
                    Ok(_) => return Ok(axum::http::Response::new(Vec::new()).into()),
                });
            };
            let mut response = axum::http::Response::new(answer.body);
            *response.status_mut() =
                axum::http::StatusCode::from_u16(answer.status).unwrap_or_default();
            for (name, value) in answer.headers.iter() {
                if let (Ok(name), Ok(value)) = (
                    axum::http::HeaderName::try_from(name),
                    axum::http::HeaderValue::from_str(value),
                ) {
                    response.headers_mut().append(name, value);
                }
            }
            Ok(response.into())
        })
    }
}
