//! The demo's servers: started, watched, stopped together.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::files;
use crate::workspace::Workspace;

/// Between two looks at a server that starts, or at all of them while they run.
const LOOK: Duration = Duration::from_millis(50);
/// A server that listens but does not answer is given up after this.
const START: Duration = Duration::from_secs(60);
/// From the request to stop to the end by force.
const STOP: Duration = Duration::from_secs(10);
/// How much of a dead server's log is shown.
const LAST_LINES: usize = 20;

/// Ctrl-C, or the system's request to end.
pub(super) struct Interrupt(Receiver<()>);

impl Interrupt {
    pub(super) fn listen() -> Result<Self, Failure> {
        let (sender, receiver) = mpsc::channel();
        ctrlc::set_handler(move || {
            // Nobody listens any more when the servers are already being stopped.
            let _gone = sender.send(());
        })
        .map_err(|error| Failure::new(format!("cannot listen for Ctrl-C: {error}")))?;
        Ok(Self(receiver))
    }

    /// Waits a moment; says whether the interrupt came.
    fn within(&self, moment: Duration) -> bool {
        matches!(
            self.0.recv_timeout(moment),
            Ok(()) | Err(RecvTimeoutError::Disconnected)
        )
    }
}

/// A server to start: it answers `GET /healthz` on its port when it is ready.
pub(super) struct Service {
    pub(super) name: &'static str,
    pub(super) port: u16,
    pub(super) process: Command,
}

/// All servers that were started. Dropping it stops them, whatever went wrong.
pub(super) struct Group<'a> {
    root: PathBuf,
    logs: PathBuf,
    environment: Vec<(String, String)>,
    interrupt: &'a Interrupt,
    running: Vec<Running>,
}

struct Running {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl<'a> Group<'a> {
    pub(super) fn new(
        workspace: &Workspace,
        data: &Path,
        environment: Vec<(String, String)>,
        interrupt: &'a Interrupt,
    ) -> Self {
        Self {
            root: workspace.root().to_path_buf(),
            logs: data.join("logs"),
            environment,
            interrupt,
            running: Vec::new(),
        }
    }

    /// Starts a server and waits until it answers.
    pub(super) fn start(&mut self, service: Service) -> Result<(), Failure> {
        let Service {
            name,
            port,
            mut process,
        } = service;
        files::create_folder(&self.logs)?;
        let log = self.logs.join(format!("{name}.log"));
        let failed = |error| Failure::new(format!("cannot start the {name}: {error}"));
        let out = File::create(&log).map_err(failed)?;
        let err = out.try_clone().map_err(failed)?;
        process
            .current_dir(&self.root)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        // A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the servers in
        // order, with what they started.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut process, 0);
        let child = process.spawn().map_err(failed)?;
        self.running.push(Running { name, child, log });

        let started = Instant::now();
        loop {
            self.everyone_lives()?;
            if healthy(port) {
                return Ok(());
            }
            if self.interrupt.within(LOOK) {
                return Err(Failure::new("interrupted"));
            }
            if started.elapsed() > START {
                return Err(Failure::new(format!(
                    "the {name} does not answer on port {port} after {} s",
                    START.as_secs()
                ))
                .said(self.last_lines(name)));
            }
        }
    }

    /// Waits for the interrupt; a server that ends before it is a failure.
    pub(super) fn wait(&mut self) -> Result<(), Failure> {
        while !self.interrupt.within(LOOK * 10) {
            self.everyone_lives()?;
        }
        Ok(())
    }

    /// Stops all, the last started first: the edge hands over what it holds while the origin is
    /// still there.
    pub(super) fn stop(&mut self) {
        for running in self.running.iter().rev() {
            signal("TERM", &running.child);
        }
        let asked = Instant::now();
        while let Some(mut running) = self.running.pop() {
            while exited(&mut running.child).is_none() && asked.elapsed() < STOP {
                std::thread::sleep(LOOK);
            }
            if exited(&mut running.child).is_none() {
                signal("KILL", &running.child);
                drop(running.child.kill());
                drop(running.child.wait());
            }
        }
    }

    fn everyone_lives(&mut self) -> Result<(), Failure> {
        let dead = self
            .running
            .iter_mut()
            .find_map(|running| exited(&mut running.child).map(|status| (running.name, status)));
        match dead {
            None => Ok(()),
            Some((name, status)) => Err(Failure::new(format!("the {name} ended ({status})"))
                .said(self.last_lines(name))
                .mend(format!("its whole log is {}", self.logs.join(name).display()) + ".log")),
        }
    }

    fn last_lines(&self, name: &str) -> String {
        let log = self.running.iter().find(|running| running.name == name);
        let text = log
            .and_then(|it| fs::read(&it.log).ok())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let skipped = lines.len().saturating_sub(LAST_LINES);
        lines
            .into_iter()
            .skip(skipped)
            .map(|line| format!("  {line}\n"))
            .collect()
    }
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        self.stop();
    }
}

fn exited(child: &mut Child) -> Option<ExitStatus> {
    // A child that cannot be asked is gone for us.
    child.try_wait().unwrap_or(Some(ExitStatus::default()))
}

// The whole group: node's workerd is a child of the child.
fn signal(name: &str, child: &Child) {
    let group = format!("-{}", child.id());
    drop(
        Command::new("kill")
            .args([&format!("-{name}"), "--", &group])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status(),
    );
}

/// Whether `GET /healthz` answers 200. By hand: an HTTP client would double what xtask compiles.
fn healthy(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        // `localhost` may be either address family, and the partner's server takes one.
        let addresses = ("localhost", port).to_socket_addrs()?;
        let mut stream = addresses
            .chain([([127, 0, 0, 1], port).into()])
            .find_map(|address| TcpStream::connect_timeout(&address, Duration::from_secs(1)).ok())
            .ok_or(std::io::ErrorKind::ConnectionRefused)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        // In one piece: who answers the first and hangs up would break the second off.
        let request =
            format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut status = [0_u8; "HTTP/1.1 200".len()];
        stream.read_exact(&mut status)?;
        Ok(status.ends_with(b" 200"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn answer_once(response: &'static str) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut piece = [0_u8; 1024];
                let read = stream.read(&mut piece).unwrap();
                assert_ne!(read, 0, "the request ends early");
                request.extend_from_slice(&piece[..read]);
            }
            assert!(request.starts_with(b"GET /healthz HTTP/1.1\r\n"));
            stream.write_all(response.as_bytes()).unwrap();
        });
        port
    }

    #[test]
    fn only_a_server_that_answers_200_is_healthy() {
        assert!(healthy(answer_once(
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        )));
        assert!(!healthy(answer_once(
            "HTTP/1.1 503 Service Unavailable\r\n\r\n"
        )));
        assert!(!healthy(answer_once("SSH-2.0-OpenSSH_9.2\r\n\r\n")));
    }
}
