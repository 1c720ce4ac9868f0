//! A municipality ready to be served.

use std::collections::BTreeMap;
use std::fmt;

use balagh_shared::canonical::hex;
use balagh_shared::categorise::{Categorisers, WordsError};
use balagh_shared::district::{PHONE_BOUND_M, Pack, PackError};
use balagh_shared::municipality::{
    Gazetteer, Municipality, PackReference, PublicMunicipality, Scope, WordsReference,
};
use balagh_shared::number::{NumberError, Prefix};
use sha2::{Digest, Sha256};

use crate::http::route::is_id;

/// A municipality's document, its boundaries and its public part, opened once and checked, so that
/// no request meets a malformed one.
pub struct Served {
    document: Municipality,
    prefix: Prefix,
    pack: Pack,
    packs: PackFiles,
    categorisers: Option<Categorisers>,
    public: PublicMunicipality,
    public_json: Tagged,
    /// By language.
    public_json_in: BTreeMap<String, Tagged>,
    gazetteer_json: Option<Vec<u8>>,
}

/// A municipality's boundary packs as they travel.
pub struct PackFiles {
    /// The one that decides.
    pub full: Vec<u8>,
    /// The simplified one for phones; they are given the whole one where there is none.
    pub phone: Option<Vec<u8>>,
}

impl From<Vec<u8>> for PackFiles {
    fn from(full: Vec<u8>) -> PackFiles {
        PackFiles { full, phone: None }
    }
}

/// Bytes as they travel, with their strong entity tag.
struct Tagged {
    bytes: Vec<u8>,
    etag: String,
}

/// Why a municipality cannot be served.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServedError {
    /// The document is not one.
    Document(serde_json::Error),
    /// The document's id cannot stand in an address.
    Id(String),
    /// The document's prefix cannot be used.
    Prefix(NumberError),
    /// The boundary pack is not one.
    Pack(PackError),
    /// The phone's pack is not one.
    PhonePack(PackError),
    /// The phone's pack is not of the same boundaries, or coarser than the rules reckon with.
    PhonePackDiffers,
    /// The words of its categories cannot be compiled.
    Words(WordsError),
    /// The gazetteer is not one.
    Gazetteer(serde_json::Error),
    /// The document names a department, district or calendar that is nowhere defined.
    Reference(String),
}

impl Served {
    /// Opens a document with its boundary packs and, where there is one, its gazetteer, and compiles
    /// what its texts are read with.
    ///
    /// # Errors
    /// [`ServedError`], by the part that cannot be used.
    pub fn open(
        document: &str,
        packs: impl Into<PackFiles>,
        gazetteer: Option<&str>,
    ) -> Result<Served, ServedError> {
        let document = read(document)?;
        let categorisers = Categorisers::of(&document).map_err(ServedError::Words)?;
        let named = WordsReference::of(&categorisers);
        let mut served = Served::with(document, packs.into(), Some(named))?;
        served.categorisers = Some(categorisers);
        served.gazetteer_json = gazetteer.map(places).transpose()?;
        Ok(served)
    }

    /// Opens what an edge function holds: a document and its boundary packs. Gazetteer and words are
    /// its upstream's, to which it relays who asks for them; `words` are their checksums, without
    /// which no one will.
    ///
    /// # Errors
    /// [`ServedError`], by the part that cannot be used.
    pub fn before_upstream(
        document: &str,
        packs: impl Into<PackFiles>,
        words: Option<WordsReference>,
    ) -> Result<Served, ServedError> {
        Served::with(read(document)?, packs.into(), words)
    }

    fn with(
        document: Municipality,
        packs: PackFiles,
        words: Option<WordsReference>,
    ) -> Result<Served, ServedError> {
        if !is_id(&document.id) {
            return Err(ServedError::Id(document.id));
        }
        let prefix = Prefix::parse(&document.prefix).map_err(ServedError::Prefix)?;
        let pack = Pack::open(&packs.full).map_err(ServedError::Pack)?;
        let phone = packs.phone.as_deref();
        let phone = phone.map(|bytes| phones(bytes, &pack)).transpose()?;
        check_references(&document)?;
        let public = PublicMunicipality {
            words,
            pack: PackReference {
                sha256: pack.checksum_hex(),
                phone,
            },
            ..PublicMunicipality::of(&document, &pack)
        };
        let public_json = Tagged::json(&public).map_err(ServedError::Document)?;
        // A few hundred kilobytes, so that no request waits for them to be written.
        let mut public_json_in = BTreeMap::new();
        for language in &public.languages {
            let json = Tagged::json(&public.in_language(language));
            public_json_in.insert(language.clone(), json.map_err(ServedError::Document)?);
        }
        Ok(Served {
            document,
            prefix,
            pack,
            packs,
            categorisers: None,
            public,
            public_json,
            public_json_in,
            gazetteer_json: None,
        })
    }

    /// The id in addresses.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.document.id
    }

    /// The whole document.
    #[must_use]
    pub fn document(&self) -> &Municipality {
        &self.document
    }

    /// What its report numbers start with.
    #[must_use]
    pub fn prefix(&self) -> &Prefix {
        &self.prefix
    }

    /// The boundaries that decide here.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The packs as they travel.
    #[must_use]
    pub fn packs(&self) -> &PackFiles {
        &self.packs
    }

    /// What its texts are read with; nothing in an edge function, which leaves that to the ledger.
    #[must_use]
    pub fn categorisers(&self) -> Option<&Categorisers> {
        self.categorisers.as_ref()
    }

    /// What anyone may read.
    #[must_use]
    pub fn public(&self) -> &PublicMunicipality {
        &self.public
    }

    /// [`Served::public`] as JSON, with its entity tag: with the labels of `language` alone where
    /// one is asked for, of the municipality's first language where it does not offer that one.
    #[must_use]
    pub fn public_json(&self, language: Option<&str>) -> (&[u8], &str) {
        let first = self.public.languages.first().map(String::as_str);
        let tagged = language
            .and_then(|asked| {
                let find = |language| self.public_json_in.get(language);
                find(asked).or_else(|| find(first?))
            })
            .unwrap_or(&self.public_json);
        (&tagged.bytes, &tagged.etag)
    }

    /// The gazetteer as JSON; nothing where this build was given none.
    #[must_use]
    pub fn gazetteer_json(&self) -> Option<&[u8]> {
        self.gazetteer_json.as_deref()
    }

    /// Whether pages of this web origin may embed the widget.
    #[must_use]
    pub fn is_partner_origin(&self, origin: &str) -> bool {
        self.document.partner_of_origin(origin).is_some()
    }

    /// The partner that holds this API key and may send reports with it.
    #[must_use]
    pub fn partner_of_key(&self, key: &str) -> Option<&str> {
        let hash = hex(&Sha256::digest(key.as_bytes()));
        self.document
            .partners
            .iter()
            .find(|partner| partner.may(Scope::Report) && partner.key_hashes.contains(&hash))
            .map(|partner| partner.id.as_str())
    }
}

fn read(document: &str) -> Result<Municipality, ServedError> {
    serde_json::from_str(document).map_err(ServedError::Document)
}

/// The checksum of the phone's pack, which has to be of the same districts as `full`: a phone would
/// otherwise offer what nobody here knows.
fn phones(bytes: &[u8], full: &Pack) -> Result<String, ServedError> {
    let phone = Pack::open(bytes).map_err(ServedError::PhonePack)?;
    let same = phone
        .districts()
        .map(|it| it.id())
        .eq(full.districts().map(|it| it.id()));
    if same && phone.bound_m() <= PHONE_BOUND_M {
        Ok(phone.checksum_hex())
    } else {
        Err(ServedError::PhonePackDiffers)
    }
}

fn places(gazetteer: &str) -> Result<Vec<u8>, ServedError> {
    serde_json::from_str::<Gazetteer>(gazetteer)
        .and_then(|places| serde_json::to_vec(&places))
        .map_err(ServedError::Gazetteer)
}

impl Tagged {
    fn json(value: &impl serde::Serialize) -> Result<Tagged, serde_json::Error> {
        let bytes = serde_json::to_vec(value)?;
        let etag = etag(&bytes);
        Ok(Tagged { bytes, etag })
    }
}

/// A strong entity tag.
#[must_use]
pub fn etag(bytes: &[u8]) -> String {
    let mut tag = hex(&Sha256::digest(bytes));
    tag.truncate(32);
    format!("\"{tag}\"")
}

/// A report is routed without asking whether what the document names exists; so it is asked here.
fn check_references(document: &Municipality) -> Result<(), ServedError> {
    let is_department = |code: &str| document.departments.iter().any(|d| d.code == code);
    let missing = |what: String| Err(ServedError::Reference(what));
    if !is_department(&document.triage) {
        return missing(format!(
            "triage: there is no department {:?}",
            document.triage
        ));
    }
    for category in document.groups.iter().flat_map(|group| &group.categories) {
        let code = &category.code;
        if let Some(department) = category.department.as_deref().filter(|d| !is_department(d)) {
            return missing(format!(
                "category {code}: there is no department {department:?}"
            ));
        }
        let is_agency = |id: &str| document.agencies.iter().any(|agency| agency.id == id);
        if let Some(agency) = category.transfer.as_deref().filter(|id| !is_agency(id)) {
            return missing(format!("category {code}: there is no agency {agency:?}"));
        }
        let calendar = category
            .due
            .as_ref()
            .and_then(|due| due.calendar.as_deref());
        if let Some(calendar) = calendar.filter(|id| document.calendar(id).is_none()) {
            return missing(format!(
                "category {code}: there is no calendar {calendar:?}"
            ));
        }
    }
    Ok(())
}

impl fmt::Display for ServedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServedError::Document(error) => write!(f, "the document: {error}"),
            ServedError::Id(id) => write!(
                f,
                "the document's id {id:?} is not 1 to 64 lower-case letters, digits and hyphens"
            ),
            ServedError::Prefix(error) => write!(f, "the document's prefix: {error}"),
            ServedError::Pack(error) => write!(f, "the boundary pack: {error}"),
            ServedError::PhonePack(error) => write!(f, "the phone's boundary pack: {error}"),
            ServedError::PhonePackDiffers => write!(
                f,
                "the phone's boundary pack has other districts, or lies more than {PHONE_BOUND_M} m from \
                 theirs: compile both from the same files, this one with `balagh pack --simplify phone`"
            ),
            ServedError::Words(error) => write!(f, "the words of the categories: {error}"),
            ServedError::Gazetteer(error) => write!(f, "the gazetteer: {error}"),
            ServedError::Reference(what) => write!(f, "the document: {what}"),
        }
    }
}

impl std::error::Error for ServedError {}

impl fmt::Debug for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Served")
            .field("id", &self.document.id)
            .finish_non_exhaustive()
    }
}
