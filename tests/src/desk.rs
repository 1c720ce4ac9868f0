//! A desk at which reports are decided one after the other: a municipality's document, boundaries
//! and words, opened once. What `cargo xtask bench rules` measures, natively and as wasm.

use std::error::Error;

use balagh_shared::categorise::Categorisers;
use balagh_shared::district::Pack;
use balagh_shared::municipality::{Municipality, PublicMunicipality};
use balagh_shared::report::Report;
use balagh_shared::rules;

/// [`Desk::decide`]: the bytes are no report.
pub const MALFORMED: u32 = 0;
/// There is something to mend.
pub const REFUSED: u32 = 1;
/// It breaks no rule.
pub const ACCEPTED: u32 = 2;
/// Added where the chosen category is among the first [`FIRST`] that the words are about.
pub const FITTING: u32 = 4;

/// How many suggestions a citizen is shown.
pub const FIRST: usize = 3;

/// What a report is decided with.
#[derive(Debug)]
pub struct Desk {
    public: PublicMunicipality,
    pack: Pack,
    categorisers: Categorisers,
}

impl Desk {
    /// Opens the municipality `document` (JSON) with its boundary `pack`, and compiles its words.
    ///
    /// # Errors
    /// When one of the two is not what it should be.
    pub fn open(document: &[u8], pack: &[u8]) -> Result<Desk, Box<dyn Error>> {
        let document: Municipality = serde_json::from_slice(document)?;
        let pack = Pack::open(pack)?;
        Ok(Desk {
            public: PublicMunicipality::of(&document, &pack),
            categorisers: Categorisers::of(&document)?,
            pack,
        })
    }

    /// Reads, validates and categorises one report (JSON): [`MALFORMED`], [`REFUSED`] or
    /// [`ACCEPTED`], the latter two with or without [`FITTING`].
    #[must_use]
    pub fn decide(&self, json: &[u8]) -> u32 {
        let Ok(report) = serde_json::from_slice::<Report>(json) else {
            return MALFORMED;
        };
        let suggested = self.categorisers.suggest(&report.description);
        let is_fitting = suggested
            .iter()
            .take(FIRST)
            .any(|suggestion| suggestion.category == report.category);
        self.judged(&report) | if is_fitting { FITTING } else { 0 }
    }

    /// As [`decide`](Self::decide), without the categories.
    #[must_use]
    pub fn validate(&self, json: &[u8]) -> u32 {
        serde_json::from_slice(json).map_or(MALFORMED, |report| self.judged(&report))
    }

    /// How many categories a text is likely about.
    #[must_use]
    pub fn categorise(&self, text: &str) -> u32 {
        self.categorisers.suggest(text).len() as u32
    }

    /// The document's part that everybody may read.
    #[must_use]
    pub fn public(&self) -> &PublicMunicipality {
        &self.public
    }

    /// The boundaries.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    fn judged(&self, report: &Report) -> u32 {
        match rules::judge(&self.public, &self.pack, report) {
            Ok(_) => ACCEPTED,
            Err(_) => REFUSED,
        }
    }
}

/// The same desk for wasm: one of them, one call a report.
#[cfg(feature = "wasm")]
mod wasm {
    #![expect(unreachable_pub, reason = "the macro exports these to JavaScript")]

    use std::cell::RefCell;

    use wasm_bindgen::prelude::wasm_bindgen;

    use super::Desk;

    thread_local! {
        static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
    }

    /// Opens the desk that the other functions use; whether the files are what they should be.
    #[wasm_bindgen(js_name = openDesk)]
    #[must_use]
    pub fn open(document: &[u8], pack: &[u8]) -> bool {
        DESK.set(Desk::open(document, pack).ok());
        DESK.with_borrow(Option::is_some)
    }

    /// See [`Desk::decide`].
    #[wasm_bindgen]
    #[must_use]
    pub fn decide(json: &[u8]) -> u32 {
        at(|desk| desk.decide(json))
    }

    /// See [`Desk::validate`].
    #[wasm_bindgen]
    #[must_use]
    pub fn validate(json: &[u8]) -> u32 {
        at(|desk| desk.validate(json))
    }

    /// See [`Desk::categorise`].
    #[wasm_bindgen]
    #[must_use]
    pub fn categorise(text: &str) -> u32 {
        at(|desk| desk.categorise(text))
    }

    /// Before a desk is open, everything is malformed.
    fn at(work: impl FnOnce(&Desk) -> u32) -> u32 {
        DESK.with_borrow(|desk| desk.as_ref().map_or(super::MALFORMED, work))
    }
}
