//! What anyone may read of a municipality: `GET /v1/{municipality}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
#[cfg(feature = "server")]
use sha2::{Digest, Sha256};

use super::{
    Agency, Announcement, Asks, Closing, ContactPolicy, Danger, Help, IdentityMethod, Kind,
    KindPolicy, PhotoPolicy, PhotoRule, PrivacyNotice, Procedure, Question, TextPolicy, Theme,
    Tiles, View,
};
#[cfg(feature = "server")]
use crate::canonical::hex;
use crate::categorise::Tongue;
use crate::translated::Translated;

/// The public part of a municipality document: an allow-list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(
    missing_docs,
    reason = "each field means what it means in `Municipality`"
)]
pub struct PublicMunicipality {
    /// The wire protocol the edge speaks; see [`crate::PROTOCOL`].
    pub protocol: u32,
    pub id: String,
    pub prefix: String,
    pub names: Translated,
    pub languages: Vec<String>,
    /// IANA name of the time zone.
    pub time_zone: String,
    pub emergency: String,
    pub help: Help,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announcements: Vec<Announcement>,
    pub view: View,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiles: Option<Tiles>,
    pub kinds: Vec<KindPolicy>,
    pub groups: Vec<PublicGroup>,
    /// Name by code.
    pub departments: BTreeMap<String, Translated>,
    pub agencies: Vec<Agency>,
    /// The districts of the pack, for who chooses from a list.
    pub districts: Vec<PublicDistrict>,
    pub pack: PackReference,
    /// The words files that the edge serves; nothing where it serves none, and nothing is suggested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsReference>,
    pub contact: ContactPolicy,
    #[serde(default)]
    pub identity: PublicIdentity,
    pub photos: PhotoPolicy,
    pub text: TextPolicy,
    pub privacy: PrivacyNotice,
    #[serde(default)]
    pub closing: Closing,
    pub theme: Theme,
    pub hijri: bool,
}

/// A main category as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "each field means what it means in `Group`")]
pub struct PublicGroup {
    pub code: String,
    pub names: Translated,
    pub icon: String,
    pub categories: Vec<PublicCategory>,
}

/// A category as the public sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "each field means what it means in `Category`")]
pub struct PublicCategory {
    pub code: String,
    pub names: Translated,
    #[serde(default)]
    pub kind: Kind,
    #[serde(default)]
    pub photo: PhotoRule,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub danger: Option<Danger>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Translated>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<Procedure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    #[serde(default)]
    pub anonymous: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

/// A district as it can be chosen from a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicDistrict {
    /// Its id in the pack.
    pub id: String,
    /// Its name.
    pub names: Translated,
}

/// How a reporter may be known, as far as the form needs it: the keys stay with the edge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicIdentity {
    /// What is offered, the usual one first.
    pub methods: Vec<IdentityMethod>,
    /// Calling codes that one-time codes are sent to, without `+`.
    pub countries: Vec<String>,
}

/// Which boundary packs the edge serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackReference {
    /// SHA-256 of the pack the edge decides with, in lower-case hexadecimal.
    pub sha256: String,
    /// The same of the simplified pack for phones; a phone takes the whole one where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl PackReference {
    /// The checksum of what a phone opens.
    #[must_use]
    pub fn for_phones(&self) -> &str {
        self.phone.as_deref().unwrap_or(&self.sha256)
    }

    /// Whether a report decided with the pack of this checksum was decided with these boundaries.
    #[must_use]
    pub fn knows(&self, checksum: &str) -> bool {
        self.sha256 == checksum || self.is_phones(checksum)
    }

    /// Whether this is the checksum of the phone's pack.
    #[must_use]
    pub fn is_phones(&self, checksum: &str) -> bool {
        self.phone.as_deref() == Some(checksum)
    }
}

/// Which words files the edge serves, by tongue: what a text is about is read off them, on the phone
/// as at the edge. Each is the SHA-256 of the file, in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WordsReference {
    /// Of `words?tongue=ar`: Arabic.
    pub ar: String,
    /// Of `words?tongue=en`: English, romanised texts, and any other language.
    pub en: String,
    /// Of `words?tongue=hi`: Hindi.
    pub hi: String,
    /// Of `words?tongue=ms`: Indonesian and Malay.
    pub ms: String,
    /// Of `words?tongue=ur`: Urdu.
    pub ur: String,
}

impl WordsReference {
    /// The checksum of a tongue's file.
    #[must_use]
    pub fn of_tongue(&self, tongue: Tongue) -> &str {
        match tongue {
            Tongue::Arabic => &self.ar,
            Tongue::English => &self.en,
            Tongue::Hindi => &self.hi,
            Tongue::Malay => &self.ms,
            Tongue::Urdu => &self.ur,
        }
    }
}

impl PublicMunicipality {
    /// The category with this code.
    #[must_use]
    pub fn category(&self, code: &str) -> Option<&PublicCategory> {
        self.groups
            .iter()
            .flat_map(|group| &group.categories)
            .find(|c| c.code == code)
    }

    /// What `kind` asks for here; what is usual for it where the document does not offer it.
    #[must_use]
    pub fn asks(&self, kind: Kind) -> Asks {
        self.kinds
            .iter()
            .find(|policy| policy.kind == kind)
            .map_or(kind.asks(), KindPolicy::asks)
    }

    /// The district with this id.
    #[must_use]
    pub fn district(&self, id: &str) -> Option<&PublicDistrict> {
        self.districts.iter().find(|district| district.id == id)
    }

    /// The agency that looks after this area of the neighbours' layer.
    #[must_use]
    pub fn agency_of_area(&self, area: &str) -> Option<&Agency> {
        let of_area = |agency: &&Agency| agency.area.as_deref() == Some(area);
        self.agencies.iter().find(of_area)
    }

    /// The agency with this id.
    #[must_use]
    pub fn agency(&self, id: &str) -> Option<&Agency> {
        self.agencies.iter().find(|agency| agency.id == id)
    }
}

#[cfg(feature = "server")]
impl PublicMunicipality {
    /// What the public may read of `document`, with the districts of its `pack`.
    ///
    /// The gazetteer stays out: `GET /v1/{municipality}/gazetteer` is fetched when the place step
    /// opens. Words files are named [by whoever serves them](Self::with_words), and so is the
    /// phone's pack.
    #[must_use]
    pub fn of(document: &super::Municipality, pack: &crate::district::Pack) -> PublicMunicipality {
        PublicMunicipality {
            protocol: crate::PROTOCOL,
            id: document.id.clone(),
            prefix: document.prefix.clone(),
            names: document.names.clone(),
            languages: document.languages.clone(),
            time_zone: document.time_zone.name.clone(),
            emergency: document.emergency.clone(),
            help: document.help.clone(),
            announcements: document.announcements.clone(),
            view: document.view.clone(),
            tiles: document.tiles.clone(),
            kinds: document.kinds.clone(),
            groups: document.groups.iter().map(PublicGroup::of).collect(),
            departments: document
                .departments
                .iter()
                .map(|department| (department.code.clone(), department.names.clone()))
                .collect(),
            agencies: document.agencies.clone(),
            districts: pack
                .districts()
                .map(|district| PublicDistrict {
                    id: district.id().to_owned(),
                    names: Translated(
                        district
                            .names()
                            .map(|(l, n)| (l.to_owned(), n.to_owned()))
                            .collect(),
                    ),
                })
                .collect(),
            pack: PackReference {
                sha256: pack.checksum_hex(),
                phone: None,
            },
            words: None,
            contact: document.contact.clone(),
            identity: PublicIdentity::of(document),
            photos: document.photos.clone(),
            text: document.text.clone(),
            privacy: document.notice(),
            closing: document.closing,
            theme: document.theme.clone(),
            hijri: document.hijri,
        }
    }
}

#[cfg(feature = "server")]
impl PublicMunicipality {
    /// As it is where the words files of `words` are served.
    #[must_use]
    pub fn with_words(self, words: WordsReference) -> PublicMunicipality {
        let words = Some(words);
        PublicMunicipality { words, ..self }
    }
}

#[cfg(feature = "server")]
impl WordsReference {
    /// What `categorisers` were opened from.
    #[must_use]
    pub fn of(categorisers: &crate::categorise::Categorisers) -> WordsReference {
        let sha256 = |tongue| hex(&Sha256::digest(categorisers.words(tongue)));
        WordsReference {
            ar: sha256(Tongue::Arabic),
            en: sha256(Tongue::English),
            hi: sha256(Tongue::Hindi),
            ms: sha256(Tongue::Malay),
            ur: sha256(Tongue::Urdu),
        }
    }
}

#[cfg(feature = "server")]
impl PublicIdentity {
    fn of(document: &super::Municipality) -> PublicIdentity {
        let policy = &document.identity;
        let countries = match policy.countries.as_slice() {
            [] => vec![document.contact.calling_code.clone()],
            named => named.to_vec(),
        };
        PublicIdentity {
            methods: policy.methods.clone(),
            countries,
        }
    }
}

#[cfg(feature = "server")]
impl PublicGroup {
    fn of(group: &super::Group) -> PublicGroup {
        PublicGroup {
            code: group.code.clone(),
            names: group.names.clone(),
            icon: group.icon.clone(),
            categories: group.categories.iter().map(PublicCategory::of).collect(),
        }
    }
}

#[cfg(feature = "server")]
impl PublicCategory {
    fn of(category: &super::Category) -> PublicCategory {
        PublicCategory {
            code: category.code.clone(),
            names: category.names.clone(),
            kind: category.kind,
            photo: category.photo,
            danger: category.danger.clone(),
            notice: category.notice.clone(),
            procedure: category.procedure.clone(),
            transfer: category.transfer.clone(),
            questions: category.questions.clone(),
            anonymous: category.anonymous,
            closing: category.closing,
        }
    }
}
