//! Requests that two servers could read differently: each is answered once or not at all, and nothing
//! that hides behind it is.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::origin::Origin;
use super::town::{Folder, Look, PORTAL, Town, letters, report};

/// The statuses of all answers on one connection, until the server hangs up.
async fn answers(town: &Town, sent: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(town.address()).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    // Nothing more comes: what waits for more is cut short.
    stream.shutdown().await.unwrap();
    let mut said = Vec::new();
    // Also where the connection is reset over what nobody read.
    let _reset = stream.read_to_end(&mut said).await;
    let said = String::from_utf8_lossy(&said).into_owned();
    let statuses = said.split("HTTP/1.1 ").skip(1);
    statuses.map(|it| it[..3].to_owned()).collect()
}

#[tokio::test]
async fn of_a_request_with_two_lengths_nothing_behind_it_is_read_as_another() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let hidden = "GET /metrics HTTP/1.1\r\nhost: town\r\n\r\n";
    for (lengths, body, expected) in [
        (
            "content-length: 44\r\ntransfer-encoding: chunked",
            "0\r\n\r\n",
            "201",
        ),
        ("content-length: 0\r\ncontent-length: 39", "", "400"),
        ("content-length: +4", "", "400"),
        ("content-length: 99999999999999999999999", "", "400"),
        ("transfer-encoding: xchunked", "0\r\n\r\n", "400"),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: identity",
            "0\r\n\r\n",
            "400",
        ),
        ("content-length : 0", "", "400"),
        ("x: a\r\n b", "", "400"),
        ("x: a\0b", "", "400"),
    ] {
        let sent = format!(
            "POST /v1/test-town/session HTTP/1.1\r\nhost: town\r\norigin: {PORTAL}\r\n{lengths}\r\n\r\n\
             {body}{hidden}"
        );
        assert_eq!(answers(&town, &sent).await, [expected], "{lengths:?}");
    }
    town.close().await;
}

#[tokio::test]
async fn a_field_that_decides_and_is_said_twice_is_refused_and_a_packed_body_is_not_unpacked() {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let town = Town::open(&folder, &origin.url()).await;
    let session = town.session().await;
    let twice = |name: &str, value: &str| {
        let post = town.post(&letters('a'), &session, &report());
        post.header(name, value).send()
    };
    for (name, value) in [
        ("idempotency-key", letters('b').as_str()),
        ("balagh-session", session.as_str()),
        ("origin", PORTAL),
        ("origin", "https://evil.example"),
        ("content-type", "application/json"),
    ] {
        assert_eq!(twice(name, value).await.unwrap().status(), 400, "{name}");
    }
    // A kilobyte that says it is a gigabyte of zeroes stays a kilobyte of no JSON.
    let packed = town.post(&letters('a'), &session, &report());
    let packed = packed
        .header("content-encoding", "gzip")
        .body([b"\x1F\x8B\x08\0\0\0\0\0\0\x03".as_slice(), &[0; 1024]].concat());
    assert_eq!(packed.send().await.unwrap().status(), 400);
    assert_eq!(Look::into(&folder).await.reports().await, 0);
    town.close().await;
}
