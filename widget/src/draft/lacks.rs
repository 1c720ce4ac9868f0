//! What a step still lacks, in the order of its fields.

use balagh_shared::municipality::PublicMunicipality;
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::Report;
use balagh_shared::rules;

use super::{Draft, Spot, Step, report};

/// Something to mend: where, and why.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Lack {
    /// The stop it is on.
    pub(crate) step: Step,
    /// The id of the field it is under.
    pub(crate) field: String,
    /// The key of its text.
    pub(crate) key: &'static str,
    /// What the text's placeholders stand for.
    pub(crate) params: Vec<(String, String)>,
}

impl Lack {
    fn new(step: Step, field: &str, key: &'static str) -> Lack {
        Lack {
            step,
            field: field.to_owned(),
            key,
            params: Vec::new(),
        }
    }
}

/// What the first stop of `draft` lacks before it can be left.
pub(crate) fn lacks_at_first(draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    if draft.category(of).is_some() {
        return Vec::new();
    }
    vec![Lack::new(Step::What, "category", "required.category")]
}

/// What `step` of `draft` lacks before it can be left.
pub(crate) fn lacks(step: Step, draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    match step {
        Step::What => lacks_at_first(draft, of),
        Step::Where if draft.place_is_optional(of) && draft.place.is_blank() => Vec::new(),
        Step::Where => place(draft),
        Step::Details => details(draft, of),
        Step::You => contact(draft, of),
        Step::Review if !draft.declared => vec![Lack::new(step, "declared", "required.declare")],
        Step::Review => Vec::new(),
    }
}

fn place(draft: &Draft) -> Vec<Lack> {
    let place = &draft.place;
    let mut found = Vec::new();
    let mut lacks = |field: &str, key| found.push(Lack::new(Step::Where, field, key));
    if place.listed {
        if place.at.is_none() && place.district.is_none() {
            lacks("district", "required.district");
        }
        if place.at.is_none() && place.landmark.trim().is_empty() {
            lacks("landmark", "required.landmark");
        }
        if place.at.is_none() {
            return found;
        }
    }
    if place.at.is_none() {
        lacks("place", "required.place");
    } else if place.outside && place.district.is_none() {
        lacks(where_(place), Reason::PlaceOutside.code());
    } else if place.district.is_none() && !place.undecided && !place.candidates.is_empty() {
        lacks("near", "required.near");
    }
    // A point whose district is not known yet is enough: on a slow line the boundaries may come
    // after it, and the rules look it up before it is sent.
    found
}

fn details(draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    by_the_rules(draft, of, |report, found| {
        rules::description(of, draft.category(of), report, found);
        if let Some(category) = draft.category(of) {
            rules::answers(category, report, found);
        }
    })
}

fn contact(draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    by_the_rules(draft, of, |report, found| {
        rules::contact(of, draft.category(of), report, found);
    })
}

/// What a part of the rules that the edge judges by finds in the draft.
fn by_the_rules(
    draft: &Draft,
    of: &PublicMunicipality,
    judge: impl FnOnce(&Report, &mut Vec<Violation>),
) -> Vec<Lack> {
    let mut found = Vec::new();
    judge(&report(draft, of, &[], "", ""), &mut found);
    found
        .iter()
        .map(|violation| from_violation(violation, draft, of))
        .collect()
}

/// What the rules or the edge found, as something to mend: the field its JSON Pointer stands for.
pub(crate) fn from_violation(
    violation: &Violation,
    draft: &Draft,
    of: &PublicMunicipality,
) -> Lack {
    let mut path = violation.field.trim_start_matches('/').split('/');
    let (step, field) = match (
        path.next().unwrap_or_default(),
        path.next().unwrap_or_default(),
    ) {
        ("category", _) => (Step::What, "category".to_owned()),
        ("place", "landmark") => (Step::Where, words_of(&draft.place).to_owned()),
        ("place" | "pack", "district") => (Step::Where, whose(&draft.place).to_owned()),
        ("place" | "pack", _) => (Step::Where, where_(&draft.place).to_owned()),
        ("answers", which) => {
            let sent = which
                .parse::<usize>()
                .ok()
                .and_then(|index| draft.counted(of).into_iter().nth(index));
            let question = sent.map_or_else(|| which.to_owned(), |answer| answer.question);
            (Step::Details, ["q-", &question].concat())
        }
        ("photos", _) => (Step::Details, "photos".to_owned()),
        ("code", _) => (Step::You, "code".to_owned()),
        ("contact" | "phone" | "email", _) if draft.by_email => (Step::You, "email".to_owned()),
        ("contact" | "phone" | "email", _) => (Step::You, "phone".to_owned()),
        ("declared", _) => (Step::Review, "declared".to_owned()),
        _ => (Step::Details, "description".to_owned()),
    };
    let params = violation
        .params
        .iter()
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    Lack {
        step,
        field,
        // What a form lacks it asks for in fewer words than a refusal.
        key: match violation.code {
            Reason::TextMissing => "required.text",
            Reason::PlaceMissing => "required.place",
            Reason::DeclarationMissing => "required.declare",
            code => code.code(),
        },
        params,
    }
}

/// Where the place's own words are typed: over the map, the search is part of the place.
fn words_of(place: &Spot) -> &'static str {
    if place.listed { "landmark" } else { "place" }
}

/// The question whose it is, where it is asked.
fn whose(place: &Spot) -> &'static str {
    if place.candidates.is_empty() {
        where_(place)
    } else {
        "near"
    }
}

/// What says where it is: the map's line, or the list.
fn where_(place: &Spot) -> &'static str {
    if place.listed { "district" } else { "place" }
}

#[cfg(test)]
mod tests {
    use super::super::tests::municipality;
    use super::*;
    use balagh_shared::report::{PlaceSource, Point};

    #[track_caller]
    fn check(step: Step, draft: &Draft, expected: &[(&str, &str)]) {
        let found = lacks(step, draft, &municipality());
        let found: Vec<_> = found
            .iter()
            .map(|lack| (lack.field.as_str(), lack.key))
            .collect();
        assert_eq!(found, expected);
    }

    fn draft(category: &str) -> Draft {
        let mut draft = Draft::new("k".repeat(24));
        draft.choose(municipality().category(category).unwrap());
        draft
    }

    #[test]
    fn an_empty_form_lacks_its_category_and_its_place() {
        let empty = Draft::new("k".repeat(24));
        check(Step::What, &empty, &[("category", "required.category")]);
        check(Step::Where, &empty, &[("place", "required.place")]);
        check(Step::Review, &empty, &[("declared", "required.declare")]);
    }

    #[test]
    fn a_place_without_the_map_needs_the_municipality_and_words() {
        let mut draft = draft("roads.pothole");
        draft.place.listed = true;
        check(
            Step::Where,
            &draft,
            &[
                ("district", "required.district"),
                ("landmark", "required.landmark"),
            ],
        );
        draft.place.district = Some("west".into());
        draft.place.landmark = "by the school".into();
        check(Step::Where, &draft, &[]);
    }

    #[test]
    fn near_a_border_the_citizen_chooses_or_says_they_do_not_know() {
        let mut draft = draft("roads.pothole");
        draft.place.at = Some(Point {
            lon: 50.0,
            lat: 26.0,
            accuracy_m: None,
        });
        draft.place.source = PlaceSource::Device;
        draft.place.candidates = vec!["west".into(), "east".into()];
        check(Step::Where, &draft, &[("near", "required.near")]);
        let looked_up = std::mem::take(&mut draft.place.candidates);
        check(Step::Where, &draft, &[]);
        draft.place.candidates = looked_up;
        draft.place.undecided = true;
        check(Step::Where, &draft, &[]);
        draft.place.outside = true;
        check(Step::Where, &draft, &[("place", "place.outside")]);
    }

    #[test]
    fn a_question_is_needed_only_where_an_earlier_answer_asks_it() {
        let mut draft = draft("roads.pothole");
        draft.description = "A hole".into();
        check(Step::Details, &draft, &[("q-width", "answer.missing")]);
        draft.set_answer("width", vec!["hand".into()]);
        check(Step::Details, &draft, &[]);
        draft.set_answer("width", vec!["wider".into()]);
        check(Step::Details, &draft, &[("q-metres", "answer.missing")]);
        draft.set_answer("metres", vec!["two".into()]);
        check(Step::Details, &draft, &[("q-metres", "answer.invalid")]);
        draft.set_answer("metres", vec!["٢٫٥".into()]);
        check(Step::Details, &draft, &[]);
    }

    #[test]
    fn a_phone_number_is_needed_only_where_the_policy_and_the_category_say_so() {
        let mut draft = draft("roads.pavement");
        check(Step::You, &draft, &[("phone", "contact.missing")]);
        draft.phone = "05 512 345".into();
        check(Step::You, &draft, &[("phone", "contact.phone")]);
        draft.phone = "٠٥٥ ١٢٣ ٤٥٦٧".into();
        check(Step::You, &draft, &[]);
        let thanks = self::draft("thanks.any");
        check(Step::You, &thanks, &[]);
    }

    #[test]
    fn what_the_edge_found_stands_under_the_field_it_is_about() {
        let mut draft = draft("roads.pothole");
        draft.set_answer("width", vec!["hand".into()]);
        for (pointer, step, field) in [
            ("/answers/0", Step::Details, "q-width"),
            ("/answers/metres", Step::Details, "q-metres"),
            ("/place/at", Step::Where, "place"),
            ("/place/district", Step::Where, "place"),
            ("/contact/phone", Step::You, "phone"),
            ("/phone", Step::You, "phone"),
            ("/code", Step::You, "code"),
            ("/category", Step::What, "category"),
            ("/lang", Step::Details, "description"),
        ] {
            let lack = from_violation(
                &Violation::new(Reason::AnswerInvalid, pointer),
                &draft,
                &municipality(),
            );
            assert_eq!((lack.step, lack.field.as_str()), (step, field));
        }
    }
}
