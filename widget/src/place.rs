//! Where a point lies, decided on the device with the boundary pack.

use std::cell::RefCell;
use std::collections::BTreeMap;

use balagh_shared::district::{Area, Located, Pack};
use balagh_shared::municipality::PublicMunicipality;
use balagh_shared::report::{PlaceSource, Point};

use crate::app::App;
use crate::boundaries::{self, Own};
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
        agency: Option<Neighbour>,
    },
}

/// An agency that looks after what lies outside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Neighbour {
    /// Its id.
    pub(crate) id: String,
    /// The area that it looks after.
    pub(crate) area: String,
}

thread_local! {
    /// Packs by name, for all widgets of a page: one is bound to what `Pack::open` checked and never
    /// changes.
    static PACKS: RefCell<BTreeMap<String, Pack>> = const { RefCell::new(BTreeMap::new()) };
}

/// Keeps a pack under this name.
pub(crate) fn hold(name: &str, pack: Pack) {
    PACKS.with_borrow_mut(|packs| packs.insert(name.to_owned(), pack));
}

fn with_named<T>(name: &str, with: impl FnOnce(&Pack) -> T) -> Option<T> {
    PACKS.with_borrow(|packs| packs.get(name).map(with))
}

/// Runs `with` on the pack that the place is chosen by, if it has come: the municipality's, or the
/// page's own.
pub(crate) fn with_pack<T>(app: App, with: impl FnOnce(&Pack) -> T) -> Option<T> {
    let name = match app.own.now() {
        Own::Decide(name) => name,
        _ => app.document(|document| document.pack.for_phones().to_owned()),
    };
    with_named(&name, with)
}

/// Runs `with` on what the page has shown besides, if anything.
pub(crate) fn with_shown<T>(app: App, with: impl FnOnce(&Pack) -> T) -> Option<T> {
    match app.own.now() {
        Own::Shown(name) => with_named(&name, with),
        _ => None,
    }
}

/// The page's name for the area that holds a point, where it has areas shown.
pub(crate) fn page_area(app: App, at: Point) -> Option<String> {
    let lang = app.lang();
    let found = with_shown(app, |pack| {
        let area = pack.district_at(at.lon, at.lat).ok()??;
        Some(area_name(&area, &lang))
    });
    found.flatten()
}

/// An area's name in `lang`, in any other language, or its id.
pub(crate) fn area_name(area: &Area<'_>, lang: &str) -> String {
    let any = || area.names().next().map(|(_, name)| name);
    area.name(lang)
        .or_else(any)
        .unwrap_or_else(|| area.id())
        .to_owned()
}

/// Fetches the pack unless it is here; whether it is now.
pub(crate) async fn fetch_pack(app: App) -> bool {
    boundaries::fetch(app).await;
    if !app.alive() || with_pack(app, |_| ()).is_some() {
        return true;
    }
    let wanted = app.document(|document| document.pack.for_phones().to_owned());
    let bytes = crate::api::pack(&app.base(), &app.lang(), &wanted).await;
    let Some(pack) = bytes.and_then(|bytes| Pack::open(&bytes).ok()) else {
        return false;
    };
    hold(&wanted, pack);
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
    if let Some(later) = app.later() {
        later.locate(app);
    }
}

/// What [`locate`] does, where the boundaries can be read.
pub(crate) fn find(app: App) {
    let Some(at) = app.draft.peek(|draft| draft.place.at) else {
        app.found.set(Found::Nothing);
        return;
    };
    let found = under(app, at);
    app.edit(|draft| note(&mut draft.place, &found));
    if app.found.peek(|before| *before != found) {
        app.found.set(found);
    }
}

/// Where a point lies, which is not the draft's (yet).
pub(crate) fn under(app: App, at: Point) -> Found {
    let found = with_pack(app, |pack| {
        let located = pack.locate(at.lon, at.lat, at.accuracy_m).ok()?;
        Some(app.document(|document| found(&located, document)))
    });
    found.flatten().unwrap_or(Found::Nothing)
}

/// Notes in the place of a report that left the form where its point lies, once the pack is here.
pub(crate) fn settle(app: App, place: &mut Spot) {
    let Some(at) = place.at else { return };
    match under(app, at) {
        // The boundaries are not here: what was known stays.
        Found::Nothing => {}
        found => note(place, &found),
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
            let agency = area.and_then(|area| {
                let agency = of.agency_of_area(area)?;
                Some(Neighbour {
                    id: agency.id.clone(),
                    area: area.to_owned(),
                })
            });
            Found::Outside { agency }
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
        Found::Outside { agency } => {
            // Whom it is to be handed over to, where the citizen said so.
            let theirs = agency.as_ref().map(|agency| &agency.area);
            place.district = place.district.take().filter(|it| Some(it) == theirs);
            place.candidates.clear();
            place.undecided = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn what_is_handed_over_stays_so_while_it_is_theirs() {
        let theirs = |area: &str| Found::Outside {
            agency: Some(Neighbour {
                id: "agency".into(),
                area: area.into(),
            }),
        };
        let mut place = Spot {
            district: Some("ahsa".into()),
            ..Spot::default()
        };
        note(&mut place, &theirs("ahsa"));
        assert_eq!(place.district.as_deref(), Some("ahsa"));
        note(&mut place, &theirs("hafar"));
        assert_eq!(place.district, None);
    }
}
