//! `balagh public-document`: what the public may read of a municipality, as the edge answers it.

use std::io::{self, Write};
use std::path::Path;

use balagh_edge::native::municipalities;

use crate::failure::Failure;

pub(crate) fn run(
    document: &Path,
    packs: Option<&Path>,
    lang: Option<&str>,
) -> Result<(), Failure> {
    let served = municipalities::load(document, packs).map_err(Failure::new)?;
    let (json, _) = served.public_json(lang);
    let mut out = io::stdout();
    out.write_all(json)?;
    Ok(out.write_all(b"\n")?)
}
