//! How far something is, in words.

use crate::app::App;

impl App {
    /// A distance in words: metres, or kilometres from one on.
    pub(crate) fn distance(self, metres: f64) -> String {
        if metres < 1000.0 {
            return self.count("metres", metres.round() as usize);
        }
        let km = self
            .locale
            .peek(|locale| locale.number((metres / 100.0).round() / 10.0));
        self.fill("kilometres", &[("n", &km)])
    }
}
