//! The same decisions everywhere: one function from bytes to bytes, run natively, in Node, in
//! Chromium and in workerd, whose answers must be identical to the byte.
//!
//! The questions are `tests/vectors/questions.json`, the answers `tests/vectors/answers.json`. The
//! demo municipality's document and boundary files travel inside the questions' `files`, so that
//! the function needs no file system and even compiling the boundaries is compared.

use std::collections::BTreeMap;

use balagh_shared::categorise::{Categorisers, Suggestion};
use balagh_shared::district::{Located, Pack};
use balagh_shared::language::detect;
use balagh_shared::municipality::{Municipality, PublicMunicipality, compile_boundaries};
use balagh_shared::number::ReportNumber;
use balagh_shared::report::Report;
use balagh_shared::routing::route;
use balagh_shared::rules::{self, Accepted, Given, Written};
use balagh_shared::text;
use balagh_shared::time::Timestamp;
use serde_json::{Value, json};

/// Answers `questions` (JSON); an unreadable question is answered by what is wrong with it.
#[must_use]
pub fn run(questions: &[u8]) -> Vec<u8> {
    let answers = answers(questions).unwrap_or_else(|wrong| json!({ "error": wrong }));
    let mut bytes = serde_json::to_vec_pretty(&answers).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The committed questions, with the demo municipality's files.
///
/// # Panics
/// When the checkout is not whole.
#[cfg(not(target_family = "wasm"))]
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "a test's own files, which a checkout has"
)]
pub fn questions() -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let text = |path: &str| std::fs::read_to_string(format!("{root}/{path}")).expect("a file");
    let mut questions: BTreeMap<String, Value> =
        serde_json::from_str(&text("tests/vectors/questions.json")).expect("JSON");
    let folder = "www/municipalities/eastern-province";
    let file = |name: &str| {
        (
            name.to_owned(),
            Value::String(text(&format!("{folder}/{name}"))),
        )
    };
    let names = [
        "municipality.json",
        "districts.geojson",
        "neighbours.geojson",
    ];
    questions.insert("files".to_owned(), names.into_iter().map(file).collect());
    serde_json::to_vec(&questions).expect("JSON")
}

struct World {
    document: Municipality,
    public: PublicMunicipality,
    pack: Pack,
    categorisers: Categorisers,
}

fn answers(questions: &[u8]) -> Result<Value, String> {
    let questions: Value = serde_json::from_slice(questions).map_err(|e| e.to_string())?;
    let world = world(&questions)?;
    let answered = |name: &str, answer: &dyn Fn(&Value) -> Value| -> Value {
        questions
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(answer)
            .collect()
    };
    Ok(json!({
        "pack": world.pack.checksum_hex(),
        "locate": answered("locate", &|question| locate(&world.pack, question)),
        "judge": answered("judge", &|question| judge(&world, question)),
        "number": answered("number", &|question| {
            ReportNumber::parse(question.as_str().unwrap_or_default())
                .map_or_else(|error| json!(error.to_string()), |number| json!(number.as_str()))
        }),
        "phone": answered("phone", &|question| {
            let number = rules::phone(question.as_str().unwrap_or_default(), &world.public.contact);
            json!(number.as_ref().map(rules::PhoneNumber::as_str))
        }),
        "email": answered("email", &|question| {
            let address = rules::email(question.as_str().unwrap_or_default());
            json!(address.as_ref().map(rules::EmailAddress::as_str))
        }),
        "decimal": answered("decimal", &|question| {
            json!(text::decimal(question.as_str().unwrap_or_default()))
        }),
        "time": answered("time", &|question| {
            json!(Timestamp::parse(question.as_str().unwrap_or_default()).ok())
        }),
        "text": answered("text", &|question| {
            let typed = question.as_str().unwrap_or_default();
            json!({
                "fold": text::fold(typed),
                "length": text::length(typed),
                "control": text::has_control(typed),
                "isolate": text::isolate(typed, text::Direction::RightToLeft),
                "language": detect(typed).language.code(),
                "romanised": text::romanised(typed),
                "suggest": world.categorisers.suggest(typed).iter().map(suggested).collect::<Vec<_>>(),
            })
        }),
    }))
}

fn world(questions: &Value) -> Result<World, String> {
    let files: BTreeMap<String, String> =
        serde_json::from_value(questions["files"].clone()).map_err(|e| e.to_string())?;
    let read = |path: &str| {
        files
            .get(path)
            .cloned()
            .ok_or_else(|| format!("no file {path}"))
    };
    let document: Municipality =
        serde_json::from_str(&read("municipality.json")?).map_err(|e| e.to_string())?;
    let compiled = compile_boundaries(&document, read).map_err(|e| e.to_string())?;
    let pack = Pack::open(&compiled.pack).map_err(|e| e.to_string())?;
    let public = PublicMunicipality::of(&document, &pack);
    let categorisers = Categorisers::of(&document).map_err(|e| e.to_string())?;
    Ok(World {
        document,
        public,
        pack,
        categorisers,
    })
}

/// `[lon, lat]` or `[lon, lat, accuracy_m]`.
fn locate(pack: &Pack, question: &Value) -> Value {
    let figure = |index: usize| question.get(index).and_then(Value::as_f64);
    let located = pack.locate(
        figure(0).unwrap_or(f64::NAN),
        figure(1).unwrap_or(f64::NAN),
        figure(2),
    );
    match located {
        // Distances with all their bits: a last digit that differs is a difference.
        Ok(Located::Inside { district, border_m }) => {
            json!({ "inside": district.id(), "border_m": border_m })
        }
        Ok(Located::Near {
            contained,
            candidates,
            neighbour,
        }) => json!({
            "near": candidates.iter().map(|it| json!([it.district.id(), it.distance_m]))
                .collect::<Vec<_>>(),
            "contained": contained,
            "neighbour": neighbour.map(|area| area.id()),
        }),
        Ok(Located::Outside { nearest, neighbour }) => json!({
            "outside": nearest.map(|it| json!([it.district.id(), it.distance_m])),
            "neighbour": neighbour.map(|area| area.id()),
        }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn judge(world: &World, question: &Value) -> Value {
    let report: Report = match serde_json::from_value(question["report"].clone()) {
        Ok(report) => report,
        Err(error) => return json!({ "malformed": error.to_string() }),
    };
    let received = question["received_at"].as_str().map(Timestamp::parse);
    let received = received
        .and_then(Result::ok)
        .unwrap_or(Timestamp::from_millis(0));
    match rules::judge(&world.public, &world.pack, &report) {
        Ok(accepted) => {
            let category = world.document.category(&accepted.category.code);
            let route = category.map(|category| {
                let district = accepted.district.as_deref();
                route(
                    &world.document,
                    category,
                    district,
                    &accepted.candidates,
                    received,
                )
            });
            json!({
                "accepted": {
                    "route": route,
                    "marks": accepted.marks,
                    "read": read(&accepted),
                },
            })
        }
        Err(violations) => json!({ "violations": violations }),
    }
}

/// What the rules read of a report, which everything after them works with.
fn read(accepted: &Accepted<'_>) -> Value {
    let answers: BTreeMap<&str, Value> = accepted
        .answers
        .iter()
        .map(|answered| {
            let given = match &answered.given {
                Given::Words(words) => json!([words.as_str(), words.folded()]),
                Given::Number(number) => json!(number),
                Given::Datetime(at) => json!(at),
                Given::One(value) => json!(value.code),
                Given::Several(values) => values.iter().map(|value| json!(value.code)).collect(),
            };
            (answered.question.code.as_str(), given)
        })
        .collect();
    let reporter = &accepted.reporter;
    json!({
        "description": accepted.description.folded(),
        "at": accepted.at,
        "landmark": accepted.landmark.as_ref().map(Written::folded),
        "answers": answers,
        "phone": reporter.phone.as_ref().map(rules::PhoneNumber::as_str),
        "email": reporter.email.as_ref().map(rules::EmailAddress::as_str),
        "name": reporter.name.as_ref().map(Written::isolated),
    })
}

/// With the words that decided, as typed: where a text is cut must be the same everywhere, too.
fn suggested(suggestion: &Suggestion<'_>) -> Value {
    json!([suggestion.category, suggestion.score, suggestion.because])
}

/// The same function for wasm, without a test runner.
#[cfg(feature = "wasm")]
mod wasm {
    use wasm_bindgen::prelude::wasm_bindgen;

    /// See [`super::run`].
    #[wasm_bindgen(js_name = run)]
    #[must_use]
    #[expect(unreachable_pub, reason = "the macro exports it to JavaScript")]
    pub fn run(questions: &[u8]) -> Vec<u8> {
        super::run(questions)
    }
}
