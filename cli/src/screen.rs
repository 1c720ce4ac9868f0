//! `balagh screen`: what the edge would make of a report.

use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use balagh_edge::explain::{explain, explain_text};
use balagh_edge::native::municipalities;
use balagh_edge::served::Served;
use balagh_shared::time::Timestamp;

use crate::categorise::{read_line, skip_mark};
use crate::failure::Failure;

/// Most bytes that are read: far more than the edge takes, which then says so.
const MOST: u64 = 4 << 20;

pub(crate) fn run(document: &Path, now: Option<&str>, texts: bool) -> Result<(), Failure> {
    let now = match now {
        Some(text) => Timestamp::parse(text).map_err(Failure::new)?,
        None => clock(),
    };
    let served = municipalities::load(document, None).map_err(Failure::new)?;
    if texts {
        return decide_texts(&served);
    }
    let mut report = Vec::new();
    let mut input = io::stdin().lock();
    skip_mark(&mut input)?;
    input.take(MOST).read_to_end(&mut report)?;
    let explanation = explain(&served, &report, now).map_err(Failure::new)?;
    let json = serde_json::to_string(&explanation).map_err(Failure::new)?;
    Ok(writeln!(io::stdout(), "{json}")?)
}

/// A decision a line, as many as there are lines; an empty one is decided like any other.
fn decide_texts(served: &Served) -> Result<(), Failure> {
    let mut input = io::stdin().lock();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut line = Vec::new();
    skip_mark(&mut input)?;
    while read_line(&mut input, &mut line)? {
        let text = String::from_utf8_lossy(&line);
        let decided = explain_text(served, &text);
        let json = serde_json::to_string(&decided).map_err(Failure::new)?;
        writeln!(out, "{json}")?;
    }
    Ok(out.flush()?)
}

fn clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
