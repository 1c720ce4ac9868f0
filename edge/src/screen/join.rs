//! Is the report of the same problem, which its reporter joins it to, one that can be joined?

use balagh_shared::number::ReportNumber;
use balagh_shared::reason::Reason;
use sha2::{Digest, Sha256};

use super::{Posted, Reads};

/// What is known of the report that is to be joined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leader {
    /// Nobody looked: an edge function leaves it to its upstream.
    #[default]
    Unread,
    /// There is none of this number, or none that anybody may see.
    Unknown,
    /// It is over, or reported done.
    Over,
    /// It is open.
    Open,
}

/// The number as it is stored; as it came where it is none, and then it is nobody's.
pub(super) fn number(posted: &Posted<'_>) -> Option<String> {
    let typed = posted.joins?;
    Some(ReportNumber::parse(typed).map_or_else(|_| typed.to_owned(), |it| it.to_string()))
}

/// The fingerprint of a report that joins another: under the same key, the same words joined to
/// something else are something else.
pub(super) fn fingerprint(report: [u8; 32], joins: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"balagh join v1\n");
    hash.update(report);
    hash.update(joins.as_bytes());
    hash.finalize().into()
}

pub(super) fn judge(reads: &Reads) -> Result<(), Reason> {
    match reads.leader {
        Leader::Unread | Leader::Open => Ok(()),
        Leader::Unknown => Err(Reason::ReportUnknown),
        Leader::Over => Err(Reason::JoinClosed),
    }
}
