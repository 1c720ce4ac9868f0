//! What a page of the form still lacks before it can be left, by the rules that the edge judges by.

use balagh_shared::municipality::Ask;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::rules;

use super::draft::Draft;
use super::outgoing::report;
use super::photos;
use super::place::{Found, found};
use super::step::{Step, is_identity_asked, is_phone_asked, reached};
use crate::pages::Words;
use crate::served::Served;

/// Something to mend: which field, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::pages) struct Fault {
    /// The id of the field.
    pub(in crate::pages) field: String,
    why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// A word of the pages.
    Word(&'static str),
    /// What the rules say.
    Rule(Violation),
    /// A sentence that is made for it.
    Said(String),
}

impl Fault {
    /// A field that lacks something, said by a word of the pages.
    pub(in crate::pages) fn lack(key: &'static str, field: &str) -> Fault {
        Fault {
            field: field.to_owned(),
            why: Why::Word(key),
        }
    }

    /// What the rules or the edge said of a field.
    pub(in crate::pages) fn of(violation: Violation, field: &str) -> Fault {
        Fault {
            field: field.to_owned(),
            why: Why::Rule(violation),
        }
    }

    /// A sentence about a field.
    pub(in crate::pages) fn said(sentence: String, field: &str) -> Fault {
        Fault {
            field: field.to_owned(),
            why: Why::Said(sentence),
        }
    }

    /// How it is told.
    pub(in crate::pages) fn told(&self, words: Words) -> String {
        match &self.why {
            Why::Word(key) => words.say(key).to_owned(),
            Why::Rule(violation) => words.mend(violation),
            Why::Said(sentence) => sentence.clone(),
        }
    }
}

/// What `step` of `draft` lacks, in the order of its fields.
pub(super) fn lacks(step: Step, draft: &Draft, served: &Served) -> Vec<Fault> {
    match step {
        Step::What | Step::Danger | Step::Photos | Step::Code => Vec::new(),
        Step::Which if draft.category.is_none() => {
            vec![Fault::lack("required.category", "category")]
        }
        Step::Which => Vec::new(),
        Step::Where => place(draft, served),
        Step::Details => by_the_rules(draft, served, |report, found| {
            let of = served.public();
            let category = draft.category(of);
            rules::description(of, category, report, found);
            if let Some(category) = category {
                rules::answers(category, report, found);
            }
        }),
        Step::You => contact(draft, served),
        Step::Review if !draft.declared => vec![Fault::lack("required.declare", "declared")],
        Step::Review => Vec::new(),
    }
}

/// Where it is: a point, or a district and what will be seen there.
fn place(draft: &Draft, served: &Served) -> Vec<Fault> {
    let typed = [&draft.landmark, &draft.exact, &draft.asset, &draft.district];
    let is_blank = typed.iter().all(|it| it.trim().is_empty());
    if draft.asks(served.public()).place != Ask::Required && is_blank {
        return Vec::new();
    }
    match found(draft, served) {
        Found::Unread => vec![Fault::lack("exact.unread", "exact")],
        Found::Between(_) if draft.near.is_empty() => {
            vec![Fault::lack("required.near", "near")]
        }
        Found::Outside(Some(area)) if draft.handed != area => {
            vec![Fault::lack("outside.choose", "handed")]
        }
        Found::Outside(None) => vec![Fault::lack("outside.mend", "exact")],
        Found::Between(_) | Found::Outside(_) | Found::Within(_) => Vec::new(),
        Found::Nowhere => {
            let district = served.public().district(&draft.district);
            let lack = district.is_none();
            let lack = lack.then(|| Fault::lack("required.district", "district"));
            let words = draft.landmark.trim().is_empty();
            let words = words.then(|| Fault::lack("required.landmark", "landmark"));
            lack.into_iter().chain(words).collect()
        }
    }
}

fn contact(draft: &Draft, served: &Served) -> Vec<Fault> {
    let of = served.public();
    let mut faults = by_the_rules(draft, served, |report, found| {
        rules::contact(of, draft.category(of), report, found);
    });
    if faults.is_empty() && is_identity_asked(draft, of) && reached(draft, of).is_none() {
        faults.push(match is_phone_asked(draft, of) {
            true => Fault::of(Violation::new(Reason::ContactMissing, "/contact"), "phone"),
            false => Fault::lack("contact.email.missing", "email"),
        });
    }
    faults
}

/// What a part of the rules finds in the draft.
fn by_the_rules(
    draft: &Draft,
    served: &Served,
    judge: impl FnOnce(&balagh_shared::report::Report, &mut Vec<Violation>),
) -> Vec<Fault> {
    let mut found = Vec::new();
    judge(&report(draft, served), &mut found);
    let place = |violation| {
        let (_, field) = placed(&violation, draft, served);
        Fault::of(violation, &field)
    };
    found.into_iter().map(place).collect()
}

/// The page and the field that a violation's JSON Pointer is about.
pub(super) fn placed(violation: &Violation, draft: &Draft, served: &Served) -> (Step, String) {
    let mut path = violation.field.trim_start_matches('/').split('/');
    let (part, which) = (
        path.next().unwrap_or_default(),
        path.next().unwrap_or_default(),
    );
    let (step, field) = match (part, which) {
        ("category", _) => (Step::Which, "category"),
        ("place", "landmark") => (Step::Where, "landmark"),
        ("place", "asset") => (Step::Where, "asset"),
        ("place", "at") => (Step::Where, "exact"),
        ("place", "district" | "candidates") if !draft.near.is_empty() => (Step::Where, "near"),
        ("place", _) => (Step::Where, "district"),
        ("answers", which) => {
            let index = which.parse::<usize>().ok();
            let counted = draft.counted(served.public());
            let sent = index.and_then(|index| counted.get(index));
            let question = sent.map_or(which, |answer| &answer.question);
            return (Step::Details, format!("q-{question}"));
        }
        ("photos", _) => {
            let most = served.public().photos.count;
            (Step::Photos, photos::field_for(draft, most))
        }
        ("code", _) => (Step::Code, "code"),
        ("contact", "email") | ("email", _) => (Step::You, "email"),
        ("contact" | "phone", _) if is_phone_asked(draft, served.public()) => (Step::You, "phone"),
        ("contact" | "phone", _) => (Step::You, "email"),
        ("declared", _) => (Step::Review, "declared"),
        ("description", _) => (Step::Details, "description"),
        _ => (Step::Review, ""),
    };
    (step, field.to_owned())
}
