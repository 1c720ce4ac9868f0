//! A stream of requests, good and bad, and what the edge makes of each: the same natively and as wasm
//! on every runtime, by the function's part of the screen and by the whole of it.

mod judge;
#[cfg(feature = "bench")]
mod record;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use judge::{Judge, Judged, head};
#[cfg(feature = "bench")]
pub use record::{Recording, record};

/// Where the function stands that the requests are sent to.
pub const FUNCTION: &str = "https://reports.example";

/// What every random byte is, so that whatever is drawn is the same everywhere.
pub const DRAWN: u8 = 7;

/// One request.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// When it comes, in milliseconds since 1970.
    pub at: i64,
    /// The client's address.
    pub address: String,
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub path: String,
    /// Its header fields, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// Its body; nothing where it has none.
    pub body: Option<String>,
}

/// What the requests are sent to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// The municipality's document, as JSON.
    pub document: String,
    /// The keys of the screen, by the variable that they are read from.
    pub keys: BTreeMap<String, String>,
    /// A receipt as an upstream answers, as JSON.
    pub receipt: String,
}

/// The stream for wasm: a judge, asked line by line.
#[cfg(feature = "wasm")]
mod wasm {
    #![expect(unreachable_pub, reason = "the macro exports these to JavaScript")]

    use std::cell::RefCell;

    use wasm_bindgen::prelude::wasm_bindgen;

    use super::{Judge, Recorded, Setting};

    thread_local! {
        static JUDGE: RefCell<Option<Judge>> = const { RefCell::new(None) };
    }

    /// Opens the judge, by a [`Setting`] as JSON and the boundary pack; whether they are such.
    #[wasm_bindgen(js_name = openJudge)]
    #[must_use]
    pub fn open(setting: &str, pack: &[u8]) -> bool {
        let setting: Option<Setting> = serde_json::from_str(setting).ok();
        JUDGE.set(setting.and_then(|setting| Judge::open(&setting, pack.to_vec()).ok()));
        JUDGE.with_borrow(Option::is_some)
    }

    /// What becomes of a request, a [`Recorded`] as JSON, by the whole screen: see
    /// [`Judged::whole`](super::Judged::whole). Nothing before a judge is open.
    #[wasm_bindgen]
    #[must_use]
    pub fn judge(recorded: &str) -> Option<String> {
        let recorded: Recorded = serde_json::from_str(recorded).ok()?;
        JUDGE.with_borrow_mut(|judge| Some(judge.as_mut()?.judge(&recorded).whole))
    }
}
