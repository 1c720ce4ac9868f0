//! Where it is, and whose it is.

use super::asks;
use super::limits::LINE;
use super::written::{Written, words};
use crate::district::{DEFAULT_RADIUS_M, Located, PHONE_BOUND_M, Pack, PointError};
use crate::municipality::{Ask, PublicCategory, PublicMunicipality};
use crate::reason::{Reason, Violation};
use crate::report::{Place, Point, Report};

#[derive(Default)]
pub(super) struct Placed {
    pub(super) at: Option<Point>,
    pub(super) landmark: Option<Written>,
    pub(super) asset: Option<Written>,
    pub(super) district: Option<String>,
    pub(super) candidates: Vec<String>,
    pub(super) marks: Vec<Reason>,
}

pub(super) fn judge(
    municipality: &PublicMunicipality,
    pack: &Pack,
    category: Option<&PublicCategory>,
    report: &Report,
    found: &mut Vec<Violation>,
) -> Placed {
    let needed = asks(municipality, category).place == Ask::Required;
    let Some(place) = &report.place else {
        if needed {
            found.push(Violation::new(Reason::PlaceMissing, "/place"));
        }
        return Placed::default();
    };
    let mut line = |typed: &Option<String>, field| {
        let typed = typed.as_deref()?;
        words(typed, LINE, field, found)
    };
    let landmark = line(&place.landmark, "/place/landmark");
    let asset = line(&place.asset, "/place/asset");
    let used = report.pack.as_deref();
    let on_phone = used.is_some_and(|used| municipality.pack.is_phones(used));
    let mut placed = Placed {
        landmark,
        asset,
        ..decide(municipality, pack, on_phone, place, found)
    };
    if used.is_some_and(|used| !municipality.pack.knows(used)) {
        placed.marks.push(Reason::PackDiffers);
    }
    placed
}

fn decide(
    municipality: &PublicMunicipality,
    pack: &Pack,
    on_phone: bool,
    place: &Place,
    found: &mut Vec<Violation>,
) -> Placed {
    let known = |id: &str| municipality.district(id).is_some();
    let confirmed = place.district.as_deref();
    // Each district once at most, and the first that is wrong speaks for the rest: a short body must
    // not be answered with a thousand sentences, nor stored with a thousand candidates.
    let repeated = |index, id| place.candidates.iter().take(index).any(|other| other == id);
    let wrong = place
        .candidates
        .iter()
        .enumerate()
        .find(|(index, id)| !known(id) || repeated(*index, *id));
    if let Some((index, _)) = wrong {
        let field = format!("/place/candidates/{index}");
        found.push(Violation::new(Reason::PlaceDistrictUnknown, field));
    }
    let Some(at) = place.at else {
        match confirmed {
            Some(id) if known(id) => {}
            Some(_) => {
                found.push(Violation::new(
                    Reason::PlaceDistrictUnknown,
                    "/place/district",
                ));
            }
            None if place.candidates.is_empty() => {
                found.push(Violation::new(Reason::PlaceMissing, "/place"));
            }
            None => {}
        }
        return Placed {
            district: confirmed.map(str::to_owned),
            candidates: if wrong.is_some() {
                Vec::new()
            } else {
                place.candidates.clone()
            },
            ..Placed::default()
        };
    };
    let at = Point {
        accuracy_m: at
            .accuracy_m
            .filter(|metres| metres.is_finite() && *metres >= 0.0),
        ..at
    };
    let located = if on_phone {
        locate_as_phones(pack, place, at)
    } else {
        pack.whose(at.lon, at.lat, at.accuracy_m)
    };
    let Ok(located) = located else {
        found.push(Violation::new(Reason::PlaceInvalid, "/place/at"));
        return Placed::default();
    };
    let placed = whose(municipality, place, &located).unwrap_or_else(|| {
        found.push(refusal(pack, at, &located));
        Placed::default()
    });
    Placed {
        at: Some(at),
        ..placed
    }
}

/// Where a point lies that was shown on a phone with borders up to [`PHONE_BOUND_M`] from ours. What
/// it offered is so much farther at the most, and so much again by its own radius; who chose it is
/// neither corrected nor refused.
fn locate_as_phones<'p>(
    pack: &'p Pack,
    place: &Place,
    at: Point,
) -> Result<Located<'p>, PointError> {
    let located = pack.whose(at.lon, at.lat, at.accuracy_m)?;
    let offered = |located: &Located<'_>| match place.district.as_deref() {
        Some(id) => located.admits(id),
        None => place.candidates.is_empty() || !is_outside(located),
    };
    if offered(&located) {
        return Ok(located);
    }
    let radius = at.accuracy_m.unwrap_or_default().max(DEFAULT_RADIUS_M) + 2.0 * PHONE_BOUND_M;
    let wider = pack.whose(at.lon, at.lat, Some(radius))?;
    Ok(if offered(&wider) { wider } else { located })
}

/// Whose a point is that lies as `located` says; nothing where that is nobody's here.
fn whose(
    municipality: &PublicMunicipality,
    place: &Place,
    located: &Located<'_>,
) -> Option<Placed> {
    let confirmed = place.district.as_deref();
    Some(match (confirmed, located.containing()) {
        // What the citizen confirmed is honoured wherever the boundaries leave room for it.
        (Some(id), _) if located.admits(id) => Placed::of(id),
        // Elsewhere ours decides, both are kept, and nobody is refused for it: a queued report may
        // have been decided with last month's boundaries.
        (Some(_), Some(ours)) => Placed {
            marks: vec![Reason::DistrictDiffers],
            ..Placed::of(ours.id())
        },
        // Outside, the reporter may confirm whose it is instead: it is passed on to them.
        (Some(id), None) if is_agencys(municipality, located, id) => Placed::of(id),
        (None, Some(ours)) if matches!(located, Located::Inside { .. }) => Placed::of(ours.id()),
        (None, _) if !place.candidates.is_empty() && !is_outside(located) => Placed {
            candidates: place.candidates.clone(),
            ..Placed::default()
        },
        _ => return None,
    })
}

impl Placed {
    fn of(district: &str) -> Placed {
        Placed {
            district: Some(district.to_owned()),
            ..Placed::default()
        }
    }
}

/// Whether `id` is the area around the point of an agency that the municipality passes reports on to.
fn is_agencys(municipality: &PublicMunicipality, located: &Located<'_>, id: &str) -> bool {
    let (Located::Outside { neighbour, .. } | Located::Near { neighbour, .. }) = located else {
        return false;
    };
    let here = neighbour.as_ref().is_some_and(|area| area.id() == id);
    here && municipality.agency_of_area(id).is_some()
}

fn is_outside(located: &Located<'_>) -> bool {
    matches!(located, Located::Outside { .. })
}

fn refusal(pack: &Pack, at: Point, located: &Located<'_>) -> Violation {
    match located {
        Located::Near { candidates, .. } => {
            let ids: Vec<&str> = candidates.iter().map(|it| it.district.id()).collect();
            Violation::new(Reason::PlaceAmbiguous, "/place/district")
                .with("districts", ids.join(" "))
        }
        Located::Outside { neighbour, .. } => {
            let mut violation = Violation::new(Reason::PlaceOutside, "/place/at");
            if let Some(nearest) = pack.nearest(at.lon, at.lat) {
                violation = violation.with("nearest", nearest.district.id()).with(
                    "distance_m",
                    // Whole metres: a figure for a sentence, not for a decision. As an integer: the
                    // phone needs no words for other floats.
                    libm::round(nearest.distance_m) as u64,
                );
            }
            match neighbour {
                Some(area) => violation.with("neighbour", area.id()),
                None => violation,
            }
        }
        Located::Inside { .. } => Violation::new(Reason::PlaceOutside, "/place/at"),
    }
}
