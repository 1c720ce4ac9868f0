//! Announcements that would never be shown.

use super::Check;

impl Check<'_> {
    pub(super) fn announcements(&mut self) {
        for (index, announcement) in self.document.announcements.iter().enumerate() {
            if announcement.from >= announcement.until {
                self.fault(
                    format!("/announcements/{index}/until"),
                    "announcement.never",
                    "it ends before it begins",
                    "write an end that is later than its beginning",
                );
            }
        }
    }
}
