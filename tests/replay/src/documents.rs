//! The municipalities of the statements.
//!
//! The Holy Capital and the Eastern Province have documents of their own under `www/`. Muscat and
//! Abu Dhabi are the Eastern Province's with their name, prefix, clocks and calling code: the
//! boundaries stand in for theirs. Each gets the channels it named, as adapters with keys.

use std::fs;
use std::path::{Path, PathBuf};

use balagh_shared::canonical::hex;
use balagh_shared::district::{Located, Pack};
use balagh_shared::municipality::{Municipality, compile_boundaries};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::chance::Chance;

/// A municipality of the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Town {
    /// Its id.
    pub id: &'static str,
    /// The folder under `www/municipalities` that it is made of.
    base: &'static str,
    prefix: &'static str,
    name: [&'static str; 2],
    zone: (&'static str, i64),
    /// Calling code and length of a number.
    phone: (&'static str, u64),
    /// Its adapters: channel, and who is taken to report through it.
    pub adapters: &'static [(&'static str, &'static str)],
}

/// A municipality with what reports of it are made of.
#[derive(Debug)]
pub struct Place {
    /// Which.
    pub town: Town,
    /// Its document.
    pub document: Municipality,
    /// Points well inside of each district.
    pub points: Vec<(String, Vec<(f64, f64)>)>,
}

/// All of them.
pub const TOWNS: [Town; 4] = [
    Town {
        id: "holy-capital",
        base: "holy-capital",
        prefix: "HC",
        name: ["أمانة العاصمة المقدسة", "Holy Capital Municipality"],
        zone: ("Asia/Riyadh", 180),
        phone: ("966", 9),
        adapters: &[
            ("centre_940", "person"),
            ("balady", "person"),
            ("tawakkalna", "person"),
            ("agent", "person"),
            ("social_media", "person"),
            ("whatsapp", "person"),
        ],
    },
    Town {
        id: "eastern-province",
        base: "eastern-province",
        prefix: "EP",
        name: ["أمانة المنطقة الشرقية", "Eastern Province Municipality"],
        zone: ("Asia/Riyadh", 180),
        phone: ("966", 9),
        adapters: &[("centre_940", "person"), ("social_media", "person")],
    },
    Town {
        id: "muscat",
        base: "eastern-province",
        prefix: "MS",
        name: ["بلدية مسقط", "Muscat Municipality"],
        zone: ("Asia/Muscat", 240),
        phone: ("968", 8),
        adapters: &[
            ("toll_free", "person"),
            ("ivr", "person"),
            ("email", "person"),
            ("fax", "person"),
            ("app", "person"),
            ("social_media", "person"),
        ],
    },
    Town {
        id: "abu-dhabi",
        base: "eastern-province",
        prefix: "AD",
        name: ["بلدية مدينة أبوظبي", "Abu Dhabi City Municipality"],
        zone: ("Asia/Dubai", 240),
        phone: ("971", 9),
        adapters: &[
            ("call_centre", "person"),
            ("counter", "person"),
            ("agency", "agency"),
            ("partner", "partner"),
        ],
    },
];

impl Town {
    /// Its number `count`, as somebody there is called by.
    #[must_use]
    pub fn phone_number(&self, count: u64) -> String {
        let (code, digits) = self.phone;
        let first = if digits == 8 { 9 } else { 5 };
        let width = usize::try_from(digits - 1).unwrap();
        format!("+{code}{first}{count:0width$}")
    }
}

/// The key of an adapter.
#[must_use]
pub fn key(town: &str, channel: &str) -> String {
    format!("key-of-{town}-{channel}")
}

/// Writes the municipalities into `folder`, one a folder, and gives what reports are made of.
#[must_use]
pub fn write(folder: &Path) -> Vec<Place> {
    TOWNS.iter().map(|town| write_one(folder, *town)).collect()
}

fn write_one(folder: &Path, town: Town) -> Place {
    let base = www().join(town.base);
    let own = folder.join(town.id);
    fs::create_dir_all(&own).unwrap();
    for file in ["districts.geojson", "neighbours.geojson", "gazetteer.json"] {
        fs::copy(base.join(file), own.join(file)).unwrap();
    }
    let text = fs::read_to_string(base.join("municipality.json")).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["id"] = town.id.into();
    document["prefix"] = town.prefix.into();
    document["names"]["ar"] = town.name[0].into();
    document["names"]["en"] = town.name[1].into();
    document["time_zone"] = json!({ "name": town.zone.0, "offset_minutes": town.zone.1 });
    document["contact"]["calling_code"] = town.phone.0.into();
    document["contact"]["digits"] = town.phone.1.into();
    let partners = document["partners"].as_array_mut().unwrap();
    partners.extend(town.adapters.iter().map(|(channel, reporter)| {
        json!({
            "id": channel.replace('_', "-"),
            "names": { "ar": channel, "en": channel },
            "key_hashes": [hex(&Sha256::digest(key(town.id, channel)))],
            "channel": channel,
            "reporter_type": reporter,
            // What comes on a day comes at one moment here.
            "rate": { "burst": 100_000, "every_seconds": 1 },
        })
    }));
    let text = serde_json::to_string(&document).unwrap();
    fs::write(own.join("municipality.json"), &text).unwrap();
    let document: Municipality = serde_json::from_str(&text).unwrap();
    let read = |file: &str| fs::read_to_string(own.join(file));
    let compiled = compile_boundaries(&document, read).unwrap();
    fs::write(folder.join(format!("{}.pack", town.id)), &compiled.pack).unwrap();
    let pack = Pack::open(&compiled.pack).unwrap();
    Place {
        town,
        document,
        points: points(&pack),
    }
}

/// Some points of each district that are near no border.
fn points(pack: &Pack) -> Vec<(String, Vec<(f64, f64)>)> {
    let mut chance = Chance(7);
    let districts = pack.districts().map(|district| {
        let [west, south, east, north] = district.bbox();
        let mut found = Vec::new();
        for _ in 0..20_000 {
            let mut between = |from: f64, to: f64| {
                let part = chance.below(1_000_000) as f64 / 1e6;
                ((from + (to - from) * part) * 1e6).round() / 1e6
            };
            let (lon, lat) = (between(west, east), between(south, north));
            if let Ok(Located::Inside { district: at, .. }) = pack.locate(lon, lat, Some(100.0))
                && at.id() == district.id()
            {
                found.push((lon, lat));
            }
            if found.len() == 40 {
                break;
            }
        }
        assert!(!found.is_empty(), "{} has no inside", district.id());
        (district.id().to_owned(), found)
    });
    districts.collect()
}

fn www() -> PathBuf {
    root().join("www/municipalities")
}

/// The checkout.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
