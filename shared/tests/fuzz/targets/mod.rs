//! What the fuzzers call: for every parser that takes bytes from outside a function that feeds it
//! and asserts what must hold whatever the bytes are. None may panic, loop or grow without bounds.
//!
//! The smoke test beside this file and the cargo-fuzz crate in `fuzz/` run the same functions over
//! the same corpus.

pub(crate) use citizen::TOWN;

mod boundaries;
mod citizen;
mod document;
mod keys;
mod number;
mod photo;
mod queue;
mod wire;

/// A name, which is also the corpus' folder, and what is called.
pub(crate) type Target = (&'static str, fn(&[u8]));

/// Every target there is.
pub(crate) const ALL: &[Target] = &[
    ("report", citizen::report),
    ("open311", citizen::open311),
    ("contact", citizen::contact),
    ("text", citizen::text),
    ("municipality", document::municipality),
    ("public", document::public),
    ("pack", boundaries::pack),
    ("geojson", boundaries::geojson),
    ("point", boundaries::point),
    ("number", number::number),
    ("time", number::time),
    ("wire", wire::wire),
    ("headers", wire::headers),
    ("session", keys::session),
    ("confirmed", keys::confirmed),
    ("signature", keys::signature),
    ("keyring", keys::keyring),
    ("seal", keys::seal),
    ("photo", photo::photo),
    ("queue", queue::queue),
];

/// The bytes as text, as a server reads a header or a form: what is no UTF-8 is replaced.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
