//! Smaller JavaScript and CSS of the same meaning, by esbuild.

use std::process::Command;

use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::workspace::Workspace;

/// What every file is made with.
pub(super) const OPTIONS: [&str; 4] = [
    "--minify",
    "--charset=utf8",
    "--legal-comments=inline",
    "--log-level=warning",
];
const SOURCES: &str = "widget/js";

/// What a text is written in.
#[derive(Clone, Copy)]
pub(super) enum Language {
    Module,
    Css,
}

/// Minifies one file. Imports stay as they are: nothing is bundled. Licences' comments are kept.
pub(super) fn minify(
    workspace: &Workspace,
    language: Language,
    text: &str,
) -> Result<Vec<u8>, Failure> {
    let loader: &[&str] = match language {
        Language::Module => &["--loader=js", "--format=esm", "--tree-shaking=true"],
        Language::Css => &["--loader=css"],
    };
    process::output_with_input(
        Command::new(workspace.npm_program("esbuild"))
            .args(loader)
            .args(OPTIONS),
        text.as_bytes(),
    )
}

/// One script of `widget/js/<entry>` and what it imports, with `release` in the place of
/// `release.js`. What is fetched later (`./a/…`, and the package's own scripts) stays outside.
pub(super) fn bundle(
    workspace: &Workspace,
    entry: &str,
    release: &str,
) -> Result<Vec<u8>, Failure> {
    let folder = workspace.target("xtask").join("scripts");
    for name in [entry, "fetched.js"] {
        let source = files::read(&workspace.path(SOURCES).join(name))?;
        files::write(&folder.join(name), &source)?;
    }
    files::write(&folder.join("release.js"), release.as_bytes())?;
    process::output(
        Command::new(workspace.npm_program("esbuild"))
            .current_dir(&folder)
            .arg(format!("./{entry}"))
            .args(["--bundle", "--format=esm"])
            .args(["--external:./a/*", "--external:./later.js"])
            .arg("--external:./boundaries.js")
            .args(OPTIONS),
    )
}
