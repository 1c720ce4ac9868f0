//! The way to the upstream and back: a native edge, or the object that keeps the municipality.

use balagh_shared::reason::Reason;

use super::Asked;
use super::io::{Handed, Passing};
use crate::http::{Request, Response, refusal};
use crate::relay::Relayed;
use crate::relay::forward::{Passed, is_believed, vouching};
use crate::screen::session;

/// What JavaScript says instead of a status where nobody answered.
const AWAY: u16 = 0;
/// The same where the file that goes before could not be stored.
const UNSTORED: u16 = 1;

impl Asked<'_> {
    /// Passes a request about `municipality` on. What is `handed` over goes instead of what came.
    pub(super) fn send<'s>(
        &'s self,
        municipality: Option<&'s str>,
        url: &'s mut String,
        request: &Request,
        handed: Handed,
    ) -> Passing<'s> {
        let Request {
            method,
            path,
            query,
            body,
            ..
        } = request;
        let edge = self.edge;
        url.push_str(edge.behind.address());
        url.push_str(path);
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        let relayed = Relayed {
            method: *method,
            path,
            body: handed.body.as_deref().unwrap_or(body),
        };
        // News are nobody's page's.
        let page = self
            .route
            .is_guarded()
            .then(|| session::page(&self.origin, self.own_origin));
        let now = self.now.seconds();
        Passing {
            municipality: municipality.filter(|_| edge.behind.is_object()),
            url,
            fields: vouching(&edge.keys.relays, relayed, page, self.sender(), now),
            handed,
        }
    }

    /// What the upstream's answer becomes. Only its own is believed: a portal, a proxy or a maintenance
    /// page that answers for it is an upstream that is away.
    pub(super) fn heard(&self, request: &Request, answer: Response) -> Response {
        let refuse = |reason| refusal::of(reason, request.language());
        match answer.status {
            AWAY => refuse(Reason::UpstreamUnavailable),
            UNSTORED => refuse(Reason::StorageUnavailable),
            // Nobody answers for an object but itself.
            _ if self.edge.behind.is_object() => answer,
            _ if is_believed(&answer, Passed::of(self.route)) => answer,
            _ => refuse(Reason::UpstreamUnavailable),
        }
    }
}
