//! What crosses to the edge and to the device's store, as JavaScript objects; what the edge answers
//! is read in `told`.
//!
//! By hand, for the reason given in `document`: each literal or pattern names every field, so that
//! a new one does not compile until it is written here. A journey sends each of them to a real edge.

use balagh_shared::municipality::Kind;
use balagh_shared::receipt::{Acknowledged, Receipt};
use balagh_shared::report::{Answer, Contact, Place, PlaceSource, Point, Report, ReporterType};
use wasm_bindgen::prelude::*;

use crate::document::{kind, list, string, strings};
use crate::draft::{Confirmed, Draft, Spot, Step};
use crate::js::{array, get, number, object, set, text};

/// The report as the edge reads it.
pub(crate) fn report(of: &Report) -> JsValue {
    let Report {
        category,
        description,
        lang,
        place,
        pack,
        answers,
        photos,
        contact,
        share_contact,
        observed_at,
        declared,
        reporter_type,
        channel,
        partner_reference,
        test,
    } = of;
    let reporter_type = match reporter_type {
        ReporterType::Person => "person",
        ReporterType::Agency => "agency",
        ReporterType::Partner => "partner",
    };
    let written = object([
        ("category", category.as_str().into()),
        ("description", description.as_str().into()),
        ("lang", lang.as_str().into()),
        ("answers", answers_of(answers)),
        ("photos", texts(photos)),
        ("share_contact", (*share_contact).into()),
        ("declared", (*declared).into()),
        ("reporter_type", reporter_type.into()),
        ("channel", channel.as_str().into()),
        ("test", (*test).into()),
    ]);
    if let Some(place) = place {
        set(&written, "place", place_of(place));
    }
    if let Some(Contact { phone, email, name }) = contact {
        let contact = object([]);
        some(&contact, "phone", phone);
        some(&contact, "email", email);
        some(&contact, "name", name);
        set(&written, "contact", contact);
    }
    some(&written, "pack", pack);
    some(
        &written,
        "observed_at",
        &observed_at.map(|at| at.to_string()),
    );
    some(&written, "partner_reference", partner_reference);
    written
}

fn place_of(of: &Place) -> JsValue {
    let Place {
        at,
        source,
        district,
        candidates,
        landmark,
        asset,
    } = of;
    let written = object([
        ("source", code(*source).into()),
        ("candidates", texts(candidates)),
    ]);
    if let Some(at) = at {
        set(&written, "at", point_of(at));
    }
    some(&written, "district", district);
    some(&written, "landmark", landmark);
    some(&written, "asset", asset);
    written
}

fn point_of(of: &Point) -> JsValue {
    let Point {
        lon,
        lat,
        accuracy_m,
    } = *of;
    let written = object([("lon", lon.into()), ("lat", lat.into())]);
    if let Some(metres) = accuracy_m {
        set(&written, "accuracy_m", metres.into());
    }
    written
}

fn answers_of(of: &[Answer]) -> JsValue {
    array(of.iter().map(|Answer { question, values }| {
        object([
            ("question", question.as_str().into()),
            ("values", texts(values)),
        ])
    }))
}

/// A receipt as it is kept on the device until it was seen.
pub(crate) fn kept_receipt(of: &Receipt) -> JsValue {
    let Receipt {
        number,
        secret,
        received_at,
        verdict,
        district,
        department,
        agency,
        due,
        joins,
        status_url,
    } = of;
    let verdict = match verdict {
        Acknowledged::Accepted => "accepted",
        Acknowledged::Redirected => "redirected",
    };
    let written = object([
        ("number", number.as_str().into()),
        ("secret", secret.as_str().into()),
        ("received_at", received_at.to_string().into()),
        ("verdict", verdict.into()),
        ("status_url", status_url.as_str().into()),
    ]);
    some(&written, "district", district);
    some(&written, "department", department);
    some(&written, "agency", agency);
    some(&written, "due", &due.map(|at| at.to_string()));
    some(&written, "joins", joins);
    written
}

/// The draft as it is kept on the device.
pub(crate) fn draft(of: &Draft) -> JsValue {
    let Draft {
        id,
        step,
        kind,
        category,
        description,
        place,
        answers,
        phone,
        email,
        by_email,
        confirmed,
        declared,
        reviewing,
        joins,
        partner_reference,
    } = of;
    let Spot {
        at,
        source,
        district,
        candidates,
        undecided,
        outside,
        landmark,
        asset,
        listed,
    } = place;
    let spot = object([
        ("source", code(*source).into()),
        ("candidates", texts(candidates)),
        ("undecided", (*undecided).into()),
        ("outside", (*outside).into()),
        ("landmark", landmark.as_str().into()),
        ("asset", asset.as_str().into()),
        ("listed", (*listed).into()),
    ]);
    if let Some(at) = at {
        set(&spot, "at", point_of(at));
    }
    some(&spot, "district", district);
    let written = object([
        ("id", id.as_str().into()),
        ("step", step.code().into()),
        ("kind", kind.code().into()),
        ("description", description.as_str().into()),
        ("place", spot),
        ("answers", answers_of(answers)),
        ("phone", phone.as_str().into()),
        ("email", email.as_str().into()),
        ("by_email", (*by_email).into()),
        ("declared", (*declared).into()),
        ("reviewing", (*reviewing).into()),
    ]);
    some(&written, "category", category);
    some(&written, "joins", joins);
    if let Some(Confirmed { contact, token }) = confirmed {
        let confirmed = object([
            ("contact", contact.as_str().into()),
            ("token", token.as_str().into()),
        ]);
        set(&written, "confirmed", confirmed);
    }
    some(&written, "partner_reference", partner_reference);
    written
}

/// A draft that was kept; what an older widget did not write is empty. Nothing without a key.
pub(crate) fn kept_draft(of: &JsValue) -> Option<Draft> {
    let spot = get(of, "place");
    let at = get(&spot, "at");
    let step = string(of, "step");
    let source = string(&spot, "source");
    let kind: Kind = kind(of);
    Some(Draft {
        id: text(of, "id")?,
        step: Step::ALL
            .into_iter()
            .find(|it| it.code() == step)
            .unwrap_or_default(),
        kind,
        category: text(of, "category"),
        description: string(of, "description"),
        place: Spot {
            at: number(&at, "lon")
                .zip(number(&at, "lat"))
                .map(|(lon, lat)| Point {
                    lon,
                    lat,
                    accuracy_m: number(&at, "accuracy_m"),
                }),
            source: SOURCES
                .into_iter()
                .find(|(_, code)| *code == source)
                .map_or(PlaceSource::Map, |(source, _)| source),
            district: text(&spot, "district"),
            candidates: strings(&get(&spot, "candidates")),
            undecided: get(&spot, "undecided").is_truthy(),
            outside: get(&spot, "outside").is_truthy(),
            landmark: string(&spot, "landmark"),
            asset: string(&spot, "asset"),
            listed: get(&spot, "listed").is_truthy(),
        },
        answers: list(of, "answers", |it| Answer {
            question: string(it, "question"),
            values: strings(&get(it, "values")),
        }),
        phone: string(of, "phone"),
        email: string(of, "email"),
        by_email: get(of, "by_email").is_truthy(),
        confirmed: text(&get(of, "confirmed"), "contact")
            .zip(text(&get(of, "confirmed"), "token"))
            .map(|(contact, token)| Confirmed { contact, token }),
        declared: get(of, "declared").is_truthy(),
        reviewing: get(of, "reviewing").is_truthy(),
        joins: text(of, "joins"),
        partner_reference: text(of, "partner_reference"),
    })
}

const SOURCES: [(PlaceSource, &str); 8] = [
    (PlaceSource::Map, "map"),
    (PlaceSource::Device, "device"),
    (PlaceSource::Photo, "photo"),
    (PlaceSource::PlusCode, "plus_code"),
    (PlaceSource::NationalAddress, "national_address"),
    (PlaceSource::Coordinates, "coordinates"),
    (PlaceSource::Asset, "asset"),
    (PlaceSource::List, "list"),
];

fn code(of: PlaceSource) -> &'static str {
    SOURCES
        .into_iter()
        .find(|(source, _)| *source == of)
        .map_or("map", |(_, code)| code)
}

fn texts(of: &[String]) -> JsValue {
    array(of.iter().map(|text| text.as_str().into()))
}

fn some(into: &JsValue, key: &str, value: &Option<String>) {
    if let Some(value) = value {
        set(into, key, value.as_str().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_has_the_code_that_the_edge_reads() {
        for (source, code) in SOURCES {
            assert_eq!(serde_json::to_value(source).unwrap(), code);
        }
    }
}
