//! `dist/widget/`: what a site hosts.
//!
//! ```text
//! balagh.js                 the loader, cached for minutes
//! balagh.css  balagh.d.ts   optional: reserves the space; types for the page's author
//! a/<name>-<hash>.<ext>     everything else, cached for ever
//! r/<version>/balagh.js     the loader to pin with an integrity value
//! r/<version>/release.json  that value, and the files of the release
//! ```
//! Each file has a brotli twin `<file>.br` beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::assets::Assets;
use super::bindgen::AfterTrap;
use super::manifest::{Manifest, Release, integrity};
use super::minify::{Language, minify};
use super::{bindgen, compression, locales, manifest};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::{Progress, Step};
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Pages that are open, or pinned, outlive a release: CONTRACTS.md promises three.
const KEPT_RELEASES: usize = 3;
const VERSION: &str = env!("CARGO_PKG_VERSION");
const LEAFLET: &str = "node_modules/leaflet/dist";
/// The smaller build, which knows texts alone.
const LEAN_QR: &str = "node_modules/lean-qr";
/// The token in `widget/js/boundaries.js` that the compiler's files replace.
const COMPILER_TOKEN: &str = "__BALAGH_COMPILER__";

/// The wasm files of the widget: two that its crate is compiled to, and the compiler of boundaries.
#[derive(Clone, Copy)]
enum Part {
    /// What is fetched before the first input.
    FirstStop,
    /// Everything.
    Whole,
    /// What a page with boundaries of its own has fetched beside it.
    Compiler,
}

impl Part {
    const ALL: [Part; 3] = [Part::FirstStop, Part::Whole, Part::Compiler];

    fn name(self) -> &'static str {
        match self {
            Part::FirstStop => "first",
            Part::Whole => "balagh",
            Part::Compiler => "compiler",
        }
    }

    /// The crate's folder, and the rest of its package's and its library's name.
    fn crate_name(self) -> &'static str {
        match self {
            Part::FirstStop | Part::Whole => "widget",
            Part::Compiler => "compiler",
        }
    }

    fn features(self) -> &'static [&'static str] {
        match self {
            Part::FirstStop => &["--features", "first-stop"],
            Part::Whole | Part::Compiler => &[],
        }
    }
}

pub(super) fn build(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let step = progress.step("widget");
    let compiled = workspace.target("xtask").join("widget");
    for part in Part::ALL {
        compile(workspace, &step, part, &compiled)?;
    }

    step.note("files");
    let dist = workspace.path("dist/widget");
    let mut inputs = Inputs::new().file(&workspace.path("package-lock.json"))?;
    for part in Part::ALL {
        for file in glue_and_wasm(&compiled, part) {
            inputs = inputs.file(&file)?;
        }
    }
    let inputs = inputs
        .folder(&workspace.path("widget/js"))?
        .folder(&workspace.path("widget/style"))?
        .folder(&workspace.path("widget/locales"))?
        .folder(&workspace.path("shared/locales"))?;
    let outputs = [
        dist.join("balagh.js"),
        release_folder(workspace).join("release.json"),
    ];
    let done = stamp::unless_unchanged(workspace, "widget-files", inputs, &outputs, || {
        assemble(workspace, &compiled, &dist)
    })?;
    step.done(done);
    Ok(())
}

fn glue_and_wasm(folder: &Path, part: Part) -> [PathBuf; 2] {
    let name = part.name();
    [
        folder.join(format!("{name}.js")),
        folder.join(format!("{name}_bg.wasm")),
    ]
}

/// Compiles one part.
///
/// Cargo gives both parts one file name, so each build of the one would make it link the other
/// anew: what neither depends on has changed is found out here instead.
fn compile(
    workspace: &Workspace,
    step: &Step<'_>,
    part: Part,
    folder: &Path,
) -> Result<(), Failure> {
    let compiler = process::output(Command::new("rustc").arg("-vV"))?;
    let inputs = Inputs::new()
        .setting(&String::from_utf8_lossy(&compiler))
        .setting(&part.features().join(" "))
        .file(&workspace.path("Cargo.toml"))?
        .file(&workspace.path("Cargo.lock"))?
        .file(&workspace.path("package-lock.json"))?
        .file(&workspace.path(part.crate_name()).join("Cargo.toml"))?
        .folder(&workspace.path(part.crate_name()).join("src"))?
        .folder(&workspace.path("widget/icons"))?
        .file(&workspace.path("shared/Cargo.toml"))?
        .folder(&workspace.path("shared/src"))?
        .folder(&workspace.path("shared/locales"))?;
    let outputs = glue_and_wasm(folder, part);
    let stamp = format!("widget-{}", part.name());
    stamp::unless_unchanged(workspace, &stamp, inputs, &outputs, || {
        let package = format!("balagh-{}", part.crate_name());
        let mut arguments = vec!["--package", package.as_str()];
        arguments.extend(["--target", "wasm32-unknown-unknown", "--profile", "wasm"]);
        arguments.extend(part.features());
        process::cargo_build(workspace, step, &arguments)?;
        step.note("wasm-bindgen, wasm-opt");
        bindgen::run(
            workspace,
            &format!("balagh_{}", part.crate_name()),
            folder,
            part.name(),
            AfterTrap::GiveUp,
        )
        .map(drop)
    })
    .map(drop)
}

/// The modules of the widget as they travel, but with the names of their functions: the first stop,
/// and the whole.
pub(crate) fn named_modules(workspace: &Workspace) -> Result<[PathBuf; 2], Failure> {
    let folder = workspace.target("xtask").join("widget");
    let named = |part: Part| bindgen::with_names(workspace, &folder, part.name());
    Ok([named(Part::FirstStop)?, named(Part::Whole)?])
}

/// The folder of the release that is being built.
pub(crate) fn release_folder(workspace: &Workspace) -> PathBuf {
    workspace.path("dist/widget/r").join(VERSION)
}

fn assemble(workspace: &Workspace, compiled: &Path, dist: &Path) -> Result<(), Failure> {
    let source = |relative: &str| files::read_text(&workspace.path(relative));
    let module = |text: &str| minify(workspace, Language::Module, text);
    let css = |text: &str| minify(workspace, Language::Css, text);

    let mut assets = Assets::in_folder(&dist.join("a"));
    let mut part = |part: Part| -> Result<manifest::Module, Failure> {
        let [glue, wasm] = glue_and_wasm(compiled, part);
        let glue = module(&files::read_text(&glue)?)?;
        Ok(manifest::Module {
            glue: assets.add(&format!("{}-glue", part.name()), "js", &glue)?,
            wasm: assets.add(part.name(), "wasm", &files::read(&wasm)?)?,
        })
    };
    let first = part(Part::FirstStop)?;
    let whole = part(Part::Whole)?;
    let compiler = part(Part::Compiler)?;
    let mut sheet = |name: &str, folder: &str| -> Result<String, Failure> {
        assets.add(name, "css", &css(&style(workspace, folder)?)?)
    };
    let first_style = sheet("style", "widget/style")?;
    let later = sheet("later", "widget/style/later")?;

    let leaflet = module(&source(&format!("{LEAFLET}/leaflet-src.esm.js"))?)?;
    let leaflet = assets.add("leaflet", "js", &leaflet)?;
    let map = address(&source("widget/js/map.js")?, "leaflet", &leaflet)?;
    let map = assets.add("map", "js", &module(&map)?)?;
    let leaflet_css = css(&source(&format!("{LEAFLET}/leaflet.css"))?)?;
    let leaflet_css = assets.add("leaflet", "css", &leaflet_css)?;
    let boundaries = source("widget/js/boundaries.js")?;
    let boundaries = address_compiler(&boundaries, &compiler, assets.integrity())?;
    let boundaries = assets.add("boundaries", "js", &module(&boundaries)?)?;
    let photo = assets.add("photo", "js", &module(&source("widget/js/photo.js")?)?)?;

    // Its licence asks to travel along, and stands in a file of its own.
    let licence = source(&format!("{LEAN_QR}/LICENSE"))?;
    let qr = source(&format!("{LEAN_QR}/nano.mjs"))?;
    let qr = module(&format!("/*! lean-qr\n{licence}*/\n{qr}"))?;
    let qr = assets.add("qr", "js", &qr)?;
    let receipt = address(&source("widget/js/receipt.js")?, "lean-qr", &qr)?;
    let receipt = assets.add("receipt", "js", &module(&receipt)?)?;

    let words = locales::read(
        &workspace.path("widget/locales/first"),
        &[
            &workspace.path("widget/locales/later"),
            &workspace.path("shared/locales"),
        ],
    )?;
    let mut locales = BTreeMap::new();
    for (language, words) in words {
        let first = assets.add(&language, "json", &to_json(&words.first)?)?;
        let name = format!("{language}-later");
        let later = assets.add(&name, "json", &to_json(&words.later)?)?;
        locales.insert(language, manifest::Words { first, later });
    }

    let manifest = Manifest {
        version: VERSION.to_owned(),
        base: "./".to_owned(),
        first,
        whole,
        style: first_style,
        later,
        locales,
        map,
        leaflet_css,
        photo,
        receipt,
        boundaries,
        integrity: assets.integrity().clone(),
    };
    let mut compressed = assets.paths();
    compressed.extend(write_loaders(workspace, &manifest, dist)?);
    compression::precompress(workspace, &compressed)?;
    prune(dist)
}

/// Writes what has a fixed name, last: whoever reads a loader finds its files there.
fn write_loaders(
    workspace: &Workspace,
    manifest: &Manifest,
    dist: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let source = files::read_text(&workspace.path("widget/js/balagh.js"))?;
    let loader =
        |manifest: &Manifest| minify(workspace, Language::Module, &manifest.fill(&source)?);

    let pinned_manifest = Manifest {
        base: "../../".to_owned(),
        ..manifest.clone()
    };
    let pinned = loader(&pinned_manifest)?;
    let folder = release_folder(workspace);
    let release = Release {
        integrity: integrity(&pinned),
        manifest: pinned_manifest,
    };
    files::write(&folder.join("balagh.js"), &pinned)?;
    files::write(&folder.join("release.json"), &to_json(&release)?)?;

    let reserve = files::read_text(&workspace.path("widget/js/balagh.css"))?;
    let reserve = minify(workspace, Language::Css, &reserve)?;
    files::write(&dist.join("balagh.css"), &reserve)?;
    let types = files::read(&workspace.path("widget/js/balagh.d.ts"))?;
    files::write(&dist.join("balagh.d.ts"), &types)?;
    files::write(&dist.join("balagh.js"), &loader(manifest)?)?;
    Ok(vec![
        folder.join("balagh.js"),
        dist.join("balagh.css"),
        dist.join("balagh.js"),
    ])
}

/// All of a folder of styles, in name order: the cascade is the file names' order.
fn style(workspace: &Workspace, folder: &str) -> Result<String, Failure> {
    let mut all = String::new();
    for path in files::list_with_extension(&workspace.path(folder), "css")? {
        all.push_str(&files::read_text(&path)?);
        all.push('\n');
    }
    Ok(all)
}

/// A module of ours with the address of the `package` it imports in place of its name, which no
/// browser knows.
fn address(module: &str, package: &str, file: &str) -> Result<String, Failure> {
    let import = format!("from \"{package}\"");
    if module.matches(&import).count() != 1 {
        return Err(Failure::new(format!(
            "a module of widget/js must import {package} once, with `{import}`"
        )));
    }
    Ok(module.replace(&import, &format!("from \"./{file}\"")))
}

/// The addresses and the hash of the compiler, for the one module that fetches it: on most pages
/// nobody needs to know them.
fn address_compiler(
    source: &str,
    compiler: &manifest::Module,
    integrity: &BTreeMap<String, String>,
) -> Result<String, Failure> {
    let checked = integrity.get(&compiler.wasm).cloned().unwrap_or_default();
    let json = to_json(&[&compiler.glue, &compiler.wasm, &checked])?;
    let json = String::from_utf8_lossy(&json);
    if source.matches(COMPILER_TOKEN).count() != 1 {
        return Err(Failure::new(format!(
            "widget/js/boundaries.js must name {COMPILER_TOKEN} once"
        )));
    }
    Ok(source.replace(COMPILER_TOKEN, &json))
}

/// Removes what only older releases than the kept ones need.
fn prune(dist: &Path) -> Result<(), Failure> {
    let mut releases = Vec::new();
    for folder in files::list(&dist.join("r"))? {
        // A folder without a readable release is not ours to judge; it keeps nothing alive.
        let Ok(bytes) = files::read(&folder.join("release.json")) else {
            continue;
        };
        let Ok(release) = serde_json::from_slice::<Release>(&bytes) else {
            continue;
        };
        releases.push((version_order(&release.manifest.version), folder, release));
    }
    releases.sort_by(|(one, ..), (other, ..)| other.cmp(one));
    let old = releases.split_off(releases.len().min(KEPT_RELEASES));
    for (_, folder, _) in old {
        remove(fs::remove_dir_all(&folder), &folder)?;
    }
    for path in files::list(&dist.join("a"))? {
        let name = files::name(&path);
        let name = name.strip_suffix(".br").unwrap_or(&name);
        let needed = releases
            .iter()
            .any(|(_, _, release)| release.manifest.integrity.contains_key(name));
        if !needed {
            remove(fs::remove_file(&path), &path)?;
        }
    }
    Ok(())
}

fn remove(result: std::io::Result<()>, path: &Path) -> Result<(), Failure> {
    result.map_err(|error| Failure::new(format!("cannot remove {}: {error}", path.display())))
}

// 0.10.0 comes after 0.9.0, which text order would not know.
fn version_order(version: &str) -> Vec<u64> {
    version
        .split(['.', '-', '+'])
        .filter_map(|part| part.parse().ok())
        .collect()
}

fn to_json(value: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::new(format!("no JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_imports_a_package_by_its_hashed_name() {
        let map = "import * as L from \"leaflet\";\n";
        let addressed = address(map, "leaflet", "leaflet-01.js").unwrap();
        assert_eq!(addressed, "import * as L from \"./leaflet-01.js\";\n");
        assert!(address("import L from 'leaflet';", "leaflet", "leaflet-01.js").is_err());
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        assert!(version_order("0.10.0") > version_order("0.9.12"));
    }
}
