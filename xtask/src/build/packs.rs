//! `dist/municipalities/<id>.pack`: each municipality's boundaries, compiled.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::files;
use crate::process;
use crate::progress::Progress;
use crate::stamp::{self, Done, Inputs};
use crate::workspace::Workspace;

/// One municipality of the demo.
pub(crate) struct Municipality {
    pub(crate) id: String,
    pub(crate) document: PathBuf,
    pub(crate) pack: PathBuf,
}

/// The municipalities under `www/municipalities/`, in the order of their ids.
pub(crate) fn municipalities(workspace: &Workspace) -> Result<Vec<Municipality>, Failure> {
    let folder = workspace.path("www/municipalities");
    let found: Vec<Municipality> = files::list(&folder)?
        .into_iter()
        .map(|folder| (files::name(&folder), folder.join("municipality.json")))
        .filter(|(_, document)| document.is_file())
        .map(|(id, document)| Municipality {
            pack: workspace
                .path("dist/municipalities")
                .join(format!("{id}.pack")),
            id,
            document,
        })
        .collect();
    if found.is_empty() {
        return Err(Failure::new(format!(
            "there is no <id>/municipality.json under {}",
            workspace.shown(&folder)
        )));
    }
    Ok(found)
}

/// Compiles the packs; the native binary must be there.
pub(super) fn build(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let step = progress.step("boundary packs");
    let mut done = Done::Unchanged;
    for municipality in municipalities(workspace)? {
        step.note(&municipality.id);
        let Municipality { id, document, pack } = municipality;
        files::create_folder(pack.parent().unwrap_or(workspace.root()))?;
        // The binary stands for the compiler of packs: any change in it may be one in the pack.
        let inputs = Inputs::new()
            .file(&workspace.binary())?
            .folder(document.parent().unwrap_or(workspace.root()))?;
        let outputs = [pack.clone()];
        let worked =
            stamp::unless_unchanged(workspace, &format!("pack-{id}"), inputs, &outputs, || {
                process::output(
                    Command::new(workspace.binary())
                        .current_dir(workspace.root())
                        .args(["pack", "--municipality"])
                        .arg(&document)
                        .arg("-o")
                        .arg(&pack),
                )
                .map(drop)
            })?;
        if worked == Done::Worked {
            done = Done::Worked;
        }
    }
    step.done(done);
    Ok(())
}
