//! The configuration files of the demo's edge and origin, as an operator would write them.

use std::fs;
use std::path::{Path, PathBuf};

use super::Ports;
use crate::failure::Failure;
use crate::files;
use crate::workspace::Workspace;

/// The addresses that the municipality documents in the repository name.
const COMMITTED_EDGE: &str = "http://127.0.0.1:8787";
const COMMITTED_PARTNER: &str = "http://localhost:8788";

/// The folders that the servers read.
pub(super) struct Folders {
    data: PathBuf,
    municipalities: PathBuf,
    packs: PathBuf,
    /// The edge function, with municipality documents of its own.
    pub(super) worker: PathBuf,
}

impl Folders {
    /// The municipality documents name the partner's web origin. On other ports than the usual the
    /// demo reads copies that name the origin it really has.
    pub(super) fn prepare(
        workspace: &Workspace,
        data: &Path,
        ports: Ports,
    ) -> Result<Self, Failure> {
        let partner = format!("http://localhost:{}", ports.partner);
        let edge = format!("http://127.0.0.1:{}", ports.edge);
        let usual = partner == COMMITTED_PARTNER && edge == COMMITTED_EDGE;
        let addresses = [(COMMITTED_PARTNER, partner), (COMMITTED_EDGE, edge)];
        let folder = |committed: &str, copy: &str| {
            let committed = workspace.path(committed);
            if usual {
                return Ok(committed);
            }
            let copy = data.join(copy);
            if copy.exists() {
                fs::remove_dir_all(&copy).map_err(|error| {
                    Failure::new(format!("cannot renew {}: {error}", copy.display()))
                })?;
            }
            copy_replacing(&committed, &copy, &addresses)?;
            Ok(copy)
        };
        Ok(Self {
            municipalities: folder("www/municipalities", "municipalities")?,
            worker: folder("dist/worker", "worker")?,
            packs: workspace.path("dist/municipalities"),
            data: data.to_path_buf(),
        })
    }
}

fn copy_replacing(from: &Path, to: &Path, addresses: &[(&str, String)]) -> Result<(), Failure> {
    for path in files::list(from)? {
        let target = to.join(files::name(&path));
        if path.is_dir() {
            copy_replacing(&path, &target, addresses)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            let mut text = files::read_text(&path)?;
            for (old, new) in addresses {
                text = text.replace(old, new);
            }
            files::write(&target, text.as_bytes())?;
        } else {
            files::write(&target, &files::read(&path)?)?;
        }
    }
    Ok(())
}

pub(super) fn edge(workspace: &Workspace, ports: Ports, folders: &Folders) -> String {
    let Ports { edge, origin, .. } = ports;
    format!(
        "# Written by `cargo xtask demo`; changes are lost at its next start.\n\
         listen = \"127.0.0.1:{edge}\"\n\
         data = {data}\n\
         public_url = \"http://127.0.0.1:{edge}\"\n\
         municipalities = {municipalities}\n\
         packs = {packs}\n\
         widget = {widget}\n\
         site = {site}\n\
         trusted_proxies = [\"127.0.0.1\"]\n\
         \n\
         [origin]\n\
         url = \"http://127.0.0.1:{origin}\"\n\
         \n\
         {sections}",
        data = quoted(&folders.data.join("edge")),
        municipalities = quoted(&folders.municipalities),
        packs = quoted(&folders.packs),
        widget = quoted(&workspace.path("dist/widget")),
        site = quoted(&workspace.path("www/site")),
        sections = messages(ports),
    )
}

/// The sections that send, the same for both servers.
fn messages(ports: Ports) -> String {
    let Ports { messages, mail, .. } = ports;
    format!(
        "# Nothing leaves this machine: what is sent is shown at http://localhost:{messages}/\n\
         [sms]\n\
         url = \"http://127.0.0.1:{messages}/sms\"\n\
         headers = {{ content-type = \"application/json\" }}\n\
         body = '{{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}}'\n\
         \n\
         [smtp]\n\
         host = \"127.0.0.1\"\n\
         port = {mail}\n\
         from = \"Balagh demo <reports@balagh.example>\"\n\
         tls = \"none\"\n"
    )
}

pub(super) fn origin(ports: Ports, folders: &Folders) -> String {
    let Ports { edge, origin, .. } = ports;
    format!(
        "# Written by `cargo xtask demo`; changes are lost at its next start.\n\
         listen = \"127.0.0.1:{origin}\"\n\
         data = {data}\n\
         municipalities = {municipalities}\n\
         packs = {packs}\n\
         \n\
         [edge]\n\
         url = \"http://127.0.0.1:{edge}\"\n\
         \n\
         {sections}",
        data = quoted(&folders.data.join("origin")),
        municipalities = quoted(&folders.municipalities),
        packs = quoted(&folders.packs),
        sections = messages(ports),
    )
}

/// A path as TOML's basic string, whose escapes are JSON's.
fn quoted(path: &Path) -> String {
    serde_json::Value::from(path.to_string_lossy().into_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_documents_name_the_addresses_of_this_demo() {
        let folder = std::env::temp_dir().join(format!("balagh-copy-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        files::write(
            &from.join("a/municipality.json"),
            br#"["http://localhost:8788"]"#,
        )
        .unwrap();
        files::write(&from.join("a/b.pack"), b"http://localhost:8788").unwrap();
        let addresses = [(COMMITTED_PARTNER, "http://localhost:9001".to_owned())];
        copy_replacing(&from, &to, &addresses).unwrap();
        let document = files::read_text(&to.join("a/municipality.json")).unwrap();
        let pack = files::read_text(&to.join("a/b.pack")).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(document, r#"["http://localhost:9001"]"#);
        assert_eq!(pack, "http://localhost:8788", "only documents are edited");
    }

    #[test]
    fn a_path_with_quotes_and_backslashes_stays_one_string() {
        assert_eq!(quoted(Path::new(r#"a\b "c""#)), r#""a\\b \"c\"""#);
    }
}
