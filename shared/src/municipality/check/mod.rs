//! What is wrong with a municipality's document: everything at once, each with where it stands,
//! what is wrong and what to write instead.
//!
//! | module | subject |
//! | --- | --- |
//! | [`shape`] | unknown and missing fields, wrong types, against the generated schema |
//! | `twice` | fields that stand twice |
//! | `labels` | texts that lack a language |
//! | `identity` | names, numbers, identity and contact |
//! | `places` | layers, view, tiles |
//! | `people` | departments, agencies, escalation |
//! | `categories`, `questions`, `keywords` | the tree |
//! | `announcements` | those that would never be shown |
//! | `calendars` | working hours, holidays, clocks |
//! | `partners` | partner portals |
//! | `screening` | thresholds that contradict each other |
//! | `gazetteer` | named places |
//! | `templates` | messages |
//! | `theme` | colours and their contrast |
//!
//! *Architecture invariant:* every fault has a code of its own kind, and a test has a document
//! for each.

mod announcements;
mod calendars;
mod categories;
mod fault;
mod gazetteer;
mod identity;
mod keys;
mod keywords;
mod labels;
mod near;
mod partners;
mod people;
mod places;
mod questions;
mod screening;
#[cfg(feature = "schema")]
pub mod shape;
mod templates;
mod theme;
#[cfg(feature = "schema")]
mod twice;
mod written;

use std::collections::BTreeSet;

pub use fault::Fault;
use fault::pointer;
pub use gazetteer::gazetteer;
pub use near::nearest;

use super::Municipality;
use crate::district::Pack;

/// Everything there is to mend in `document`, by subject. Nothing when it can be served.
///
/// `pack` is compiled from its layers; without one, what refers to districts is not checked.
#[must_use]
pub fn check(document: &Municipality, pack: Option<&Pack>) -> Vec<Fault> {
    let mut check = Check {
        document,
        pack,
        faults: Vec::new(),
    };
    check.identity();
    check.labels();
    check.places();
    check.people();
    check.categories();
    check.keywords();
    check.announcements();
    check.calendars();
    check.partners();
    check.screening();
    check.templates();
    check.theme();
    check.faults
}

/// Faults before which a near name is looked for. Beyond so many, who mends the first ones checks
/// again, and a document of a hundred thousand wrong names must not take an hour.
const MOST_SUGGESTED: usize = 200;

struct Check<'a> {
    document: &'a Municipality,
    pack: Option<&'a Pack>,
    faults: Vec<Fault>,
}

impl Check<'_> {
    /// Adds a fault: where, which, what is wrong, what to write instead.
    fn fault(
        &mut self,
        path: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) {
        self.faults.push(Fault::new(path, code, message, instead));
    }

    /// Adds a fault unless `name` is among `known`.
    fn known<'k>(
        &mut self,
        path: impl Into<String>,
        code: &'static str,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let known: Vec<&str> = known.collect();
        if known.contains(&name) {
            return;
        }
        let message = format!("there is no {what} {name:?}");
        let instead = match known.as_slice() {
            [] => format!("define a {what} first, or leave this out"),
            _ => format!("name one of {}", some_of(&known)),
        };
        let mut fault = Fault::new(path, code, message, instead);
        if self.faults.len() < MOST_SUGGESTED {
            fault = fault.near(name, known.iter().copied());
        }
        self.faults.push(fault);
    }

    /// As [`unique`](Self::unique), for names that others refer to: they must be there, and without
    /// white space around them, which readers trim.
    fn codes<'c>(
        &mut self,
        what: &str,
        names: impl Iterator<Item = &'c str> + Clone,
        path: impl Fn(usize) -> String,
    ) {
        for (index, name) in names.clone().enumerate() {
            if name.is_empty() || name.trim() != name {
                self.fault(
                    path(index),
                    "name.blank",
                    format!("{name:?} is no {what}"),
                    "write a name without white space around it",
                );
            }
        }
        self.unique(what, names, path);
    }

    /// Adds a fault for each name that stands a second time; `path` is where the name at an index
    /// stands.
    fn unique<'c>(
        &mut self,
        what: &str,
        names: impl Iterator<Item = &'c str>,
        path: impl Fn(usize) -> String,
    ) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                self.fault(
                    path(index),
                    "name.twice",
                    format!("the {what} {name:?} is used twice"),
                    "give each its own",
                );
            }
        }
    }

    /// Adds a fault unless there is a department with this code.
    fn department(&mut self, path: impl Into<String>, code: &str) {
        let document = self.document;
        let codes = document.departments.iter().map(|it| it.code.as_str());
        self.known(path, "department.unknown", "department", code, codes);
    }
}

/// The first of `names`, so that a sentence stays one.
fn some_of(names: &[&str]) -> String {
    const MOST: usize = 12;
    let shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("{name:?}"))
        .collect();
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}
