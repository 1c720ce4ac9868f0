//! `origin.toml`: what the operator decides.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use balagh_database::BadPlace;
use balagh_messages::{SmsConfig, SmtpConfig};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

pub use balagh_database::Place;

/// The variable that says where the database is, before what the file says: its address holds a
/// password, which belongs to the keys and not into the file.
pub const DATABASE_VARIABLE: &str = "ORIGIN_DATABASE_URL";

/// The same for the database of the keys.
pub const KEYS_VARIABLE: &str = "ORIGIN_KEYS_DATABASE_URL";

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
    /// Folder of `photos/`, and of `origin.sqlite` unless `database` says otherwise; made if it is
    /// not there.
    pub data: PathBuf,
    /// The database: the path of an SQLite file, or `postgres://user@host/name`. The variable
    /// [`DATABASE_VARIABLE`] goes before it.
    #[serde(default, deserialize_with = "place")]
    pub database: Option<Place>,
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
    /// The database of the keys that reports are sealed with, written as `database` is; `keys.sqlite`
    /// in `data` when absent. The variable [`KEYS_VARIABLE`] goes before it. It stays out of the
    /// ledger's backup: from a backup that holds both, nothing is erased.
    #[serde(default, deserialize_with = "place")]
    pub report_keys: Option<Place>,
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
    /// [`DATABASE_VARIABLE`] is no place of a database. What it says is not shown.
    Database(BadPlace),
    /// [`KEYS_VARIABLE`] is no place of a database. What it says is not shown.
    Keys(BadPlace),
}

impl Config {
    /// Where the keys are that reports are sealed with.
    #[must_use]
    pub fn keys(&self) -> Place {
        let file = || Place::File(self.data.join("keys.sqlite"));
        self.report_keys.clone().unwrap_or_else(file)
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
        for meant in folders.chain(&mut config.packs) {
            *meant = folder.join(&*meant);
        }
        config.database = config.database.map(|place| place.from_folder(folder));
        if let Ok(written) = std::env::var(DATABASE_VARIABLE)
            && !written.trim().is_empty()
        {
            config.database = Some(Place::parse(&written).map_err(ConfigError::Database)?);
        }
        config.report_keys = config.report_keys.map(|place| place.from_folder(folder));
        if let Ok(written) = std::env::var(KEYS_VARIABLE)
            && !written.trim().is_empty()
        {
            config.report_keys = Some(Place::parse(&written).map_err(ConfigError::Keys)?);
        }
        Ok(config)
    }

    /// Where the database is.
    #[must_use]
    pub fn place(&self) -> Place {
        let file = || Place::File(self.data.join("origin.sqlite"));
        self.database.clone().unwrap_or_else(file)
    }
}

fn place<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Place>, D::Error> {
    let written = String::deserialize(deserializer)?;
    Place::parse(&written).map(Some).map_err(D::Error::custom)
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
            ConfigError::Database(error) => write!(f, "{DATABASE_VARIABLE}: {error}"),
            ConfigError::Keys(error) => write!(f, "{KEYS_VARIABLE}: {error}"),
        }
    }
}

impl std::error::Error for ConfigError {}
