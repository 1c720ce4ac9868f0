//! `cargo xtask demo`: the whole product on this machine, until Ctrl-C.
//!
//! Five servers on loopback. The partner's page stands on another port and another host name
//! (`localhost`, the edge on `127.0.0.1`), so that a browser treats it as the foreign site it
//! stands for. Its reports go through the edge function; those of the municipality's own site go to
//! the native edge at once. What citizens would be sent by text message and e-mail stands on a page
//! of its own.

mod config;
mod keys;
mod service;
mod staff;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use config::Folders;
use service::{Interrupt, Service};

use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;
use crate::workspace::Workspace;

/// What a partner's web server sends with its page, the edge's address in place of `{{EDGE}}`:
/// as strict as `www/docs/embed.md` promises to work under.
const PARTNER_POLICY: &str = "default-src 'self'; script-src 'self' {{EDGE}} 'wasm-unsafe-eval'; \
     connect-src {{EDGE}}; img-src 'self' {{EDGE}}; frame-src {{EDGE}}; base-uri 'none'; \
     object-src 'none'; form-action 'self'";

/// The demo's ports: the one asked for and the five that follow.
#[derive(Clone, Copy)]
struct Ports {
    edge: u16,
    partner: u16,
    origin: u16,
    function: u16,
    messages: u16,
    mail: u16,
}

impl Ports {
    fn from(first: u16) -> Result<Self, Failure> {
        let port = |offset: u16| {
            first
                .checked_add(offset)
                .filter(|_| first > 0)
                .ok_or_else(|| {
                    Failure::new(format!("--port {first} leaves no room for six ports"))
                        .mend("cargo xtask demo --port 8787")
                })
        };
        Ok(Self {
            edge: port(0)?,
            partner: port(1)?,
            origin: port(2)?,
            function: port(3)?,
            messages: port(4)?,
            mail: port(5)?,
        })
    }

    // Before anything is built or started: the common failure of a demo is a second demo.
    fn must_be_free(self) -> Result<(), Failure> {
        let Ports {
            edge,
            partner,
            origin,
            function,
            messages,
            mail,
        } = self;
        for port in [edge, partner, origin, function, messages, mail] {
            TcpListener::bind(("127.0.0.1", port)).map_err(|error| {
                Failure::new(format!("port {port} cannot be used: {error}")).mend(format!(
                    "stop what listens there, or choose six other ports: \
                     cargo xtask demo --port {}",
                    self.edge.saturating_add(100)
                ))
            })?;
        }
        Ok(())
    }
}

/// A demo that is ready to start: its ports are free.
pub(crate) struct Demo {
    ports: Ports,
    data: PathBuf,
}

impl Demo {
    /// Checks what can be checked before the build.
    pub(crate) fn prepare(
        workspace: &Workspace,
        port: u16,
        data: Option<PathBuf>,
    ) -> Result<Self, Failure> {
        let ports = Ports::from(port)?;
        ports.must_be_free()?;
        let data = match data {
            // A relative folder is meant from where the command was typed.
            Some(folder) => std::path::absolute(&folder)
                .map_err(|error| Failure::new(format!("--data {}: {error}", folder.display())))?,
            None => workspace.target("demo"),
        };
        files::create_folder(&data)?;
        Ok(Self { ports, data })
    }

    /// Starts everything that is built, says when it is ready, and stops it at Ctrl-C.
    pub(crate) fn run(self, workspace: &Workspace, progress: &Progress) -> Result<(), Failure> {
        let interrupt = Interrupt::listen()?;
        let mut keys = keys::load_or_generate(&self.data.join("keys.env"))?;
        // The page where somebody looks through what the screen held.
        keys.push((
            "BALAGH_STAFF_TOKEN".to_owned(),
            staff::REVIEW_TOKEN.to_owned(),
        ));
        let folders = Folders::prepare(workspace, &self.data, self.ports)?;
        let config = |name: &str, text: String| {
            let path = self.data.join(name);
            files::write(&path, text.as_bytes()).map(|()| path)
        };
        let edge_toml = config("edge.toml", config::edge(workspace, self.ports, &folders))?;
        let origin_toml = config("origin.toml", config::origin(self.ports, &folders))?;

        let binary = |command: &str, config: &Path| {
            let mut process = Command::new(workspace.binary());
            process.arg(command).arg("--config").arg(config);
            process
        };
        let edge_url = format!("http://127.0.0.1:{}", self.ports.edge);
        let partner_url = format!("http://localhost:{}/", self.ports.partner);
        let messages_url = format!("http://localhost:{}/", self.ports.messages);
        let function_url = format!("http://127.0.0.1:{}", self.ports.function);
        let console_url = format!("http://127.0.0.1:{}/console/", self.ports.origin);

        let mut services = service::Group::new(workspace, &self.data, keys, &interrupt);
        progress.measure("messages", |_| {
            let mut process = Command::new("node");
            process.arg("www/messages.mjs");
            process.args(["--port", &self.ports.messages.to_string()]);
            process.args(["--smtp-port", &self.ports.mail.to_string()]);
            services.start(Service {
                name: "messages",
                port: self.ports.messages,
                process,
            })
        })?;
        // Each is asked for its health before the next starts: an edge without its origin would
        // begin its life with a failed delivery in the log.
        progress.measure("origin", |_| {
            services.start(Service {
                name: "origin",
                port: self.ports.origin,
                process: binary("origin", &origin_toml),
            })
        })?;
        progress.measure("staff", |_| staff::hire(workspace, &origin_toml))?;
        progress.measure("edge", |_| {
            services.start(Service {
                name: "edge",
                port: self.ports.edge,
                process: binary("edge", &edge_toml),
            })
        })?;
        progress.measure("edge function", |_| {
            let mut process = Command::new("node");
            process.arg("edge/entry/miniflare.mjs");
            process.args(["--port", &self.ports.function.to_string()]);
            process
                .args(["--upstream", &edge_url, "--dist"])
                .arg(&folders.worker);
            services.start(Service {
                name: "edge-function",
                port: self.ports.function,
                process,
            })
        })?;
        progress.measure("partner's page", |_| {
            let mut process = Command::new("node");
            process.args([
                "www/serve.mjs",
                "--dir",
                "www/partner",
                "--host",
                "localhost",
            ]);
            process.args(["--port", &self.ports.partner.to_string()]);
            process.args(["--edge", &function_url, "--csp", PARTNER_POLICY]);
            services.start(Service {
                name: "partner",
                port: self.ports.partner,
                process,
            })
        })?;

        progress.print(&format!("ready: {edge_url}/"));
        progress.say(&format!(
            "  partner's page  {partner_url}\n  \
               edge function   {function_url}/\n  \
               messages        {messages_url}\n  \
               staff console   {console_url}\n  \
                               {names}; password: {password}\n  \
               data and logs   {}\n  \
               Ctrl-C stops everything.",
            workspace.shown(&self.data),
            names = staff::STAFF.map(|(name, _)| name).join(", "),
            password = staff::PASSWORD,
        ));
        services.wait()?;
        progress.say("stopping …");
        services.stop();
        Ok(())
    }
}
