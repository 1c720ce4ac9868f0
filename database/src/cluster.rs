//! A private PostgreSQL for tests: a cluster in a folder of its own, reached through a socket in it,
//! with the settings of a real one. It is stopped and erased when the process that started it is gone,
//! however it went.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use sqlx::any::{AnyConnectOptions, install_default_drivers};
use sqlx::{AssertSqlSafe, ConnectOptions};

const SCRIPT: &str = include_str!("cluster.sh");

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: String,
    databases: AtomicU32,
    keeper: Mutex<Keeper>,
}

/// The shell that ends the cluster with the end of its input.
#[derive(Debug)]
struct Keeper {
    process: Child,
    /// Gone once it is told to end.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Cluster {
    /// The cluster of this process, started by who asks first; none where PostgreSQL is not
    /// installed: each test that asks says so then, past whatever captures its output.
    ///
    /// # Errors
    /// Why it is installed and does not start.
    pub fn shared() -> Result<Option<&'static Cluster>, &'static io::Error> {
        static SHARED: OnceLock<io::Result<Option<Cluster>>> = OnceLock::new();
        let shared = SHARED.get_or_init(Cluster::launch).as_ref()?.as_ref();
        if shared.is_none() {
            say_that_there_is_none();
        }
        Ok(shared)
    }

    /// A cluster of one's own, to be restarted and broken; none where PostgreSQL is not installed.
    ///
    /// # Errors
    /// Why it is installed and does not start.
    pub fn start() -> io::Result<Option<Cluster>> {
        let own = Cluster::launch()?;
        if own.is_none() {
            say_that_there_is_none();
        }
        Ok(own)
    }

    fn launch() -> io::Result<Option<Cluster>> {
        let Some(binaries) = binaries() else {
            return Ok(None);
        };
        // It refuses to run as root.
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "nobody", "--", "sh", "-c", SCRIPT]);
            command
        } else {
            let mut command = Command::new("sh");
            command.args(["-c", SCRIPT]);
            command
        };
        let mut path = OsString::from(binaries);
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut process = command
            .current_dir("/")
            .env("PATH", path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
            return Err(io::Error::other("a shell without input and output"));
        };
        let mut keeper = Keeper {
            process,
            input: Some(input),
            output: BufReader::new(output),
        };
        let folder = keeper.says()?;
        Ok(Some(Cluster {
            folder,
            databases: AtomicU32::new(0),
            keeper: Mutex::new(keeper),
        }))
    }

    /// A new database; gives its address.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn database(&self) -> Result<String, sqlx::Error> {
        install_default_drivers();
        let count = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test{count}");
        let options: AnyConnectOptions = self.address("postgres").parse()?;
        let mut connection = options.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut connection)
            .await?;
        sqlx::Connection::close(connection).await?;
        Ok(self.address(&name))
    }

    fn address(&self, name: &str) -> String {
        format!("postgres://balagh@localhost/{name}?host={}", self.folder)
    }

    /// Lets the server crash, as by a power cut, and recover; returns once it answers again.
    ///
    /// # Errors
    /// Why it does not.
    pub fn crash(&self) -> io::Result<()> {
        let mut keeper = self.keeper.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(input) = &mut keeper.input {
            input.write_all(b"restart\n")?;
        }
        keeper.says()?;
        Ok(())
    }
}

impl Keeper {
    /// The next line of the script.
    fn says(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        match line.strip_suffix('\n') {
            Some(said) => Ok(said.to_owned()),
            None => Err(io::Error::other("PostgreSQL does not start; see above")),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.input = None;
        // Nothing is to be done about one that does not end.
        let _ended = self.process.wait();
    }
}

/// As other tests say it, in a line that `cargo xtask test` counts.
fn say_that_there_is_none() {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let line = format!("\nskipped: {test}: PostgreSQL's initdb is not on this machine\n");
    // Whoever does not listen is told by nothing else.
    let _said = io::stdout().write_all(line.as_bytes());
}

/// The folder of PostgreSQL's programs: on the `PATH`, or where Debian keeps them, the newest.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    debian.sort();
    std::env::split_paths(&path)
        .chain(debian.into_iter().rev())
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

fn is_root() -> io::Result<bool> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(id.stdout.starts_with(b"0\n"))
}
