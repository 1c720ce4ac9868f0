//! Panics without words.
//!
//! A panic in a page is a trap: nobody hears what it would say, and the loader shows its fallback. Yet
//! the compiler links what it would say it with: messages, the places in the source that they name, the
//! code that puts them together. `panic = "immediate-abort"` leaves that out, but needs a compiler that
//! is not released and a standard library built for it. Here it is done to the linked module: what can
//! only end in a panic becomes a trap, together with what was made ready for it just before. What
//! traps and what does not stays as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::{FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

use crate::failure::Failure;

/// What the names of the standard library's functions begin with, and which crates they name then:
/// it has been compiled with names of another form than ours, in which crates have a mark before them.
const OF_THE_LIBRARY: [(&str, [&str; 4]); 2] = [
    ("_R", ["_4core", "_5alloc", "_3std", "_7___rustc"]),
    ("_ZN", ["_ZN4core", "_ZN5alloc", "_ZN3std", "_ZN7___rustc"]),
];
const CODE: u8 = 10;
const UNREACHABLE: u8 = 0x00;

/// A linked module whose panics trap at once.
pub(crate) struct Silenced {
    /// The module.
    pub(crate) wasm: Vec<u8>,
    /// What is gone of the code section of the module as it was linked, in order: its relocations mean
    /// nothing any more.
    pub(crate) gone: Vec<Range<u32>>,
}

impl Silenced {
    /// The module as it was `linked`: somebody reads what its panics say.
    pub(crate) fn not(linked: Vec<u8>) -> Silenced {
        Silenced {
            wasm: linked,
            gone: Vec::new(),
        }
    }
}

/// Takes out of the `linked` module what its panics would say.
pub(crate) fn silence(linked: &[u8]) -> Result<Silenced, Failure> {
    let code =
        Code::read(linked).map_err(|error| Failure::new(format!("the linked module: {error}")))?;
    let cuts = code.cuts(&code.panics());
    let wasm = code.without(linked, &cuts).ok_or_else(|| {
        Failure::new(
            "the linked module is not laid out as it should be: a body outside of its code",
        )
    })?;
    let gone = cuts.iter().map(|cut| {
        let within = |at: usize| at.saturating_sub(code.contents.start) as u32;
        within(cut.start)..within(cut.end)
    });
    Ok(Silenced {
        wasm,
        gone: gone.collect(),
    })
}

/// The code of a module, as far as it matters here. Places are offsets in the file.
#[derive(Default)]
struct Code {
    /// The section with its header, and without.
    section: Range<usize>,
    contents: Range<usize>,
    /// By number.
    names: BTreeMap<u32, String>,
    /// How many functions are imported: theirs are the first numbers.
    imported: u32,
    bodies: Vec<Body>,
}

struct Body {
    at: Range<usize>,
    instructions: Vec<Instruction>,
    /// Whether it has no way out but through its end.
    ends_at_its_end: bool,
}

struct Instruction {
    at: usize,
    does: Does,
}

/// What an instruction does, as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    /// Nothing but to compute and to write to memory: before a trap it might as well not be there.
    Compute,
    Call(u32),
    Trap,
    Other,
}

impl Code {
    fn read(wasm: &[u8]) -> wasmparser::Result<Code> {
        let mut code = Code::default();
        // Where the section before ended.
        let mut end = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        code.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => {
                    code.section = end..range.end;
                    code.contents = range.clone();
                }
                Payload::CodeSectionEntry(body) => code.bodies.push(Body::read(wasm, body)?),
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for part in names {
                            if let Name::Function(functions) = part? {
                                for naming in functions {
                                    let naming = naming?;
                                    code.names.insert(naming.index, naming.name.to_owned());
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
            end = match payload {
                Payload::Version { range, .. } => range.end,
                payload => payload.as_section().map_or(end, |(_, range)| range.end),
            };
        }
        Ok(code)
    }

    /// The functions that can only trap, by number.
    fn panics(&self) -> BTreeSet<u32> {
        let numbered = || (self.imported..).zip(&self.bodies);
        let of_the_library = |number: &u32| {
            let name = self.names.get(number).map_or("", String::as_str);
            let mut forms = OF_THE_LIBRARY.iter();
            forms.any(|(start, crates)| {
                name.starts_with(start) && crates.iter().any(|it| name.contains(it))
            })
        };
        let mut panics: BTreeSet<u32> = numbered()
            .filter(|(number, body)| of_the_library(number) && body.never_returns())
            .map(|(number, _)| number)
            .collect();
        // And what does nothing but call one of them.
        loop {
            let before = panics.len();
            let further = numbered().filter(|(_, body)| {
                let first = body.instructions.iter().find(|it| it.does != Does::Compute);
                first.is_some_and(|it| it.does.ends(&panics))
            });
            let further: Vec<u32> = further.map(|(number, _)| number).collect();
            panics.extend(further);
            if panics.len() == before {
                return panics;
            }
        }
    }

    /// What goes for a trap in its place.
    fn cuts(&self, panics: &BTreeSet<u32>) -> Vec<Range<usize>> {
        let mut cuts = Vec::new();
        for (number, body) in (self.imported..).zip(&self.bodies) {
            if panics.contains(&number) {
                let first = body.instructions.first().map_or(body.at.end, |it| it.at);
                cuts.push(first..body.at.end - 1);
                continue;
            }
            let ends = body.instructions.iter().skip(1).map(|it| it.at);
            let mut from = None;
            for (instruction, end) in body.instructions.iter().zip(ends.chain([body.at.end])) {
                if instruction.does.ends(panics) {
                    cuts.push(from.take().unwrap_or(instruction.at)..end);
                } else if instruction.does == Does::Compute {
                    from.get_or_insert(instruction.at);
                } else {
                    from = None;
                }
            }
        }
        cuts
    }

    /// The module with a trap for each of `cuts`.
    fn without(&self, wasm: &[u8], cuts: &[Range<usize>]) -> Option<Vec<u8>> {
        let mut cuts = cuts.iter().peekable();
        let mut contents = Vec::with_capacity(self.contents.len());
        number(&mut contents, self.bodies.len());
        for body in &self.bodies {
            let mut kept = Vec::with_capacity(body.at.len());
            let mut from = body.at.start;
            while let Some(cut) = cuts.next_if(|cut| cut.end <= body.at.end) {
                kept.extend(wasm.get(from..cut.start)?);
                kept.push(UNREACHABLE);
                from = cut.end;
            }
            kept.extend(wasm.get(from..body.at.end)?);
            number(&mut contents, kept.len());
            contents.append(&mut kept);
        }
        let mut out = wasm.get(..self.section.start)?.to_vec();
        out.push(CODE);
        number(&mut out, contents.len());
        out.append(&mut contents);
        out.extend(wasm.get(self.section.end..)?);
        Some(out)
    }
}

impl Body {
    fn read(wasm: &[u8], body: &FunctionBody<'_>) -> wasmparser::Result<Body> {
        let mut instructions = Vec::new();
        let mut ends_at_its_end = true;
        let mut depth: u32 = 0;
        for read in body.get_operators_reader()?.into_iter_with_offsets() {
            let (operator, at) = read?;
            let does = match &operator {
                Operator::Unreachable => Does::Trap,
                Operator::Call { function_index } => Does::Call(*function_index),
                _ if computes(wasm.get(at..).unwrap_or_default()) => Does::Compute,
                _ => Does::Other,
            };
            instructions.push(Instruction { at, does });
            match &operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                Operator::End => depth = depth.saturating_sub(1),
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                    ends_at_its_end &= *relative_depth < depth;
                }
                Operator::BrTable { targets } => {
                    let mut all = vec![targets.default()];
                    for target in targets.targets() {
                        all.push(target?);
                    }
                    ends_at_its_end &= all.iter().all(|target| *target < depth);
                }
                Operator::Else
                | Operator::Unreachable
                | Operator::Call { .. }
                | Operator::CallIndirect { .. } => {}
                // Whatever else decides where it goes on is not known here.
                _ => ends_at_its_end &= does == Does::Compute,
            }
        }
        Ok(Body {
            at: body.range(),
            instructions,
            ends_at_its_end,
        })
    }

    /// Whether it traps before its end, and does not leave otherwise.
    fn never_returns(&self) -> bool {
        let before = self.instructions.iter().rev().nth(1);
        self.ends_at_its_end && before.is_some_and(|it| it.does == Does::Trap)
    }
}

impl Does {
    /// Whether nothing follows it.
    fn ends(self, panics: &BTreeSet<u32>) -> bool {
        match self {
            Does::Call(number) => panics.contains(&number),
            Does::Trap => true,
            Does::Compute | Does::Other => false,
        }
    }
}

/// Whether the instruction that begins here only computes, or writes to memory: constants, variables,
/// loads and stores, arithmetic, conversions, copies.
fn computes(instruction: &[u8]) -> bool {
    match instruction {
        [0x1a..=0x1c | 0x20..=0x24 | 0x28..=0x3e | 0x41..=0xc4, ..] => true,
        [0xfc, of, ..] => matches!(of, 0..=7 | 10 | 11),
        _ => false,
    }
}

/// Writes `value` as wasm writes numbers: seven bits a byte, the lowest first.
fn number(into: &mut Vec<u8>, mut value: usize) {
    while value > 0x7f {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

#[cfg(test)]
mod tests {
    use walrus::ir::BinaryOp;
    use walrus::{FunctionBuilder, Module, ModuleConfig, ValType};

    use super::*;

    /// A module in which `careful` calls the library's panic for an argument of 0 and else adds one;
    /// `wrapper` only leads there, and `page` calls JavaScript and then traps.
    fn module() -> Module {
        let mut module = Module::with_config(ModuleConfig::new());
        let ty = module.types.add(&[], &[]);
        let (lent, _) = module.add_import_func("page", "lent", ty);

        let mut panic = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
        panic.name("_ZN4core9panicking5panic17h0123456789abcdefE".into());
        let said = module.locals.add(ValType::I32);
        panic.func_body().block(None, |inner| {
            inner.local_get(said).drop();
        });
        panic.func_body().unreachable();
        let panic = panic.finish(vec![said], &mut module.funcs);

        let mut wrapper = FunctionBuilder::new(&mut module.types, &[], &[]);
        wrapper.name("ours_alone".into());
        wrapper
            .func_body()
            .i32_const(77_777)
            .call(panic)
            .unreachable();
        let wrapper = wrapper.finish(vec![], &mut module.funcs);

        let mut careful = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        careful.name("careful".into());
        let given = module.locals.add(ValType::I32);
        careful
            .func_body()
            .block(None, |inner| {
                let at = inner.id();
                inner.local_get(given).br_if(at);
                inner.i32_const(88_888).call(panic).unreachable();
            })
            .local_get(given)
            .i32_const(1)
            .binop(BinaryOp::I32Add);
        let careful = careful.finish(vec![given], &mut module.funcs);

        let mut page = FunctionBuilder::new(&mut module.types, &[], &[]);
        page.name("page".into());
        page.func_body().call(lent).call(wrapper);
        let page = page.finish(vec![], &mut module.funcs);

        module.exports.add("careful", careful);
        module.exports.add("page", page);
        module
    }

    /// What a function is made of, by its name.
    fn instructions(wasm: &[u8], name: &str) -> Vec<String> {
        let code = Code::read(wasm).unwrap();
        let number = code
            .names
            .iter()
            .find(|(_, it)| it.as_str() == name)
            .unwrap()
            .0;
        let bodies = Parser::new(0)
            .parse_all(wasm)
            .filter_map(|it| match it.unwrap() {
                Payload::CodeSectionEntry(body) => Some(body),
                _ => None,
            });
        let body = bodies
            .collect::<Vec<_>>()
            .swap_remove((number - code.imported) as usize);
        let operators = body.get_operators_reader().unwrap().into_iter();
        operators.map(|it| format!("{:?}", it.unwrap())).collect()
    }

    fn has(wasm: &[u8], name: &str, what: &str) -> bool {
        instructions(wasm, name).iter().any(|it| it.contains(what))
    }

    #[test]
    fn a_panic_is_a_trap_and_what_was_made_ready_for_it_is_gone() {
        let silenced = silence(&module().emit_wasm()).unwrap();
        assert!(!has(&silenced.wasm, "careful", "88888"));
        assert!(!has(&silenced.wasm, "careful", "Call"));
        assert!(has(&silenced.wasm, "careful", "Unreachable"));
        assert_eq!(
            instructions(&silenced.wasm, "ours_alone"),
            ["Unreachable", "End"]
        );
    }

    #[test]
    fn what_does_not_panic_stays_and_so_does_what_is_done_before() {
        let silenced = silence(&module().emit_wasm()).unwrap();
        assert!(has(&silenced.wasm, "careful", "I32Add"));
        assert!(has(&silenced.wasm, "careful", "BrIf"));
        assert!(has(&silenced.wasm, "page", "Call { function_index: 0 }"));
    }

    #[test]
    fn a_module_without_its_panics_is_still_one() {
        let silenced = silence(&module().emit_wasm()).unwrap();
        assert!(Module::from_buffer(&silenced.wasm).is_ok());
        let again = silence(&silenced.wasm).unwrap();
        assert_eq!(again.wasm, silenced.wasm);
    }

    #[test]
    fn functions_of_others_that_trap_in_the_end_stay_as_they_are() {
        let mut module = module();
        let panic = module.funcs.iter_mut().find(|it| {
            it.name
                .as_deref()
                .is_some_and(|name| name.starts_with("_ZN4core"))
        });
        panic.unwrap().name = Some("ours".into());
        let silenced = silence(&module.emit_wasm()).unwrap();
        assert!(has(&silenced.wasm, "careful", "88888"));
    }

    #[test]
    fn what_is_gone_is_told_by_its_place_in_the_code() {
        let wasm = module().emit_wasm();
        let silenced = silence(&wasm).unwrap();
        let code = Code::read(&wasm).unwrap();
        let gone: usize = silenced.gone.iter().map(|it| it.len()).sum();
        assert!(gone > 0 && gone < code.contents.len());
        assert!(
            silenced
                .gone
                .is_sorted_by(|one, next| one.end <= next.start)
        );
    }
}
