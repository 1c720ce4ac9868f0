//! Where things are, once for all commands.

use std::env;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The folders of the checkout this tool was started in.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the checkout by cargo's own word, so that a copied folder is never built in place of
    /// the one the command was given in.
    pub(crate) fn find() -> Result<Self, Failure> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .ok_or_else(|| Failure::new("cannot tell where the checkout is").mend("cargo xtask …"))?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A file or folder of the checkout.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn target(&self, relative: &str) -> PathBuf {
        self.target.join(relative)
    }

    /// Where a wasm library lands before wasm-bindgen reads it.
    pub(crate) fn wasm(&self, library: &str) -> PathBuf {
        self.target
            .join("wasm32-unknown-unknown")
            .join("wasm")
            .join(format!("{library}.wasm"))
    }

    /// The native binary of the development profile.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target
            .join("debug")
            .join("balagh")
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// The native binary, optimised; where `cargo xtask build --release` puts it.
    pub(crate) fn release_binary(&self) -> PathBuf {
        self.target
            .join("release")
            .join("balagh")
            .with_extension(env::consts::EXE_EXTENSION)
    }

    /// A path as a person reads it: relative to the checkout where it lies inside.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }

    /// A program that npm installed for this checkout.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        self.root.join("node_modules").join(".bin").join(name)
    }
}
