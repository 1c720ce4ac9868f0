//! `balagh screen`: what the edge would make of a report.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use balagh_edge::explain::explain;
use balagh_edge::native::municipalities;
use balagh_shared::time::Timestamp;

use crate::failure::Failure;

/// Most bytes that are read: far more than the edge takes, which then says so.
const MOST: u64 = 4 << 20;

pub(crate) fn run(document: &Path, now: Option<&str>) -> Result<(), Failure> {
    let now = match now {
        Some(text) => Timestamp::parse(text).map_err(Failure::new)?,
        None => clock(),
    };
    let served = municipalities::load(document, None).map_err(Failure::new)?;
    let mut report = Vec::new();
    io::stdin().lock().take(MOST).read_to_end(&mut report)?;
    let explanation = explain(&served, &report, now).map_err(Failure::new)?;
    let json = serde_json::to_string(&explanation).map_err(Failure::new)?;
    Ok(writeln!(io::stdout(), "{json}")?)
}

fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
