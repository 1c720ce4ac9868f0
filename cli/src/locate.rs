//! `balagh locate`: the districts of positions, a line each.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::district::{Candidate, Located, Pack};
use serde_json::{Value, json};

use crate::failure::Failure;

pub(crate) fn run(pack: &Path) -> Result<(), Failure> {
    let pack = municipalities::open_pack(pack)?;
    let mut out = BufWriter::new(io::stdout().lock());
    for (index, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer(&pack, &line)
            .map_err(|what| Failure::new(format!("line {}: {what}", index + 1)))?;
        writeln!(out, "{answer}")?;
    }
    Ok(out.flush()?)
}

fn answer(pack: &Pack, line: &str) -> Result<Value, String> {
    let position: Vec<f64> = serde_json::from_str(line)
        .map_err(|error| format!("[lon, lat] or [lon, lat, accuracy_m] is needed: {error}"))?;
    let (lon, lat, accuracy) = match *position.as_slice() {
        [lon, lat] => (lon, lat, None),
        [lon, lat, accuracy] => (lon, lat, Some(accuracy)),
        _ => {
            return Err("two or three numbers are needed: lon, lat, accuracy in metres".to_owned());
        }
    };
    let located = pack
        .locate(lon, lat, accuracy)
        .map_err(|error| error.to_string())?;
    Ok(described(&located))
}

/// `state` is `inside`, `near` or `outside`; `district` is the one that contains the point;
/// `candidates` those it may belong to instead, or the nearest where none contains it.
fn described(located: &Located<'_>) -> Value {
    let (state, candidates) = match located {
        Located::Inside { .. } => ("inside", Vec::new()),
        Located::Near { candidates, .. } => ("near", candidates.iter().map(candidate).collect()),
        Located::Outside { nearest, .. } => ("outside", nearest.iter().map(candidate).collect()),
    };
    let district = located.containing().map(|district| district.id());
    json!({"state": state, "district": district, "candidates": candidates})
}

fn candidate(candidate: &Candidate<'_>) -> Value {
    json!({"district": candidate.district.id(), "distance_m": candidate.distance_m})
}
