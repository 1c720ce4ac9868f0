//! `dist/widget/`: what a site hosts.
//!
//! ```text
//! balagh.js                 the loader, cached for minutes
//! balagh.css  balagh.d.ts   optional: reserves the space; types for the page's author
//! a/<name>-<hash>.<ext>     everything else, cached for ever
//! r/<version>/balagh.js     the loader to pin with an integrity value
//! r/<version>/release.json  that value, and the files of the release
//! package.json  index.js …  the same for who bundles: see `package.rs`
//! ```
//! Each file that a site serves has a brotli twin `<file>.br` beside it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::assets::Assets;
use super::bindgen::Runs;
use super::minify::{Language, bundle, minify};
use super::release::{Release, fill, integrity};
use super::{bindgen, compression, locales, map, package};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::{Progress, Step};
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Pages that are open, or pinned, outlive a release: `www/docs/embed.md` promises three.
const KEPT_RELEASES: usize = 3;
/// SHA-256 in a loop. Optimised for size its sixty-four rounds, written out one by one, are four times
/// the bytes, and in a browser half as fast (55 ms for 50,000 hashes; 30 so).
const COMPACT: &str =
    "target.wasm32-unknown-unknown.rustflags=['--cfg', 'sha2_backend_soft=\"compact\"']";
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What draws QR codes for `widget/js/receipt.js`, for its licence: that asks to travel along.
const LEAN_QR: &str = "node_modules/lean-qr";

/// The modules of the widget.
#[derive(Clone, Copy)]
enum Module {
    /// The form, which travels in parts.
    Form,
    /// What a page with boundaries of its own has fetched beside it.
    Compiler,
}

impl Module {
    const ALL: [Module; 2] = [Module::Form, Module::Compiler];

    /// The name of its glue and of its first part.
    fn name(self) -> &'static str {
        match self {
            Module::Form => "first",
            Module::Compiler => "compiler",
        }
    }

    /// The crate's folder, and the rest of its package's and its library's name.
    fn crate_name(self) -> &'static str {
        match self {
            Module::Form => "widget",
            Module::Compiler => "compiler",
        }
    }

    /// The parts that follow the first, and the exports that each brings.
    fn later(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            // What is not reached from the first stop: see `widget/src/later.rs`.
            Module::Form => &[
                (
                    LATER,
                    &["come", "words_open", "words_search", "words_suggest"],
                ),
                // What is not reached before somebody tracks a report: `widget/src/track/part.rs`.
                (TRACKING, &["come_to_track"]),
            ],
            Module::Compiler => &[],
        }
    }

    /// Its files in `folder`: the glue, then the parts in order.
    fn files(self, folder: &Path) -> Vec<PathBuf> {
        let parts = [self.name()]
            .into_iter()
            .chain(self.later().iter().map(|it| it.0));
        let parts = parts.map(|name| folder.join(format!("{name}_bg.wasm")));
        [folder.join(format!("{}.js", self.name()))]
            .into_iter()
            .chain(parts)
            .collect()
    }
}

/// The part of the form that follows the first stop.
const LATER: &str = "later";
/// The part of it that tracks reports.
const TRACKING: &str = "tracking";

pub(super) fn build(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let step = progress.step("widget");
    let compiled = workspace.target("xtask").join("widget");
    for module in Module::ALL {
        compile(workspace, &step, module, &compiled)?;
    }

    step.note("files");
    let dist = workspace.path("dist/widget");
    let mut inputs = Inputs::new()
        .file(&workspace.path("package-lock.json"))?
        .file(&workspace.path("xtask/src/build/map.rs"))?;
    for module in Module::ALL {
        for file in module.files(&compiled) {
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

/// Compiles one module. That nothing it depends on has changed is found out here: cargo would need
/// a second to say so, and the rest half a minute.
fn compile(
    workspace: &Workspace,
    step: &Step<'_>,
    module: Module,
    folder: &Path,
) -> Result<(), Failure> {
    let compiler = process::output(Command::new("rustc").arg("-vV"))?;
    let inputs = Inputs::new()
        .setting(&String::from_utf8_lossy(&compiler))
        .setting(&format!("{:?}", module.later()))
        .setting(&Runs::InPage.settings())
        .file(&workspace.path("Cargo.toml"))?
        .setting(COMPACT)
        .file(&workspace.path("Cargo.lock"))?
        .file(&workspace.path("package-lock.json"))?
        .file(&workspace.path(module.crate_name()).join("Cargo.toml"))?
        .folder(&workspace.path(module.crate_name()).join("src"))?
        .file(&workspace.path("widget/build.rs"))?
        .folder(&workspace.path("xtask/src/build/split"))?
        .folder(&workspace.path("xtask/src/build/order"))?
        .file(&workspace.path("xtask/src/build/glue.rs"))?
        .file(&workspace.path("xtask/src/build/older.rs"))?
        .folder(&workspace.path("widget/icons"))?
        .file(&workspace.path("shared/Cargo.toml"))?
        .folder(&workspace.path("shared/src"))?
        .folder(&workspace.path("shared/locales"))?;
    let outputs = module.files(folder);
    let stamp = format!("widget-{}", module.name());
    stamp::unless_unchanged(workspace, &stamp, inputs, &outputs, || {
        let package = format!("balagh-{}", module.crate_name());
        let mut arguments = vec!["--package", package.as_str()];
        arguments.extend(["--target", "wasm32-unknown-unknown", "--profile", "wasm"]);
        arguments.extend(["--config", COMPACT]);
        process::cargo_build(workspace, step, &arguments)?;
        step.note("wasm-bindgen, wasm-opt");
        bindgen::run_in_parts(
            workspace,
            &format!("balagh_{}", module.crate_name()),
            folder,
            module.name(),
            module.later(),
            Runs::InPage,
        )
        .map(drop)
    })
    .map(drop)
}

/// The parts of the form as they travel, but with the names of their functions: the first stop,
/// what follows, and what tracks reports.
pub(crate) fn named_parts(workspace: &Workspace) -> Result<[PathBuf; 3], Failure> {
    let folder = workspace.target("xtask").join("widget");
    let named = |part: &str| bindgen::with_names(workspace, &folder, part);
    Ok([named(Module::Form.name())?, named(LATER)?, named(TRACKING)?])
}

/// The folder of the release that is being built.
pub(crate) fn release_folder(workspace: &Workspace) -> PathBuf {
    workspace.path("dist/widget/r").join(VERSION)
}

/// What each script asks for.
pub(super) struct Tables {
    /// `balagh.js`, the loader.
    pub(super) first: Assets,
    /// `later.js`.
    pub(super) later: Assets,
    /// `boundaries.js`.
    pub(super) compiler: Assets,
}

impl Tables {
    /// Every file of the release: its name in our sources, and what it is called in `a/`.
    pub(super) fn names(&self) -> impl Iterator<Item = (String, String)> {
        let later = self.later.names().chain(self.compiler.names());
        self.first.names().chain(later)
    }
}

fn assemble(workspace: &Workspace, compiled: &Path, dist: &Path) -> Result<(), Failure> {
    let source = |relative: &str| files::read_text(&workspace.path(relative));
    let module = |text: &str| minify(workspace, Language::Module, text);
    let css = |text: &str| minify(workspace, Language::Css, text);
    let add_glue = |assets: &mut Assets, of: Module| -> Result<(), Failure> {
        let name = of.name();
        let glue = files::read_text(&compiled.join(format!("{name}.js")))?;
        assets
            .add(&format!("{name}-glue.js"), &module(&glue)?)
            .map(drop)
    };
    let add_wasm = |assets: &mut Assets, part: &str| -> Result<(), Failure> {
        let wasm = files::read(&compiled.join(format!("{part}_bg.wasm")))?;
        assets.add(&format!("{part}.wasm"), &wasm).map(drop)
    };

    let table = source("widget/js/release.js")?;
    let script =
        |name: &str, of: &Assets| bundle(workspace, name, &fill(&table, VERSION, "../", of)?);
    let words = locales::read(
        &workspace.path("widget/locales/first"),
        &[
            &workspace.path("widget/locales/later"),
            &workspace.path("shared/locales"),
        ],
    )?;

    // What `boundaries.js` asks for.
    let mut compiler = Assets::in_folder(&dist.join("a"));
    add_glue(&mut compiler, Module::Compiler)?;
    add_wasm(&mut compiler, Module::Compiler.name())?;

    // What `later.js` asks for, `boundaries.js` among it.
    let mut later = Assets::in_folder(&dist.join("a"));
    add_wasm(&mut later, LATER)?;
    add_wasm(&mut later, TRACKING)?;
    later.add("boundaries.js", &script("boundaries.js", &compiler)?)?;
    for (language, words) in &words {
        later.add(&format!("{language}-later.json"), &to_json(&words.later)?)?;
    }
    later.add("map.js", &map::build(workspace, false)?)?;
    later.add("map-tiles.js", &map::build(workspace, true)?)?;
    later.add("photo.js", &module(&source("widget/js/photo.js")?)?)?;
    // Leaflet's first, so that our own wins over it.
    let later_style = map::style(workspace)? + &style(workspace, "widget/style/later")?;
    later.add("later.css", &css(&later_style)?)?;
    let licence = source(&format!("{LEAN_QR}/LICENSE"))?;
    let mut receipt = format!("/*! lean-qr\n{licence}*/\n").into_bytes();
    receipt.extend(script("receipt.js", &compiler)?);
    later.add("receipt.js", &receipt)?;

    // What the loader asks for, `later.js` among it.
    let mut first = Assets::in_folder(&dist.join("a"));
    add_glue(&mut first, Module::Form)?;
    add_wasm(&mut first, Module::Form.name())?;
    first.add("style.css", &css(&style(workspace, "widget/style")?)?)?;
    first.add("frame.js", &module(&source("widget/js/frame.js")?)?)?;
    first.add("later.js", &script("later.js", &later)?)?;
    for (language, words) in &words {
        first.add(&format!("{language}.json"), &to_json(&words.first)?)?;
    }

    let mut compressed = first.paths();
    compressed.extend(later.paths());
    compressed.extend(compiler.paths());
    let tables = Tables {
        first,
        later,
        compiler,
    };
    let languages = words.into_keys().collect();
    compressed.extend(write_loaders(workspace, languages, &tables, dist)?);
    compression::precompress(workspace, &compressed)?;
    package::write(workspace, VERSION, &tables, dist)?;
    prune(dist)
}

/// Writes what has a fixed name, last: whoever reads a loader finds its files there.
fn write_loaders(
    workspace: &Workspace,
    languages: Vec<String>,
    tables: &Tables,
    dist: &Path,
) -> Result<Vec<PathBuf>, Failure> {
    let table = files::read_text(&workspace.path("widget/js/release.js"))?;
    let loader = |path: &str| {
        bundle(
            workspace,
            "balagh.js",
            &fill(&table, VERSION, path, &tables.first)?,
        )
    };

    let pinned = loader("../../")?;
    let folder = release_folder(workspace);
    let release = Release {
        version: VERSION.to_owned(),
        integrity: integrity(&pinned),
        languages,
        files: tables.names().collect(),
    };
    files::write(&folder.join("balagh.js"), &pinned)?;
    files::write(&folder.join("release.json"), &to_json(&release)?)?;

    let reserve = files::read_text(&workspace.path("widget/js/balagh.css"))?;
    let reserve = minify(workspace, Language::Css, &reserve)?;
    files::write(&dist.join("balagh.css"), &reserve)?;
    let types = files::read(&workspace.path("widget/js/balagh.d.ts"))?;
    files::write(&dist.join("balagh.d.ts"), &types)?;
    files::write(&dist.join("balagh.js"), &loader("./")?)?;
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
        releases.push((version_order(&release.version), folder, release));
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
            .any(|(_, _, release)| release.files.values().any(|file| file == name));
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
    fn the_last_three_releases_are_kept_with_every_file_they_need() {
        let dist = std::env::temp_dir().join(format!("balagh-prune-{}", std::process::id()));
        let asset = |name: &str| dist.join("a").join(name);
        for (version, own) in [
            ("0.9.0", "9"),
            ("0.10.0", "10"),
            ("0.11.0", "11"),
            ("1.0.0", "1"),
        ] {
            let own = format!("own-{own}.js");
            let shared = if version.starts_with("0.9") {
                "old.js"
            } else {
                "shared.js"
            };
            let files = [("own.js", own.as_str()), ("shared.js", shared)];
            let release = Release {
                version: version.to_owned(),
                integrity: String::new(),
                languages: Vec::new(),
                files: files
                    .map(|(name, file)| (name.to_owned(), file.to_owned()))
                    .into(),
            };
            let folder = dist.join("r").join(version);
            files::write(&folder.join("release.json"), &to_json(&release).unwrap()).unwrap();
            for name in [&own, shared] {
                files::write(&asset(name), b"").unwrap();
                files::write(&asset(&format!("{name}.br")), b"").unwrap();
            }
        }
        // Of whoever put it there.
        files::write(&dist.join("r/notes/readme.txt"), b"").unwrap();

        prune(&dist).unwrap();

        let names = |folder: &str| -> Vec<String> {
            let listed = files::list(&dist.join(folder)).unwrap();
            let mut names: Vec<String> = listed.iter().map(|path| files::name(path)).collect();
            names.sort();
            names
        };
        let kept = ["own-1.js", "own-10.js", "own-11.js", "shared.js"];
        let twins = kept.map(|name| [name.to_owned(), format!("{name}.br")]);
        assert_eq!(names("r"), ["0.10.0", "0.11.0", "1.0.0", "notes"]);
        assert_eq!(names("a"), twins.concat());
        fs::remove_dir_all(&dist).unwrap();
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        assert!(version_order("0.10.0") > version_order("0.9.12"));
    }
}
