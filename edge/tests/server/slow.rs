//! Clients that send as slowly as they are let: over real connections, byte by byte.

use std::time::Duration;

use balagh_edge::native::start;
use balagh_shared::canonical::hex;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::origin::Origin;
use super::photos::phone_jpeg;
use super::town::{Folder, Town, config, key};

/// More than all turns that there are.
const SLOW: usize = 40;

/// Sends a form with photos a byte at a time until the server has enough; the status it says last.
async fn drip(mut stream: TcpStream) -> String {
    let head = "POST /test-town/report HTTP/1.1\r\nhost: edge\r\nx-forwarded-for: 198.51.100.66\r\n\
                content-type: multipart/form-data; boundary=xyz\r\ncontent-length: 20000000\r\n\r\n\
                --xyz\r\nContent-Disposition: form-data; name=\"draft\"\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut answers, mut sends) = stream.split();
    let mut said = Vec::new();
    let drips = async {
        let mut every = interval(Duration::from_millis(20));
        loop {
            every.tick().await;
            if sends.write_all(b"x").await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        // Also where the connection is reset over what was still on its way.
        _ = answers.read_to_end(&mut said) => {}
        () = drips => {}
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    said.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn whoever_drips_forms_is_given_up_and_meanwhile_keeps_neither_photos_nor_forms_of_others_out()
 {
    let (folder, origin) = (Folder::new("edge"), Origin::start().await);
    let mut config = config(&folder, &origin.url());
    config.patience_seconds = 2;
    let town = Town::of(start(config, &key).await.unwrap());
    let (photo, session) = (phone_jpeg(), town.session().await);
    let sent = hex(&Sha256::digest(&photo));
    let mut slow = JoinSet::new();
    for _ in 0..SLOW {
        slow.spawn(drip(TcpStream::connect(town.address()).await.unwrap()));
    }
    let mut given_up = Vec::new();
    while !slow.is_empty() {
        let put = town.put_photo(&sent, &session, &photo).send().await;
        assert!(put.unwrap().status().is_success());
        let form =
            "--xyz\r\nContent-Disposition: form-data; name=\"go\"\r\n\r\nstay\r\n--xyz--\r\n";
        let posted = town
            .client
            .post(town.url("/test-town/report"))
            .header("x-forwarded-for", "203.0.113.7")
            .header("content-type", "multipart/form-data; boundary=xyz")
            .body(form);
        assert_eq!(posted.send().await.unwrap().status(), 200);
        while let Some(status) = slow.try_join_next() {
            given_up.push(status.unwrap());
        }
    }
    // Those who had a turn came too slowly, the others had none.
    assert!(
        given_up.iter().all(|it| it == "408" || it == "503"),
        "{given_up:?}"
    );
    assert!(given_up.iter().any(|it| it == "408"), "{given_up:?}");
    town.close().await;
}
