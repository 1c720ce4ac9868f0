//! What the address of a form says before anybody typed: a partner's deep link.

use balagh_shared::rules::limits::LINE;

use crate::pages::form::Form;
use crate::served::Served;

/// `?category=&lat=&lon=&asset=&ref=`. What is none of these is passed over: the citizen still
/// reports, and says it themselves.
#[derive(Debug, Default, Clone, PartialEq)]
pub(in crate::pages) struct Link {
    /// A category of the municipality's.
    pub(in crate::pages) category: Option<String>,
    /// Longitude and latitude, in degrees.
    pub(in crate::pages) at: Option<[f64; 2]>,
    /// The number on a lamp post, container or sign.
    pub(in crate::pages) asset: Option<String>,
    /// The partner's own number for it.
    pub(in crate::pages) reference: Option<String>,
}

impl Link {
    /// Reads an address's query.
    pub(in crate::pages) fn read(served: &Served, query: &str) -> Link {
        let query = Form::of(query);
        let value = |name: &str| {
            let value = query.text(name).trim();
            let fits = (1..=LINE as usize).contains(&value.chars().count());
            fits.then(|| value.to_owned())
        };
        let degrees = |name: &str, most: f64| {
            let degrees: f64 = value(name)?.parse().ok()?;
            (-most..=most).contains(&degrees).then_some(degrees)
        };
        let point = || Some([degrees("lon", 180.0)?, degrees("lat", 90.0)?]);
        Link {
            category: value("category").filter(|it| served.document().category(it).is_some()),
            at: point(),
            asset: value("asset"),
            reference: value("ref"),
        }
    }
}
