//! The widget as an npm package, in `dist/widget/` itself: `npm pack dist/widget` makes the tarball.
//!
//! Who bundles needs addresses that a bundler understands: `import("./a/…")` for modules and
//! `new URL("./a/…", import.meta.url)` for the rest, each written out. The sources are the same; only
//! `release.js` is another. There is no address that the script came from, so an element must name
//! its `edge`.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::assets::Assets;
use super::minify::bundle;
use super::widget::Tables;
use crate::failure::Failure;
use crate::files;
use crate::workspace::Workspace;

/// Scripts that ask for files, and so are the package's own beside `index.js`.
const OWN: [&str; 2] = ["later.js", "boundaries.js"];

/// Writes everything of the package but the hashed files, which are there.
pub(super) fn write(
    workspace: &Workspace,
    version: &str,
    tables: &Tables,
    dist: &Path,
) -> Result<(), Failure> {
    for (source, name, assets) in [
        ("balagh.js", "index.js", &tables.first),
        ("later.js", "later.js", &tables.later),
        ("boundaries.js", "boundaries.js", &tables.compiler),
    ] {
        let script = bundle(workspace, source, &release(version, assets)?)?;
        files::write(&dist.join(name), &script)?;
    }
    for (source, name) in [
        ("widget/js/custom-elements.json", "custom-elements.json"),
        ("widget/js/README.md", "README.md"),
        ("LICENSE", "LICENSE"),
    ] {
        files::write(&dist.join(name), &files::read(&workspace.path(source))?)?;
    }
    let package = description(version, tables.names());
    let mut json = serde_json::to_vec_pretty(&package)
        .map_err(|error| Failure::new(format!("package.json: {error}")))?;
    json.push(b'\n');
    files::write(&dist.join("package.json"), &json)
}

/// `package.json`. The files are named one by one: the folder also holds kept releases and the
/// compressed twins, which are a web server's.
fn description(version: &str, hashed: impl Iterator<Item = (String, String)>) -> Value {
    let fixed = [
        "index.js",
        "later.js",
        "boundaries.js",
        "balagh.css",
        "balagh.d.ts",
        "custom-elements.json",
    ];
    let mut files: Vec<String> = fixed.map(str::to_owned).to_vec();
    // The package's own know what a bundler made of the others.
    let hashed = hashed.filter(|(name, _)| !OWN.contains(&name.as_str()));
    files.extend(hashed.map(|(_, file)| format!("a/{file}")));
    json!({
        "name": "balagh-widget",
        "version": version,
        "description": "<balagh-report>: reports to a municipality, in any page. Needs a Balagh edge.",
        "license": "Apache-2.0",
        "type": "module",
        "main": "./index.js",
        "types": "./balagh.d.ts",
        "customElements": "./custom-elements.json",
        "sideEffects": true,
        "exports": {
            ".": {"types": "./balagh.d.ts", "default": "./index.js"},
            "./balagh.css": "./balagh.css",
            "./custom-elements.json": "./custom-elements.json",
            "./package.json": "./package.json",
        },
        "files": files,
        "keywords": ["municipality", "custom-element", "web-component", "open311", "rtl", "wasm"],
    })
}

/// What stands in the place of `widget/js/release.js`: the same names.
fn release(version: &str, assets: &Assets) -> Result<String, Failure> {
    let hashes = serde_json::to_string(assets.hashes())
        .map_err(|error| Failure::new(format!("the hashes are no JSON: {error}")))?;
    let (mut modules, mut addresses) = (String::new(), String::new());
    for (name, file) in assets.names() {
        let _ = if OWN.contains(&name.as_str()) {
            writeln!(modules, "  \"{name}\": () => import(\"./{name}\"),")
        } else if name.ends_with(".js") {
            writeln!(modules, "  \"{name}\": () => import(\"./a/{file}\"),")
        } else {
            writeln!(
                addresses,
                "  \"{name}\": new URL(\"./a/{file}\", import.meta.url).href,"
            )
        };
    }
    Ok(format!(
        "export const VERSION = \"{version}\";\n\
         export const EDGE = \"\";\n\
         const FILES = {hashes};\n\
         const MODULES = {{\n{modules}}};\n\
         const ADDRESSES = {{\n{addresses}}};\n\
         export const integrity = (name) => `sha256-${{FILES[name]}}`;\n\
         export const bring = (name) => MODULES[name]();\n\
         export function address(name) {{\n  \
           if (ADDRESSES[name]) return ADDRESSES[name];\n  \
           throw new Error(`${{name}} is a module: its address is the bundler's`);\n\
         }}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundler_finds_every_file_written_out() {
        let folder = std::env::temp_dir().join(format!("balagh-package-{}", std::process::id()));
        let mut assets = Assets::in_folder(&folder);
        let wasm = assets.add("first.wasm", b"wasm").unwrap();
        let glue = assets.add("first-glue.js", b"glue").unwrap();
        assets.add("later.js", b"later").unwrap();
        let text = release("1.2.3", &assets).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        for part in [
            format!("new URL(\"./a/{wasm}\", import.meta.url)"),
            format!("() => import(\"./a/{glue}\")"),
            "() => import(\"./later.js\")".to_owned(),
        ] {
            assert!(text.contains(&part), "{part} is not in {text}");
        }
    }

    #[test]
    fn the_package_names_its_own_later_script_and_not_the_hashed_one() {
        let hashed = [("later.js", "later-1.js"), ("first.wasm", "first-1.wasm")];
        let hashed = hashed.map(|(name, file)| (name.to_owned(), file.to_owned()));
        let package = description("1.2.3", hashed.into_iter());
        let files: Vec<&str> = package["files"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(files.contains(&"later.js") && files.contains(&"a/first-1.wasm"));
        assert!(!files.contains(&"a/later-1.js"));
    }
}
