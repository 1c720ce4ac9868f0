//! Which part each function and each piece of data is in.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use walrus::ir::{self, Visitor};
use walrus::{ExportItem, FunctionId, FunctionKind, Module};

use super::links::Links;
use crate::failure::Failure;

/// A function by its place in the module: the same wherever the same bytes are parsed.
pub(super) type Place = usize;

/// The part that all further ones build on.
const SECOND: usize = 1;

/// What is in which part.
#[derive(Debug)]
pub(super) struct Owners {
    /// By function, as far as anything reaches it. What nothing reaches stood in the table for
    /// wasm-bindgen's descriptions, or for exports that are no more, and is left out.
    functions: BTreeMap<Place, usize>,
    /// Pieces of data in order, and their parts, if anything reaches them.
    pub(super) data: Vec<(Range<u32>, Option<usize>)>,
    /// What a part calls of earlier ones: the functions, in order.
    pub(super) shared: BTreeMap<Place, BTreeSet<usize>>,
    /// The exports of each part after the first, by name, and the function's place.
    pub(super) brought: Vec<Vec<(String, Place)>>,
}

impl Owners {
    /// Sees which functions and data the exports of each part reach.
    pub(super) fn of(module: &Module, links: &Links, roots: &[&[&str]]) -> Result<Owners, Failure> {
        let mut exported = vec![Vec::new()];
        exported.resize(roots.len() + 1, Vec::new());
        for export in module.exports.iter() {
            if let ExportItem::Function(function) = export.item {
                let later = roots.iter().position(|it| it.contains(&&*export.name));
                let part = later.map_or(0, |at| at + 1);
                if let Some(of_part) = exported.get_mut(part) {
                    of_part.push((export.name.clone(), function.index()));
                }
            }
        }
        if exported
            .iter()
            .map(Vec::len)
            .skip(1)
            .ne(roots.iter().map(|it| it.len()))
        {
            return Err(Failure::new("not every root of a part is an export")
                .said(format!("{roots:?} of {exported:?}")));
        }

        // Of a function that the linker knows by another name nothing would be known.
        let strange = module.funcs.iter_local().filter_map(|(id, _)| {
            let name = module.funcs.get(id).name.as_deref().unwrap_or_default();
            let adapter = name.ends_with(" shim") || name.starts_with("__wbindgen_");
            (!adapter && !links.functions.contains_key(name)).then_some(name)
        });
        let strange: Vec<&str> = strange.collect();
        if !strange.is_empty() {
            return Err(
                Failure::new("functions that the linker does not name").said(strange.join("\n"))
            );
        }

        let start = module.start.map(|it| it.index());
        let roots = exported
            .iter()
            .map(|own| own.iter().map(|(_, function)| *function));
        let mut roots: Vec<Vec<Place>> = roots.map(Iterator::collect).collect();
        if let Some(first) = roots.first_mut() {
            first.extend(start);
        }
        let reached = Reached::new(module, links);
        let given = reached.given(&roots);
        let mut shared: BTreeMap<Place, BTreeSet<usize>> = BTreeMap::new();
        for (caller, called) in &reached.calls {
            let Some(part) = given.functions.get(caller) else {
                continue;
            };
            for function in called {
                // What JavaScript lends is imported by each part that calls it.
                let own = reached.calls.contains_key(function);
                if own && given.functions.get(function).is_some_and(|it| it < part) {
                    shared.entry(*function).or_default().insert(*part);
                }
            }
        }
        exported.remove(0);
        Ok(Owners {
            data: (0..)
                .zip(&links.data)
                .map(|(place, piece)| (piece.at.clone(), given.data.get(&place).copied()))
                .collect(),
            functions: given.functions,
            shared,
            brought: exported,
        })
    }

    /// The part of a function; none where nothing reaches it.
    pub(super) fn part(&self, function: FunctionId) -> Option<usize> {
        self.functions.get(&function.index()).copied()
    }
}

struct Reached<'m> {
    links: &'m Links,
    /// By name; two of one name stand or go together.
    named: BTreeMap<&'m str, Vec<Place>>,
    names: BTreeMap<Place, &'m str>,
    calls: BTreeMap<Place, BTreeSet<Place>>,
}

/// What is given to which part.
#[derive(Clone, Default)]
struct Given {
    functions: BTreeMap<Place, usize>,
    /// By the piece's place in the links.
    data: BTreeMap<usize, usize>,
}

impl<'m> Reached<'m> {
    fn new(module: &'m Module, links: &'m Links) -> Reached<'m> {
        let mut named: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
        let mut names = BTreeMap::new();
        let mut calls = BTreeMap::new();
        for function in module.funcs.iter() {
            let place = function.id().index();
            if let Some(name) = &function.name {
                named.entry(name).or_default().push(place);
                names.insert(place, name.as_str());
            }
            if let FunctionKind::Local(local) = &function.kind {
                let mut seen = Called::default();
                ir::dfs_in_order(&mut seen, local, local.entry_block());
                calls.insert(place, seen.0);
            }
        }
        Reached {
            links,
            named,
            names,
            calls,
        }
    }

    /// Gives each part what its `roots` reach: the first and the second one after the other, the
    /// rest beside each other. Of those any may be missing, so that what several reach is the
    /// second's.
    fn given(&self, roots: &[Vec<Place>]) -> Given {
        let mut given = Given::default();
        let mut parts = roots.iter().enumerate();
        for (part, roots) in parts.by_ref().take(SECOND + 1) {
            self.give(roots, part, &mut given);
        }
        let both = given.clone();
        for (part, roots) in parts {
            let mut alone = both.clone();
            self.give(roots, part, &mut alone);
            join(&mut given.functions, alone.functions);
            join(&mut given.data, alone.data);
        }
        given
    }

    /// Gives to `part` what is reached from `roots` and is not given yet.
    fn give(&self, roots: &[Place], part: usize, given: &mut Given) {
        let mut functions = roots.to_vec();
        let mut data: Vec<usize> = Vec::new();
        loop {
            if let Some(function) = functions.pop() {
                if given.functions.contains_key(&function) {
                    continue;
                }
                given.functions.insert(function, part);
                functions.extend(self.calls.get(&function).into_iter().flatten());
                let name = self.names.get(&function);
                if let Some(reaches) = name.and_then(|name| self.links.functions.get(*name)) {
                    data.extend(&reaches.data);
                    functions.extend(self.called(&reaches.functions));
                }
            } else if let Some(place) = data.pop() {
                let Some(piece) = self.links.data.get(place) else {
                    continue;
                };
                if given.data.contains_key(&place) {
                    continue;
                }
                given.data.insert(place, part);
                data.extend(&piece.reaches.data);
                functions.extend(self.called(&piece.reaches.functions));
            } else {
                return;
            }
        }
    }

    fn called(&self, names: &BTreeSet<String>) -> Vec<Place> {
        let named = names
            .iter()
            .filter_map(|name| self.named.get(name.as_str()));
        named.flatten().copied().collect()
    }
}

/// Adds what one of the parts after the second would be given.
fn join(given: &mut BTreeMap<usize, usize>, alone: BTreeMap<usize, usize>) {
    for (place, part) in alone {
        let before = given.entry(place).or_insert(part);
        if *before != part {
            *before = SECOND.min(*before);
        }
    }
}

/// The functions that a body names.
#[derive(Default)]
struct Called(BTreeSet<Place>);

impl<'i> Visitor<'i> for Called {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.insert(function.index());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_several_of_the_further_parts_reach_is_the_second_s() {
        let both = BTreeMap::from([(1, 0), (2, 1)]);
        let mut given = both.clone();
        for (part, own) in [(2, [3, 4]), (3, [4, 5]), (4, [4, 6])] {
            let mut alone = both.clone();
            alone.extend(own.map(|place| (place, part)));
            join(&mut given, alone);
        }
        let expected = [(1, 0), (2, 1), (3, 2), (4, 1), (5, 3), (6, 4)];
        assert_eq!(given, BTreeMap::from(expected));
    }
}
