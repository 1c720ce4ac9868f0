//! What the operator decides: `edge.toml`.

mod address;
mod bucket;
mod destination;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use balagh_database::{BadPlace, Place};
use balagh_messages::{SmsConfig, SmtpConfig};
use serde::Deserialize;

use super::ledger::Ledger;

pub use bucket::BucketConfig;
pub use destination::{DestinationConfig, NotADestination, Speaks};

/// The configuration file. Relative paths are meant from the file's folder.
///
/// ```toml
/// listen = "127.0.0.1:8787"
/// public_url = "https://reports.example.gov"
/// data = "/var/lib/balagh"
/// municipalities = "www/municipalities"
/// packs = "dist/municipalities"
/// widget = "dist/widget"
/// trusted_proxies = ["10.0.0.0/8"]
///
/// [origin]
/// url = "http://127.0.0.1:8789"
///
/// [[destinations]]
/// id = "works"
/// speaks = "open311"
/// url = "https://311.works.example/open311/v2"
/// services = { "roads.pothole" = "POT", "*" = "OTHER" }
/// ```
///
/// One-time codes go by the sections `[sms]` and `[smtp]`: see [`balagh_messages::config`].
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one.
    #[serde(deserialize_with = "address::listen")]
    pub listen: SocketAddr,
    /// The address that citizens reach it under.
    #[serde(deserialize_with = "address::base")]
    pub public_url: String,
    /// Folder of the ledger and the photos.
    pub data: PathBuf,
    /// Folder with one folder a municipality.
    pub municipalities: PathBuf,
    /// Folder of compiled boundary packs; without one they are compiled from GeoJSON at the start.
    #[serde(default)]
    pub packs: Option<PathBuf>,
    /// Folder of the widget's files.
    #[serde(default)]
    pub widget: Option<PathBuf>,
    /// Folder of the municipality's own site, served at `/`.
    #[serde(default)]
    pub site: Option<PathBuf>,
    /// Addresses or networks whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: Vec<Network>,
    /// How many seconds a body that is being sent may pause, and a photo wait for its turn; 30 unless
    /// it is said.
    #[serde(default = "patience_seconds")]
    pub patience_seconds: u16,
    /// How many seconds it goes on answering once it is asked to stop, `/readyz` refusing: as long as a
    /// load balancer takes to notice. None where nothing asks `/readyz`.
    #[serde(default)]
    pub linger_seconds: u16,
    /// Balagh's own origin; without one there must be a destination.
    #[serde(default)]
    pub origin: Option<OriginConfig>,
    /// Who else is told of reports.
    #[serde(default)]
    pub destinations: Vec<DestinationConfig>,
    /// The bucket that photos are kept in; without one they are files in the folder of the data.
    #[serde(default)]
    pub photos: Option<BucketConfig>,
    /// What sends text messages.
    #[serde(default)]
    pub sms: Option<SmsConfig>,
    /// What sends e-mail.
    #[serde(default)]
    pub smtp: Option<SmtpConfig>,
}

/// Balagh's own origin.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginConfig {
    /// The origin's address, without a slash at the end.
    #[serde(deserialize_with = "address::base")]
    pub url: String,
}

/// An address, or a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Why there is no configuration.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The file does not say what is needed, or says more.
    Parse {
        /// Which.
        path: PathBuf,
        /// Why.
        error: toml::de::Error,
    },
}

/// The text is neither an address nor a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANetwork;

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ConfigError`], when it cannot be read or understood.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read {
            path: path.to_owned(),
            error,
        })?;
        let config: Config = toml::from_str(&text).map_err(|error| ConfigError::Parse {
            path: path.to_owned(),
            error,
        })?;
        Ok(config.relative_to(path.parent().unwrap_or(Path::new("."))))
    }

    fn relative_to(mut self, folder: &Path) -> Config {
        let paths = [&mut self.data, &mut self.municipalities].into_iter();
        let optional = [&mut self.packs, &mut self.widget, &mut self.site];
        for path in paths.chain(optional.into_iter().flatten()) {
            *path = folder.join(&*path);
        }
        self
    }

    /// Where the ledger is: what `EDGE_DATABASE_URL` says (`postgres://…`, or a file), else a file in the
    /// folder of the data. `variable` reads the environment.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn ledger(&self, variable: &dyn Fn(&str) -> Option<String>) -> Result<Place, BadPlace> {
        match variable(DATABASE_URL) {
            Some(written) => Ok(Place::parse(&written)?.from_folder(&self.data)),
            None => Ok(Ledger::in_folder(&self.data)),
        }
    }

    /// [`Config::public_url`] without a slash at its end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.public_url.trim_end_matches('/')
    }

    /// [`Config::patience_seconds`].
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_seconds.max(1).into())
    }

    /// The web origin of [`Config::public_url`], as browsers send it.
    #[must_use]
    pub fn own_origin(&self) -> String {
        let url = self.public_url().to_ascii_lowercase();
        match url.split_once("://") {
            Some((scheme, rest)) => {
                let host = rest.split('/').next().unwrap_or_default();
                let default_port = if scheme == "https" { ":443" } else { ":80" };
                format!(
                    "{scheme}://{}",
                    host.strip_suffix(default_port).unwrap_or(host)
                )
            }
            None => url,
        }
    }
}

/// The variable that says where the ledger is.
const DATABASE_URL: &str = "EDGE_DATABASE_URL";

fn patience_seconds() -> u16 {
    30
}

impl Network {
    /// Whether `address` lies in it; an IPv4 address written as IPv6 counts as itself.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                (u32::from(own) ^ u32::from(other)) & mask == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                (u128::from(own) ^ u128::from(other)) & mask == 0
            }
            _ => false,
        }
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Network, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.as_str(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| NotANetwork)?;
        if bits > most {
            return Err(NotANetwork);
        }
        Ok(Network { address, bits })
    }
}

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("neither an address nor a network such as 10.0.0.0/8")
    }
}

impl std::error::Error for NotANetwork {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConfigError::Read { path, error } => {
                write!(f, "cannot read {}: {error}", path.display())
            }
            ConfigError::Parse { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, address: &str, expected: bool) {
        let network = Network::try_from(network.to_owned()).unwrap();
        assert_eq!(network.contains(address.parse().unwrap()), expected);
    }

    /// The configuration of a town, with a line changed.
    fn written(old: &str, new: &str) -> Result<Config, String> {
        let text = "listen = \"127.0.0.1:8787\"\npublic_url = \"https://reports.example.gov\"\n\
                    data = \"data\"\nmunicipalities = \"towns\"\n[origin]\nurl = \"http://origin\"\n\
                    [photos]\nbucket = \"photos\"\nendpoint = \"https://s3.example.sa\"\n";
        assert!(text.contains(old), "{old}");
        toml::from_str(&text.replace(old, new)).map_err(|error| error.to_string())
    }

    #[test]
    fn what_can_be_no_address_is_told_with_what_to_write_instead() {
        assert!(written("data", "data").is_ok());
        for (old, new, expected) in [
            ("127.0.0.1:8787", "localhost:8787", "127.0.0.1:8787"),
            ("127.0.0.1:8787", "127.0.0.1", "a port"),
            (
                "https://reports.example.gov",
                "reports.example.gov",
                "https://",
            ),
            ("https://reports.example.gov", "", "https://"),
            ("http://origin", "origin:8789", "https://"),
            ("http://origin", "http://origin/?edge=1", "no ?"),
            ("https://s3.example.sa", "s3.example.sa", "https://"),
        ] {
            let told = written(old, new).unwrap_err();
            assert!(told.contains(expected), "{new}: {told}");
        }
    }

    #[test]
    fn a_network_holds_its_addresses_and_no_others() {
        check("10.0.0.0/8", "10.200.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("127.0.0.1", "127.0.0.1", true);
        check("127.0.0.1", "::ffff:127.0.0.1", true);
        check("127.0.0.1", "127.0.0.2", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("2001:db8::/32", "2001:db8:1::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "proxy"] {
            assert_eq!(
                Network::try_from(wrong.to_owned()),
                Err(NotANetwork),
                "{wrong}"
            );
        }
    }
}
