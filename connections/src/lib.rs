//! Connections: accepted, given to the service, and let go of in order.
//!
//! Not axum's own server: it waits for a request's head for ever, and for whoever does not read its
//! answer, and takes connections without end, so that a client that sends a byte an hour on each of a
//! thousand connections leaves none for anybody else, nor a file descriptor for the ledger.
//!
//! *Architecture invariant:* nothing is known here of reports, municipalities or routes.

mod paced;
mod peers;

use std::net::{IpAddr, SocketAddr};
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

use paced::Paced;
use peers::Peers;

/// How long to wait after the system refused a connection, for want of file descriptors mostly.
const PAUSE: Duration = Duration::from_millis(200);

/// Most bytes of a request's head, and of what is read ahead of anybody: cookies of a whole domain, a
/// token of the page's and ours are half of it. Otherwise all connections together could fill a
/// gigabyte with heads that never end.
const HEAD_BYTES: usize = 32 * 1024;

/// How many connections there are, and how long each may take.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most connections at once. Whoever comes then waits in the system's own queue, which costs this
    /// process nothing. One address gets as many of them as it leaves free for others, half at most.
    pub most: usize,
    /// How long a connection may take for the head of its next request, idle time included.
    pub head: Duration,
    /// The same for those that come while more than half of [`Bounds::most`] are there.
    pub head_in_a_crowd: Duration,
    /// How long a client may take nothing of its answer. One that takes some, but over time less than
    /// a kilobyte a second, uses it up.
    pub answer: Duration,
}

/// What both servers go by: half of the 8,192 files that their units allow them, the rest being for
/// what requests open; heads for longer than proxies and clients keep idle connections, so that it is
/// they who close them; and a minute for a phone to come out of a tunnel.
impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            most: 4096,
            head: Duration::from_secs(120),
            head_in_a_crowd: Duration::from_secs(10),
            answer: Duration::from_secs(60),
        }
    }
}

/// Serves every connection until `stopped`; those that are open then are answered to the end. A
/// connection that the system refuses is logged, and the next one waited for. Handlers find the peer's
/// address as `ConnectInfo<SocketAddr>`.
///
/// `is_proxy` says of which addresses are proxies': their connections are everybody's, and are bounded
/// by [`Bounds::most`] alone.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    is_proxy: impl Fn(IpAddr) -> bool,
    stopped: impl Future<Output = ()>,
) {
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(bounds.most));
    let peers = Peers::default();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let (place, stream, peer) = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut stopped => break,
        };
        let free = places.available_permits();
        let counted = if is_proxy(peer.ip()) {
            None
        } else {
            // With the one that it has just taken.
            let Some(counted) = peers.enter(peer.ip(), free + 1) else {
                tracing::debug!("a connection of an address that has its share was not kept");
                continue;
            };
            Some(counted)
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .max_buf_size(HEAD_BYTES)
            .header_read_timeout(if free < bounds.most / 2 {
                bounds.head_in_a_crowd
            } else {
                bounds.head
            });
        let service = router.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(service);
        let stream = TokioIo::new(Paced::new(stream, bounds.answer));
        let connection = open.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            // Clients hang up in every way there is; what they sent is dealt with where it arrives.
            drop(connection.await);
            drop((place, counted));
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
mod tests;
