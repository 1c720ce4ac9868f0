//! `balagh edge --config FILE health`: asks the edge that runs by the same file whether it lives. For
//! images in which there is nothing else that could ask.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use balagh_edge::native::config::Config;

use crate::failure::{Failure, print};

/// How long connecting, and each of what follows, may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most bytes of the answer that are read: its first line.
const MOST: u64 = 64;

/// Asks; fails where there is no answer, or not the right one.
pub(crate) fn ask(config: &Path) -> Result<(), Failure> {
    let config = Config::read(config).map_err(Failure::new)?;
    let line = first_line(reachable(config.listen))
        .map_err(|error| Failure::new(format!("{} does not answer: {error}", config.listen)))?;
    if line.starts_with("HTTP/1.1 200 ") {
        return print("ok");
    }
    Err(Failure::new(format!("{} answers otherwise", config.listen)))
}

/// The address at which a server that listens everywhere is reached from beside it.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn first_line(at: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&at, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut begun = Vec::new();
    stream.take(MOST).read_to_end(&mut begun)?;
    let text = String::from_utf8_lossy(&begun);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_at_home() {
        for (listen, asked) in [
            ("0.0.0.0:8787", "127.0.0.1:8787"),
            ("[::]:80", "[::1]:80"),
            ("10.0.0.5:8787", "10.0.0.5:8787"),
        ] {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }
}
