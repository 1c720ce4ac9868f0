//! Wasm for phones that get no newer browser: without reference types, which Chrome has since 96, while
//! Android 5 ends with 95.
//!
//! Rust's standard library comes compiled for them, and wasm-bindgen, which then keeps JavaScript's
//! values in a table of the module's, takes that from the module itself. Here the module is made to
//! say otherwise before wasm-bindgen sees it: the glue keeps the values in an array, as it did before.

use walrus::{ImportKind, Module, RawCustomSection};
use wasmparser::{Validator, WasmFeatures};

use crate::failure::Failure;

/// How many places that array keeps for itself, as wasm-bindgen's runtime and its glue have it: 1,024
/// for what is lent, four for `undefined`, `null`, `true` and `false`.
const RESERVED: i32 = 1028;
/// What the runtime asks for that number when it is compiled for the table.
const ASKED: (&str, &str) = (
    "__wbindgen_externref_xform__",
    "__wbindgen_externref_statics_end",
);
/// The section in which compilers say what a module is made for.
const FEATURES: &str = "target_features";
const REFERENCES: &str = "reference-types";

/// What every browser above our floor has: see `www/docs/embed.md`.
const FLOOR: WasmFeatures = WasmFeatures::MVP
    .union(WasmFeatures::MUTABLE_GLOBAL)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::MULTI_VALUE);

/// `linked`, for an array of JavaScript's values.
pub(super) fn without_references(linked: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut module = Module::from_buffer(linked)
        .map_err(|error| Failure::new(format!("a linked module: {error:#}")))?;
    let asked = module.imports.find(ASKED.0, ASKED.1);
    let asked = asked.map(|it| module.imports.get(it).kind.clone());
    if let Some(ImportKind::Function(asked)) = asked {
        module
            .replace_imported_func(asked, |(body, _)| {
                body.i32_const(RESERVED);
            })
            .map_err(|error| Failure::new(format!("{}: {error:#}", ASKED.1)))?;
    }
    let said = module.customs.remove_raw(FEATURES);
    let mut said = said.ok_or_else(|| changed("says nothing of its features"))?;
    let named = said.data.windows(REFERENCES.len());
    let at = named
        .enumerate()
        .find_map(|(at, it)| (it == REFERENCES.as_bytes()).then_some(at));
    // Before its name stand the name's length, and before that whether it is used.
    let used = at.and_then(|at| said.data.get_mut(at.checked_sub(2)?));
    *used.ok_or_else(|| changed("does not name them"))? = b'-';
    module.customs.add(RawCustomSection {
        name: said.name,
        data: said.data,
    });
    Ok(module.emit_wasm())
}

/// That `wasm` asks no more of a browser than the floor has.
pub(super) fn check(wasm: &[u8]) -> Result<(), Failure> {
    Validator::new_with_features(FLOOR)
        .validate_all(wasm)
        .map(drop)
        .map_err(|error| {
            Failure::new(format!(
                "the widget's wasm is not for all browsers above its floor: {error}"
            ))
            .mend("see xtask/src/build/older.rs, and what the compiler now takes for granted")
        })
}

fn changed(what: &str) -> Failure {
    Failure::new(format!("a linked module {what}: {REFERENCES}"))
        .mend("see xtask/src/build/older.rs, and what this version of Rust says of its features")
}
