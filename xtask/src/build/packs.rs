//! `dist/municipalities/`: each municipality's boundaries (`<id>.pack`, and `<id>-phone.pack` for
//! phones) and words (`<id>.words/`), compiled.

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
    pub(crate) phone_pack: PathBuf,
    /// The folder of its words files: `<tongue>.words`, and their `checksums.json`.
    pub(crate) words: PathBuf,
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
            phone_pack: workspace
                .path("dist/municipalities")
                .join(format!("{id}-phone.pack")),
            words: workspace
                .path("dist/municipalities")
                .join(format!("{id}.words")),
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

/// Compiles packs and words; the native binary, which does it, must be there.
pub(super) fn build(workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
    let step = progress.step("packs and words");
    let mut done = Done::Unchanged;
    for municipality in municipalities(workspace)? {
        step.note(&municipality.id);
        let Municipality {
            id,
            document,
            pack,
            phone_pack,
            words,
        } = municipality;
        files::create_folder(pack.parent().unwrap_or(workspace.root()))?;
        // The binary stands for its compilers: any change in it may be one in what they write.
        let inputs = Inputs::new()
            .file(&workspace.binary())?
            .folder(document.parent().unwrap_or(workspace.root()))?;
        let outputs = [
            pack.clone(),
            phone_pack.clone(),
            words.join("checksums.json"),
        ];
        let worked =
            stamp::unless_unchanged(workspace, &format!("pack-{id}"), inputs, &outputs, || {
                let compile = |command: &[&str], output| {
                    process::output(
                        Command::new(workspace.binary())
                            .current_dir(workspace.root())
                            .args(command)
                            .arg("--municipality")
                            .arg(&document)
                            .arg("-o")
                            .arg(output),
                    )
                };
                compile(&["pack"], &pack)?;
                compile(&["pack", "--simplify", "phone"], &phone_pack)?;
                compile(&["words"], &words)?;
                Ok(())
            })?;
        if worked == Done::Worked {
            done = Done::Worked;
        }
    }
    step.done(done);
    Ok(())
}
