//! `balagh pack`: GeoJSON to boundary pack.

use std::path::{Path, PathBuf};

use balagh_origin::municipalities;
use balagh_shared::district::Role;
use balagh_shared::district::compile::{Compiled, LayerSource, compile};

use crate::failure::{Failure, note};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A municipality's document: its layers are compiled as it describes them
    #[arg(long, value_name = "FILE", conflicts_with = "geojson")]
    municipality: Option<PathBuf>,
    /// A single GeoJSON file, described by the options below
    #[arg(
        value_name = "GEOJSON",
        required_unless_present = "municipality",
        requires = "id"
    )]
    geojson: Option<PathBuf>,
    /// Property with each area's id
    #[arg(long, value_name = "PROPERTY")]
    id: Option<String>,
    /// Language and the property with the name in it, such as `ar=name_ar`; may be repeated
    #[arg(long = "name", value_name = "LANG=PROPERTY", value_parser = name_property)]
    names: Vec<(String, String)>,
    /// Property with the id of what an area belongs to
    #[arg(long, value_name = "PROPERTY")]
    parent: Option<String>,
    /// Name of the layer
    #[arg(long, value_name = "NAME", default_value = "districts")]
    layer: String,
    /// Areas may overlap: earlier ones come first
    #[arg(long)]
    overlapping: bool,
    /// The pack to write
    #[arg(short, long, value_name = "PACK")]
    output: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let compiled = match (&arguments.municipality, &arguments.geojson) {
        (Some(path), _) => {
            let document = municipalities::read_document(path)?;
            municipalities::compile_pack(path, &document)?
        }
        (None, Some(geojson)) => compile_file(geojson, arguments)?,
        (None, None) => return Err(Failure::new("name a GeoJSON file, or --municipality FILE")),
    };
    for finding in &compiled.findings {
        note(finding);
    }
    write_whole(&arguments.output, &compiled.pack)
}

fn compile_file(path: &Path, arguments: &Arguments) -> Result<Compiled, Failure> {
    let geojson = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(format!("cannot read {}: {error}", path.display())))?;
    let names: Vec<(&str, &str)> = arguments
        .names
        .iter()
        .map(|(lang, property)| (lang.as_str(), property.as_str()))
        .collect();
    Ok(compile(&[LayerSource {
        name: &arguments.layer,
        role: Role::Districts,
        partition: !arguments.overlapping,
        geojson: &geojson,
        id_property: arguments.id.as_deref().unwrap_or("id"),
        name_properties: &names,
        parent_property: arguments.parent.as_deref(),
    }])?)
}

/// Writes beside the file and renames: a server that starts meanwhile reads the old or the new
/// pack, never half of one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error| Failure::new(format!("cannot write {}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    std::fs::write(&beside, bytes).map_err(failed)?;
    std::fs::rename(&beside, path).map_err(failed)
}

fn name_property(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((language, property)) if !language.is_empty() && !property.is_empty() => {
            Ok((language.to_owned(), property.to_owned()))
        }
        _ => Err("write a language and a property, such as ar=name_ar".to_owned()),
    }
}
