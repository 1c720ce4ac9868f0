//! `balagh locate`: the districts of positions, a line each.

use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::district::{Candidate, Located, Pack};
use serde_json::{Value, json};

use crate::failure::Failure;

/// Every line has its answer; one that cannot be answered is answered by why, and the command then
/// fails at its end.
pub(crate) fn run(pack: &Path) -> Result<(), Failure> {
    let pack = municipalities::open_pack(pack)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut questions = BufReader::new(io::stdin().lock());
    let (mut line, mut number, mut unanswered) = (Vec::new(), 0, None);
    while questions.read_until(b'\n', &mut line)? > 0 {
        number += 1;
        if !line.trim_ascii().is_empty() {
            let answer = answer(&pack, &line).unwrap_or_else(|what| {
                unanswered.get_or_insert_with(|| format!("line {number}: {what}"));
                json!({ "error": what })
            });
            writeln!(out, "{answer}")?;
        }
        line.clear();
        // Whoever asks line by line gets each answer before the next question.
        if questions.buffer().is_empty() {
            out.flush()?;
        }
    }
    out.flush()?;
    unanswered.map_or(Ok(()), |what| Err(Failure::new(what)))
}

fn answer(pack: &Pack, line: &[u8]) -> Result<Value, String> {
    let position: Vec<f64> = serde_json::from_slice(line)
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
