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
use super::{bindgen, compression, leaflet, locales, package};
use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::{Progress, Step};
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Pages that are open, or pinned, outlive a release: `www/docs/embed.md` promises three.
const KEPT_RELEASES: usize = 3;
const VERSION: &str = env!("CARGO_PKG_VERSION");
const LEAFLET_CSS: &str = "node_modules/leaflet/dist/leaflet.css";
/// What draws QR codes for `widget/js/receipt.js`, for its licence: that asks to travel along.
const LEAN_QR: &str = "node_modules/lean-qr";
/// What `widget/js/map.js` must say; a browser needs an address in its place.
const LEAFLET_IMPORT: &str = "from \"leaflet\"";

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
        .setting(&Runs::InPage.settings())
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
            Runs::InPage,
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
    let add_part = |assets: &mut Assets, part: Part| -> Result<(), Failure> {
        let name = part.name();
        let [glue, wasm] = glue_and_wasm(compiled, part);
        assets.add(
            &format!("{name}-glue.js"),
            &module(&files::read_text(&glue)?)?,
        )?;
        assets.add(&format!("{name}.wasm"), &files::read(&wasm)?)?;
        Ok(())
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
    add_part(&mut compiler, Part::Compiler)?;

    // What `later.js` asks for, `boundaries.js` among it.
    let mut later = Assets::in_folder(&dist.join("a"));
    add_part(&mut later, Part::Whole)?;
    later.add("boundaries.js", &script("boundaries.js", &compiler)?)?;
    for (language, words) in &words {
        later.add(&format!("{language}-later.json"), &to_json(&words.later)?)?;
    }
    let leaflet = later.add("leaflet.js", &leaflet::build(workspace)?)?;
    let map = address_leaflet(&source("widget/js/map.js")?, &leaflet)?;
    later.add("map.js", &module(&map)?)?;
    let leaflet_css = css(&source(LEAFLET_CSS)?)?;
    later.add("leaflet.css", &leaflet_css)?;
    later.add("photo.js", &module(&source("widget/js/photo.js")?)?)?;
    later.add("later.css", &css(&style(workspace, "widget/style/later")?)?)?;
    let licence = source(&format!("{LEAN_QR}/LICENSE"))?;
    let mut receipt = format!("/*! lean-qr\n{licence}*/\n").into_bytes();
    receipt.extend(script("receipt.js", &compiler)?);
    later.add("receipt.js", &receipt)?;

    // What the loader asks for, `later.js` among it.
    let mut first = Assets::in_folder(&dist.join("a"));
    add_part(&mut first, Part::FirstStop)?;
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

fn address_leaflet(map: &str, leaflet: &str) -> Result<String, Failure> {
    if map.matches(LEAFLET_IMPORT).count() != 1 {
        return Err(Failure::new(format!(
            "widget/js/map.js must import Leaflet once, with `{LEAFLET_IMPORT}`"
        )));
    }
    Ok(map.replace(LEAFLET_IMPORT, &format!("from \"./{leaflet}\"")))
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
    fn the_map_imports_leaflet_by_its_hashed_name() {
        let map = address_leaflet("import * as L from \"leaflet\";\n", "leaflet-01.js").unwrap();
        assert_eq!(map, "import * as L from \"./leaflet-01.js\";\n");
        assert!(address_leaflet("import L from 'leaflet';", "leaflet-01.js").is_err());
    }

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
