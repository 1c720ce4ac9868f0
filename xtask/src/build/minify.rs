//! Smaller JavaScript and CSS of the same meaning, by esbuild.

use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

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
    let esbuild = workspace.npm_program("esbuild");
    let loader: &[&str] = match language {
        Language::Module => &["--loader=js", "--format=esm"],
        Language::Css => &["--loader=css"],
    };
    process::output_with_input(
        Command::new(esbuild).args(loader).args([
            "--minify",
            "--charset=utf8",
            "--legal-comments=inline",
            "--log-level=warning",
        ]),
        text.as_bytes(),
    )
}
