//! What a module pays for `shared`, the rules.
//!
//! Counted are the bodies of the functions whose names mention the crate, in the module as it
//! travels but with its names: compressed together, without the rest. What was inlined elsewhere is
//! missing, and so are its tables in the data; what is generic over its types is counted.

use std::collections::BTreeSet;
use std::path::Path;

use crate::failure::Failure;

/// The crate as function names mention it.
const CRATE: &[u8] = b"balagh_shared";

const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
/// Kinds of import.
const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;
const TAG: u8 = 4;
/// The part of the custom section `name` that names functions.
const FUNCTION_NAMES: u8 = 1;

/// The bodies of the functions of `shared` in the wasm file at `path`, one after another.
pub(super) fn bodies(path: &Path, wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    read(wasm).ok_or_else(|| {
        Failure::new(format!(
            "{} is no wasm file that can be read",
            path.display()
        ))
    })
}

fn read(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut rest = wasm.strip_prefix(b"\0asm\x01\0\0\0")?;
    let (mut imported, mut code, mut named) = (0, Vec::new(), BTreeSet::new());
    while let Some((&id, after)) = rest.split_first() {
        rest = after;
        let mut section = sized(&mut rest)?;
        match id {
            IMPORT => imported = imported_functions(section)?,
            CODE => {
                let count = number(&mut section)?;
                for _ in 0..count {
                    code.push(sized(&mut section)?);
                }
            }
            CUSTOM if sized(&mut section)? == b"name" => named = functions(section)?,
            _ => {}
        }
    }
    let bodies = (imported..).zip(code);
    let ours = bodies.filter(|(index, _)| named.contains(index));
    Some(ours.flat_map(|(_, body)| body).copied().collect())
}

/// How many functions are imported: their numbers come before those of the bodies.
fn imported_functions(mut section: &[u8]) -> Option<u64> {
    let mut functions = 0;
    for _ in 0..number(&mut section)? {
        sized(&mut section)?;
        sized(&mut section)?;
        match byte(&mut section)? {
            FUNCTION => {
                functions += 1;
                number(&mut section)?;
            }
            TABLE => {
                byte(&mut section)?;
                limits(&mut section)?;
            }
            MEMORY => limits(&mut section)?,
            GLOBAL | TAG => {
                byte(&mut section)?;
                byte(&mut section)?;
            }
            _ => return None,
        }
    }
    Some(functions)
}

fn limits(section: &mut &[u8]) -> Option<()> {
    let has_most = byte(section)? & 1 == 1;
    number(section)?;
    if has_most {
        number(section)?;
    }
    Some(())
}

/// The numbers of the functions whose names mention `shared`.
fn functions(mut section: &[u8]) -> Option<BTreeSet<u64>> {
    let mut named = BTreeSet::new();
    while !section.is_empty() {
        let id = byte(&mut section)?;
        let mut part = sized(&mut section)?;
        if id != FUNCTION_NAMES {
            continue;
        }
        for _ in 0..number(&mut part)? {
            let index = number(&mut part)?;
            let name = sized(&mut part)?;
            if name.windows(CRATE.len()).any(|it| it == CRATE) {
                named.insert(index);
            }
        }
    }
    Some(named)
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

/// LEB128.
fn number(from: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let next = byte(from)?;
        value |= u64::from(next & 0x7f) << shift;
        if next & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Bytes after their number.
fn sized<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
            &part(CODE, b"\x02\x02AA\x03BBB"),
            &part(CUSTOM, &name),
        ]
        .concat()
    }

    #[track_caller]
    fn check(names: [&str; 3], expected: &[u8]) {
        assert_eq!(read(&module(names)).as_deref(), Some(expected));
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
            assert_eq!(read(&whole[..length]), None, "{length}");
        }
    }
}
