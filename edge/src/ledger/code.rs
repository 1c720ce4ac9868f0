//! A one-time code, as it is kept: by hashes alone.

use balagh_shared::time::{DAY_MS, Timestamp};

use crate::codes::{Entry, Live};

/// A row of [`statements::CODE`](super::statements::CODE): when codes were sent, and of the one that is
/// out its hash, its end, who asked for it, how many tries they have, and how many all others.
pub(crate) type CodeRow = (
    String,
    Option<Vec<u8>>,
    Option<i64>,
    String,
    Option<i64>,
    Option<i64>,
);

/// What is kept of a contact.
///
/// # Errors
/// Where the times are no list of numbers.
pub(crate) fn entry(
    (sent, mac, expires_at, asked_by, left, others): CodeRow,
) -> Result<Entry, serde_json::Error> {
    let sent: Vec<i64> = serde_json::from_str(&sent)?;
    // A hash of another length fits no code.
    let mac = mac.and_then(|mac| mac.try_into().ok());
    let live = match (mac, expires_at, left) {
        (Some(mac), Some(expires_at), Some(left)) => Some(Live {
            mac,
            expires_at: Timestamp::from_millis(expires_at),
            asked_by,
            left: u8::try_from(left).unwrap_or(0),
            // Of a code from before there were two: its tries are anybody's.
            left_to_others: u8::try_from(others.unwrap_or(left)).unwrap_or(0),
        }),
        _ => None,
    };
    Ok(Entry {
        sent: sent.into_iter().map(Timestamp::from_millis).collect(),
        live,
    })
}

/// An entry as [`statements::KEEP_CODE`](super::statements::KEEP_CODE) takes it behind its subject, and
/// from when it says nothing any more.
///
/// # Errors
/// None that is known: times are numbers.
pub(crate) fn row(entry: &Entry, now: Timestamp) -> Result<(CodeRow, i64), serde_json::Error> {
    let sent: Vec<i64> = entry.sent.iter().map(|at| at.millis()).collect();
    let live = entry.live.as_ref();
    let row = (
        serde_json::to_string(&sent)?,
        live.map(|live| live.mac.to_vec()),
        live.map(|live| live.expires_at.millis()),
        live.map_or_else(String::new, |live| live.asked_by.clone()),
        live.map(|live| i64::from(live.left)),
        live.map(|live| i64::from(live.left_to_others)),
    );
    Ok((row, now.millis().saturating_add(DAY_MS)))
}
