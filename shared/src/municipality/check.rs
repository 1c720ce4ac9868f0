//! What is wrong with a municipality document beyond its shape: names that refer to nothing, labels
//! that are missing, numbers that could not be read back.

use std::collections::BTreeSet;
use std::fmt;

use super::{Category, Datatype, DueUnit, Municipality, Question};
use crate::district::Pack;
use crate::number::Prefix;
use crate::rules::is_sha256;
use crate::translated::Translated;

/// Something to mend in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where: a JSON Pointer (RFC 6901) into the document.
    pub path: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() {
            "/"
        } else {
            &self.path
        };
        write!(f, "{path}: {}", self.message)
    }
}

/// Languages every label must have: those that refusals are written in.
const LABEL_LANGUAGES: [&str; 2] = ["ar", "en"];

/// Everything there is to mend in `document`, in its own order; `pack` is compiled from its
/// layers. Nothing when it can be served.
#[must_use]
pub fn check(document: &Municipality, pack: &Pack) -> Vec<Fault> {
    let mut check = Check {
        document,
        pack,
        faults: Vec::new(),
    };
    check.identity();
    check.people();
    check.categories();
    check.calendars();
    check.partners();
    check.faults
}

struct Check<'a> {
    document: &'a Municipality,
    pack: &'a Pack,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault {
            path: path.into(),
            message: message.into(),
        });
    }

    fn identity(&mut self) {
        let document = self.document;
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if document.id.is_empty() || !document.id.bytes().all(plain) {
            self.fault(
                "/id",
                "use lower-case letters, digits and hyphens: it stands in addresses",
            );
        }
        if let Err(error) = Prefix::parse(&document.prefix) {
            let advice = "use two to four capital letters without I, L, O and U";
            self.fault(
                "/prefix",
                format!("{:?}: {error}; {advice}", document.prefix),
            );
        }
        if document.languages.is_empty() {
            self.fault(
                "/languages",
                "name at least one language, the default first",
            );
        }
        self.label("/names", &document.names);
        let privacy = &document.privacy;
        for (name, label) in [
            ("controller", &privacy.controller),
            ("purpose", &privacy.purpose),
            ("basis", &privacy.basis),
            ("recipients", &privacy.recipients),
            ("retention", &privacy.retention),
        ] {
            self.label(format!("/privacy/{name}"), label);
        }
        for (index, kind) in document.kinds.iter().enumerate() {
            self.label(format!("/kinds/{index}/names"), &kind.names);
        }
    }

    fn people(&mut self) {
        let document = self.document;
        self.unique(
            "/departments",
            "code",
            document.departments.iter().map(|d| d.code.as_str()),
        );
        self.unique(
            "/agencies",
            "id",
            document.agencies.iter().map(|a| a.id.as_str()),
        );
        for (index, department) in document.departments.iter().enumerate() {
            let path = format!("/departments/{index}");
            self.label(format!("{path}/names"), &department.names);
            for (at, id) in department.districts.iter().flatten().enumerate() {
                if self.pack.district(id).is_none() {
                    let message = format!("no district {id:?} in the layer; {}", self.districts());
                    self.fault(format!("{path}/districts/{at}"), message);
                }
            }
        }
        if !document
            .departments
            .iter()
            .any(|d| d.code == document.triage)
        {
            let message = format!("no department {:?}; name one of them", document.triage);
            self.fault("/triage", message);
        }
        for (index, agency) in document.agencies.iter().enumerate() {
            self.label(format!("/agencies/{index}/names"), &agency.names);
            if let Some(area) = &agency.area
                && !self
                    .pack
                    .neighbours()
                    .any(|neighbour| neighbour.id() == area)
            {
                let message = format!("no area {area:?} in the layer of neighbours");
                self.fault(format!("/agencies/{index}/area"), message);
            }
        }
    }

    fn categories(&mut self) {
        let document = self.document;
        let codes = document
            .groups
            .iter()
            .flat_map(|g| &g.categories)
            .map(|c| c.code.as_str());
        self.unique("/groups", "category code", codes);
        for (g, group) in document.groups.iter().enumerate() {
            self.label(format!("/groups/{g}/names"), &group.names);
            for (c, category) in group.categories.iter().enumerate() {
                self.category(&format!("/groups/{g}/categories/{c}"), category);
            }
        }
    }

    fn category(&mut self, path: &str, category: &Category) {
        let document = self.document;
        self.label(format!("{path}/names"), &category.names);
        if let Some(department) = &category.department
            && !document.departments.iter().any(|d| d.code == *department)
        {
            self.fault(
                format!("{path}/department"),
                format!("no department {department:?}"),
            );
        }
        if let Some(agency) = &category.transfer
            && !document.agencies.iter().any(|a| a.id == *agency)
        {
            self.fault(format!("{path}/transfer"), format!("no agency {agency:?}"));
        }
        if let Some(due) = &category.due {
            match &due.calendar {
                Some(id) if document.calendar(id).is_none() => {
                    self.fault(
                        format!("{path}/due/calendar"),
                        format!("no calendar {id:?}"),
                    );
                }
                None if due.unit == DueUnit::WorkingHours => {
                    self.fault(
                        format!("{path}/due"),
                        "working hours need a calendar: name one",
                    );
                }
                _ => {}
            }
        }
        if let Some(danger) = &category.danger {
            self.label(format!("{path}/danger/advice"), &danger.advice);
        }
        if let Some(notice) = &category.notice {
            self.label(format!("{path}/notice"), notice);
        }
        let codes = category
            .questions
            .iter()
            .map(|question| question.code.as_str());
        self.unique(&format!("{path}/questions"), "code", codes);
        for (index, question) in category.questions.iter().enumerate() {
            let earlier = category.questions.get(..index).unwrap_or_default();
            self.question(&format!("{path}/questions/{index}"), question, earlier);
        }
    }

    fn question(&mut self, path: &str, question: &Question, earlier: &[Question]) {
        self.label(format!("{path}/names"), &question.names);
        let is_list = matches!(
            question.datatype,
            Datatype::SingleValueList | Datatype::MultiValueList
        );
        if is_list && question.values.is_empty() {
            self.fault(
                format!("{path}/values"),
                "a list needs values to choose from",
            );
        }
        let codes = question.values.iter().map(|value| value.code.as_str());
        self.unique(&format!("{path}/values"), "code", codes);
        for (index, value) in question.values.iter().enumerate() {
            self.label(format!("{path}/values/{index}/names"), &value.names);
        }
        if let Some(when) = &question.when {
            match earlier.iter().find(|other| other.code == when.question) {
                None => {
                    let message = format!("no earlier question {:?}", when.question);
                    self.fault(format!("{path}/when/question"), message);
                }
                Some(other) => {
                    let known = other.values.iter().any(|value| value.code == when.is);
                    if !other.values.is_empty() && !known {
                        let message = format!("{:?} has no value {:?}", other.code, when.is);
                        self.fault(format!("{path}/when/is"), message);
                    }
                }
            }
        }
    }

    fn calendars(&mut self) {
        let document = self.document;
        self.unique(
            "/calendars",
            "id",
            document.calendars.iter().map(|c| c.id.as_str()),
        );
        for (index, calendar) in document.calendars.iter().enumerate() {
            let week = &calendar.week;
            let days = [
                ("sunday", &week.sunday),
                ("monday", &week.monday),
                ("tuesday", &week.tuesday),
                ("wednesday", &week.wednesday),
                ("thursday", &week.thursday),
                ("friday", &week.friday),
                ("saturday", &week.saturday),
            ];
            if days.iter().all(|(_, spans)| spans.is_empty()) {
                self.fault(format!("/calendars/{index}/week"), "no day is ever open");
            }
        }
    }

    fn partners(&mut self) {
        let document = self.document;
        self.unique(
            "/partners",
            "id",
            document.partners.iter().map(|p| p.id.as_str()),
        );
        for (index, partner) in document.partners.iter().enumerate() {
            let path = format!("/partners/{index}");
            self.label(format!("{path}/names"), &partner.names);
            for (at, origin) in partner.origins.iter().enumerate() {
                if !is_web_origin(origin) {
                    let message = format!(
                        "{origin:?} is no web origin: write scheme, host and port without a path, \
                         such as https://portal.example"
                    );
                    self.fault(format!("{path}/origins/{at}"), message);
                }
            }
            for (at, hash) in partner.key_hashes.iter().enumerate() {
                if !is_sha256(hash) {
                    // Not shown: it may be the key itself, pasted where its hash belongs.
                    let message =
                        "write the key's SHA-256 in lower-case hexadecimal, never the key";
                    self.fault(format!("{path}/key_hashes/{at}"), message);
                }
            }
        }
    }

    fn label(&mut self, path: impl Into<String>, label: &Translated) {
        let path = path.into();
        for language in LABEL_LANGUAGES {
            if label
                .0
                .get(language)
                .is_none_or(|text| text.trim().is_empty())
            {
                self.fault(
                    format!("{path}/{language}"),
                    "the label is missing in this language",
                );
            }
        }
    }

    fn unique<'c>(&mut self, path: &str, what: &str, codes: impl Iterator<Item = &'c str>) {
        let mut seen = BTreeSet::new();
        for code in codes {
            if !seen.insert(code) {
                self.fault(path, format!("the {what} {code:?} is used twice"));
            }
        }
    }

    fn districts(&self) -> String {
        let ids: Vec<&str> = self
            .pack
            .districts()
            .map(|district| district.id())
            .collect();
        format!("it has {}", ids.join(", "))
    }
}

/// Scheme, host and perhaps a port, exactly as a browser sends it in `Origin`.
fn is_web_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|host| {
        !host.is_empty()
            && host.bytes().all(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || matches!(b, b'.' | b'-' | b':' | b'[' | b']')
            })
    })
}

#[cfg(test)]
#[cfg(feature = "compile")]
mod tests {
    use super::*;
    use crate::municipality::compile_boundaries;
    use serde_json::{Value, json};

    fn fixture(name: &str) -> Result<String, std::io::Error> {
        let folder = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../tests/fixtures/municipalities/dammam"
        );
        std::fs::read_to_string(format!("{folder}/{name}"))
    }

    /// Puts `value` at `pointer` of a document without faults; `expected` is where one is found.
    #[track_caller]
    fn check_with(pointer: &str, value: Value, expected: &[&str]) {
        let mut json: Value = serde_json::from_str(&fixture("municipality.json").unwrap()).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        let document: Municipality = serde_json::from_value(json).unwrap();
        let compiled = compile_boundaries(&document, fixture).unwrap();
        let faults = check(&document, &Pack::open(&compiled.pack).unwrap());
        let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, expected, "{faults:?}");
    }

    #[test]
    fn a_document_that_can_be_served_has_no_fault() {
        check_with("/id", json!("dammam"), &[]);
    }

    #[test]
    fn each_name_that_refers_to_nothing_is_found_where_it_stands() {
        check_with("/triage", json!("nobody"), &["/triage"]);
        check_with(
            "/groups/0/categories/0/department",
            json!("gone"),
            &["/groups/0/categories/0/department"],
        );
        check_with(
            "/groups/1/categories/1/transfer",
            json!("gone"),
            &["/groups/1/categories/1/transfer"],
        );
        check_with(
            "/groups/1/categories/0/due/calendar",
            json!("gone"),
            &["/groups/1/categories/0/due/calendar"],
        );
        check_with(
            "/departments/2/districts/1",
            json!("gone"),
            &["/departments/2/districts/1"],
        );
        check_with("/agencies/1/area", json!("gone"), &["/agencies/1/area"]);
    }

    #[test]
    fn names_that_could_not_be_told_apart_or_read_back_are_found() {
        check_with("/prefix", json!("OIL"), &["/prefix"]);
        check_with(
            "/groups/0/categories/1/code",
            json!("cleanliness.street"),
            &["/groups"],
        );
        check_with("/names", json!({"ar": "أمانة"}), &["/names/en"]);
        check_with(
            "/partners/0/origins/0",
            json!("https://portal.example/"),
            &["/partners/0/origins/0"],
        );
        check_with(
            "/partners/0/key_hashes/0",
            json!("my key"),
            &["/partners/0/key_hashes/0"],
        );
    }
}
