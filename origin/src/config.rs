//! `origin.toml`: what the operator decides.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use balagh_messages::{SmsConfig, SmtpConfig};
use serde::Deserialize;

/// The origin's configuration. Relative paths are meant from the file's folder, as the edge's are:
/// a service is started from anywhere. Keys are not in it: they come from the environment, see
/// [`Keys`](crate::keys::Keys).
///
/// Reporters and departments are told by the sections `[sms]` and `[smtp]`, the same as the edge's:
/// see [`balagh_messages::config`]. Without a section, nobody is told that way.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of `origin.sqlite` and `photos/`; made if it is not there.
    pub data: PathBuf,
    /// Folder with a folder for each municipality.
    pub municipalities: PathBuf,
    /// Folder of compiled packs, `<id>.pack`; without it they are compiled at the start.
    #[serde(default)]
    pub packs: Option<PathBuf>,
    /// The edge that is told of every change.
    pub edge: Edge,
    /// What sends text messages to reporters.
    #[serde(default)]
    pub sms: Option<SmsConfig>,
    /// What sends e-mail to reporters who left no phone number, and to departments.
    #[serde(default)]
    pub smtp: Option<SmtpConfig>,
    /// File of the keys that reports are sealed with, `keys.sqlite` in `data` when absent. It stays
    /// out of the ledger's backup: a backup that holds both erases nothing.
    #[serde(default)]
    pub report_keys: Option<PathBuf>,
    /// Days after a report was closed for which what is somebody's in it is kept; what is counted
    /// stays.
    #[serde(default = "personal_days")]
    pub personal_days: u16,
}

/// Two years.
pub const DEFAULT_PERSONAL_DAYS: u16 = 730;

fn personal_days() -> u16 {
    DEFAULT_PERSONAL_DAYS
}

/// The edge, as the origin reaches it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Its address, such as `https://reports.example.gov`.
    pub url: String,
    /// The address that citizens reach it under, for the links in messages; `url` when absent.
    #[serde(default)]
    pub public_url: Option<String>,
}

/// Why there is no configuration to start with.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    Read {
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file is not what [`Config`] says.
    Parse {
        /// Which.
        path: PathBuf,
        /// What and where.
        error: toml::de::Error,
    },
}

impl Config {
    /// The file of the ledger.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.data.join("origin.sqlite")
    }

    /// The file of the keys that reports are sealed with.
    pub(crate) fn keys(&self) -> PathBuf {
        let keys = self.report_keys.clone();
        keys.unwrap_or_else(|| self.data.join("keys.sqlite"))
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read {
            path: path.to_owned(),
            error,
        })?;
        let mut config: Config = toml::from_str(&text).map_err(|error| ConfigError::Parse {
            path: path.to_owned(),
            error,
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let folders = [&mut config.data, &mut config.municipalities].into_iter();
        let given = config.packs.iter_mut().chain(&mut config.report_keys);
        for meant in folders.chain(given) {
            *meant = folder.join(&*meant);
        }
        Ok(config)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Read { path, error } => {
                write!(
                    f,
                    "cannot read the configuration {}: {error}",
                    path.display()
                )
            }
            ConfigError::Parse { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for ConfigError {}
