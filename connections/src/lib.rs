//! Connections: accepted, given to the service, and let go of in order.
//!
//! Not axum's own server: it waits for a request's head for ever and takes connections without end, so
//! that a client that sends a byte an hour on each of a thousand connections leaves none for anybody
//! else, nor a file descriptor for the ledger.
//!
//! *Architecture invariant:* nothing is known here of reports, municipalities or routes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Extension};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long to wait after the system refused a connection, for want of file descriptors mostly.
const PAUSE: Duration = Duration::from_millis(200);

/// How many connections there are, and how long each may take for a head.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most connections at once. Whoever comes then waits in the system's own queue, which costs this
    /// process nothing.
    pub most: usize,
    /// How long a connection may take for the head of its next request, idle time included.
    pub head: Duration,
    /// The same for those that come while more than half of [`Bounds::most`] are there.
    pub head_in_a_crowd: Duration,
}

/// What both servers go by: half of the 8,192 files that their units allow them, the rest being for
/// what requests open; heads for longer than proxies and clients keep idle connections, so that it is
/// they who close them.
impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            most: 4096,
            head: Duration::from_secs(120),
            head_in_a_crowd: Duration::from_secs(10),
        }
    }
}

/// Serves every connection until `stopped`; those that are open then are answered to the end. A
/// connection that the system refuses is logged, and the next one waited for. Handlers find the peer's
/// address as `ConnectInfo<SocketAddr>`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    stopped: impl Future<Output = ()>,
) {
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(bounds.most));
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let (place, stream, peer) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stopped => break,
        };
        let is_crowd = places.available_permits() < bounds.most / 2;
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(if is_crowd {
                bounds.head_in_a_crowd
            } else {
                bounds.head
            });
        let service = router.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(service);
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Clients hang up in every way there is; what they sent is dealt with where it arrives.
            drop(connection.await);
            drop(place);
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (Option<OwnedSemaphorePermit>, TcpStream, SocketAddr) {
    // Nobody ever closes the semaphore, which is the one error.
    let place = Arc::clone(places).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (place, stream, peer),
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    /// Longer than any test runs.
    const NEVER: Duration = Duration::from_secs(3600);

    async fn server(bounds: Bounds) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router =
            Router::new().fallback(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move {
                peer.ip().to_string()
            });
        tokio::spawn(serve(listener, router, bounds, pending()));
        address
    }

    /// What a client is sent that sends this, until the server hangs up.
    async fn told(address: SocketAddr, sends: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(sends).await.unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).await.unwrap();
        told
    }

    #[tokio::test]
    async fn a_head_that_never_ends_is_hung_up_on_and_one_that_does_is_answered() {
        let bounds = Bounds {
            head: Duration::from_millis(100),
            ..Bounds::default()
        };
        let address = server(bounds).await;
        assert!(told(address, WHOLE).await.ends_with("127.0.0.1"));
        let slow = told(address, b"GET / HTTP/1.1\r\nhost: ").await;
        assert!(!slow.contains("200"), "{slow}");
    }

    #[tokio::test]
    async fn whoever_comes_past_the_bound_is_answered_once_another_one_leaves() {
        let bounds = Bounds {
            most: 2,
            head: NEVER,
            head_in_a_crowd: NEVER,
        };
        let address = server(bounds).await;
        let idle = TcpStream::connect(address).await.unwrap();
        let other = TcpStream::connect(address).await.unwrap();
        let late = tokio::spawn(async move { told(address, WHOLE).await });
        // Both places are taken by those who came first, so that the third is not yet answered.
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
        assert!(!late.is_finished());
        drop(idle);
        assert!(late.await.unwrap().ends_with("127.0.0.1"));
        drop(other);
    }

    #[tokio::test]
    async fn in_a_crowd_heads_have_less_time() {
        let bounds = Bounds {
            most: 2,
            head: NEVER,
            head_in_a_crowd: Duration::from_millis(100),
        };
        let address = server(bounds).await;
        // The first is no crowd and stays; the second is, and is hung up on by itself.
        let _idle = TcpStream::connect(address).await.unwrap();
        assert_eq!(told(address, b"").await, "");
        assert!(told(address, WHOLE).await.ends_with("127.0.0.1"));
    }
}
