//! Tracking, without a ledger: whose report it is, and what only its reporter is shown.

use balagh_shared::action::{Close, FollowUp, Rate, Reopen};
use balagh_shared::closing_code::ClosingCode;
use balagh_shared::keyring::Keyring;
use balagh_shared::municipality::ClosingBy;
use balagh_shared::number::{ReportNumber, Secret};
use balagh_shared::status::{PublicStatus, ReporterAction};
use balagh_shared::time::Timestamp;
use serde::de::DeserializeOwned;

use crate::served::Served;

/// Somebody says that a report is theirs: its number, and the tracking code they have.
#[derive(Debug)]
pub struct Claim {
    number: ReportNumber,
    code: Secret,
}

impl Claim {
    /// A claim as it was typed; nothing where number or code cannot be one.
    #[must_use]
    pub fn of(number: &str, code: &str) -> Option<Claim> {
        Some(Claim {
            number: ReportNumber::parse(number).ok()?,
            code: Secret::parse(code).ok()?,
        })
    }

    /// The number as it is stored.
    #[must_use]
    pub fn number(&self) -> &str {
        self.number.as_str()
    }

    /// The number as it is stored, if the code is its own. `stored` is the id of the key that the
    /// report's code is derived with; nothing where there is no such report.
    ///
    /// The same nothing, after the same work, for a number that does not exist and for a code that is
    /// not its own.
    #[must_use]
    pub fn judge(
        &self,
        keys: &Keyring,
        municipality: &str,
        stored: Option<&str>,
    ) -> Option<String> {
        let kid = stored.unwrap_or(keys.current().kid());
        let own = Secret::derive(keys, kid, municipality, &self.number);
        let is_own = own.is_ok_and(|own| own == self.code);
        (is_own && stored.is_some()).then(|| self.number.to_string())
    }
}

/// What is kept nowhere and said only to who holds the tracking code: what they may do now, and the
/// code that closes their report, derived with `closing`.
#[must_use]
pub fn complete(
    served: &Served,
    closing: &Keyring,
    mut status: PublicStatus,
    now: Timestamp,
) -> PublicStatus {
    status.may = status.may(now);
    let document = served.document();
    let category = document.category(&status.category);
    let rule = category.and_then(|category| category.closing);
    let rule = rule.unwrap_or(document.closing);
    let times = status.times_resolved();
    if let Some(shown) = &mut status.closing
        && shown.by == ClosingBy::Code
        && !rule.online
    {
        let code = ClosingCode::derive(closing, served.id(), &status.number, times);
        shown.code = Some(code.to_string());
    }
    status
}

/// What a reporter says with an action, as it is passed on to the origin; nothing where it cannot be
/// read: that does not travel in the edge's name.
#[must_use]
pub fn understood(action: ReporterAction, body: &[u8]) -> Option<Vec<u8>> {
    fn reads<T: DeserializeOwned>(body: &[u8]) -> bool {
        serde_json::from_slice::<T>(body).is_ok()
    }
    let body = match body {
        // What has nothing to say may say nothing.
        [] => b"{}",
        body => body,
    };
    // The reader of structures takes arrays for them, too.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let is_read = match action {
        ReporterAction::FollowUp => reads::<FollowUp>(body),
        ReporterAction::Close => reads::<Close>(body),
        ReporterAction::Reopen => reads::<Reopen>(body),
        ReporterAction::Rate => reads::<Rate>(body),
    };
    (is_object && is_read).then(|| body.to_vec())
}
