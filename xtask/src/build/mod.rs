//! `cargo xtask build`: what a site hosts, what a Worker deploys, and the native binary.
//!
//! The native binary and the wasm files are compiled side by side: cargo locks their folders
//! apart, and the last link of each is a single thread.

mod assets;
mod bindgen;
mod compression;
mod glue;
mod locales;
mod map;
mod minify;
mod older;
mod order;
mod package;
mod packs;
mod release;
mod split;
mod vectors;
mod widget;
mod worker;

pub(crate) use compression::{brotli_sizes, gzip_sizes};
pub(crate) use packs::{Municipality, municipalities};
pub(crate) use release::Release;
pub(crate) use vectors::vectors;
pub(crate) use widget::{named_parts, release_folder};

use std::thread;

use crate::failure::Failure;
use crate::process;
use crate::progress::Progress;
use crate::stamp::Done;
use crate::workspace::Workspace;

/// How the native binary is compiled; the wasm is always small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Native {
    Development,
    Release,
}

impl Native {
    pub(crate) fn from_release_flag(release: bool) -> Self {
        if release {
            Self::Release
        } else {
            Self::Development
        }
    }
}

/// Builds everything that `dist/` holds, and the native binary.
pub(crate) fn everything(
    workspace: &Workspace,
    progress: &Progress,
    native: Native,
) -> Result<(), Failure> {
    let (native, wasm) = thread::scope(|scope| {
        let native = scope.spawn(|| {
            build_native(workspace, progress, native)?;
            packs::build(workspace, progress)
        });
        let wasm =
            widget::build(workspace, progress).and_then(|()| worker::build(workspace, progress));
        (native.join(), wasm)
    });
    let native = native.unwrap_or_else(|_| {
        Err(Failure::new(
            "the thread that builds the native binary panicked",
        ))
    });
    match (native, wasm) {
        (Ok(()), Ok(())) => worker::add_municipalities(workspace),
        (Err(failure), Ok(())) | (Ok(()), Err(failure)) => Err(failure),
        (Err(native), Err(wasm)) => {
            progress.failure(&native);
            Err(wasm)
        }
    }
}

fn build_native(workspace: &Workspace, progress: &Progress, native: Native) -> Result<(), Failure> {
    // The packs below are compiled by the development binary in either case: it is there anyway
    // on a machine that develops, and a release build is rare.
    let step = progress.step("native");
    process::cargo_build(workspace, &step, &["--package", "balagh"])?;
    if native == Native::Release {
        process::cargo_build(workspace, &step, &["--package", "balagh", "--release"])?;
    }
    step.done(Done::Worked);
    Ok(())
}
