//! `balagh words`: what texts are read with, as the edge serves it.

use std::path::Path;

use balagh_origin::municipalities;
use balagh_shared::categorise::{Categorisers, Tongue};
use balagh_shared::municipality::WordsReference;

use crate::failure::Failure;
use crate::pack::write_whole;

/// Writes `<code>.words` for each tongue into `folder`, and their SHA-256 as `checksums.json`, in
/// the shape that the public document names them in.
pub(crate) fn run(document: &Path, folder: &Path) -> Result<(), Failure> {
    let document = municipalities::read_document(document)?;
    let categorisers = Categorisers::of(&document).map_err(Failure::new)?;
    let write = |name: &str, bytes: &[u8]| write_whole(&folder.join(name), bytes);
    for tongue in Tongue::ALL {
        write(
            &format!("{}.words", tongue.code()),
            categorisers.words(tongue),
        )?;
    }
    let checksums = serde_json::to_vec(&WordsReference::of(&categorisers)).map_err(Failure::new)?;
    write("checksums.json", &checksums)
}
