//! What a module pays for `shared`, the rules.
//!
//! Counted are the bodies of the functions whose names mention the crate, in the module as it
//! travels but with its names: compressed together, without the rest. What was inlined elsewhere is
//! missing, and so are its tables in the data; what is generic over its types is counted.

use std::collections::BTreeSet;
use std::path::Path;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::failure::Failure;

/// The crate as function names mention it.
const CRATE: &str = "balagh_shared";

/// The bodies of the functions of `shared` in the wasm file at `path`, one after another.
pub(super) fn bodies(path: &Path, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    read(wasm).map_err(|error| {
        Failure::new(format!(
            "{} is no wasm file that can be read: {error}",
            path.display()
        ))
    })
}

fn read(wasm: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let (mut imported, mut code, mut ours) = (0, Vec::new(), BTreeSet::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => code.push(body.as_bytes()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(parts) = section.as_known() else {
                    continue;
                };
                for part in parts {
                    let Name::Function(names) = part? else {
                        continue;
                    };
                    for named in names {
                        let named = named?;
                        if named.name.contains(CRATE) {
                            ours.insert(named.index);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    // The numbers of imported functions come before those of the bodies.
    let bodies = (imported..).zip(code);
    let ours = bodies.filter(|(index, _)| ours.contains(index));
    Ok(ours.flat_map(|(_, body)| body).copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sections of a module, and the part of the section `name` that names functions.
    const CUSTOM: u8 = 0;
    const IMPORT: u8 = 2;
    const FUNCTION: u8 = 3;
    const CODE: u8 = 10;
    const FUNCTION_NAMES: u8 = 1;

    /// A module with one imported function and two bodies, named `names`.
    fn module(names: [&str; 3]) -> Vec<u8> {
        let part = |id: u8, content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap();
            [&[id, length], content].concat()
        };
        let mut named = vec![3];
        for (index, name) in (0..).zip(names) {
            named.extend(part(index, name.as_bytes()));
        }
        let name = [b"\x04name".as_slice(), &part(FUNCTION_NAMES, &named)].concat();
        [
            b"\0asm\x01\0\0\0".as_slice(),
            &part(IMPORT, b"\x01\x01m\x01f\x00\x00"),
            &part(FUNCTION, b"\x02\x00\x00"),
            &part(CODE, b"\x02\x02AA\x03BBB"),
            &part(CUSTOM, &name),
        ]
        .concat()
    }

    #[track_caller]
    fn check(names: [&str; 3], expected: &[u8]) {
        assert_eq!(read(&module(names)).unwrap(), expected);
    }

    #[test]
    fn bodies_are_counted_by_the_names_of_their_functions() {
        check(["f", "<balagh_shared::Key as Debug>::fmt", "main"], b"AA");
        check(["balagh_shared::f", "g", "balagh_shared::h"], b"BBB");
        check(["f", "g", "h"], b"");
    }

    #[test]
    fn what_is_no_wasm_is_not_read() {
        let whole = module(["f", "g", "h"]);
        for length in [0, 3, 10, whole.len() - 1] {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
    }
}
