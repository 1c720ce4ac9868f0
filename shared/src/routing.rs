//! Which department of which sub-municipality gets a report, and by when.

use serde::{Deserialize, Serialize};

use crate::municipality::{Agency, Category, Due, DueUnit, Municipality};
use crate::time::Timestamp;

/// Where a report goes. The edge decides it once; the origin stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The sub-municipality; none for what has no place, or is undecided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Those it lies between, when undecided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// The department's code.
    pub department: String,
    /// The agency it is passed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// By when it is to be resolved.
    pub due: Timestamp,
    /// An attribute that inspectors must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspectors: Option<String>,
}

/// By when a report of `category` is to be resolved, counted from `from`.
#[must_use]
pub fn due(municipality: &Municipality, category: Option<&Category>, from: Timestamp) -> Timestamp {
    let due = category
        .and_then(|category| category.due.as_ref())
        .unwrap_or(&DEFAULT_DUE);
    let calendar = due
        .calendar
        .as_deref()
        .and_then(|id| municipality.calendar(id));
    due.after(from, &municipality.time_zone, calendar)
}

/// What is due when the document does not say: three clock days.
const DEFAULT_DUE: Due = Due {
    amount: 72,
    unit: DueUnit::Hours,
    calendar: None,
};

/// Routes a report of `category` in `district` (or between `candidates`), received at `received`.
///
/// Undecided reports, and those whose department does not exist in the district, go to triage; so do
/// those in a neighbouring agency's area, from where they are passed on to it.
#[must_use]
pub fn route(
    municipality: &Municipality,
    category: &Category,
    district: Option<&str>,
    candidates: &[String],
    received: Timestamp,
) -> Route {
    let outside = district.and_then(|area| {
        let looks_after = |it: &&Agency| it.area.as_deref() == Some(area);
        municipality.agencies.iter().find(looks_after)
    });
    let district = district.filter(|_| outside.is_none());
    let undecided = district.is_none() && !candidates.is_empty();
    let serving = category
        .department
        .as_deref()
        .and_then(|code| municipality.departments.iter().find(|d| d.code == code))
        .filter(|department| match (&department.districts, district) {
            (Some(served), Some(district)) => served.iter().any(|d| d == district),
            _ => true,
        })
        .filter(|_| !undecided && outside.is_none());
    Route {
        district: district.map(str::to_owned),
        candidates: if undecided {
            candidates.to_vec()
        } else {
            Vec::new()
        },
        department: serving.map_or_else(|| municipality.triage.clone(), |d| d.code.clone()),
        agency: category
            .transfer
            .clone()
            .or_else(|| outside.map(|agency| agency.id.clone())),
        due: due(municipality, Some(category), received),
        inspectors: category.inspectors.clone(),
    }
}
