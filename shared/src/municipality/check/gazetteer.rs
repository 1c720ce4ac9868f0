//! Named places, which stand in a file of their own.

use std::collections::BTreeSet;

use super::Fault;
use crate::municipality::{Gazetteer, Municipality};

/// Everything there is to mend in the `places` that `document` names.
///
/// All of it stands at `/gazetteer`, which is where the document names the file; each fault says which
/// place it is about.
#[must_use]
pub fn gazetteer(document: &Municipality, places: &Gazetteer) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |code, message, instead| {
        faults.push(Fault::new("/gazetteer", code, message, instead));
    };
    let mut seen = BTreeSet::new();
    for place in &places.0 {
        let id = &place.id;
        if !seen.insert(id) {
            let message = format!("the place {id:?} stands there twice");
            fault("name.twice", message, "give each place its own id");
        }
        let [lon, lat] = place.at;
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            let message = format!("the place {id:?} is nowhere on earth: [{lon}, {lat}]");
            fault(
                "place.nowhere",
                message,
                "write longitude, then latitude, in degrees",
            );
        }
        for language in &document.languages {
            let name = place.names.0.get(language);
            if name.is_none_or(|name| name.trim().is_empty()) {
                let message =
                    format!("the place {id:?} has no name in {language:?}, which is offered");
                fault(
                    "label.missing",
                    message,
                    "translate it, or leave the place out",
                );
            }
        }
    }
    faults
}
