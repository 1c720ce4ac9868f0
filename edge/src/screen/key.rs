//! Was it here before? The promise that one draft becomes one report, however often it is sent.

use balagh_shared::canonical::hex;
use balagh_shared::key::IdempotencyKey;
use balagh_shared::keyring::UnknownKey;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::receipt::{Acknowledged, Receipt};
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Decision, Envelope, Mint, Posted, Reads, Step, Verdict};
use crate::http::Response;

/// Among whose keys a key is one: two partners may draw the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Everyone without a partner's key.
    Public,
    /// The partner with this id.
    Partner(&'a str),
}

/// Where a key is remembered: a hash of municipality, scope and key. Who reads the ledger learns
/// no key, with which a receipt could be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot([u8; 32]);

impl Slot {
    /// The slot of a key.
    #[must_use]
    pub fn of(municipality: &str, scope: Scope<'_>, key: &IdempotencyKey) -> Slot {
        let scope = match scope {
            Scope::Public => "public".to_owned(),
            Scope::Partner(id) => format!("partner {id}"),
        };
        // A municipality's id and a key hold no line break.
        let text = format!("balagh slot v1\n{municipality}\n{}\n{scope}", key.as_str());
        Slot(Sha256::digest(text).into())
    }

    /// A number for it that few others have.
    #[must_use]
    pub fn short(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }

    /// As it is stored: lower-case hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// What is remembered of an acknowledged report, longer than the report itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSubmission {
    /// Which report it was.
    pub fingerprint: [u8; 32],
    /// Its receipt.
    pub stub: Stub,
}

/// A receipt at rest: everything of it but the tracking code, which is derived again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field means what it means in `Receipt`")]
pub struct Stub {
    pub municipality: String,
    pub number: ReportNumber,
    /// Which key the tracking code is derived with.
    pub secret_kid: String,
    pub received_at: Timestamp,
    pub verdict: Acknowledged,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<String>,
}

impl Stub {
    /// The whole receipt.
    ///
    /// # Errors
    /// [`UnknownKey`] when the key of its tracking code is no longer in the keyring.
    pub fn receipt(&self, mint: &Mint<'_>) -> Result<Receipt, UnknownKey> {
        let Stub {
            municipality,
            number,
            ..
        } = self;
        let secret = Secret::derive(mint.numbers, &self.secret_kid, municipality, number)?;
        Ok(Receipt {
            number: number.to_string(),
            secret: secret.reveal(),
            received_at: self.received_at,
            verdict: self.verdict,
            district: self.district.clone(),
            department: self.department.clone(),
            agency: self.agency.clone(),
            due: self.due,
            joins: self.joins.clone(),
            status_url: format!("{}/v1/{municipality}/reports/{number}", mint.public_url),
        })
    }

    /// The receipt as an answer: 201 the first time, 200 after.
    ///
    /// # Errors
    /// [`UnknownKey`], as [`Stub::receipt`].
    pub fn response(&self, mint: &Mint<'_>, status: u16) -> Result<Response, UnknownKey> {
        self.receipt(mint).map(|receipt| {
            Response::private_json(status, &receipt).with("location", receipt.status_url)
        })
    }
}

/// What is answered to a key that already stands for a report; nothing where it does not.
pub(super) fn repeat(
    posted: &Posted<'_>,
    mint: &Mint<'_>,
    envelope: &Envelope,
    reads: &Reads,
) -> Option<Decision> {
    let language = posted.request.language();
    let refuse = |reason| Decision::reject(Step::Key, &[Violation::new(reason, "")], language);
    let stored = reads.submission.as_ref()?;
    if stored.fingerprint != envelope.fingerprint {
        return Some(refuse(Reason::KeyReused));
    }
    Some(match stored.stub.response(mint, 200) {
        Ok(response) => Decision {
            verdict: Verdict::Repeat,
            reasons: Vec::new(),
            step: Step::Key,
            opinions: Vec::new(),
            effects: Vec::new(),
            response,
        },
        Err(UnknownKey) => refuse(Reason::Internal),
    })
}
