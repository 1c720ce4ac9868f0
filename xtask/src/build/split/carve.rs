//! From the whole module to one of its parts.

use std::collections::BTreeMap;
use std::ops::Range;

use walrus::ir::Value;
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId,
    FunctionKind, GlobalKind, ImportKind, ImportedFunction, Module, TableId, TypeId,
};

use super::owners::{Owners, Place};
use crate::failure::Failure;

/// The module that a part imports what earlier ones have from; the glue puts it together.
const EARLIER: &str = "parts";
/// Data further apart than this is worth a segment of its own.
const APART: u32 = 16;

/// Leaves of the whole `module` what is in `part`.
pub(super) fn carve(mut module: Module, owners: &Owners, part: usize) -> Result<Module, Failure> {
    let table = module
        .tables
        .main_function_table()
        .ok()
        .flatten()
        .ok_or_else(|| Failure::new("a module to split has one table of functions"))?;
    let slots = slots(&mut module, table)?;
    // Behind the table's end, a place for each export that a later part brings.
    let end = module.tables.get(table).initial as u32;
    let brought = owners.brought.iter().enumerate();
    let brought: Vec<(usize, String, Place, u32)> = brought
        .flat_map(|(at, exports)| exports.iter().map(move |it| (at + 1, it.clone())))
        .zip(end..)
        .map(|((of, (name, function)), slot)| (of, name, function, slot))
        .collect();
    let places = module.tables.get_mut(table);
    places.initial += brought.len() as u64;
    if let Some(most) = &mut places.maximum {
        *most += brought.len() as u64;
    }

    // What the linker left for us says nothing of a part.
    let left = |name: &str| name == "linking" || name.starts_with("reloc.");
    let customs: Vec<_> = module
        .customs
        .iter()
        .filter(|(_, it)| left(it.name()))
        .map(|(id, _)| id)
        .collect();
    for id in customs {
        module.customs.delete(id);
    }
    if part == 0 {
        share(&mut module);
    } else {
        import_what_is_shared(&mut module);
        module.start = None;
    }
    exports(&mut module, owners, part, table, &brought);
    functions(&mut module, owners, part);
    fill_the_table(&mut module, owners, part, table, slots, &brought);
    data(&mut module, owners, part);
    walrus::passes::gc::run(&mut module);
    Ok(module)
}

/// Takes the table's content out of the module: by place, the function.
fn slots(module: &mut Module, table: TableId) -> Result<BTreeMap<u32, FunctionId>, Failure> {
    let mut slots = BTreeMap::new();
    let ids: Vec<_> = module.elements.iter().map(|it| it.id()).collect();
    for id in ids {
        let element = module.elements.get(id);
        let of = match (&element.kind, &element.items) {
            (
                ElementKind::Active {
                    table: of,
                    offset: ConstExpr::Value(Value::I32(from)),
                },
                ElementItems::Functions(functions),
            ) if *of == table => {
                slots.extend((from.cast_unsigned()..).zip(functions.iter().copied()));
                true
            }
            _ => false,
        };
        if !of {
            return Err(Failure::new("a table is filled in a way that is not known"));
        }
        module.elements.delete(id);
        module.tables.get_mut(table).elem_segments.remove(&id);
    }
    Ok(slots)
}

/// Exports the tables and the variables, for later parts; the memory is exported already.
fn share(module: &mut Module) {
    let tables: Vec<_> = module.tables.iter().map(|it| it.id()).collect();
    for (at, id) in tables.into_iter().enumerate() {
        module.exports.add(&format!("t{at}"), id);
    }
    let globals: Vec<_> = module
        .globals
        .iter()
        .filter(|it| it.mutable)
        .map(|it| it.id())
        .collect();
    for (at, id) in globals.into_iter().enumerate() {
        module.exports.add(&format!("g{at}"), id);
    }
}

/// The same from the other side, under the same names.
fn import_what_is_shared(module: &mut Module) {
    let memories: Vec<_> = module.memories.iter().map(|it| it.id()).collect();
    for id in memories {
        let import = module
            .imports
            .add(EARLIER, "memory", ImportKind::Memory(id));
        module.memories.get_mut(id).import = Some(import);
    }
    let tables: Vec<_> = module.tables.iter().map(|it| it.id()).collect();
    for (at, id) in tables.into_iter().enumerate() {
        let import = module
            .imports
            .add(EARLIER, &format!("t{at}"), ImportKind::Table(id));
        module.tables.get_mut(id).import = Some(import);
    }
    let globals: Vec<_> = module
        .globals
        .iter()
        .filter(|it| it.mutable)
        .map(|it| it.id())
        .collect();
    for (at, id) in globals.into_iter().enumerate() {
        let import = module
            .imports
            .add(EARLIER, &format!("g{at}"), ImportKind::Global(id));
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
    }
}

fn exports(
    module: &mut Module,
    owners: &Owners,
    part: usize,
    table: TableId,
    brought: &[(usize, String, Place, u32)],
) {
    let own: Vec<_> = module.exports.iter().map(|it| it.id()).collect();
    for id in own {
        let export = module.exports.get(id);
        let later = match export.item {
            ExportItem::Function(function) => brought
                .iter()
                .find(|(_, name, ..)| *name == export.name)
                .map(|(.., slot)| (module.funcs.get(function).ty(), *slot)),
            _ => None,
        };
        if part > 0 {
            module.exports.delete(id);
        } else if let Some((ty, slot)) = later {
            let through = through_the_table(module, ty, table, slot);
            module.exports.get_mut(id).item = ExportItem::Function(through);
        }
    }
    let ids: BTreeMap<Place, FunctionId> = module
        .funcs
        .iter()
        .map(|it| (it.id().index(), it.id()))
        .collect();
    for (name, function) in shared_names(owners) {
        if let Some(id) = ids
            .get(&function)
            .filter(|id| owners.part(**id) == Some(part))
        {
            module.exports.add(&name, *id);
        }
    }
}

/// What each shared function is called between the parts: as short as can be.
fn shared_names(owners: &Owners) -> impl Iterator<Item = (String, Place)> {
    let places = owners.shared.keys();
    places
        .enumerate()
        .map(|(at, place)| (at.to_string(), *place))
}

/// A function that calls the one in `slot`.
fn through_the_table(module: &mut Module, ty: TypeId, table: TableId, slot: u32) -> FunctionId {
    let (takes, gives) = {
        let ty = module.types.get(ty);
        (ty.params().to_vec(), ty.results().to_vec())
    };
    let arguments: Vec<_> = takes.iter().map(|it| module.locals.add(*it)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &takes, &gives);
    let mut body = builder.func_body();
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(slot.cast_signed()).call_indirect(ty, table);
    builder.finish(arguments, &mut module.funcs)
}

/// Imports the functions of earlier parts; what is of later ones nothing here refers to.
fn functions(module: &mut Module, owners: &Owners, part: usize) {
    let names: BTreeMap<Place, String> = shared_names(owners)
        .filter(|(_, place)| {
            owners
                .shared
                .get(place)
                .is_some_and(|by| by.contains(&part))
        })
        .map(|(name, place)| (place, name))
        .collect();
    let ids: Vec<_> = module.funcs.iter().map(|it| it.id()).collect();
    for id in ids {
        let earlier = owners.part(id).is_some_and(|of| of < part);
        let (Some(name), true) = (names.get(&id.index()), earlier) else {
            continue;
        };
        // What JavaScript lends is imported by whoever calls it.
        if let FunctionKind::Local(_) = module.funcs.get(id).kind {
            let ty = module.funcs.get(id).ty();
            let import = module.imports.add(EARLIER, name, ImportKind::Function(id));
            module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
    }
}

fn fill_the_table(
    module: &mut Module,
    owners: &Owners,
    part: usize,
    table: TableId,
    slots: BTreeMap<u32, FunctionId>,
    brought: &[(usize, String, Place, u32)],
) {
    let ids: BTreeMap<Place, FunctionId> = module
        .funcs
        .iter()
        .map(|it| (it.id().index(), it.id()))
        .collect();
    let mut own: BTreeMap<u32, FunctionId> = slots
        .into_iter()
        .filter(|(_, function)| owners.part(*function) == Some(part))
        .collect();
    let of_part = brought.iter().filter(|(of, ..)| *of == part);
    own.extend(of_part.filter_map(|(_, _, place, slot)| Some((*slot, *ids.get(place)?))));
    for (from, functions) in runs(own) {
        let kind = ElementKind::Active {
            table,
            offset: ConstExpr::Value(Value::I32(from.cast_signed())),
        };
        let id = module
            .elements
            .add(kind, ElementItems::Functions(functions));
        module.tables.get_mut(table).elem_segments.insert(id);
    }
}

/// What stands side by side, together.
fn runs(slots: BTreeMap<u32, FunctionId>) -> Vec<(u32, Vec<FunctionId>)> {
    let mut runs: Vec<(u32, Vec<FunctionId>)> = Vec::new();
    for (slot, function) in slots {
        match runs.last_mut() {
            Some((from, run)) if *from + run.len() as u32 == slot => run.push(function),
            _ => runs.push((slot, vec![function])),
        }
    }
    runs
}

/// Data that nothing is known of stays with the first part; what is known and reached by nothing, as
/// what panics would have said, travels in none.
fn data(module: &mut Module, owners: &Owners, part: usize) {
    let ids: Vec<_> = module.data.iter().map(|it| it.id()).collect();
    for id in ids {
        let segment = module.data.get_mut(id);
        let DataKind::Active {
            memory,
            offset: ConstExpr::Value(Value::I32(base)),
        } = segment.kind
        else {
            continue;
        };
        let base = base.cast_unsigned();
        let within = base..base + segment.value.len() as u32;
        let pieces: Vec<_> = owners
            .data
            .iter()
            .filter(|(at, _)| within.contains(&at.start) && at.end <= within.end)
            .map(|(at, part)| (at.start - base..at.end - base, *part))
            .collect();
        if part == 0 {
            for (gone, _) in pieces.iter().filter(|(_, of)| *of != Some(part)) {
                let bytes = segment
                    .value
                    .get_mut(gone.start as usize..gone.end as usize);
                bytes.into_iter().for_each(|bytes| bytes.fill(0));
            }
            continue;
        }
        let value = std::mem::take(&mut segment.value);
        module.memories.get_mut(memory).data_segments.remove(&id);
        module.data.delete(id);
        for at in side_by_side(&pieces, part) {
            let bytes = value.get(at.start as usize..at.end as usize);
            let kind = DataKind::Active {
                memory,
                offset: ConstExpr::Value(Value::I32((base + at.start).cast_signed())),
            };
            let id = module.data.add(kind, bytes.unwrap_or_default().to_vec());
            module.memories.get_mut(memory).data_segments.insert(id);
        }
    }
}

/// The pieces of `part`, those with nothing but a little room between them made one.
fn side_by_side(pieces: &[(Range<u32>, Option<usize>)], part: usize) -> Vec<Range<u32>> {
    let mut joined: Vec<Range<u32>> = Vec::new();
    let mut before = None;
    for (at, of) in pieces {
        if *of == Some(part) {
            match joined.last_mut() {
                Some(last) if before == Some(part) && at.start - last.end < APART => {
                    last.end = at.end;
                }
                _ => joined.push(at.clone()),
            }
        }
        before = *of;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_joined_over_room_but_never_over_what_is_another_part_s() {
        let (first, second) = (Some(0), Some(1));
        let pieces = [
            (0..4, second),
            (8..12, second),
            (12..14, first),
            (14..16, second),
            (16..18, None),
            (18..20, second),
            (60..64, second),
        ];
        assert_eq!(side_by_side(&pieces, 1), [0..12, 14..16, 18..20, 60..64]);
    }
}
