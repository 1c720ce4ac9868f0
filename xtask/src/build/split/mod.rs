//! One wasm module, cut into parts that travel one after another.
//!
//! The first part is a module like any other; each further one imports the memory, the tables and
//! the functions of those before it, brings its own code and data, and fills in its places of the
//! function table. Nothing is there twice, and a widget that is on the page goes on living in the
//! same memory when more of its code arrives.
//!
//! Which part something is in follows from what refers to it ([`owners`]): each part has exports of
//! its own as roots, and whatever an earlier part reaches too belongs to that one. The parts after the
//! second come in any order or not at all: what two of them reach belongs to the second. Calls stand in the
//! code; addresses of functions and of data do not look like any once it is linked, and so the linker
//! is asked to leave its relocations behind ([`links`]; `widget/build.rs`). An early part therefore
//! cannot call what has not come, other than through a table of functions that a later part hands
//! it (`widget/src/later.rs`), or an export of a later part, whose place in the table is empty until
//! then.

mod carve;
mod links;
mod owners;
mod traps;

use std::collections::BTreeSet;

use crate::failure::Failure;

pub(super) use links::Links;
pub(super) use traps::{Silenced, silence};

/// Cuts `whole`, which wasm-bindgen made of the linked module that `links` are of, into one part more
/// than there are lists of `roots`: the names of the exports that each part after the first brings.
pub(super) fn split(
    whole: &[u8],
    links: &Links,
    roots: &[&[&str]],
) -> Result<Vec<Vec<u8>>, Failure> {
    let owners = owners::Owners::of(&parse(whole)?, links, roots)?;
    (0..=roots.len())
        .map(|part| Ok(carve::carve(parse(whole)?, &owners, part)?.emit_wasm()))
        .collect()
}

/// The names of what `parts` import, whoever lends it.
pub(super) fn imported(parts: &[Vec<u8>]) -> Result<BTreeSet<String>, Failure> {
    let mut names = BTreeSet::new();
    for part in parts {
        names.extend(parse(part)?.imports.iter().map(|it| it.name.clone()));
    }
    Ok(names)
}

fn parse(wasm: &[u8]) -> Result<walrus::Module, Failure> {
    walrus::Module::from_buffer(wasm)
        .map_err(|error| Failure::new(format!("a module that is to be split: {error:#}")))
}
