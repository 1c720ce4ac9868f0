//! Documents and keys, parsed once an instance.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

#[cfg(feature = "durable")]
use balagh_shared::number::ReportNumber;
use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

use super::behind::{self, Behind};
use super::io::Io;
#[cfg(feature = "durable")]
use crate::guesses::Guesses;
use crate::keys::ScreenKeys;
use crate::served::{PackFiles, Served};

thread_local! {
    // A runtime's isolate is one thread. What is here is read, never written, after the start,
    // but for who guesses.
    static CONFIGURED: RefCell<Option<Rc<Configured>>> = const { RefCell::new(None) };
}

/// What the function was given.
pub(super) struct Configured {
    pub(super) keys: ScreenKeys,
    /// Where what was screened goes.
    pub(super) behind: Behind,
    /// The runtime.
    pub(super) io: Io,
    /// The names of the header fields that mean something to an object: in a request, and in an answer.
    #[cfg(feature = "durable")]
    pub(super) read: JsValue,
    #[cfg(feature = "durable")]
    pub(super) answered: JsValue,
    /// Who is wrong about tracking codes, towards the objects of this instance.
    #[cfg(feature = "durable")]
    pub(super) guesses: Guesses,
    /// The function's own web origin, where requests do not show it.
    pub(super) public_origin: Option<String>,
    municipalities: BTreeMap<String, Served>,
}

pub(super) fn set(configured: Configured) {
    CONFIGURED.with_borrow_mut(|current| *current = Some(Rc::new(configured)));
}

pub(super) fn current() -> Option<Rc<Configured>> {
    CONFIGURED.with_borrow(Clone::clone)
}

impl Configured {
    pub(super) fn read(options: &JsValue) -> Result<Configured, String> {
        let keys = property(options, "keys");
        let keys = ScreenKeys::read(&|variable| property(&keys, variable).as_string())
            .map_err(|error| error.to_string())?;
        let public_url = property(options, "publicUrl").as_string();
        let public_origin = public_url
            .filter(|url| !url.is_empty())
            .map(|url| url.trim_end_matches('/').to_owned());
        let mut municipalities = BTreeMap::new();
        for entry in Array::from(&property(options, "municipalities")).iter() {
            let served = municipality(&entry)?;
            municipalities.insert(served.id().to_owned(), served);
        }
        if municipalities.is_empty() {
            return Err("municipalities is empty: give a document and its pack".to_owned());
        }
        let behind = Behind::read(options, public_origin.as_deref(), municipalities.values())?;
        Ok(Configured {
            keys,
            behind,
            io: property(options, "io").unchecked_into(),
            #[cfg(feature = "durable")]
            read: super::io::names(super::read()),
            #[cfg(feature = "durable")]
            answered: super::io::names(crate::relay::forward::ANSWERED),
            #[cfg(feature = "durable")]
            guesses: Guesses::default(),
            public_origin,
            municipalities,
        })
    }

    pub(super) fn municipality(&self, id: &str) -> Option<&Served> {
        self.municipalities.get(id)
    }

    /// All municipalities, in the order of their ids.
    #[cfg(feature = "durable")]
    pub(super) fn municipalities(&self) -> impl Iterator<Item = &Served> {
        self.municipalities.values()
    }

    /// The municipality with an id, or the only one where none is given.
    #[cfg(feature = "durable")]
    pub(super) fn named(&self, id: Option<&str>) -> Option<&Served> {
        let all = &self.municipalities;
        match id {
            Some(id) => all.get(id),
            None => all.values().next().filter(|_| all.len() == 1),
        }
    }

    /// The municipality whose reports have numbers like this one.
    #[cfg(feature = "durable")]
    pub(super) fn of_number(&self, number: &str) -> Option<&Served> {
        let number = ReportNumber::parse(number).ok()?;
        let mut all = self.municipalities.values();
        all.find(|served| served.document().prefix == number.prefix())
    }
}

fn municipality(entry: &JsValue) -> Result<Served, String> {
    let document = property(entry, "document").as_string();
    let document = document.ok_or_else(|| "a municipality's document is no text".to_owned())?;
    let phone = property(entry, "phonePack");
    let packs = PackFiles {
        full: bytes(&property(entry, "pack")),
        phone: phone.is_object().then(|| bytes(&phone)),
    };
    let words = property(entry, "words").as_string();
    let words = words
        .map(|json| serde_json::from_str(&json))
        .transpose()
        .map_err(|error| format!("a municipality's words: {error}"))?;
    behind::opened(&document, packs, words).map_err(|error| error.to_string())
}

fn bytes(given: &JsValue) -> Vec<u8> {
    match given.dyn_ref::<Uint8Array>() {
        Some(bytes) => bytes.to_vec(),
        // What runtimes hand out for a data module.
        None => Uint8Array::new(given).to_vec(),
    }
}

pub(super) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}
