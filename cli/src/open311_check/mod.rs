//! `balagh open311-check URL`: how far any endpoint keeps to Open311 GeoReport v2.
//!
//! | module | idea |
//! | --- | --- |
//! | `rules` | the rules, numbered, each with its section of the specification |
//! | `checks` | how each rule is judged, a file a resource |
//! | `ask` | what is asked of the endpoint: some thirty questions, one after the other |
//! | `fetch` | one question over HTTP, with bounds on time and size |
//! | `answer` | what came back, read as far as it can be |
//! | `xml` | XML read without following anything it names |
//! | `shape` | fields of objects and what their values may be |
//! | `report` | what was found, as text and as JSON |
//!
//! Nothing is ever posted unless `--post` says so.

mod answer;
mod ask;
mod checks;
mod fetch;
mod report;
mod rules;
mod shape;
#[cfg(test)]
mod tests;
mod xml;

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::failure::{Failure, note, print};
use crate::waiting::wait;
use report::Report;

/// Some endpoint.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The endpoint's address, as its discovery names it: what `/services.xml` is put behind
    #[arg(value_name = "URL")]
    endpoint: String,
    /// The jurisdiction, where the endpoint serves several
    #[arg(long, value_name = "ID")]
    jurisdiction: Option<String>,
    /// An API key, for --post
    #[arg(long, value_name = "K")]
    api_key: Option<String>,
    /// Post a request, too, and three that must be refused. They are real: somebody may drive out
    #[arg(long)]
    post: bool,
    /// What to post about; the first service without questions when absent
    #[arg(long, value_name = "CODE", requires = "post")]
    service_code: Option<String>,
    /// Where to post it, `LAT,LONG`; where the newest request is when absent
    #[arg(
        long,
        value_name = "LAT,LONG",
        requires = "post",
        allow_hyphen_values = true
    )]
    at: Option<String>,
    /// Milliseconds between two questions
    #[arg(long, value_name = "MS", default_value_t = 250)]
    pause: u64,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t = Print::Text)]
    format: Print,
}

#[derive(Clone, Copy, ValueEnum)]
enum Print {
    /// A line a rule, and what was expected and seen under each that is broken
    Text,
    /// One JSON object
    Json,
}

/// Asks, judges, prints. Exit code 1 where a MUST is broken.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let asked = ask::Endpoint {
        base: base(&arguments.endpoint)?,
        jurisdiction: arguments.jurisdiction.clone(),
        pause: Duration::from_millis(arguments.pause),
        posting: arguments.post.then(|| ask::Posting {
            api_key: arguments.api_key.clone(),
            service_code: arguments.service_code.clone(),
            at: arguments.at.clone(),
        }),
    };
    if arguments.post && arguments.api_key.is_none() {
        note("without --api-key only what must be refused is posted");
    }
    let report = wait(examine(&asked))??;
    match arguments.format {
        Print::Text => print(report.text())?,
        Print::Json => print(serde_json::to_string_pretty(&report).map_err(Failure::new)?)?,
    }
    match report.broken_musts() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} MUST rule(s) are broken"))),
    }
}

async fn examine(endpoint: &ask::Endpoint) -> Result<Report, Failure> {
    let evidence = ask::all(endpoint).await.map_err(Failure::new)?;
    Ok(Report::of(&evidence))
}

/// The address without what people paste along.
fn base(typed: &str) -> Result<String, Failure> {
    let typed = typed.trim().trim_end_matches('/');
    if !typed.starts_with("http://") && !typed.starts_with("https://") {
        let mend = "give an address such as https://city.example/open311/v2";
        return Err(Failure::new(mend));
    }
    let ends = [
        "/services.xml",
        "/services.json",
        "/requests.xml",
        "/requests.json",
    ];
    let cut = ends.iter().find_map(|end| typed.strip_suffix(end));
    Ok(cut.unwrap_or(typed).to_owned())
}
