//! Over real sockets. What waits, waits for a condition; [`PATIENCE`] is when it counts as never.

use std::future::pending;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::timeout;

use super::*;

const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const LARGE: &[u8] = b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
/// More than all buffers between two programs hold.
const LARGE_BYTES: usize = 64 * 1024 * 1024;
/// Longer than any test runs.
const NEVER: Duration = Duration::from_secs(3600);
const PATIENCE: Duration = Duration::from_secs(60);
/// What is waited for to be over.
const SHORT: Duration = Duration::from_millis(100);

/// Nobody is hung up on for being slow.
fn bounds(most: usize) -> Bounds {
    Bounds {
        most,
        head: NEVER,
        head_in_a_crowd: NEVER,
        answer: NEVER,
    }
}

async fn server(bounds: Bounds, is_proxy: fn(IpAddr) -> bool) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let peer = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
    let large = axum::routing::get(|| async { vec![b'x'; LARGE_BYTES] });
    let router = Router::new().route("/large", large).fallback(peer);
    tokio::spawn(serve(listener, router, bounds, is_proxy, pending()));
    address
}

/// Every connection of these tests is of this machine: one address, unless it is a proxy's.
fn proxy(_: IpAddr) -> bool {
    true
}

fn nobody(_: IpAddr) -> bool {
    false
}

/// What a client is sent that sends this, until the server hangs up.
async fn told(address: SocketAddr, sends: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sends).await.unwrap();
    rest(&mut stream).await.unwrap()
}

async fn rest(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut told = String::new();
    let read = stream.read_to_string(&mut told);
    timeout(PATIENCE, read).await.expect("nobody hangs up")?;
    Ok(told)
}

/// A connection from another address of this machine.
async fn from(local: &str, address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{local}:0").parse().unwrap()).unwrap();
    socket.connect(address).await.unwrap()
}

/// Whether the server answers on this connection; it has hung up where it does not.
async fn is_answered(mut stream: TcpStream) -> bool {
    let sent = stream.write_all(WHOLE).await;
    sent.is_ok()
        && rest(&mut stream)
            .await
            .is_ok_and(|told| told.contains("200"))
}

#[tokio::test]
async fn a_head_that_never_ends_is_hung_up_on_and_one_that_does_is_answered() {
    let patient = server(bounds(8), proxy).await;
    assert!(told(patient, WHOLE).await.ends_with("127.0.0.1"));
    let hurried = Bounds {
        head: SHORT,
        ..bounds(8)
    };
    let hurried = server(hurried, proxy).await;
    let slow = told(hurried, b"GET / HTTP/1.1\r\nhost: ").await;
    assert!(!slow.contains("200"), "{slow}");
}

#[tokio::test]
async fn whoever_comes_past_the_bound_is_answered_once_another_one_leaves() {
    let address = server(bounds(2), proxy).await;
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
        head_in_a_crowd: SHORT,
        ..bounds(2)
    };
    let address = server(bounds, proxy).await;
    // The first is no crowd and stays; the second is, and is hung up on by itself.
    let first = TcpStream::connect(address).await.unwrap();
    assert_eq!(told(address, b"").await, "");
    assert!(is_answered(first).await);
}

#[tokio::test]
async fn one_address_leaves_places_for_others_and_a_proxys_is_everybodys() {
    let held = async |address| {
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(from("127.0.0.1", address).await);
        }
        held
    };
    let address = server(bounds(4), nobody).await;
    let mut hog = held(address).await;
    assert!(is_answered(from("127.0.0.2", address).await).await);
    // Of what it holds, the last two were not kept, and the others are good.
    for is_kept in [false, false, true, true] {
        assert_eq!(is_answered(hog.pop().unwrap()).await, is_kept);
    }
    // Nothing of it stays counted.
    assert!(is_answered(from("127.0.0.1", address).await).await);

    let address = server(bounds(4), proxy).await;
    for stream in held(address).await {
        assert!(is_answered(stream).await);
    }
}

#[tokio::test]
async fn whoever_never_reads_the_answer_is_hung_up_on_and_leaves_its_place_to_the_next() {
    let bounds = Bounds {
        answer: SHORT,
        ..bounds(1)
    };
    let address = server(bounds, proxy).await;
    let mut deaf = TcpStream::connect(address).await.unwrap();
    deaf.write_all(LARGE).await.unwrap();
    // Read no further than to know that the answer has begun.
    deaf.readable().await.unwrap();
    let next = timeout(PATIENCE, told(address, WHOLE)).await;
    assert!(next.expect("its place is kept for ever").contains("200"));
    let mut got = Vec::new();
    let read = timeout(PATIENCE, deaf.read_to_end(&mut got)).await;
    assert!(read.expect("nobody hung up").is_err() || got.len() < LARGE_BYTES);
}

#[tokio::test]
async fn whoever_reads_gets_a_large_answer_whole() {
    let address = server(bounds(1), proxy).await;
    let mut reader = TcpStream::connect(address).await.unwrap();
    reader.write_all(LARGE).await.unwrap();
    let mut got = Vec::new();
    reader.read_to_end(&mut got).await.unwrap();
    assert!(got.len() > LARGE_BYTES);
}

#[tokio::test]
async fn a_head_without_end_is_refused_long_before_it_fills_anything() {
    let address = server(bounds(4), nobody).await;
    let head = |bytes: usize| {
        let cookie = "x".repeat(bytes);
        format!("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: {cookie}\r\n\r\n")
    };
    let whole = told(address, head(HEAD_BYTES / 2).as_bytes()).await;
    assert!(whole.starts_with("HTTP/1.1 200 "), "{whole}");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // It may hang up before all of it is sent, and what was on its way resets the connection.
    let _cut = stream.write_all(head(4 * HEAD_BYTES).as_bytes()).await;
    let mut told = Vec::new();
    let _reset = timeout(PATIENCE, stream.read_to_end(&mut told))
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&told);
    assert!(
        told.is_empty() || told.starts_with("HTTP/1.1 431 "),
        "{told}"
    );
}
