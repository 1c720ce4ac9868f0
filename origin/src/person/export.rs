//! Everything that is held on somebody, in JSON that a person can read: what they are handed when they
//! ask for it.

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::report::{Contact, Report};
use balagh_shared::seal::SealError;
use balagh_shared::time::Timestamp;
use serde::Serialize;

use crate::keys::Keys;
use crate::lifecycle::{Event, What};
use crate::store::{Privacy, Store, StoreError, StoredReport};

/// All of it.
#[derive(Serialize)]
pub struct Export {
    /// When it was put together.
    pub made_at: Timestamp,
    /// The municipality's id.
    pub municipality: String,
    /// Their reports, the newest first.
    pub reports: Vec<ExportedReport>,
    /// Who at the municipality looked at any of it, the newest first.
    pub looks: Vec<Look>,
}

/// A report of theirs.
#[derive(Serialize)]
pub struct ExportedReport {
    number: String,
    received_at: Timestamp,
    /// Where it stands.
    state: &'static str,
    /// Whether what was personal in it was erased, or cannot be read today.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
    report: Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<Contact>,
    /// Names of photos, by the hash of what is in them.
    photos: Vec<StoredPhoto>,
    events: Vec<ExportedEvent>,
}

/// Something that happened to it.
#[derive(Serialize)]
struct ExportedEvent {
    at: Timestamp,
    state: &'static str,
    #[serde(flatten)]
    what: What,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A look of somebody at the municipality. Who it was is not theirs to be told; that it was, and what
/// for, is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// A report's number, or `person`.
    pub object: String,
    /// What was done.
    pub action: String,
    /// What for, where that was asked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Puts together what the reports with these numbers hold.
///
/// # Errors
/// [`StoreError`].
pub async fn export(
    store: &Store,
    keys: &Keys,
    municipality: &str,
    numbers: &[String],
    now: Timestamp,
) -> Result<Export, StoreError> {
    let mut reports = Vec::with_capacity(numbers.len());
    let mut looks = Vec::new();
    for number in numbers {
        let Some(stored) = store.report(number).await? else {
            continue;
        };
        let photos = store.photos(number).await?;
        reports.push(exported(stored, photos, keys)?);
        looks.extend(store.looks_at(number).await?);
    }
    looks.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.object.cmp(&b.object)));
    Ok(Export {
        made_at: now,
        municipality: municipality.to_owned(),
        reports,
        looks,
    })
}

fn exported(
    stored: StoredReport,
    photos: Vec<StoredPhoto>,
    keys: &Keys,
) -> Result<ExportedReport, StoreError> {
    let contact = match stored.contact(&keys.seals) {
        Ok(contact) => contact,
        Err(SealError::UnknownKey) => None,
        Err(_) => return Err(StoreError::Sealed),
    };
    Ok(ExportedReport {
        received_at: stored.head.received_at,
        state: stored.life().state.code(),
        missing: match stored.privacy {
            Privacy::Erased => Some("erased"),
            Privacy::Locked => Some("its key is not here today"),
            Privacy::Open(_) | Privacy::Unsealed => None,
        },
        media_url: stored.media_url,
        contact,
        photos,
        events: stored.log.events().iter().filter_map(told).collect(),
        number: stored.head.number,
        report: stored.report,
    })
}

/// What colleagues wrote to one another names others, and is told by the municipality where the law
/// wants it.
fn told(event: &Event) -> Option<ExportedEvent> {
    let is_internal = matches!(event.what, What::Note { internal: true });
    (!is_internal).then(|| ExportedEvent {
        at: event.at,
        state: event.state.code(),
        what: event.what.clone(),
        by: event.actor.code(),
        note: event.note.clone(),
    })
}
