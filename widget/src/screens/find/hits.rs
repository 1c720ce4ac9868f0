//! What is found: names of the municipality's places, coordinates, codes, the number on a lamp post.

use balagh_shared::district::Area;
use balagh_shared::municipality::PublicDistrict;
use balagh_shared::report::{PlaceSource, Point};
use balagh_shared::text::fold;
use balagh_shared::translated::Translated;
use balagh_shared::typed_place::{PlusCode, asset_number, coordinates, national_address};

use super::{Hit, Meant, in_words};
use crate::app::App;
use crate::place::{self, Found};

/// Most named places offered for a search.
const RESULTS: usize = 6;
/// Metres in a degree of latitude.
const DEGREE_M: f64 = 111_320.0;

impl Hit {
    fn at(name: &str, (lon, lat): (f64, f64), source: PlaceSource) -> Hit {
        let at = Point {
            lon,
            lat,
            accuracy_m: None,
        };
        Hit {
            name: name.to_owned(),
            about: None,
            meant: Meant::At(at, source),
        }
    }
}

/// The points that `typed` gives by itself, without a name: coordinates, or a plus code.
pub(super) fn points(app: App, typed: &str) -> Vec<Hit> {
    let name = typed.trim();
    if let Some((lon, lat)) = coordinates(name) {
        let read = Hit::at(name, (lon, lat), PlaceSource::Coordinates);
        // Programs write longitude first. Where only that reading is in a district, it is offered too.
        let is_ours = |lon, lat| {
            let at = Point {
                lon,
                lat,
                accuracy_m: None,
            };
            matches!(
                place::under(app, at),
                Found::Inside { .. } | Found::Near { .. }
            )
        };
        let other = !is_ours(lon, lat) && lon.abs() <= 90.0 && is_ours(lat, lon);
        let other = other.then(|| Hit {
            about: Some(app.t("find.exchanged")),
            ..Hit::at(name, (lat, lon), PlaceSource::Coordinates)
        });
        return other.into_iter().chain([read]).collect();
    }
    plus_code(app, name).into_iter().collect()
}

fn plus_code(app: App, typed: &str) -> Option<Hit> {
    let (code, beside) = PlusCode::parse(typed)?;
    let near = if code.is_full() || beside.is_empty() {
        None
    } else {
        named(app, &beside).into_iter().next()
    };
    let (reference, about) = match near {
        Some(Hit {
            name,
            meant: Meant::At(at, _),
            ..
        }) => (
            (at.lon, at.lat),
            Some(app.fill("find.near", &[("p", &name)])),
        ),
        _ if code.is_full() => ((0.0, 0.0), None),
        // A short code alone is meant for where one looks.
        _ => {
            let at = app.draft.peek(|draft| draft.place.at);
            let center = app.document(|document| document.view.center.into());
            let about = app.t("find.near.here");
            (at.map_or(center, |at| (at.lon, at.lat)), Some(about))
        }
    };
    let cell = code.near(reference.0, reference.1);
    let at = Point {
        lon: cell.lon,
        lat: cell.lat,
        accuracy_m: Some((cell.height * DEGREE_M / 2.0).ceil()),
    };
    Some(Hit {
        // A code is of ASCII letters; other cases' tables weigh 5 KB.
        name: typed.to_ascii_uppercase(),
        about,
        meant: Meant::At(at, PlaceSource::PlusCode),
    })
}

/// The municipality's own places of this name, in any language: sub-municipalities first, then the
/// gazetteer.
fn named(app: App, typed: &str) -> Vec<Hit> {
    let wanted = fold(typed);
    if wanted.is_empty() {
        return Vec::new();
    }
    let lang = app.lang();
    let matches = |names: &Translated| names.0.values().any(|name| fold(name).contains(&wanted));
    let hit = |names: &Translated, at| Hit::at(names.in_language(&lang), at, PlaceSource::Map);
    let districts = app.document(|document| document.districts.clone());
    let mut found: Vec<Hit> = place::with_pack(app, |pack| {
        let matching = districts.iter().filter(|district| matches(&district.names));
        let at = |district: &PublicDistrict| {
            let at = pack.district(&district.id)?.label_point();
            Some(hit(&district.names, at))
        };
        matching.filter_map(at).take(RESULTS / 2).collect()
    })
    .unwrap_or_default();
    let areas = place::with_shown(app, |pack| {
        let matching = pack.districts().filter(|area| {
            let mut names = area.names();
            names.any(|(_, name)| fold(name).contains(&wanted))
        });
        let hit = |area: Area<'_>| {
            let name = place::area_name(&area, &lang);
            Hit::at(&name, area.label_point(), PlaceSource::Map)
        };
        matching.map(hit).take(RESULTS / 2).collect::<Vec<_>>()
    });
    found.extend(areas.unwrap_or_default());
    app.gazetteer.peek(|places| {
        let matching = places.0.iter().filter(|place| matches(&place.names));
        let left = RESULTS.saturating_sub(found.len());
        found.extend(
            matching
                .take(left)
                .map(|place| hit(&place.names, place.at.into())),
        );
    });
    found
}

/// All that `typed` may mean. Whatever it is, something can be chosen: nothing is refused in silence.
pub(super) fn hits(app: App, typed: &str) -> Vec<Hit> {
    let typed = typed.trim();
    let mut found = points(app, typed);
    if !found.is_empty() {
        return found;
    }
    found = named(app, typed);
    let mut offer = |name: &str, about: &str, meant| {
        found.push(Hit {
            name: name.to_owned(),
            about: Some(app.t(about)),
            meant,
        });
    };
    if let Some(address) = national_address(typed) {
        offer(&address, "find.national", Meant::NationalAddress);
    }
    if let Some(number) = asset_number(typed) {
        offer(&number, "find.asset", Meant::Asset);
    }
    found.extend(in_words(app, typed));
    found
}
