//! What of a report is somebody's, and how it is sealed under the report's own key.
//!
//! In clear stays what queues, figures and the public's lists are made of: category, district,
//! department, state, times, channel, and the place to a thousandth of a degree, which is the street
//! and not the door. Everything that was said, the exact place, names of photos and the contact are
//! sealed.

use balagh_shared::keyring::Keyring;
use balagh_shared::report::{Answer, Contact, Point, Report};
use balagh_shared::seal::{self, SealError, Sealed};
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::reports::StoredReport;
use super::vault::{Held, ItemKey, Vault};

/// Whether what is somebody's in a report can be read.
#[derive(Debug, Clone)]
pub enum Privacy {
    /// Under this key.
    Open(ItemKey),
    /// It is in clear: an older version stored it, and it is still to be sealed.
    Unsealed,
    /// It was erased, and is nowhere any more.
    Erased,
    /// The key is not here today: nothing is lost, and nothing can be read or added.
    Locked,
}

/// What of a report is somebody's, but for the contact.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Personal {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<Point>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) landmark: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    photos: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_url: Option<String>,
}

impl Personal {
    /// Takes it out of a report; what stays may be read by whoever reads the ledger.
    pub(super) fn of(report: &mut Report, media_url: Option<String>) -> Personal {
        let place = report.place.as_mut();
        let (at, landmark, asset) = place.map_or((None, None, None), |place| {
            (place.at.take(), place.landmark.take(), place.asset.take())
        });
        Personal {
            description: std::mem::take(&mut report.description),
            answers: std::mem::take(&mut report.answers),
            at,
            landmark,
            asset,
            photos: std::mem::take(&mut report.photos),
            observed_at: report.observed_at.take(),
            partner_reference: report.partner_reference.take(),
            media_url,
        }
    }

    /// Puts it back; gives the address of a picture, which is no part of the report itself.
    fn into(self, report: &mut Report) -> Option<String> {
        report.description = self.description;
        report.answers = self.answers;
        report.photos = self.photos;
        report.observed_at = self.observed_at;
        report.partner_reference = self.partner_reference;
        if let Some(place) = &mut report.place {
            place.at = self.at;
            place.landmark = self.landmark;
            place.asset = self.asset;
        }
        self.media_url
    }

    /// Sealed for the report with this number.
    pub(super) fn sealed(&self, key: &ItemKey, number: &str) -> Result<Sealed, StoreError> {
        let json = serde_json::to_vec(self).map_err(|_| StoreError::Unreadable("personal"))?;
        key.seal(&format!("{number}/personal"), &json)
    }

    /// Opened.
    pub(super) fn opened(
        key: &ItemKey,
        number: &str,
        sealed: &str,
    ) -> Result<Personal, StoreError> {
        let json = key.open(&format!("{number}/personal"), sealed)?;
        serde_json::from_slice(&json).map_err(|_| StoreError::Unreadable("personal"))
    }
}

impl Privacy {
    /// Of a report whose key has this id.
    pub(super) async fn of(
        vault: &Vault,
        key: Option<i64>,
        is_erased: bool,
    ) -> Result<Privacy, StoreError> {
        let Some(id) = key.filter(|_| !is_erased) else {
            return Ok(match is_erased {
                true => Privacy::Erased,
                false => Privacy::Unsealed,
            });
        };
        Ok(Privacy::from(vault.held(id).await?))
    }

    /// Puts what is sealed back into a report, as far as it can be read; gives the address of a
    /// picture that was given with it.
    pub(super) fn restore(
        &self,
        report: &mut Report,
        number: &str,
        personal: Option<&str>,
    ) -> Result<Option<String>, StoreError> {
        match (self, personal) {
            (Privacy::Open(key), Some(sealed)) => {
                Ok(Personal::opened(key, number, sealed)?.into(report))
            }
            _ => Ok(None),
        }
    }

    /// What somebody said, as it is stored.
    pub(super) fn note(&self, number: &str, said: &str) -> Result<String, StoreError> {
        match self {
            Privacy::Open(key) => {
                let sealed = key.seal(&format!("{number}/note"), said.as_bytes())?;
                Ok(sealed.as_str().to_owned())
            }
            Privacy::Unsealed => Ok(said.to_owned()),
            Privacy::Erased => Err(StoreError::Erased),
            Privacy::Locked => Err(StoreError::Locked),
        }
    }

    /// The same, read back; nothing where it cannot be.
    pub(super) fn said(
        &self,
        number: &str,
        note: Option<String>,
    ) -> Result<Option<String>, StoreError> {
        match (self, note) {
            (Privacy::Unsealed, note) => Ok(note),
            (Privacy::Open(key), Some(sealed)) => {
                let said = key.open(&format!("{number}/note"), &sealed)?;
                let said = String::from_utf8(said).map_err(|_| StoreError::Unreadable("note"))?;
                Ok(Some(said))
            }
            (Privacy::Open(_) | Privacy::Erased | Privacy::Locked, _) => Ok(None),
        }
    }
}

impl From<Held> for Privacy {
    fn from(held: Held) -> Privacy {
        match held {
            Held::Key(key) => Privacy::Open(key),
            Held::Destroyed => Privacy::Erased,
            Held::Locked | Held::Missing => Privacy::Locked,
        }
    }
}

/// A contact, sealed for the report with this number.
pub(super) fn contact(
    key: &ItemKey,
    number: &str,
    contact: &Contact,
) -> Result<Sealed, StoreError> {
    let json = serde_json::to_vec(contact).map_err(|_| StoreError::Unreadable("contact"))?;
    key.seal(number, &json)
}

/// As exactly as the public is shown it: a thousandth of a degree, some 110 m.
pub(super) fn rounded(degrees: f64) -> f64 {
    (degrees * 1000.0).round() / 1000.0
}

impl StoredReport {
    /// Who sent it, opened; `masters` is `BALAGH_SEAL_KEYS`, under which older versions sealed
    /// contacts.
    ///
    /// # Errors
    /// [`SealError`], where the key is not here.
    pub fn contact(&self, masters: &Keyring) -> Result<Option<Contact>, SealError> {
        let Some(sealed) = &self.contact else {
            return Ok(None);
        };
        let number = self.head.number.as_str();
        let plain = match &self.privacy {
            Privacy::Open(key) => key
                .open(number, sealed.as_str())
                .map_err(|_| SealError::Broken)?,
            Privacy::Unsealed => seal::open(masters, number.as_bytes(), sealed)?,
            Privacy::Erased => return Ok(None),
            Privacy::Locked => return Err(SealError::UnknownKey),
        };
        let contact = serde_json::from_slice(&plain).map_err(|_| SealError::Malformed)?;
        Ok(Some(contact))
    }
}
