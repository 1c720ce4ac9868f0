//! The order of what a finished module holds, for who compresses it: functions that are alike side by
//! side, imports by how often they are called.
//!
//! Neither says anything to a browser. gzip looks back 32 KB, and the optimiser leaves functions by
//! their sizes; an import that many call is best among the first 128, whose numbers are a byte. Of the
//! widget's second part that is a fiftieth with gzip.

mod likeness;

use std::ops::Range;

use wasmparser::{ElementItems, FunctionBody, Operator, Parser, Payload, TypeRef};

use crate::failure::Failure;

const IMPORT: u8 = 2;
const FUNCTION: u8 = 3;
const EXPORT: u8 = 7;
const START: u8 = 8;
const ELEMENT: u8 = 9;
const CODE: u8 = 10;

/// `wasm` in the order that compresses best.
pub(super) fn for_compression(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let failed = |error| Failure::new(format!("a module that is to be put in order: {error}"));
    let module = Module::read(wasm).map_err(failed)?;
    module
        .in_order()
        .ok_or_else(|| Failure::new("a module refers to functions in a way that is not known"))
}

/// What stands between two numbers of functions, and the number that follows it; what is left.
#[derive(Default)]
struct Text {
    before: Vec<(Range<usize>, u32)>,
    rest: Range<usize>,
}

/// A module as far as functions have numbers in it.
struct Module<'w> {
    wasm: &'w [u8],
    /// In order: what each is, and where its content stands.
    sections: Vec<(u8, Range<usize>)>,
    /// Whether each is a function.
    imports: Vec<(bool, Range<usize>)>,
    /// The type of each function of its own.
    types: Vec<u32>,
    bodies: Vec<Text>,
    /// How many exports there are, and where functions stand among them.
    exports: Text,
    elements: Text,
    start: Option<u32>,
}

impl<'w> Module<'w> {
    fn read(wasm: &'w [u8]) -> wasmparser::Result<Module<'w>> {
        let mut module = Module {
            wasm,
            sections: Vec::new(),
            imports: Vec::new(),
            types: Vec::new(),
            bodies: Vec::new(),
            exports: Text::default(),
            elements: Text::default(),
            start: None,
        };
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            module.sections.extend(payload.as_section());
            match payload {
                Payload::ImportSection(imports) => {
                    let end = imports.range().end;
                    let mut starts = Vec::new();
                    for import in imports.into_imports_with_offsets() {
                        let (at, import) = import?;
                        starts.push((at, matches!(import.ty, TypeRef::Func(_))));
                    }
                    let ends: Vec<usize> = starts.iter().skip(1).map(|it| it.0).collect();
                    let ends = ends.into_iter().chain([end]);
                    let entries = starts.into_iter().zip(ends);
                    module.imports = entries.map(|((at, is), end)| (is, at..end)).collect();
                }
                Payload::FunctionSection(types) => {
                    module.types = types.into_iter().collect::<wasmparser::Result<_>>()?;
                }
                Payload::ExportSection(exports) => {
                    let range = exports.range();
                    let mut numbers = Vec::new();
                    for export in exports.into_iter_with_offsets() {
                        let (at, export) = export?;
                        if export.kind == wasmparser::ExternalKind::Func {
                            // Behind the name with its length stands what it is, then its number.
                            let name = export.name.len();
                            numbers
                                .push((at + encoded(name as u32).len() + name + 1, export.index));
                        }
                    }
                    module.exports = text(range, numbers);
                }
                Payload::StartSection { func, .. } => module.start = Some(func),
                Payload::ElementSection(elements) => {
                    let range = elements.range();
                    let mut numbers = Vec::new();
                    for element in elements {
                        if let ElementItems::Functions(items) = element?.items {
                            for item in items.into_iter_with_offsets() {
                                numbers.push(item?);
                            }
                        }
                    }
                    module.elements = text(range, numbers);
                }
                Payload::CodeSectionEntry(body) => module.bodies.push(numbers_in(&body)?),
                _ => {}
            }
        }
        Ok(module)
    }

    /// The module anew; nothing where it is not what it was taken for.
    fn in_order(&self) -> Option<Vec<u8>> {
        let functions: Vec<&Range<usize>> = of_kind(&self.imports, true).collect();
        let imported = functions.len();
        let mut called = vec![0_u32; imported];
        let numbers = self.bodies.iter().flat_map(|it| &it.before);
        for (_, number) in numbers {
            if let Some(count) = called.get_mut(*number as usize) {
                *count += 1;
            }
        }
        let mut imports: Vec<usize> = (0..imported).collect();
        imports.sort_by_key(|at| std::cmp::Reverse(called.get(*at)));

        let mut numbers: Vec<u32> = (0..(imported + self.bodies.len()) as u32).collect();
        for (now, before) in (0..).zip(&imports) {
            *numbers.get_mut(*before)? = now;
        }
        // What is alike is judged by the imports' new numbers.
        let bodies: Option<Vec<Vec<u8>>> = self
            .bodies
            .iter()
            .map(|it| self.with(it, &numbers))
            .collect();
        let own = likeness::order(&bodies?);
        for (now, before) in (imported as u32..).zip(&own) {
            *numbers.get_mut(imported + before)? = now;
        }

        let mut wasm = self.wasm.get(..8)?.to_vec();
        for (id, range) in &self.sections {
            let content = match *id {
                IMPORT => {
                    let mut content = encoded(self.imports.len() as u32);
                    for entry in of_kind(&self.imports, false) {
                        content.extend(self.wasm.get(entry.clone())?);
                    }
                    for at in &imports {
                        content.extend(self.wasm.get((*functions.get(*at)?).clone())?);
                    }
                    content
                }
                FUNCTION => {
                    let mut content = encoded(self.types.len() as u32);
                    for at in &own {
                        content.extend(encoded(*self.types.get(*at)?));
                    }
                    content
                }
                EXPORT => self.with(&self.exports, &numbers)?,
                START => encoded(*numbers.get(self.start? as usize)?),
                ELEMENT => self.with(&self.elements, &numbers)?,
                CODE => {
                    let mut content = encoded(self.bodies.len() as u32);
                    for at in &own {
                        let body = self.with(self.bodies.get(*at)?, &numbers)?;
                        content.extend(encoded(body.len() as u32));
                        content.extend(body);
                    }
                    content
                }
                _ => self.wasm.get(range.clone())?.to_vec(),
            };
            wasm.push(*id);
            wasm.extend(encoded(content.len() as u32));
            wasm.extend(content);
        }
        Some(wasm)
    }

    /// `text` with each function's new number.
    fn with(&self, text: &Text, numbers: &[u32]) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(text.rest.end);
        for (before, number) in &text.before {
            out.extend(self.wasm.get(before.clone())?);
            out.extend(encoded(*numbers.get(*number as usize)?));
        }
        out.extend(self.wasm.get(text.rest.clone())?);
        Some(out)
    }
}

fn of_kind(
    imports: &[(bool, Range<usize>)],
    functions: bool,
) -> impl Iterator<Item = &Range<usize>> {
    let of_kind = imports.iter().filter(move |(is, _)| *is == functions);
    of_kind.map(|(_, entry)| entry)
}

/// `whole` around the `numbers` of functions in it, and where they stand.
fn text(whole: Range<usize>, numbers: Vec<(usize, u32)>) -> Text {
    let mut from = whole.start;
    let mut before = Vec::new();
    for (at, number) in numbers {
        before.push((from..at, number));
        from = at + encoded(number).len();
    }
    Text {
        before,
        rest: from..whole.end,
    }
}

fn numbers_in(body: &FunctionBody<'_>) -> wasmparser::Result<Text> {
    let mut numbers = Vec::new();
    for operator in body.get_operators_reader()?.into_iter_with_offsets() {
        let (operator, at) = operator?;
        // The number stands behind one byte that says what is done with it.
        if let Operator::Call { function_index }
        | Operator::ReturnCall { function_index }
        | Operator::RefFunc { function_index } = operator
        {
            numbers.push((at + 1, function_index));
        }
    }
    Ok(text(body.range(), numbers))
}

/// A number as wasm writes it: seven bits a byte, the lowest first.
fn encoded(mut number: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let seven = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(seven);
            return bytes;
        }
        bytes.push(seven | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::Validator;

    /// A module of two imported functions, the second called twice, and `bodies` that call it.
    fn module() -> walrus::Module {
        let mut module = walrus::Module::default();
        let ty = module.types.add(&[], &[]);
        let (seldom, _) = module.add_import_func("m", "seldom", ty);
        let (often, _) = module.add_import_func("m", "often", ty);
        for (name, calls) in [("a", [often, seldom]), ("b", [often, often])] {
            let mut function = walrus::FunctionBuilder::new(&mut module.types, &[], &[]);
            let mut body = function.func_body();
            for call in calls {
                body.call(call);
            }
            let function = function.finish(Vec::new(), &mut module.funcs);
            module.exports.add(name, function);
        }
        module
    }

    /// What the function exported as `name` calls, by name.
    fn calls(wasm: &[u8], name: &str) -> Vec<String> {
        let module = walrus::Module::from_buffer(wasm).unwrap();
        let function = module.exports.get_func(name).unwrap();
        let body = module.funcs.get(function).kind.unwrap_local();
        let mut called = Vec::new();
        for (operator, _) in &body.block(body.entry_block()).instrs {
            if let walrus::ir::Instr::Call(call) = operator {
                let import = module.imports.get_imported_func(call.func).unwrap();
                called.push(import.name.clone());
            }
        }
        called
    }

    #[test]
    fn what_is_called_most_comes_first_and_everyone_calls_whom_they_called() {
        let before = module().emit_wasm();
        let after = for_compression(&before).unwrap();
        Validator::new().validate_all(&after).unwrap();
        for name in ["a", "b"] {
            assert_eq!(calls(&before, name), calls(&after, name), "{name}");
        }
        let imports = walrus::Module::from_buffer(&after).unwrap().imports;
        let names: Vec<_> = imports.iter().map(|it| it.name.clone()).collect();
        assert_eq!(names, ["often", "seldom"]);
        assert_eq!(before.len(), after.len());
    }

    #[test]
    fn numbers_are_written_seven_bits_a_byte() {
        assert_eq!(encoded(0), [0]);
        assert_eq!(encoded(127), [127]);
        assert_eq!(encoded(128), [0x80, 1]);
        assert_eq!(encoded(624_485), [0xe5, 0x8e, 0x26]);
    }
}
