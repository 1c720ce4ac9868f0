//! Where a point lies, decided on the device with the boundary pack.

use balagh_shared::district::{Located, Pack};
use balagh_shared::municipality::PublicMunicipality;
use balagh_shared::report::{PlaceSource, Point};
use balagh_shared::text::decimal;

use crate::app::{App, FIRST_STOP_ONLY};
use crate::draft::Spot;

/// Where the draft's point lies.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found {
    /// No point, or no pack yet.
    Nothing,
    /// In this district.
    Inside {
        /// Its id.
        id: String,
        /// Metres to its border.
        metres: f64,
    },
    /// Too close to a border to tell.
    Near {
        /// The districts in question.
        ids: Vec<String>,
        /// Metres to the line between them.
        metres: f64,
    },
    /// In none.
    Outside {
        /// The agency that looks after the place, where it is known.
        agency: Option<String>,
    },
}

thread_local! {
    /// The pack, for all widgets of a page: it is bound to what `Pack::open` checked and never
    /// changes.
    static PACK: std::cell::RefCell<Option<(String, Pack)>> = const { std::cell::RefCell::new(None) };
}

/// Runs `with` on the municipality's pack, if it has come.
pub(crate) fn with_pack<T>(app: App, with: impl FnOnce(&Pack) -> T) -> Option<T> {
    let wanted = app.document(|document| document.pack.sha256.clone());
    PACK.with_borrow(|pack| match pack {
        Some((name, pack)) if *name == wanted => Some(with(pack)),
        _ => None,
    })
}

/// Fetches the pack unless it is here; whether it is now.
pub(crate) async fn fetch_pack(app: App) -> bool {
    if with_pack(app, |_| ()).is_some() {
        return true;
    }
    let wanted = app.document(|document| document.pack.sha256.clone());
    let bytes = crate::api::pack(&app.base(), &app.lang(), &wanted).await;
    let Some(pack) = bytes.and_then(|bytes| Pack::open(&bytes).ok()) else {
        return false;
    };
    PACK.set(Some((wanted, pack)));
    if app.alive() {
        app.packed.set(true);
    }
    true
}

/// Fetches the named places unless they are here; a form without them has one way less to search.
pub(crate) async fn fetch_gazetteer(app: App) {
    let here = app.gazetteer.peek(|places| !places.0.is_empty());
    if here {
        return;
    }
    let came = crate::api::gazetteer(&app.base(), &app.lang()).await;
    if let Some(places) = came.map(|it| crate::document::gazetteer(&it))
        && app.alive()
    {
        app.gazetteer.set(places);
    }
}

/// Checksum of the pack the place was decided with; empty where none was needed.
pub(crate) fn pack_checksum(app: App) -> String {
    with_pack(app, Pack::checksum_hex).unwrap_or_default()
}

/// Puts the point somewhere and finds out where that is.
pub(crate) fn put(app: App, lon: f64, lat: f64, accuracy_m: Option<f64>, source: PlaceSource) {
    let at = Some(Point {
        lon,
        lat,
        accuracy_m,
    });
    let moved = app.draft.peek(|draft| draft.place.at != at);
    app.edit(|draft| {
        draft.place.at = at;
        draft.place.source = source;
        if moved {
            draft.place.undecided = false;
            draft.place.district = None;
        }
    });
    locate(app);
}

/// Finds out again where the draft's point lies.
pub(crate) fn locate(app: App) {
    if FIRST_STOP_ONLY {
        return;
    }
    let Some(at) = app.draft.peek(|draft| draft.place.at) else {
        app.found.set(Found::Nothing);
        return;
    };
    let found = with_pack(app, |pack| {
        let located = pack.locate(at.lon, at.lat, at.accuracy_m).ok()?;
        Some(app.document(|document| found(&located, document)))
    });
    let found = found.flatten().unwrap_or(Found::Nothing);
    app.edit(|draft| note(&mut draft.place, &found));
    if app.found.peek(|before| *before != found) {
        app.found.set(found);
    }
}

/// Notes in the place of a report that left the form where its point lies, once the pack is here.
pub(crate) fn settle(app: App, place: &mut Spot) {
    let Some(at) = place.at else { return };
    let found = with_pack(app, |pack| {
        let located = pack.locate(at.lon, at.lat, at.accuracy_m).ok()?;
        Some(app.document(|document| found(&located, document)))
    });
    if let Some(found) = found.flatten() {
        note(place, &found);
    }
}

fn found(located: &Located<'_>, of: &PublicMunicipality) -> Found {
    match located {
        Located::Inside { district, border_m } => Found::Inside {
            id: district.id().to_owned(),
            metres: *border_m,
        },
        Located::Near { candidates, .. } => Found::Near {
            ids: candidates
                .iter()
                .map(|it| it.district.id().to_owned())
                .collect(),
            metres: candidates
                .iter()
                .map(|it| it.distance_m)
                .fold(0.0, f64::max),
        },
        Located::Outside { neighbour, .. } => {
            let area = neighbour.as_ref().map(|area| area.id());
            let agency = of
                .agencies
                .iter()
                .find(|it| it.area.is_some() && it.area.as_deref() == area);
            Found::Outside {
                agency: agency.map(|agency| agency.id.clone()),
            }
        }
    }
}

/// Notes in the draft what was found; what the citizen chose near a border stays while it can.
fn note(place: &mut Spot, found: &Found) {
    place.outside = matches!(found, Found::Outside { .. });
    match found {
        Found::Nothing => {}
        Found::Inside { id, .. } => {
            place.district = Some(id.clone());
            place.candidates.clear();
            place.undecided = false;
        }
        Found::Near { ids, .. } => {
            place.candidates.clone_from(ids);
            if place
                .district
                .as_ref()
                .is_some_and(|chosen| !ids.contains(chosen))
            {
                place.district = None;
            }
        }
        Found::Outside { .. } => {
            place.district = None;
            place.candidates.clear();
            place.undecided = false;
        }
    }
}

/// Longitude and latitude of `lat,lon` as people paste it; digits of any script.
pub(crate) fn coordinates(typed: &str) -> Option<(f64, f64)> {
    let (lat, lon) = typed.trim().split_once([',', '،', ';', ' '])?;
    let number = |text: &str| decimal(text.trim().trim_end_matches('°'));
    let (lat, lon) = (number(lat)?, number(lon)?);
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lon, lat))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_read_as_people_paste_them() {
        for (typed, expected) in [
            ("26.4207, 50.0888", Some((50.0888, 26.4207))),
            ("٢٦٫٤٢٠٧، ٥٠٫٠٨٨٨", Some((50.0888, 26.4207))),
            ("26.42 50.08", Some((50.08, 26.42))),
            ("95, 50", None),
            ("King Fahd Road", None),
            ("12, Prince Street", None),
        ] {
            assert_eq!(coordinates(typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_choice_near_a_border_stays_while_it_is_a_candidate() {
        let near = |ids: &[&str]| Found::Near {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            metres: 9.0,
        };
        let mut place = Spot {
            district: Some("west".into()),
            ..Spot::default()
        };
        note(&mut place, &near(&["east", "west"]));
        assert_eq!(place.district.as_deref(), Some("west"));
        note(&mut place, &near(&["east", "north"]));
        assert_eq!(place.district, None);
    }

    #[test]
    fn outside_forgets_the_district_found_before() {
        let mut place = Spot {
            district: Some("west".into()),
            ..Spot::default()
        };
        note(&mut place, &Found::Outside { agency: None });
        assert!(place.outside && place.district.is_none());
    }
}
