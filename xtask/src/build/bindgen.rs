//! From cargo's wasm to the wasm that travels: glue by wasm-bindgen, size by wasm-opt.

use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use super::split::{self, Links, Silenced};
use super::{glue, older, order};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::stamp::{self, Done, Inputs};
use crate::workspace::Workspace;

/// What every runtime we serve understands; `--all-features` would emit stringref, which all of
/// them refuse.
const OPTIMISE: [&str; 12] = [
    "-Oz",
    // No address below 1,024 is anything's: there ends the stack, which grows towards it.
    "--low-memory-unused",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-exception-handling",
    "--strip-debug",
    "--strip-producers",
    // What it may use stands in the build alone.
    "--strip-target-features",
];

/// How the exports begin of [classes that nobody makes](glue::UNUSED): what is exported no optimiser
/// leaves out.
const UNUSED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// Where a module runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Runs {
    /// In a page, which shows its fallback after a trap and saves the glue's bytes.
    InPage,
    /// In an edge isolate, which must go on answering after one: without the glue's
    /// `__wbg_reset_state` its `initSync` would return the dead instance.
    InIsolate,
}

impl Runs {
    /// All that decides what [`run`] makes of a library: another one makes it anew.
    pub(super) fn settings(self) -> String {
        let options = self.options();
        format!("{self:?} {OPTIMISE:?} {UNUSED:?} {options:?}")
    }

    /// What wasm-opt is told beside [`OPTIMISE`].
    fn options(self) -> &'static [&'static str] {
        match self {
            // As below, but brotli is what pages get: a fortieth of the size costs neither. What one go
            // leaves, another finds: half a kilobyte.
            Runs::InPage => &["-Oz", "--one-caller-inline-max-function-size=40"],
            // Isolates are measured by gzip. Its window is 32 KB: functions moved into their only
            // caller stand too far apart to look alike. It is a tenth, and with brotli nothing.
            Runs::InIsolate => &["--one-caller-inline-max-function-size=0"],
        }
    }
}

/// Turns cargo's `library` into `<folder>/<name>.js` and `<folder>/<name>_bg.wasm`.
///
/// The glue is for `--target web`, without an address of its own for the wasm: whoever loads it
/// hands over the module, checked.
pub(super) fn run(
    workspace: &Workspace,
    library: &str,
    folder: &Path,
    name: &str,
    runs: Runs,
) -> Result<Done, Failure> {
    run_in_parts(workspace, library, folder, name, &[], runs)
}

/// As [`run`], and cuts the module into parts: `name`, and each of `later`, which brings the exports
/// that are named beside it. The glue's `extend` takes them, in order.
pub(super) fn run_in_parts(
    workspace: &Workspace,
    library: &str,
    folder: &Path,
    name: &str,
    later: &[(&str, &[&str])],
    runs: Runs,
) -> Result<Done, Failure> {
    let source = workspace.wasm(library);
    let names: Vec<&str> = [name]
        .into_iter()
        .chain(later.iter().map(|it| it.0))
        .collect();
    let written = folder.join(format!("{name}.js"));
    let optimised = |name: &str| folder.join(format!("{name}_bg.wasm"));
    let mut outputs = vec![written.clone()];
    outputs.extend(names.iter().map(|it| optimised(it)));
    // The library carries wasm-bindgen's version in itself; the lock carries wasm-opt's.
    let inputs = Inputs::new()
        .setting(&runs.settings())
        .setting(&format!("{later:?}"))
        .file(&workspace.path("package-lock.json"))?
        .folder(&workspace.path("xtask/src/build/split"))?
        .folder(&workspace.path("xtask/src/build/order"))?
        .file(&workspace.path("xtask/src/build/glue.rs"))?
        .file(&source)?;
    stamp::unless_unchanged(workspace, name, inputs, &outputs, || {
        files::create_folder(folder)?;
        let linked = files::read(&source)?;
        let silenced = match runs {
            Runs::InPage => split::silence(&linked)?,
            Runs::InIsolate => Silenced::not(linked.clone()),
        };
        let input = match runs {
            Runs::InPage => older::without_references(&silenced.wasm)?,
            Runs::InIsolate => silenced.wasm,
        };
        let mut bindgen = Bindgen::new();
        let failed = |error| Failure::new(format!("wasm-bindgen on {library}: {error:#}"));
        let mut output = bindgen
            .input_bytes(name, input)
            .out_name(name)
            .web(true)
            .map_err(failed)?
            .typescript(false)
            .omit_default_module_path(true)
            .reset_state_function(runs == Runs::InIsolate)
            .remove_producers_section(true)
            // As the linker named the functions, so that both are known for the same.
            .demangle(later.is_empty())
            .generate_output()
            .map_err(failed)?;
        refuse_files_beside_the_glue(library, &output)?;
        let exports = &mut output.wasm_mut().exports;
        let unused = exports
            .iter()
            .filter(|it| UNUSED.iter().any(|start| it.name.starts_with(start)));
        for id in unused.map(|it| it.id()).collect::<Vec<_>>() {
            exports.delete(id);
        }
        let (script, parts) = if later.is_empty() {
            (output.js().to_owned(), vec![output.wasm_mut().emit_wasm()])
        } else {
            let script = output.js().to_owned();
            let script = glue::shorten(output.wasm_mut(), &script);
            let roots: Vec<&[&str]> = later.iter().map(|it| it.1).collect();
            let links = Links::read(&linked, &silenced.gone)?;
            let parts = split::split(&output.wasm_mut().emit_wasm(), &links, &roots)?;
            (glue::trim(&script, &split::imported(&parts)?)?, parts)
        };
        files::write(&written, script.as_bytes())?;
        for (name, part) in names.iter().zip(&parts) {
            optimise(workspace, folder, name, part, &optimised(name), runs)?;
            if runs == Runs::InPage {
                let ordered = order::for_compression(&files::read(&optimised(name))?)?;
                older::check(&ordered)?;
                files::write(&optimised(name), &ordered)?;
            }
        }
        Ok(())
    })
}

fn optimise(
    workspace: &Workspace,
    folder: &Path,
    name: &str,
    module: &[u8],
    optimised: &Path,
    runs: Runs,
) -> Result<(), Failure> {
    let raw = folder.join(format!("{name}.unoptimised.wasm"));
    files::write(&raw, module)?;
    process::output(
        Command::new(workspace.npm_program("wasm-opt"))
            .args(OPTIMISE)
            .args(runs.options())
            .arg(&raw)
            .arg("-o")
            .arg(optimised),
    )
    .map_err(|failure| failure.mend("npm ci (wasm-opt comes with the package binaryen)"))
    .map(drop)
}

/// `<folder>/<name>.named.wasm`: what [`run`] made of it, with the names of its functions still in it,
/// for whoever asks where its bytes come from.
pub(super) fn with_names(
    workspace: &Workspace,
    folder: &Path,
    name: &str,
) -> Result<PathBuf, Failure> {
    let named = folder.join(format!("{name}.named.wasm"));
    process::output(
        Command::new(workspace.npm_program("wasm-opt"))
            .args(OPTIMISE.into_iter().filter(|it| *it != "--strip-debug"))
            .arg("--debuginfo")
            .arg(folder.join(format!("{name}.unoptimised.wasm")))
            .arg("-o")
            .arg(&named),
    )?;
    Ok(named)
}

// A crate's inline JavaScript becomes a file of its own, whose name is not hashed and whose bytes
// no integrity value covers; the one place for JavaScript is widget/js.
fn refuse_files_beside_the_glue(
    library: &str,
    output: &wasm_bindgen_cli_support::Output,
) -> Result<(), Failure> {
    // Every crate that uses wasm-bindgen is listed; few have inline pieces.
    let inline = output
        .snippets()
        .iter()
        .filter(|(_, pieces)| !pieces.is_empty());
    let files: Vec<&str> = inline
        .map(|(krate, _)| krate)
        .chain(output.local_modules().keys())
        .chain(output.npm_dependencies().keys())
        .map(String::as_str)
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{library} brings JavaScript files of its own, which are not shipped: {}",
        files.join(", ")
    ))
    .mend("move that JavaScript to widget/js, or drop the crate that brings it"))
}
