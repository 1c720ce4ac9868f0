//! `balagh check`: what is wrong with a municipality's document.

use std::io::{self, Write};
use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::district::Pack;
use balagh_shared::municipality::check::check;

use crate::failure::{Failure, note};

pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let document = municipalities::read_document(path)?;
    let compiled = municipalities::compile_pack(path, &document)?;
    for finding in &compiled.findings {
        note(finding);
    }
    let pack = Pack::open(&compiled.pack)?;
    let faults = check(&document, &pack);
    let mut out = io::stdout().lock();
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    match faults.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!(
            "{}: {count} fault(s) to mend",
            path.display()
        ))),
    }
}
