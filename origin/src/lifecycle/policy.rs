//! What a municipality's document says about the life of a report of one category.

use balagh_shared::municipality::{
    Agency, Category, Closing, Department, EscalationLevel, Kind, Municipality, PublicRule,
    TimeZone,
};
use balagh_shared::routing;
use balagh_shared::time::{DAY_MS, Timestamp};

/// The rules for one report. A category that the document has no more is led by what holds for the
/// municipality as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'d> {
    document: &'d Municipality,
    category: Option<&'d Category>,
}

impl<'d> Policy<'d> {
    /// For the category with this code.
    #[must_use]
    pub fn of(document: &'d Municipality, category: &str) -> Policy<'d> {
        Policy {
            document,
            category: document.category(category),
        }
    }

    /// The municipality's clocks.
    #[must_use]
    pub fn time_zone(&self) -> &'d TimeZone {
        &self.document.time_zone
    }

    /// Which of the six kinds it is.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.category.map(|category| category.kind)
    }

    /// Whether its words may be made public.
    #[must_use]
    pub fn may_be_published(&self) -> bool {
        self.category
            .is_some_and(|category| category.public == PublicRule::Reviewed)
    }

    /// How it is closed.
    #[must_use]
    pub fn closing(&self) -> Closing {
        let own = self.category.and_then(|category| category.closing);
        own.unwrap_or(self.document.closing)
    }

    /// When a report that was resolved at `at` closes without its reporter's word.
    #[must_use]
    pub fn closes_by_itself(&self, at: Timestamp) -> Option<Timestamp> {
        let days = i64::from(self.closing().fallback_days);
        (days > 0).then(|| at.plus_millis(days * DAY_MS))
    }

    /// From when a reporter who asked for it at `at` may ask again: the next working day of the
    /// category's calendar, else of the municipality's first one.
    #[must_use]
    pub fn next_follow_up(&self, at: Timestamp) -> Timestamp {
        let named = self
            .category
            .and_then(|category| category.due.as_ref())
            .and_then(|due| due.calendar.as_deref())
            .and_then(|id| self.document.calendar(id));
        match named.or(self.document.calendars.first()) {
            Some(calendar) => calendar.next_working_day(at, &self.document.time_zone),
            None => at.plus_millis(DAY_MS),
        }
    }

    /// By when it is to be resolved, counted from `from`.
    #[must_use]
    pub fn due(&self, from: Timestamp) -> Timestamp {
        routing::due(self.document, self.category, from)
    }

    /// The level of escalation with this number, the first being 1.
    #[must_use]
    pub fn level(&self, level: u32) -> Option<&'d EscalationLevel> {
        let index = usize::try_from(level).ok()?.checked_sub(1)?;
        self.document.escalation.get(index)
    }

    /// When a report due at `due` reaches this level; nothing where there is no such level.
    #[must_use]
    pub fn escalates(&self, due: Timestamp, level: u32) -> Option<Timestamp> {
        let after = &self.level(level)?.after;
        let calendar = after
            .calendar
            .as_deref()
            .and_then(|id| self.document.calendar(id));
        Some(after.after(due, &self.document.time_zone, calendar))
    }

    /// The department with this code.
    #[must_use]
    pub fn department(&self, code: &str) -> Option<&'d Department> {
        self.document.departments.iter().find(|it| it.code == code)
    }

    /// The agency with this id.
    #[must_use]
    pub fn agency(&self, id: &str) -> Option<&'d Agency> {
        self.document.agencies.iter().find(|it| it.id == id)
    }
}
