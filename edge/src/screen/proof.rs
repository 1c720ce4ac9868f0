//! Is the sender's device to work first? Nothing is asked in calm; past the calm of a sender, a
//! network, a contact or the whole, twice as much for every fourth report more. Never a puzzle.
//!
//! What comes back is checked from cheap to dear: form, signature and end by `plan`, the list of the
//! spent by the ledger, and only then one hash. A challenge is spent by the transaction that stores
//! the report: whatever is refused burns nothing.

use balagh_shared::proof::{Attempt, Challenge, effort};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::time::Timestamp;

use super::{Decision, Effect, Posted, Randomness, Reads, Step, Verdict};
use crate::http::{Response, refusal};
use crate::keys::ScreenKeys;
use crate::served::Served;

/// The header that a solved challenge comes in, in lower case.
pub const PROOF_HEADER: &str = "balagh-proof";

/// What came in the header, if it is a challenge of ours that is not over. Anything else counts as
/// nothing: where work is asked for it is asked for anew, and where none is, nobody minds.
pub fn open(posted: &Posted<'_>, now: Timestamp) -> Option<Attempt> {
    let header = posted.request.headers.get(PROOF_HEADER)?;
    let keyring = &posted.keys.sessions;
    Attempt::open(keyring, header, posted.served.id(), now.seconds()).ok()
}

/// The work that was done, as what it spends; nothing where it is less than the `work` that the
/// pressure asks for now: easy challenges could be collected for it.
pub(super) fn done(attempt: Option<&Attempt>, reads: &Reads, work: u32) -> Option<Effect> {
    let attempt = attempt.filter(|_| !reads.proof_spent)?;
    attempt.solved().ok()?;
    attempt.is_worth(work).then_some(Effect::SpendNonce {
        nonce: attempt.nonce,
        expires_at: attempt.expires_at,
    })
}

/// The hashes to ask for when a sender is `over` its calm by so many reports.
pub(super) fn wanted(served: &Served, over: u32) -> Option<u32> {
    effort(over, served.document().screening.proof)
}

/// The answer that asks for `work` hashes.
pub(super) fn ask(
    posted: &Posted<'_>,
    step: Step,
    reasons: Vec<Reason>,
    work: u32,
    now: Timestamp,
    randomness: &Randomness,
) -> Decision {
    let random = &randomness.proof;
    let language = posted.request.language();
    Decision {
        verdict: Verdict::Challenge,
        reasons,
        step,
        opinions: Vec::new(),
        effects: Vec::new(),
        response: challenge(posted.keys, posted.served.id(), language, work, now, random),
    }
}

/// 428 with a challenge of at most `work` hashes, for any route that asks for work.
///
/// `random`: 36 bytes fresh from the system.
#[must_use]
pub fn challenge(
    keys: &ScreenKeys,
    municipality: &str,
    language: &'static str,
    work: u32,
    now: Timestamp,
    random: &[u8; 36],
) -> Response {
    let violations = [Violation::new(Reason::ProofRequired, "")];
    let challenge = Challenge::new(&keys.sessions, municipality, work, random, now.seconds());
    refusal::asking(&violations, language, Some(&challenge))
}
