//! What everybody is told for a while, before anything else.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::translated::Translated;

/// A notice for all who open the form: maintenance, a storm, an office that moved.
///
/// It stands in the document, because that is what operators change anyway and what every page
/// fetches; it may be written weeks before. It has an end, so that none is forgotten, and each device
/// shows and takes it down by its own clock, also where the edge has been out of reach since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Announcement {
    /// From when on it is shown.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// What is said: plain text, a sentence or two.
    pub text: Translated,
}

impl Announcement {
    /// Whether it is shown at `now`.
    ///
    /// ```
    /// use balagh_shared::municipality::Announcement;
    /// use balagh_shared::time::Timestamp;
    /// use balagh_shared::translated::Translated;
    /// let [from, until] = [10, 20].map(Timestamp::from_millis);
    /// let storm = Announcement { from, until, text: Translated::default() };
    /// let shown = [9, 10, 19, 20].map(|now| storm.is_shown(Timestamp::from_millis(now)));
    /// assert_eq!(shown, [false, true, true, false]);
    /// ```
    #[must_use]
    pub fn is_shown(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}
