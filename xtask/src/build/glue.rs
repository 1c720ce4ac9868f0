//! The glue of a module for pages, as it travels: wasm-bindgen's, without what nobody here calls.
//!
//! Before the first input every hundred bytes count. wasm-bindgen names what crosses the border with
//! a hash each, in the module as in the glue; it can start a module from anything that may hold one;
//! and it wraps classes that only a server would make.

use std::collections::{BTreeMap, BTreeSet};

use walrus::Module;

use crate::failure::Failure;

/// Classes that nobody makes: Leptos's server functions bring streams along.
pub(super) const UNUSED: [&str; 3] = [
    "IntoUnderlyingByteSource",
    "IntoUnderlyingSink",
    "IntoUnderlyingSource",
];

/// Starts the module that the loader has compiled, and puts later parts beside it: they share one
/// memory, and find each other's functions under the names that `split` gave them.
const START: &str = "
let started;
export default ({ module_or_path: module }) => {
  started ??= WebAssembly.instantiate(module, __wbg_get_imports()).then((instance) => __wbg_finalize_init(instance, module));
  started.catch(() => { started = undefined; });
  return started;
};
let parts;
export const extend = async (module) => {
  parts ??= { ...wasm };
  const { exports } = await WebAssembly.instantiate(module, { ...__wbg_get_imports(), parts });
  Object.assign(parts, exports);
};
";

/// Gives what crosses the border short names, in the module and in its glue.
pub(super) fn shorten(module: &mut Module, glue: &str) -> String {
    let mut short: BTreeMap<String, String> = BTreeMap::new();
    for (at, import) in module.imports.iter_mut().enumerate() {
        let name = format!("i{at}");
        short.insert(std::mem::replace(&mut import.name, name.clone()), name);
    }
    let called = module.exports.iter_mut();
    let called = called.filter(|it| it.name.starts_with("_ZN"));
    for (at, export) in called.enumerate() {
        let name = format!("invoke{at}");
        short.insert(std::mem::replace(&mut export.name, name.clone()), name);
    }
    renamed(glue, &short)
}

/// `glue` with each of the names in `short` replaced.
fn renamed(glue: &str, short: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(glue.len());
    let mut rest = glue;
    let of_name = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '$';
    while let Some(start) = rest.find(of_name) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|it| !of_name(it)).unwrap_or(from.len());
        let (name, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(short.get(name).map_or(name, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Takes out of `glue` the classes that nobody makes, what none of `imported` asks for, and the ways
/// to start it that the loader does not take.
pub(super) fn trim(glue: &str, imported: &BTreeSet<String>) -> Result<String, Failure> {
    let mut glue = glue.to_owned();
    for class in UNUSED {
        cut(
            &mut glue,
            &format!("export class {class} {{"),
            ".prototype.free;\n",
        )?;
        cut(&mut glue, &format!("const {class}Finalization ="), ";\n")?;
    }
    let (start, end) = ("const import0 = {\n", "\n};\n");
    let entries = between(&glue, start, end).ok_or_else(|| changed(start))?;
    let kept = kept(entries, imported);
    glue = glue.replacen(entries, &kept, 1);
    let tail = glue
        .find("async function __wbg_load(")
        .ok_or_else(|| changed("__wbg_load"))?;
    glue.truncate(tail);
    glue.push_str(START);
    Ok(glue)
}

/// The entries of the object of imports that are asked for.
fn kept(entries: &str, imported: &BTreeSet<String>) -> String {
    let mut out = String::with_capacity(entries.len());
    let mut keeps = true;
    for line in entries.lines() {
        if let Some((name, _)) = line.trim_start().split_once(": function(") {
            keeps = imported.contains(name);
        }
        if keeps {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    let (_, from) = text.split_once(start)?;
    from.split_once(end).map(|(inner, _)| inner)
}

/// Takes out what begins with `start`, up to the next `end`.
fn cut(text: &mut String, start: &str, end: &str) -> Result<(), Failure> {
    let from = text.find(start).ok_or_else(|| changed(start))?;
    let after = text.get(from..).and_then(|it| it.find(end));
    let to = from + after.ok_or_else(|| changed(end))? + end.len();
    text.replace_range(from..to, "");
    Ok(())
}

fn changed(what: &str) -> Failure {
    Failure::new(format!("the glue is not as it was: no `{what}`"))
        .mend("see xtask/src/build/glue.rs, and what this version of wasm-bindgen writes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced_whole_and_nothing_else_is() {
        let short = BTreeMap::from([("__wbg_get_2".to_owned(), "i0".to_owned())]);
        let glue = "__wbg_get_2: f(__wbg_get_25, '__wbg_get_2') // ä";
        assert_eq!(renamed(glue, &short), "i0: f(__wbg_get_25, 'i0') // ä");
    }

    #[test]
    fn entries_that_no_part_asks_for_go_with_all_their_lines() {
        let entries =
            "__proto__: null,\ni0: function(a) {\nreturn a;\n},\ni1: function() {\nb();\n},";
        let kept = kept(entries, &BTreeSet::from(["i1".to_owned()]));
        assert_eq!(kept, "__proto__: null,\ni1: function() {\nb();\n},\n");
    }
}
