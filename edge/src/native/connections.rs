//! Connections: accepted, given to the service, and let go of in order.
//!
//! Not axum's own server: it waits for a request's head for ever, and a client that sends a byte an
//! hour on each of a thousand connections leaves none for anybody else.

use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Extension};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

/// How long a connection may take for the head of its next request, idle time included: longer than
/// proxies and clients keep idle connections, so that it is they who close them.
const HEAD: Duration = Duration::from_secs(120);
/// How long to wait after the system refused a connection, for want of file descriptors mostly.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves every connection until `stopped`; those that are open then are answered to the end. A
/// connection that the system refuses is logged, and the next one waited for.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let open = GracefulShutdown::new();
    let mut stopped = std::pin::pin!(stopped);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let service = router.clone().layer(Extension(ConnectInfo(peer)));
        let service = TowerToHyperService::new(service);
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Clients hang up in every way there is; what they sent is dealt with where it arrives.
            drop(connection.await);
        });
    }
    drop(listener);
    open.shutdown().await;
}
