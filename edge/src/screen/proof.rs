//! The challenge that asks for work, and the header it comes back in.

use balagh_shared::problem::{MEDIA_TYPE, Problem};
use balagh_shared::proof::Challenge;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

use crate::http::Response;
use crate::keys::ScreenKeys;

/// The header that a solved challenge comes in, in lower case.
pub const PROOF_HEADER: &str = "balagh-proof";

/// 428 with a challenge of at most `work` hashes, for any route that asks for work.
///
/// `random`: 36 bytes fresh from the system.
#[must_use]
pub fn challenge(
    keys: &ScreenKeys,
    municipality: &str,
    language: &str,
    work: u32,
    now: Timestamp,
    random: &[u8; 36],
) -> Response {
    let violations = [Violation::new(Reason::ProofRequired, "")];
    let challenge = Challenge::new(&keys.sessions, municipality, work, random, now.seconds());
    let problem = Problem {
        challenge: Some(challenge),
        ..Problem::of(&violations, language)
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut response = Response::new(problem.status, MEDIA_TYPE, body)
        .with("cache-control", "no-store")
        .with("content-language", language);
    response.headers.add_token("vary", "Accept-Language");
    response
}
