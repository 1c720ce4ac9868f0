//! Reports to measure with: texts of the development set as citizens would send them from the
//! demo's districts, a quarter of them with something wrong. The same ones every time.

use std::error::Error;
use std::path::Path;

use balagh_shared::district::{Located, Pack};
use balagh_shared::municipality::{
    Ask, Datatype, Municipality, PublicCategory, Question, compile_boundaries,
};
use balagh_shared::report::{Answer, Contact, Place, PlaceSource, Point, Report, ReporterType};
use serde::Serialize;

use crate::desk::{ACCEPTED, Desk, MALFORMED, REFUSED};

const MUNICIPALITY: &str = "www/municipalities/eastern-province";

/// The languages of the development set; of each as many reports.
const LANGUAGES: [&str; 6] = ["ar", "en", "hi", "id", "ms", "ur"];
const OF_EACH: usize = 60;

/// A category with a question that must be answered.
const ASKS: &str = "food.hygiene";

/// What is wrong with a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// Nothing.
    None,
    /// The JSON ends early.
    CutShort,
    /// A field that no report has.
    UnknownField,
    /// A number where words belong.
    WrongType,
    /// A category that the municipality does not have.
    Category,
    /// A description of one letter.
    Short,
    /// A control character in the description.
    Control,
    /// A point in another country.
    Outside,
    /// A phone number that lacks digits.
    Phone,
    /// No declaration.
    Undeclared,
    /// No answer to a question that needs one.
    Unanswered,
    /// A point so near a border that the citizen has to say which side; they did not.
    NearBorder,
}

const FLAWS: [Flaw; 11] = [
    Flaw::CutShort,
    Flaw::UnknownField,
    Flaw::WrongType,
    Flaw::Category,
    Flaw::Short,
    Flaw::Control,
    Flaw::Outside,
    Flaw::Phone,
    Flaw::Undeclared,
    Flaw::Unanswered,
    Flaw::NearBorder,
];

impl Flaw {
    /// What the desk says of it.
    #[must_use]
    pub fn verdict(self) -> u32 {
        match self {
            Self::None => ACCEPTED,
            Self::CutShort | Self::UnknownField | Self::WrongType => MALFORMED,
            _ => REFUSED,
        }
    }
}

/// One report, and what is wrong with it.
#[derive(Clone, Debug, Serialize)]
pub struct Case {
    /// What is wrong with it.
    pub flaw: Flaw,
    /// Its description, as written in the development set where nothing is wrong with that.
    pub text: String,
    /// It, as JSON; not JSON where it is cut short.
    pub json: String,
}

/// The demo municipality's document (JSON) and its boundary pack, from this checkout.
///
/// # Errors
/// When the checkout is not whole.
pub fn demo() -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let json = read(&format!("{MUNICIPALITY}/municipality.json"))?;
    let document: Municipality = serde_json::from_str(&json)?;
    let file = |name: &str| read(&format!("{MUNICIPALITY}/{name}"));
    let compiled = compile_boundaries(&document, file).map_err(|error| format!("{error:?}"))?;
    Ok((json, compiled.pack))
}

/// The reports, for the desk of the [`demo`].
///
/// # Errors
/// When the checkout is not whole, or the desk is another municipality's.
pub fn cases(desk: &Desk) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut chance = Chance(0x00ba_1a6b);
    let mut flaws = FLAWS.into_iter().cycle();
    let mut cases = Vec::with_capacity(LANGUAGES.len() * OF_EACH);
    for language in LANGUAGES {
        let file = read(&format!("shared/development/{language}.tsv"))?;
        let texts: Vec<(&str, &str)> = file
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .collect();
        // Spread over the file, which goes by categories.
        let step = (texts.len() / OF_EACH).max(1);
        for (codes, text) in texts.into_iter().step_by(step).take(OF_EACH) {
            let is_flawed = cases.len() % 4 == 3;
            let flaw = flaws.next().filter(|_| is_flawed).unwrap_or(Flaw::None);
            let code = codes.split(' ').next().unwrap_or_default();
            cases.push(case(desk, language, code, text, flaw, &mut chance)?);
        }
    }
    Ok(cases)
}

fn case(
    desk: &Desk,
    language: &str,
    code: &str,
    text: &str,
    flaw: Flaw,
    chance: &mut Chance,
) -> Result<Case, Box<dyn Error>> {
    let code = match flaw {
        Flaw::Outside | Flaw::NearBorder | Flaw::Unanswered => ASKS,
        _ => code,
    };
    let category = desk
        .public()
        .category(code)
        .ok_or_else(|| format!("the municipality has no category {code}"))?;
    let place = match (desk.public().asks(category.kind).place, flaw) {
        (Ask::Required, Flaw::NearBorder) => Some(near_border(desk.pack(), chance)?),
        (Ask::Required, _) => Some(inside(desk.pack(), chance)?),
        _ => None,
    };
    let contact = (chance.below(2) == 0).then(|| Contact {
        phone: Some(format!("055 {}", 1_000_000 + chance.below(9_000_000))),
        email: None,
        name: Some("Amal Q.".to_owned()),
    });
    let mut report = Report {
        category: code.to_owned(),
        description: text.to_owned(),
        lang: language.to_owned(),
        place,
        pack: Some(desk.pack().checksum_hex()),
        answers: answers(category),
        photos: Vec::new(),
        contact,
        share_contact: false,
        observed_at: None,
        declared: true,
        reporter_type: ReporterType::Person,
        channel: "widget".to_owned(),
        partner_reference: None,
        test: false,
    };
    match flaw {
        Flaw::None | Flaw::CutShort | Flaw::UnknownField | Flaw::WrongType | Flaw::NearBorder => {}
        Flaw::Category => "roads.moonlight".clone_into(&mut report.category),
        Flaw::Short => "a".clone_into(&mut report.description),
        Flaw::Control => report.description.push('\u{7}'),
        Flaw::Outside => {
            let at = report.place.as_mut().and_then(|place| place.at.as_mut());
            if let Some(at) = at {
                (at.lon, at.lat) = (77.2, 28.6);
            }
        }
        Flaw::Phone => {
            report.contact = Some(Contact {
                phone: Some("055 123".to_owned()),
                email: None,
                name: None,
            });
        }
        Flaw::Undeclared => report.declared = false,
        Flaw::Unanswered => report.answers.clear(),
    }
    let mut json = serde_json::to_string(&report)?;
    match flaw {
        Flaw::CutShort => drop(json.pop()),
        Flaw::UnknownField => json = json.replacen('{', r#"{"categry":"roads","#, 1),
        Flaw::WrongType => json = json.replacen(r#""declared":true"#, r#""declared":7"#, 1),
        _ => {}
    }
    Ok(Case {
        flaw,
        text: report.description,
        json,
    })
}

/// Answers to the questions that are asked without a condition.
fn answers(category: &PublicCategory) -> Vec<Answer> {
    let unconditional = |question: &&Question| question.when.is_none();
    category
        .questions
        .iter()
        .filter(unconditional)
        .map(|question| {
            let first = question.values.first().map(|value| value.code.as_str());
            let said = match question.datatype {
                Datatype::SingleValueList | Datatype::MultiValueList => first.unwrap_or_default(),
                Datatype::Number => "2",
                Datatype::Datetime => "2026-11-21T09:41:00+03:00",
                Datatype::String | Datatype::Text => "مطعم الواحة 12",
            };
            Answer {
                question: question.code.clone(),
                values: vec![said.to_owned()],
            }
        })
        .collect()
}

/// A place well inside a district, as a device gives it; the citizen confirmed the district in one
/// of two.
fn inside(pack: &Pack, chance: &mut Chance) -> Result<Place, Box<dyn Error>> {
    place(pack, chance, 12.0, |located, chance| match located {
        Located::Inside { district, .. } => Some(match chance.below(2) {
            0 => Some(district.id().to_owned()),
            _ => None,
        }),
        _ => None,
    })
}

fn near_border(pack: &Pack, chance: &mut Chance) -> Result<Place, Box<dyn Error>> {
    place(pack, chance, 400.0, |located, _| {
        matches!(
            located,
            Located::Near {
                contained: true,
                ..
            }
        )
        .then_some(None)
    })
}

/// A place at the first of many points that `confirm` takes, with the district it names.
fn place(
    pack: &Pack,
    chance: &mut Chance,
    accuracy_m: f64,
    confirm: impl Fn(&Located<'_>, &mut Chance) -> Option<Option<String>>,
) -> Result<Place, Box<dyn Error>> {
    let boxes: Vec<[f64; 4]> = pack.districts().map(|district| district.bbox()).collect();
    for _ in 0..10_000 {
        let within = chance.below(boxes.len() as u64) as usize;
        let Some([west, south, east, north]) = boxes.get(within).copied() else {
            break;
        };
        // To a millionth of a degree, as phones say it.
        let between = |from: f64, to: f64, chance: &mut Chance| {
            let span = ((to - from) * 1e6) as u64;
            ((from * 1e6).round() + chance.below(span.max(1)) as f64) / 1e6
        };
        let lon = between(west, east, chance);
        let lat = between(south, north, chance);
        let Ok(located) = pack.locate(lon, lat, Some(accuracy_m)) else {
            continue;
        };
        if let Some(district) = confirm(&located, chance) {
            return Ok(Place {
                at: Some(Point {
                    lon,
                    lat,
                    accuracy_m: Some(accuracy_m),
                }),
                source: PlaceSource::Device,
                district,
                candidates: Vec::new(),
                landmark: None,
                asset: None,
            });
        }
    }
    Err("no such place in these boundaries".into())
}

/// A file of the checkout.
pub(crate) fn read(relative: &str) -> Result<String, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(relative);
    let named = |error| format!("{}: {error}", path.display());
    Ok(std::fs::read_to_string(&path).map_err(named)?)
}

/// SplitMix64: the same numbers every time.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}
