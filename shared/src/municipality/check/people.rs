//! Departments, agencies, and who hears of what is past due.

use super::Check;
use super::written::{is_email, is_phone, is_web_address};
use crate::municipality::{Due, DueUnit};

/// Most hours of a due time.
const MOST_HOURS: u32 = 87_600;

impl Check<'_> {
    pub(super) fn people(&mut self) {
        self.departments();
        self.agencies();
        self.escalation();
    }

    fn departments(&mut self) {
        let document = self.document;
        let codes = document.departments.iter().map(|it| it.code.as_str());
        self.codes("department code", codes, |index| {
            format!("/departments/{index}/code")
        });
        for (index, department) in document.departments.iter().enumerate() {
            let path = format!("/departments/{index}");
            if department.districts.as_ref().is_some_and(Vec::is_empty) {
                self.fault(
                    format!("{path}/districts"),
                    "department.nowhere",
                    "the department serves no district: all of its work goes to triage",
                    "name its districts, or leave the list out where it serves all of them",
                );
            }
            if let Some(pack) = self.pack {
                for (at, id) in department.districts.iter().flatten().enumerate() {
                    let ids: Vec<&str> = pack.districts().map(|it| it.id()).collect();
                    let path = format!("{path}/districts/{at}");
                    self.known(path, "district.unknown", "district", id, ids.into_iter());
                }
            }
            if let Some(email) = department.email.as_deref().filter(|it| !is_email(it)) {
                self.fault(
                    format!("{path}/email"),
                    "contact.invalid",
                    format!("{email:?} is no e-mail address"),
                    "write one, such as lighting@town.example, or leave it out",
                );
            }
        }
        self.department("/triage", &document.triage);
    }

    fn agencies(&mut self) {
        let document = self.document;
        let ids = document.agencies.iter().map(|agency| agency.id.as_str());
        self.codes("agency id", ids, |index| format!("/agencies/{index}/id"));
        for (index, agency) in document.agencies.iter().enumerate() {
            let contact = &agency.contact;
            if !is_phone(contact) && !is_email(contact) && !is_web_address(contact) {
                self.fault(
                    format!("/agencies/{index}/contact"),
                    "contact.invalid",
                    format!("{contact:?} reaches nobody"),
                    "write a phone number, an e-mail address or an https address",
                );
            }
            if let (Some(area), Some(pack)) = (&agency.area, self.pack) {
                let ids: Vec<&str> = pack.neighbours().map(|it| it.id()).collect();
                self.known(
                    format!("/agencies/{index}/area"),
                    "area.unknown",
                    "area in the layer of neighbours",
                    area,
                    ids.into_iter(),
                );
            }
        }
    }

    fn escalation(&mut self) {
        let document = self.document;
        let mut before: Option<&Due> = None;
        for (index, level) in document.escalation.iter().enumerate() {
            let path = format!("/escalation/{index}");
            self.due(&format!("{path}/after"), &level.after);
            for (at, code) in level.tell.iter().enumerate() {
                self.department(format!("{path}/tell/{at}"), code);
            }
            // Levels in different units cannot be compared without a date.
            let comparable = before
                .filter(|it| it.unit == level.after.unit && it.calendar == level.after.calendar);
            if comparable.is_some_and(|it| it.amount >= level.after.amount) {
                self.fault(
                    format!("{path}/after/amount"),
                    "escalation.order",
                    "the level is reached no later than the one before",
                    "write a longer time, or reorder the levels",
                );
            }
            before = Some(&level.after);
        }
    }

    /// Adds what is wrong with a due time at `path`.
    pub(super) fn due(&mut self, path: &str, due: &Due) {
        let document = self.document;
        match &due.calendar {
            Some(id) => {
                let path = format!("{path}/calendar");
                let ids = document.calendars.iter().map(|it| it.id.as_str());
                self.known(path, "calendar.unknown", "calendar", id, ids);
            }
            None if due.unit == DueUnit::WorkingHours => self.fault(
                path,
                "calendar.missing",
                "working hours need a calendar",
                "name one of /calendars, or count hours",
            ),
            None => {}
        }
        if due.amount > MOST_HOURS {
            self.fault(
                format!("{path}/amount"),
                "number.range",
                format!("{} hours are past anybody's patience", due.amount),
                format!("write at most {MOST_HOURS}, ten years"),
            );
        }
        if due.amount == 0 {
            self.fault(
                format!("{path}/amount"),
                "due.zero",
                "it would be due at once",
                "write at least 1",
            );
        }
    }
}
