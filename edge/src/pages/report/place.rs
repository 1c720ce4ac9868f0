//! Where a report says that it is, without a map: what was typed, read, and whose it is.

use balagh_shared::district::Located;
use balagh_shared::report::{Place, PlaceSource, Point};
use balagh_shared::typed_place::{PlusCode, asset_number, coordinates, national_address};

use super::draft::{Draft, UNDECIDED};
use crate::served::Served;

/// What became of what was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found<'s> {
    /// No point: the list of districts says where.
    Nowhere,
    /// Something was typed for the point that is none.
    Unread,
    /// In this district.
    Within(&'s str),
    /// Too close to a border to tell between these.
    Between(Vec<&'s str>),
    /// In none; in this area of a neighbouring agency's that reports can be passed on to.
    Outside(Option<&'s str>),
}

/// Reads where the draft says that it is.
pub(super) fn found<'s>(draft: &Draft, served: &'s Served) -> Found<'s> {
    let is_named = national_address(&draft.exact).is_some() || asset_in_place(draft).is_some();
    if draft.exact.trim().is_empty() || is_named {
        return Found::Nowhere;
    }
    let Some((at, _)) = point(draft, served) else {
        return Found::Unread;
    };
    let Ok(located) = served.pack().locate(at.lon, at.lat, None) else {
        return Found::Unread;
    };
    // What was chosen from the list is an answer to the question that a border would ask.
    if let Some(chosen) = served.public().district(&draft.district)
        && located.admits(&chosen.id)
    {
        return Found::Within(&chosen.id);
    }
    let agencys = |area: Option<balagh_shared::district::Area<'s>>| {
        let id = area?.id();
        served.public().agency_of_area(id).map(|_| id)
    };
    match located {
        Located::Inside { district, .. } => Found::Within(district.id()),
        Located::Near { candidates, .. } => {
            Found::Between(candidates.iter().map(|it| it.district.id()).collect())
        }
        Located::Outside { neighbour, .. } => Found::Outside(agencys(neighbour)),
    }
}

/// The number of an asset that was typed where a point is asked for. One of digits alone may as well be
/// half of a pair of coordinates.
fn asset_in_place(draft: &Draft) -> Option<String> {
    let number = asset_number(&draft.exact)?;
    let is_told = number.chars().any(|it| it.is_alphabetic() || it == '#');
    (is_told && PlusCode::parse(&number).is_none() && coordinates(&number).is_none())
        .then_some(number)
}

/// The point that was typed, and as what.
fn point(draft: &Draft, served: &Served) -> Option<(Point, PlaceSource)> {
    let typed = draft.exact.trim();
    let (lon, lat, source) = if let Some((lon, lat)) = coordinates(typed) {
        (lon, lat, PlaceSource::Coordinates)
    } else {
        // A short code is the one nearest to the chosen district, else to the municipality's middle.
        let (code, _) = PlusCode::parse(typed)?;
        let [lon, lat] = served.document().view.center;
        let district = served.pack().district(&draft.district);
        let (lon, lat) = district.map_or((lon, lat), |it| it.label_point());
        let cell = code.near(lon, lat);
        (cell.lon, cell.lat, PlaceSource::PlusCode)
    };
    let at = Point {
        lon,
        lat,
        accuracy_m: None,
    };
    Some((at, source))
}

/// The draft's place as it is sent; nothing where nothing was said of it.
pub(super) fn place(draft: &Draft, served: &Served) -> Option<Place> {
    let said = |typed: &str| Some(typed.trim().to_owned()).filter(|it| !it.is_empty());
    let chosen = || said(&draft.district);
    let mut landmark = said(&draft.landmark);
    let address = national_address(&draft.exact);
    let asset = said(&draft.asset).or_else(|| asset_in_place(draft).filter(|_| address.is_none()));
    if let Some(address) = &address {
        landmark = Some(match landmark {
            Some(words) => format!("{words} ({address})"),
            None => address.clone(),
        });
    }
    let mut place = Place {
        at: None,
        source: match (&address, &asset) {
            (Some(_), _) => PlaceSource::NationalAddress,
            (None, Some(_)) => PlaceSource::Asset,
            (None, None) => PlaceSource::List,
        },
        district: None,
        candidates: Vec::new(),
        landmark,
        asset,
    };
    match found(draft, served) {
        Found::Nowhere | Found::Unread => place.district = chosen(),
        Found::Within(district) => place.district = Some(district.to_owned()),
        Found::Between(candidates) => match candidates.iter().find(|id| **id == draft.near) {
            Some(id) => place.district = Some((*id).to_owned()),
            None if draft.near == UNDECIDED => {
                place.candidates = candidates.iter().map(|id| (*id).to_owned()).collect();
            }
            None => {}
        },
        Found::Outside(_) => place.district = said(&draft.handed),
    }
    if let Some((at, source)) = point(draft, served).filter(|_| address.is_none()) {
        place.at = Some(at);
        place.source = source;
    }
    let is_said = place.at.is_some() || place.district.is_some() || !place.candidates.is_empty();
    is_said.then_some(place)
}
