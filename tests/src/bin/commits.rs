//! How many reports a second the ledger takes when each waits for the disk alone: what `cargo xtask bench
//! edge` sets group commit beside. No HTTP and no screen is in it, only the ledger's own work.
//!
//! `commits FOLDER` opens a ledger there, writes the accepted reports of the recorded stream one after
//! the other, and prints figures as JSON.

#![expect(clippy::print_stdout, reason = "its figures are its answer")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use balagh_edge::native::ledger::Ledger;
use balagh_shared::keyring::Keyring;
use balagh_tests::stream::{Judge, Recording, record};
use serde_json::json;

const REQUESTS: usize = 6_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("commits FOLDER")?;
    let Recording {
        setting,
        pack,
        requests,
    } = record(REQUESTS)?;
    let mut judge = Judge::open(&setting, pack)?;
    let decided: Vec<_> = requests
        .iter()
        .filter_map(|recorded| judge.accepted(recorded))
        .collect();
    let seals = setting.keys.get("BALAGH_SENDER_KEYS");
    let seals = Keyring::parse("BALAGH_SENDER_KEYS", seals.ok_or("there are no keys")?)?;
    let ledger = Ledger::open(&Ledger::in_folder(Path::new(&folder)), seals).await?;
    let began = Instant::now();
    for (effects, now) in &decided {
        ledger.apply(effects, *now).await?;
    }
    let seconds = began.elapsed().as_secs_f64();
    ledger.close().await;
    let count = decided.len();
    println!(
        "{}",
        json!({"count": count, "per_second": count as f64 / seconds})
    );
    Ok(())
}
