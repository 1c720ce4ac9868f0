//! From an Open311 request to a report, which the same rules then judge as any other.

use super::NewRequest;
use crate::district::Pack;
use crate::report::{Answer, Contact, Place, PlaceSource, Point, Report, ReporterType};

/// The report that `request` makes, written in `language` and sent by a partner for whom
/// `reporter_type` report.
///
/// Open311 cannot ask its sender anything back. So where the point is too near a border to choose
/// a district, or where there are only words for the place, the report says that it does not know
/// (`candidates` without `district`) and a person decides; nobody guesses. The declaration is the
/// partner's, who agreed to it for its API key.
#[must_use]
pub fn report_of(
    request: &NewRequest,
    pack: &Pack,
    language: &str,
    reporter_type: ReporterType,
) -> Report {
    Report {
        category: request.service_code.clone().unwrap_or_default(),
        description: request.description.clone().unwrap_or_default(),
        lang: language.to_owned(),
        place: place(request, pack),
        pack: None,
        answers: request
            .attributes
            .iter()
            .map(|(code, values)| Answer {
                question: code.clone(),
                values: values.clone(),
            })
            .collect(),
        photos: Vec::new(),
        contact: contact(request),
        share_contact: false,
        observed_at: None,
        declared: true,
        reporter_type,
        channel: "open311".to_owned(),
        partner_reference: None,
        test: false,
    }
}

fn place(request: &NewRequest, pack: &Pack) -> Option<Place> {
    let at = request.lat.zip(request.long).map(|(lat, lon)| Point {
        lon,
        lat,
        accuracy_m: None,
    });
    let landmark = request.address_string.clone();
    let asset = request.address_id.clone();
    if at.is_none() && landmark.is_none() && asset.is_none() {
        return None;
    }
    let candidates = match at {
        Some(at) => pack.choices_at(at.lon, at.lat),
        None => pack
            .districts()
            .map(|district| district.id().to_owned())
            .collect(),
    };
    let source = PlaceSource::Coordinates;
    Some(Place {
        at,
        source,
        district: None,
        candidates,
        landmark,
        asset,
    })
}

fn contact(request: &NewRequest) -> Option<Contact> {
    let names: Vec<&str> = [&request.first_name, &request.last_name]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let contact = Contact {
        phone: request.phone.clone(),
        email: request.email.clone(),
        name: (!names.is_empty()).then(|| names.join(" ")),
    };
    let given = contact.phone.is_some() || contact.email.is_some() || contact.name.is_some();
    given.then_some(contact)
}
