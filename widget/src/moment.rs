//! Instants in words, where the municipality is: by both calendars where it asks for both.

use balagh_shared::time::Timestamp;

use crate::app::App;

impl App {
    /// A day and its time, in the municipality's zone.
    pub(crate) fn moment(self, at: Timestamp) -> String {
        let zone = self.document(|document| document.time_zone.clone());
        self.locale.peek(|locale| locale.moment(at, &zone))
    }

    /// The same day by the Umm al-Qura calendar, where the municipality asks for it.
    pub(crate) fn hijri(self, at: Timestamp) -> Option<String> {
        let (zone, asked) = self.document(|document| (document.time_zone.clone(), document.hijri));
        let day = asked.then(|| self.locale.peek(|locale| locale.hijri(at, &zone)))?;
        Some(self.fill("hijri", &[("d", &day)]))
    }
}
