//! What refers to what by address: read from the relocations that the linker left.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::{
    BinaryReader, DataKind, KnownCustom, Linking, Name, Operator, Parser, Payload,
    RelocSectionReader, RelocationEntry, RelocationType, SymbolInfo, TypeRef,
};

use crate::failure::Failure;

/// What a function's code or a piece of data holds the address of.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Reaches {
    /// Functions, by name.
    pub(super) functions: BTreeSet<String>,
    /// Pieces of data, by their places in [`Links::data`].
    pub(super) data: BTreeSet<usize>,
}

/// A piece of data that stands or goes as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where in memory.
    pub(super) at: Range<u32>,
    /// What it points to.
    pub(super) reaches: Reaches,
}

/// Every address in a linked module.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// By the function's name. Two of one name are taken for one.
    pub(super) functions: BTreeMap<String, Reaches>,
    /// In order, without overlaps.
    pub(super) data: Vec<Piece>,
}

impl Links {
    /// Reads them from a module linked with `--emit-relocs`, but those in what is `gone` of its code.
    pub(crate) fn read(linked: &[u8], gone: &[Range<u32>]) -> Result<Links, Failure> {
        let mut links = Linked::read(linked)
            .map_err(|error| Failure::new(format!("the linked module: {error}")))?;
        if links.relocations.is_empty() || links.symbols.is_empty() {
            return Err(Failure::new("the linked module has no relocations left")
                .mend("widget/build.rs asks the linker for them"));
        }
        links.relocations.retain(|(section, entry)| {
            let place = gone.partition_point(|it| it.end <= entry.offset);
            let of = gone.get(place).filter(|it| it.contains(&entry.offset));
            *section == Section::Data || of.is_none()
        });
        Ok(links.resolve())
    }
}

/// What a symbol stands for.
#[derive(Clone)]
enum Symbol {
    Function(u32),
    Data(Range<u32>),
    Other,
}

/// Which section an offset is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Code,
    Data,
}

/// A linked module, as far as it matters here.
#[derive(Default)]
struct Linked {
    names: BTreeMap<u32, String>,
    /// By where the body begins in the code section: where it ends, and the function's number.
    bodies: BTreeMap<u32, (u32, u32)>,
    /// By where the bytes begin in the data section: how many, and where in memory they go.
    segments: BTreeMap<u32, (u32, u32)>,
    /// Where in memory each segment goes.
    bases: Vec<u32>,
    symbols: Vec<Symbol>,
    relocations: Vec<(Section, RelocationEntry)>,
}

impl Linked {
    fn read(wasm: &[u8]) -> wasmparser::Result<Linked> {
        let mut linked = Linked::default();
        let (mut imported, mut defined) = (0, 0);
        let mut code_at = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => code_at = range.start,
                Payload::CodeSectionEntry(body) => {
                    let of = body.range();
                    let from = offset(of.start, code_at);
                    let number = imported + defined;
                    linked
                        .bodies
                        .insert(from, (offset(of.end, code_at), number));
                    defined += 1;
                }
                Payload::DataSection(data) => {
                    let data_at = data.range().start;
                    for segment in data {
                        let segment = segment?;
                        let base = match segment.kind {
                            DataKind::Active { offset_expr, .. } => {
                                match offset_expr.get_operators_reader().read()? {
                                    Operator::I32Const { value } => value.cast_unsigned(),
                                    _ => 0,
                                }
                            }
                            DataKind::Passive => 0,
                        };
                        let length = segment.data.len();
                        let from = offset(segment.range.end - length, data_at);
                        linked.segments.insert(from, (length as u32, base));
                        linked.bases.push(base);
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(names) => {
                        for part in names {
                            if let Name::Function(functions) = part? {
                                for naming in functions {
                                    let naming = naming?;
                                    linked.names.insert(naming.index, naming.name.to_owned());
                                }
                            }
                        }
                    }
                    KnownCustom::Linking(linking) => {
                        for part in linking {
                            if let Linking::SymbolTable(symbols) = part? {
                                for symbol in symbols {
                                    let symbol = linked.symbol(&symbol?);
                                    linked.symbols.push(symbol);
                                }
                            }
                        }
                    }
                    _ => {
                        let of = match section.name() {
                            "reloc.CODE" => Section::Code,
                            "reloc.DATA" => Section::Data,
                            _ => continue,
                        };
                        let reader = BinaryReader::new(section.data(), section.data_offset());
                        for entry in RelocSectionReader::new(reader)?.entries() {
                            linked.relocations.push((of, entry?));
                        }
                    }
                },
                _ => {}
            }
        }
        Ok(linked)
    }

    fn symbol(&self, symbol: &SymbolInfo<'_>) -> Symbol {
        match symbol {
            SymbolInfo::Func { index, .. } => Symbol::Function(*index),
            SymbolInfo::Data {
                symbol: Some(at), ..
            } => match self.bases.get(at.index as usize) {
                Some(base) => {
                    let from = base + at.offset;
                    Symbol::Data(from..from + at.size)
                }
                None => Symbol::Other,
            },
            _ => Symbol::Other,
        }
    }

    fn resolve(self) -> Links {
        let data = pieces(self.symbols.iter().filter_map(|it| match it {
            Symbol::Data(at) => Some(at.clone()),
            _ => None,
        }));
        let named = self.names.values();
        let mut links = Links {
            functions: named
                .map(|name| (as_exported(name).to_owned(), Reaches::default()))
                .collect(),
            data: data
                .into_iter()
                .map(|at| Piece {
                    at,
                    reaches: Reaches::default(),
                })
                .collect(),
        };
        for (section, entry) in &self.relocations {
            let Some(target) = self.target(entry, &links) else {
                continue;
            };
            let holder = match section {
                Section::Code => self
                    .function_at(entry.offset)
                    .and_then(|number| self.names.get(&number))
                    .and_then(|name| links.functions.get_mut(as_exported(name))),
                Section::Data => {
                    let at = self.address_of(entry.offset);
                    let piece = at.and_then(|at| piece_at(&links.data, at));
                    let piece = piece.and_then(|place| links.data.get_mut(place));
                    piece.map(|piece| &mut piece.reaches)
                }
            };
            if let Some(reaches) = holder {
                match target {
                    Target::Function(name) => drop(reaches.functions.insert(name)),
                    Target::Data(place) => drop(reaches.data.insert(place)),
                }
            }
        }
        links
    }

    fn target(&self, entry: &RelocationEntry, links: &Links) -> Option<Target> {
        use RelocationType as R;
        // Calls are read from the code as it is in the end, which wasm-bindgen has changed.
        if matches!(
            entry.ty,
            R::FunctionIndexLeb | R::TypeIndexLeb | R::GlobalIndexLeb | R::TableNumberLeb
        ) {
            return None;
        }
        match self.symbols.get(entry.index as usize)? {
            Symbol::Function(number) => {
                let name = self.names.get(number)?;
                Some(Target::Function(as_exported(name).to_owned()))
            }
            Symbol::Data(at) => piece_at(&links.data, at.start).map(Target::Data),
            Symbol::Other => None,
        }
    }

    fn function_at(&self, offset: u32) -> Option<u32> {
        let (_, (end, number)) = self.bodies.range(..=offset).next_back()?;
        (offset < *end).then_some(*number)
    }

    /// Where in memory the byte at `offset` of the data section goes.
    fn address_of(&self, offset: u32) -> Option<u32> {
        let (from, (length, base)) = self.segments.range(..=offset).next_back()?;
        let within = offset - from;
        (within < *length).then(|| base + within)
    }
}

/// A function's name without what `#[wasm_bindgen]` adds to those it exports: a hash of 16 digits,
/// which wasm-bindgen takes off again.
fn as_exported(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((stem, hash)) if hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit()) => {
            stem
        }
        _ => name,
    }
}

enum Target {
    Function(String),
    Data(usize),
}

fn offset(at: usize, from: usize) -> u32 {
    at.saturating_sub(from) as u32
}

/// The ranges in order, those that overlap made one. Empty ones are nothing.
fn pieces(symbols: impl Iterator<Item = Range<u32>>) -> Vec<Range<u32>> {
    let mut all: Vec<Range<u32>> = symbols.filter(|at| !at.is_empty()).collect();
    all.sort_by_key(|at| (at.start, at.end));
    let mut pieces: Vec<Range<u32>> = Vec::with_capacity(all.len());
    for at in all {
        match pieces.last_mut() {
            Some(last) if at.start < last.end => last.end = last.end.max(at.end),
            _ => pieces.push(at),
        }
    }
    pieces
}

fn piece_at(pieces: &[Piece], address: u32) -> Option<usize> {
    let place = pieces.partition_point(|piece| piece.at.end <= address);
    let piece = pieces.get(place)?;
    piece.at.contains(&address).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_that_overlap_are_one_piece_and_empty_ones_none() {
        let symbols = [8..12, 0..4, 2..6, 6..6, 6..8];
        assert_eq!(pieces(symbols.into_iter()), [0..6, 6..8, 8..12]);
    }

    #[test]
    fn an_address_is_in_the_piece_that_holds_it_and_between_pieces_in_none() {
        let pieces: Vec<Piece> = [0..6, 8..12]
            .into_iter()
            .map(|at| Piece {
                at,
                reaches: Reaches::default(),
            })
            .collect();
        let places = [0, 5, 6, 8, 11, 12].map(|at| piece_at(&pieces, at));
        assert_eq!(places, [Some(0), Some(0), None, Some(1), Some(1), None]);
    }

    #[test]
    fn a_module_without_relocations_is_refused_in_words() {
        let empty = walrus::Module::default().emit_wasm();
        let refused = Links::read(&empty, &[]).unwrap_err().to_string();
        assert!(refused.contains("no relocations"), "{refused}");
    }
}
