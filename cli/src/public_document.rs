//! `balagh public-document`: what the public may read of a municipality.

use std::io::{self, Write};
use std::path::Path;

use balagh_origin::municipalities::Served;
use balagh_shared::categorise::Categorisers;
use balagh_shared::municipality::WordsReference;

use crate::failure::Failure;

pub(crate) fn run(document: &Path, pack: Option<&Path>, lang: Option<&str>) -> Result<(), Failure> {
    let served = Served::load(document, pack)?;
    let words = Categorisers::of(&served.document).map_err(Failure::new)?;
    let public = served.public.with_words(WordsReference::of(&words));
    let public = match lang {
        Some(lang) => public.in_language(lang),
        None => public,
    };
    let json = serde_json::to_string(&public).map_err(Failure::new)?;
    Ok(writeln!(io::stdout(), "{json}")?)
}
