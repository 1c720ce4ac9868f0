//! The edge's own pages: HTML that needs no script, every value escaped by construction, under a
//! strict policy.
//!
//! | module | idea |
//! | --- | --- |
//! | `report` | the form: a report from the first word to the receipt |
//! | `track` | a report by number and code, and what its reporter may do |
//! | `door` | the edge's API, as these pages call it: either build's |
//! | `quarantine` | what waits for a person of the municipality's |
//! | `element`, `embed` | the widget in the edge's own web origin: on a page, framed by others |
//! | `index`, `reasons`, `refused` | what else there is to read |
//! | `frame`, `field`, `form` | head and policy; fields with their hints and faults; what comes back of them |
//! | `clock` | time and chance, of either build |
//! | `words`, `hijri` | six languages, two calendars |

mod clock;
mod door;
mod element;
// Framed it needs the widget's files at the same address.
#[cfg(feature = "native")]
mod embed;
mod field;
mod form;
mod frame;
mod hijri;
mod index;
pub(crate) mod quarantine;
mod reasons;
mod refused;
pub(crate) mod report;
pub(crate) mod track;
mod words;

use balagh_shared::problem::LANGUAGES;

use crate::http::Request;
use crate::served::Served;

pub(crate) use door::Api;
#[cfg(feature = "native")]
pub(crate) use embed::embed;
pub(crate) use form::PhotoForm;
pub(crate) use index::index;
pub(crate) use reasons::reasons;
pub(crate) use refused::refused;

use frame::{Page, Scripts};
use words::Words;

/// The language of a municipality's page: the one asked for in the address, else the browser's, else
/// the municipality's first, always one that it offers.
fn language(served: &Served, request: &Request) -> &'static str {
    let offered = &served.document().languages;
    let known = |language: &str| {
        let of_ours = LANGUAGES.into_iter().find(|it| *it == language)?;
        offered.iter().any(|it| it == of_ours).then_some(of_ours)
    };
    let asked = request.query("lang").and_then(known);
    let browsers = || {
        request.headers.get("accept-language")?;
        known(request.language())
    };
    let first = || offered.first().and_then(|it| known(it));
    asked.or_else(browsers).or_else(first).unwrap_or("en")
}
