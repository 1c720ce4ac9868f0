//! `balagh pack`: GeoJSON to boundary pack.

use std::path::{Path, PathBuf};

use balagh_origin::municipalities;
use balagh_shared::district::compile::{
    self, CompileError, Compiled, Finding, LayerSource, Options, compile_noting, picture,
    picture_of_refused, report,
};
use balagh_shared::district::{PHONE_BOUND_M, Pack, Role};
use balagh_shared::municipality::{BoundariesError, compile_boundaries_with};

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
    /// Property with the name, such as `name_ar`, whose ending tells the language, or language and
    /// property, such as `ar=NAME`; may be repeated
    #[arg(long = "name", value_name = "[LANG=]PROPERTY", value_parser = name_property)]
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
    /// Drop vertices where borders then lie no farther than this from where they are; `phone` for
    /// what phones are served
    #[arg(long, value_name = "METRES", default_value = "0", value_parser = tolerance)]
    simplify: f64,
    /// Decimals of a degree that borders keep, 3 to 7
    #[arg(long, value_name = "NUMBER", default_value_t = 6, value_parser = clap::value_parser!(u8).range(3..=7))]
    decimals: u8,
    /// Give gaps and overlaps between neighbours that are narrower than this to one of them
    #[arg(long, value_name = "METRES", default_value_t = 1.0, value_parser = metres)]
    close_gaps: f64,
    /// A place that the file is near to: tells exchanged and projected coordinates for sure
    #[arg(long, value_name = "LON,LAT", value_parser = place, allow_hyphen_values = true)]
    near: Option<[f64; 2]>,
    /// Write everything that was found to this file, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Draw the borders, with what was found marked, to this file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// The pack to write
    #[arg(short, long, value_name = "PACK")]
    output: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let mut findings = Vec::new();
    let compiled = match (&arguments.municipality, &arguments.geojson) {
        (Some(path), _) => compile_municipality(path, arguments),
        (None, Some(geojson)) => compile_file(geojson, arguments, &mut findings),
        (None, None) => return Err(Failure::new("name a GeoJSON file, or --municipality FILE")),
    };
    let compiled = match compiled {
        Ok(compiled) => compiled,
        Err(Refused::Sources(error, sources)) => {
            tell(arguments, &findings, Some(&error))?;
            if let Some(path) = &arguments.svg {
                let sources: Vec<(&str, &str)> = sources
                    .iter()
                    .map(|(layer, text)| (&**layer, &**text))
                    .collect();
                write_whole(path, picture_of_refused(&sources, &error).as_bytes())?;
            }
            return Err(error.into());
        }
        Err(Refused::Files(failure)) => return Err(failure),
    };
    tell(arguments, &compiled.findings, None)?;
    if let Some(path) = &arguments.svg {
        let pack = Pack::open(&compiled.pack)?;
        write_whole(path, picture(&pack, &compiled.findings).as_bytes())?;
    }
    write_whole(&arguments.output, &compiled.pack)
}

/// Why there is no pack.
enum Refused {
    /// A file cannot be read.
    Files(Failure),
    /// What the files hold: why, and each layer's name and text.
    Sources(CompileError, Vec<(String, String)>),
}

fn compile_municipality(path: &Path, arguments: &Arguments) -> Result<Compiled, Refused> {
    let document =
        municipalities::read_document(path).map_err(|error| Refused::Files(error.into()))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    // In the order in which the layers are read.
    let mut layers = ["districts", "neighbours"].into_iter();
    let mut sources = Vec::new();
    let read = |file: &str| {
        let text = std::fs::read_to_string(folder.join(file))?;
        sources.push((layers.next().unwrap_or_default().to_owned(), text.clone()));
        Ok(text)
    };
    let compiled = compile_boundaries_with(&document, options(arguments), read);
    compiled.map_err(|error: BoundariesError<std::io::Error>| match error {
        BoundariesError::Compile(error) => Refused::Sources(error, sources),
        other => Refused::Files(Failure::new(other)),
    })
}

fn compile_file(
    path: &Path,
    arguments: &Arguments,
    findings: &mut Vec<Finding>,
) -> Result<Compiled, Refused> {
    let geojson = std::fs::read_to_string(path).map_err(|error| {
        Refused::Files(Failure::new(format!(
            "cannot read {}: {error}",
            path.display()
        )))
    })?;
    let names: Vec<(&str, &str)> = arguments
        .names
        .iter()
        .map(|(lang, property)| (lang.as_str(), property.as_str()))
        .collect();
    let taken = |(position, (lang, _)): (usize, &(&str, &str))| {
        names.iter().take(position).any(|(other, _)| other == lang)
    };
    if let Some((_, (lang, property))) = names.iter().enumerate().find(|it| taken(*it)) {
        return Err(Refused::Files(Failure::new(format!(
            "a second name of language {lang}: write --name LANG={property}"
        ))));
    }
    let source = LayerSource {
        name: &arguments.layer,
        role: Role::Districts,
        partition: !arguments.overlapping,
        geojson: &geojson,
        id_property: arguments.id.as_deref().unwrap_or("id"),
        name_properties: &names,
        parent_property: arguments.parent.as_deref(),
    };
    compile_noting(&[source], &options(arguments), findings).map_err(|error| {
        let source = (arguments.layer.clone(), geojson.clone());
        Refused::Sources(error, vec![source])
    })
}

fn options(arguments: &Arguments) -> Options {
    let mut options = Options::default();
    options.decimals = arguments.decimals;
    options.close_gaps_m = arguments.close_gaps;
    options.simplify_m = arguments.simplify;
    options.near = arguments.near;
    options
}

/// Says what was found, and writes it down where that was asked for.
fn tell(
    arguments: &Arguments,
    findings: &[Finding],
    refused: Option<&CompileError>,
) -> Result<(), Failure> {
    for finding in findings {
        note(finding);
    }
    let Some(path) = &arguments.report else {
        return Ok(());
    };
    let mut json = format!("{:#}", report(findings, refused));
    json.push('\n');
    write_whole(path, json.as_bytes())
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
    compile::name_property(text)
        .map(|(language, property)| (language, property.to_owned()))
        .ok_or_else(|| "write a property, or language and property, such as ar=name_ar".to_owned())
}

fn tolerance(text: &str) -> Result<f64, String> {
    match text {
        "phone" => Ok(PHONE_BOUND_M),
        text => metres(text),
    }
}

fn metres(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|metres| (0.0..=10_000.0).contains(metres))
        .ok_or_else(|| "write metres, from 0 to 10000".to_owned())
}

fn place(text: &str) -> Result<[f64; 2], String> {
    text.split_once(',')
        .and_then(|(lon, lat)| Some([lon.trim().parse().ok()?, lat.trim().parse().ok()?]))
        .filter(|[lon, lat]: &[f64; 2]| lon.abs() <= 180.0 && lat.abs() <= 90.0)
        .ok_or_else(|| "write longitude and latitude in degrees, such as 50.1,26.4".to_owned())
}
