//! What the other commands need: checked each time, installed where that is safe.
//!
//! A machine with rustup, Node.js and a C compiler needs nothing else first. Every failure says
//! what is missing and the command that mends it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::process;
use crate::progress::Progress;
use crate::stamp::Done;
use crate::workspace::Workspace;

/// The oldest Node.js, major and minor, that runs miniflare, Vite and `node --test` as used here.
const NODE: (u32, u32) = (20, 19);
const WASM: &str = "wasm32-unknown-unknown";

/// What building and the demo need.
pub(crate) fn for_building(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    c_compiler()?;
    node()?;
    wasm_target(workspace, progress)?;
    npm_packages(workspace, progress)
}

/// The lints and the formatter: small components that a minimal toolchain lacks.
pub(crate) fn for_linting(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    for (component, command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if process::output(process::cargo(workspace).args([command, "--version"])).is_ok() {
            continue;
        }
        let mend = format!("rustup component add {component}");
        progress.measure(&mend, |_| {
            rustup(workspace, &["component", "add", component])
                .map_err(|failure| failure.mend(mend.clone()))
        })?;
    }
    Ok(())
}

/// The browser of the journeys; answers where it is.
pub(crate) fn chromium(progress: &Progress) -> Result<PathBuf, Failure> {
    const INSTALL: &str = "apt-get install -y chromium fonts-noto-core";
    if let Some(named) = env::var_os("CHROMIUM").map(PathBuf::from) {
        return if named.is_file() {
            Ok(named)
        } else {
            Err(Failure::new(format!(
                "CHROMIUM names {}, which is no file",
                named.display()
            ))
            .mend("unset CHROMIUM, or point it at a Chromium or Chrome"))
        };
    }
    if let Some(found) = installed_chromium() {
        return Ok(found);
    }
    let hint = || {
        Failure::new("the browser journeys need Chromium").mend(format!(
            "{INSTALL} (Debian), or set CHROMIUM to a Chromium or Chrome"
        ))
    };
    if !apt_install(progress, INSTALL)? {
        return Err(hint());
    }
    installed_chromium().ok_or_else(hint)
}

/// The two other engines, for one journey in each: Firefox, and WebKit with the screen it wants.
pub(crate) fn other_engines(progress: &Progress) -> Result<(), Failure> {
    const INSTALL: &str = "apt-get install -y firefox-esr webkit2gtk-driver xvfb";
    const PROGRAMS: [(&str, &str); 3] = [
        ("FIREFOX", "firefox-esr"),
        ("WEBKIT_DRIVER", "WebKitWebDriver"),
        ("", "xvfb-run"),
    ];
    let missing = || {
        PROGRAMS
            .iter()
            .filter(|(named, program)| {
                env::var_os(named)
                    .or(find_program(program).map(Into::into))
                    .is_none()
            })
            .map(|(_, program)| *program)
            .collect::<Vec<_>>()
    };
    if missing().is_empty() || (apt_install(progress, INSTALL)? && missing().is_empty()) {
        return Ok(());
    }
    let missing = missing().join(", ");
    Err(
        Failure::new(format!("the journeys in Firefox and WebKit need {missing}"))
            .mend(format!("{INSTALL} (Debian)")),
    )
}

/// PostgreSQL's programs, which the tests start a cluster of their own with. Where they are not, those tests
/// say that they are skipped; a pipeline (`CI` in its environment) must not skip them.
pub(crate) fn postgres() -> Result<(), Failure> {
    let is_pipeline =
        env::var_os("CI").is_some_and(|it| !(it.is_empty() || it == "false" || it == "0"));
    let has_programs = |folder: &Path| {
        ["initdb", "pg_ctl"]
            .iter()
            .all(|it| folder.join(it).is_file())
    };
    // Debian keeps them off the PATH.
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let debian = debian.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = env::split_paths(&path).chain(debian);
    if !is_pipeline || folders.any(|folder| has_programs(&folder)) {
        return Ok(());
    }
    Err(
        Failure::new("a pipeline runs the tests on PostgreSQL, and its initdb is not here")
            .mend("apt-get install -y postgresql (Debian)"),
    )
}

/// Runs an `apt-get install` where that asks nobody: as root, and where there is an apt. Elsewhere
/// the person decides, and the answer is false.
fn apt_install(progress: &Progress, install: &str) -> Result<bool, Failure> {
    let root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id == b"0\n");
    if !root || find_program("apt-get").is_none() {
        return Ok(false);
    }
    progress.measure(install, |_| {
        process::output(Command::new("apt-get").arg("update"))?;
        process::output(
            Command::new("apt-get")
                .args(install.split_whitespace().skip(1))
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
    })?;
    Ok(true)
}

fn installed_chromium() -> Option<PathBuf> {
    [
        "chromium",
        "chromium-browser",
        "google-chrome-stable",
        "google-chrome",
    ]
    .iter()
    .find_map(|name| find_program(name))
    .or_else(|| {
        let mac = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
        mac.is_file().then_some(mac)
    })
}

fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|it| it.is_file())
}

// SQLite and ring are compiled from C.
fn c_compiler() -> Result<(), Failure> {
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    // CC may carry flags or a wrapper, as in "ccache gcc".
    let program = compiler.split_whitespace().next().unwrap_or("cc");
    process::output(Command::new(program).arg("--version"))
        .map(drop)
        .map_err(|_| {
            Failure::new(format!("there is no C compiler (`{program}`)")).mend(
                "apt-get install -y build-essential (Debian), xcode-select --install (macOS), \
             or set CC",
            )
        })
}

fn node() -> Result<(), Failure> {
    let mend = "install Node.js 20.19 or newer: apt-get install -y nodejs npm (Debian 13), \
                brew install node (macOS), or nodejs.org";
    let version = process::output(Command::new("node").arg("--version"))
        .map_err(|_| Failure::new("Node.js is missing").mend(mend))?;
    let version = String::from_utf8_lossy(&version);
    if node_version(&version).is_none_or(|version| version < NODE) {
        let (major, minor) = NODE;
        return Err(Failure::new(format!(
            "Node.js is {}, older than {major}.{minor}",
            version.trim()
        ))
        .mend(mend));
    }
    process::output(Command::new("npm").arg("--version"))
        .map(drop)
        .map_err(|_| Failure::new("npm is missing beside Node.js").mend("apt-get install -y npm"))
}

fn node_version(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

// rustc is asked and not rustup, so that a distribution's own Rust with the target will do.
fn wasm_target(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let libraries = process::output(Command::new("rustc").current_dir(workspace.root()).args([
        "--print",
        "target-libdir",
        "--target",
        WASM,
    ]))?;
    if Path::new(String::from_utf8_lossy(&libraries).trim()).is_dir() {
        return Ok(());
    }
    let mend = format!("rustup target add {WASM}");
    progress.measure(&mend, |_| {
        rustup(workspace, &["target", "add", WASM]).map_err(|failure| failure.mend(mend.clone()))
    })
}

fn rustup(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    if find_program("rustup").is_none() {
        let command = arguments.join(" ");
        return Err(Failure::new(format!(
            "`rustup {command}` is needed, and there is no rustup"
        ))
        .mend(
            "install rustup (rustup.rs); with a Rust of your distribution, its package for that",
        ));
    }
    process::output(
        Command::new("rustup")
            .current_dir(workspace.root())
            .args(arguments),
    )
    .map(drop)
}

// npm writes node_modules/.package-lock.json last: older than the lock means another lock.
fn npm_packages(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let modified = |path: &str| fs::metadata(workspace.path(path)).and_then(|it| it.modified());
    let lock = modified("package-lock.json").map_err(|error| {
        Failure::new(format!("cannot read package-lock.json: {error}"))
            .mend("git checkout package-lock.json")
    })?;
    if modified("node_modules/.package-lock.json").is_ok_and(|installed| installed >= lock) {
        return Ok(());
    }
    let step = progress.step("npm ci");
    process::output(Command::new("npm").current_dir(workspace.root()).arg("ci"))
        .map_err(|failure| failure.mend("npm ci (it needs the npm registry)"))?;
    step.done(Done::Worked);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_version_is_read_by_its_first_two_numbers() {
        for (version, read) in [
            ("v20.20.2\n", Some((20, 20))),
            ("v8.1.0", Some((8, 1))),
            ("v20", None),
            ("20.1", None),
            ("", None),
        ] {
            assert_eq!(node_version(version), read, "{version:?}");
        }
    }
}
