//! Running other programs: quietly with their words kept for failures, or in the open.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::failure::Failure;
use crate::progress::Step;
use crate::workspace::Workspace;

/// Cargo, as a person would start it in the checkout's root.
///
/// `cargo run` tells this process about the package xtask by variables that some build scripts
/// watch (ring's does); inherited, they would rebuild those crates each time a person and this tool
/// take turns.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(describes_a_package) {
            command.env_remove(&name);
        }
    }
    if io::stderr().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

fn describes_a_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || matches!(
            variable,
            "CARGO_MANIFEST_DIR"
                | "CARGO_MANIFEST_PATH"
                | "CARGO_MANIFEST_LINKS"
                | "CARGO_CRATE_NAME"
                | "CARGO_BIN_NAME"
                | "CARGO_PRIMARY_PACKAGE"
        )
}

/// Runs a cargo build, showing the crate it is at; its output is shown only when it fails.
pub(crate) fn cargo_build(
    workspace: &Workspace,
    step: &Step<'_>,
    arguments: &[&str],
) -> Result<(), Failure> {
    let mut command = cargo(workspace);
    command.arg("build").args(arguments);
    let shown = shown(&command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start("cargo", &error))?;
    let mut said = String::new();
    let mut crates = 0_usize;
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some(krate) = line.split_once("Compiling").and_then(|(_, rest)| {
                // Colours stand between the word and the name.
                rest.split_whitespace()
                    .find(|word| !word.starts_with('\u{1b}'))
            }) {
                crates += 1;
                step.note(&format!("{krate} ({crates})"));
                // Not worth repeating beside an error.
                continue;
            }
            if line.contains("Blocking waiting") {
                step.note("waits for another cargo");
            }
            said.push_str(&line);
            said.push('\n');
        }
    }
    let status = child
        .wait()
        .map_err(|error| cannot_start("cargo", &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!("`{shown}` failed")).said(said))
}

/// Runs a program to its end and returns what it printed; its errors are shown when it fails.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>, Failure> {
    finish(command, |command| command.stdin(Stdio::null()).output())
}

/// As [`output`], with `input` on its standard input.
pub(crate) fn output_with_input(command: &mut Command, input: &[u8]) -> Result<Vec<u8>, Failure> {
    finish(command, |command| {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that ends early says why by its status, not by a broken pipe here.
            drop(stdin.write_all(input));
        }
        child.wait_with_output()
    })
}

fn finish(
    command: &mut Command,
    run: impl FnOnce(&mut Command) -> io::Result<Output>,
) -> Result<Vec<u8>, Failure> {
    let shown = shown(command);
    let output = run(command).map_err(|error| cannot_start(&shown, &error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(Failure::new(format!("`{shown}` failed ({})", output.status)).said(said))
}

/// Runs a program in the open; each line of its standard output is also given to `read`.
/// Says whether it succeeded.
pub(crate) fn echo(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool, Failure> {
    let shown = shown(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| cannot_start(&shown, &error))?;
    if let Some(stdout) = child.stdout.take() {
        let mut out = io::stdout();
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            // Whoever reads our output may have gone; the suite still runs to its end.
            drop(out.write_all(&line).and_then(|()| out.write_all(b"\n")));
            read(&String::from_utf8_lossy(&line));
        }
    }
    let status = child.wait().map_err(|error| cannot_start(&shown, &error))?;
    Ok(status.success())
}

/// A command line as a person would type it, paths included.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    let mut line = program.to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

fn cannot_start(program: &str, error: &io::Error) -> Failure {
    Failure::new(format!("cannot run `{program}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_variables_about_the_running_package_are_withheld_from_cargo() {
        for withheld in ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR", "CARGO_BIN_NAME"] {
            assert!(describes_a_package(withheld), "{withheld}");
        }
        for kept in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_NET_OFFLINE",
            "PATH",
        ] {
            assert!(!describes_a_package(kept), "{kept}");
        }
    }

    #[test]
    fn a_failing_program_is_quoted_with_its_words() {
        let failure = output(Command::new("sh").args(["-c", "echo missing thing >&2; exit 3"]))
            .unwrap_err()
            .to_string();
        assert!(failure.contains("missing thing"), "{failure}");
        assert!(failure.contains("sh -c"), "{failure}");
    }

    #[test]
    fn a_program_reads_its_input() {
        let answer = output_with_input(&mut Command::new("cat"), b"12 34").unwrap();
        assert_eq!(answer, b"12 34");
    }

    #[test]
    fn echoed_lines_are_read_and_the_status_told() {
        let mut lines = Vec::new();
        let succeeded = echo(
            Command::new("sh").args(["-c", "echo one; echo two; exit 1"]),
            |line| {
                lines.push(line.to_owned());
            },
        )
        .unwrap();
        assert!(!succeeded);
        assert_eq!(lines, ["one", "two"]);
    }
}
