//! The draft as it is sent.

use balagh_shared::municipality::PublicMunicipality;
use balagh_shared::report::{Contact, Place, PlaceSource, Report, ReporterType};
use balagh_shared::typed_place::national_address;

use super::{Draft, Spot, Step};

/// What is sent for `draft` to the municipality `of`: with the photos that are to go along (SHA-256
/// in hexadecimal), in the language `lang`, decided with the boundary pack `pack` (its checksum,
/// empty when none was needed).
///
/// The same draft gives the same report, so that sending it again is sending the same.
pub(crate) fn report(
    draft: &Draft,
    of: &PublicMunicipality,
    photos: &[String],
    lang: &str,
    pack: &str,
) -> Report {
    // What was said at a stop that another kind does not pass is kept, and not sent.
    let passes = |step: Step| step.applies(draft, of);
    let reached = Some(draft.contact()).filter(|it| !it.is_empty() && passes(Step::You));
    let place = place(&draft.place).filter(|_| passes(Step::Where));
    Report {
        category: draft.category.clone().unwrap_or_default(),
        description: match (&draft.joins, draft.description.trim()) {
            // The same as that one: nothing else needs to be said.
            (Some(number), "") => number.clone(),
            (_, words) => words.to_owned(),
        },
        lang: lang.to_owned(),
        pack: (place.is_some() && !pack.is_empty()).then(|| pack.to_owned()),
        place,
        answers: draft.counted(of),
        photos: photos.to_vec(),
        contact: reached.map(|contact| {
            let contact = Some(contact.to_owned());
            let (phone, email) = if draft.by_email {
                (None, contact)
            } else {
                (contact, None)
            };
            let name = None;
            Contact { phone, email, name }
        }),
        share_contact: false,
        observed_at: None,
        declared: draft.declared,
        reporter_type: ReporterType::Person,
        channel: "widget".to_owned(),
        partner_reference: draft.partner_reference.clone(),
        test: false,
    }
}

fn place(spot: &Spot) -> Option<Place> {
    if spot.at.is_none() && spot.district.is_none() {
        return None;
    }
    let landmark = spot.landmark.trim();
    let asset = spot.asset.trim();
    let source = match spot.source {
        // The hand only showed on the map, or in the list, what was named.
        PlaceSource::Map if national_address(landmark).is_some() => PlaceSource::NationalAddress,
        PlaceSource::Map if !asset.is_empty() => PlaceSource::Asset,
        PlaceSource::Map if spot.at.is_none() => PlaceSource::List,
        // What the device or a photo said goes with the point.
        _ if spot.at.is_none() => PlaceSource::List,
        source => source,
    };
    Some(Place {
        at: spot.at,
        source,
        district: spot.district.clone().filter(|_| !spot.undecided),
        candidates: if spot.undecided {
            spot.candidates.clone()
        } else {
            Vec::new()
        },
        landmark: (!landmark.is_empty()).then(|| landmark.to_owned()),
        asset: (!asset.is_empty()).then(|| asset.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use balagh_shared::report::Point;

    #[test]
    fn an_undecided_place_travels_with_its_candidates_and_no_district() {
        let spot = Spot {
            at: Some(Point {
                lon: 50.0,
                lat: 26.0,
                accuracy_m: Some(8.0),
            }),
            district: Some("west".into()),
            candidates: vec!["west".into(), "east".into()],
            undecided: true,
            ..Spot::default()
        };
        let place = place(&spot).unwrap();
        assert_eq!(place.district, None);
        assert_eq!(place.candidates, ["west", "east"]);
    }

    #[test]
    fn a_place_without_a_point_is_said_to_come_from_the_list() {
        let spot = Spot {
            district: Some("west".into()),
            landmark: " by the school ".into(),
            ..Spot::default()
        };
        let place = place(&spot).unwrap();
        assert_eq!(place.source, PlaceSource::List);
        assert_eq!(place.landmark.as_deref(), Some("by the school"));
    }

    #[test]
    fn what_a_place_was_named_by_is_its_source_though_a_hand_showed_it() {
        let at = Some(Point {
            lon: 50.0,
            lat: 26.0,
            accuracy_m: None,
        });
        let source = |landmark: &str, asset: &str, source, at| {
            let spot = Spot {
                at,
                source,
                district: Some("west".into()),
                landmark: landmark.into(),
                asset: asset.into(),
                ..Spot::default()
            };
            place(&spot).unwrap().source
        };
        use PlaceSource::{Asset, Device, List, Map, NationalAddress};
        assert_eq!(source("rrrd 2929", "", Map, at), NationalAddress);
        assert_eq!(source("rrrd 2929", "", Map, None), NationalAddress);
        assert_eq!(source("by the school", "LP-1042", Map, at), Asset);
        assert_eq!(source("by the school", "LP-1042", Device, at), Device);
        assert_eq!(source("by the school", "", Map, at), Map);
        assert_eq!(source("by the school", "", Device, None), List);
    }

    #[test]
    fn a_report_without_a_phone_number_is_anonymous() {
        let mut draft = Draft::new("k".repeat(24));
        draft.phone = "  ".into();
        assert_eq!(
            report(&draft, &super::super::tests::municipality(), &[], "ar", "").contact,
            None
        );
    }

    #[test]
    fn who_joins_a_report_without_words_of_their_own_means_that_one() {
        let of = super::super::tests::municipality();
        let mut draft = Draft::new("k".repeat(24));
        draft.joins = Some("EP-0W3GE-1R70W-9".into());
        assert_eq!(
            report(&draft, &of, &[], "ar", "").description,
            "EP-0W3GE-1R70W-9"
        );
        draft.description = "and a deep one".into();
        assert_eq!(
            report(&draft, &of, &[], "ar", "").description,
            "and a deep one"
        );
    }

    #[test]
    fn only_the_contact_that_was_chosen_is_sent() {
        let of = super::super::tests::municipality();
        let mut draft = Draft::new("k".repeat(24));
        draft.phone = "0551234567".into();
        draft.email = "a@example.com ".into();
        let contact = |draft: &Draft| report(draft, &of, &[], "ar", "").contact.unwrap();
        assert_eq!(contact(&draft).phone.as_deref(), Some("0551234567"));
        assert_eq!(contact(&draft).email, None);
        draft.by_email = true;
        assert_eq!(contact(&draft).phone, None);
        assert_eq!(contact(&draft).email.as_deref(), Some("a@example.com"));
    }

    #[test]
    fn thanks_carry_no_place_though_one_was_set_before() {
        let of = super::super::tests::municipality();
        let mut draft = Draft::new("k".repeat(24));
        draft.place.district = Some("west".into());
        draft.choose(of.category("roads.pothole").unwrap());
        assert!(report(&draft, &of, &[], "ar", "").place.is_some());
        draft.choose(of.category("thanks.any").unwrap());
        assert_eq!(report(&draft, &of, &[], "ar", "").place, None);
    }
}
