//! `balagh check`: what is wrong with a municipality's document.

use std::io::{self, Write};
use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::district::Pack;
use balagh_shared::municipality::check::{self, Fault, shape};
use balagh_shared::municipality::{Gazetteer, Municipality};

use crate::failure::{Failure, note};

/// Prints every fault of the document at `path`, a line or (`json`) an object each.
pub(crate) fn run(path: &Path, json: bool) -> Result<(), Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?;
    let faults = match str::from_utf8(&bytes) {
        Ok(text) => faults(path, text),
        Err(error) => vec![Fault::new(
            "",
            "json.syntax",
            format!("no text in UTF-8 after byte {}", error.valid_up_to()),
            "save the file as UTF-8",
        )],
    };
    let mut out = io::stdout().lock();
    if json {
        let faults = serde_json::to_string_pretty(&faults).map_err(Failure::new)?;
        writeln!(out, "{faults}")?;
    } else {
        for fault in &faults {
            writeln!(out, "{fault}")?;
        }
    }
    match faults.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!(
            "{}: {count} fault(s) to mend",
            path.display()
        ))),
    }
}

fn faults(path: &Path, text: &str) -> Vec<Fault> {
    let (document, mut faults) = shape::read(text);
    if let Some(document) = document {
        let pack = boundaries(path, &document, &mut faults);
        faults.extend(check::check(&document, pack.as_ref()));
        gazetteer(path, &document, &mut faults);
    }
    faults
}

/// The pack of the document's layers; what is not fatal in them goes to standard error.
fn boundaries(path: &Path, document: &Municipality, faults: &mut Vec<Fault>) -> Option<Pack> {
    let mut broken = |error: String| {
        let instead =
            "give the path from the document's folder, of a GeoJSON file as `balagh pack` reads it";
        faults.push(Fault::new("/layers", "layers.invalid", error, instead));
        None
    };
    let compiled = match municipalities::compile_pack(path, document) {
        Ok(compiled) => compiled,
        Err(error) => return broken(error.to_string()),
    };
    for finding in &compiled.findings {
        note(finding);
    }
    match Pack::open(&compiled.pack) {
        Ok(pack) => Some(pack),
        Err(error) => broken(error.to_string()),
    }
}

fn gazetteer(path: &Path, document: &Municipality, faults: &mut Vec<Fault>) {
    let Some(name) = &document.gazetteer else {
        return;
    };
    let file = path.parent().unwrap_or(Path::new(".")).join(name);
    let read = std::fs::read_to_string(&file).map_err(|error| error.to_string());
    let places = read.and_then(|text| {
        serde_json::from_str::<Gazetteer>(&text).map_err(|error| error.to_string())
    });
    match places {
        Ok(places) => faults.extend(check::gazetteer(document, &places)),
        Err(error) => faults.push(Fault::new(
            "/gazetteer",
            "gazetteer.invalid",
            format!("{name}: {error}"),
            "give the path from the document's folder, of a list of named places",
        )),
    }
}
