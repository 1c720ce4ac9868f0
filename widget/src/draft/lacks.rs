//! What a step still lacks, in the order of its fields.

use balagh_shared::municipality::{ContactRule, Datatype, PublicMunicipality, Question};
use balagh_shared::reason::{Reason, Violation};
use balagh_shared::rules;

use super::{Draft, Step, decimal, report};

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

/// What `step` of `draft` lacks before it can be left.
pub(crate) fn lacks(step: Step, draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    match step {
        Step::What if draft.category(of).is_none() => {
            vec![Lack::new(step, "category", "required.category")]
        }
        Step::What => Vec::new(),
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
    } else if place.outside {
        lacks("place", "place.outside");
    } else if place.district.is_none() && !place.undecided {
        lacks(
            "near",
            if place.candidates.is_empty() {
                "required.place"
            } else {
                "required.near"
            },
        );
    }
    found
}

fn details(draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    let mut found = Vec::new();
    rules::description(of, &report(draft, &[], "", ""), &mut found);
    let mut found: Vec<Lack> = found
        .iter()
        .map(|violation| match violation.code {
            Reason::TextMissing => Lack::new(Step::Details, "description", "required.text"),
            _ => from_violation(violation, draft),
        })
        .collect();
    let questions = draft
        .category(of)
        .map_or(&[][..], |category| &category.questions);
    for question in questions.iter().filter(|question| asked(question, draft)) {
        let typed = draft
            .answer(&question.code)
            .first()
            .map_or("", |value| value.trim());
        let reason = if typed.is_empty() {
            question.required.then_some(Reason::AnswerMissing)
        } else {
            (question.datatype == Datatype::Number && decimal(typed).is_none())
                .then_some(Reason::AnswerInvalid)
        };
        if let Some(reason) = reason {
            found.push(Lack::new(
                Step::Details,
                &["q-", &question.code].concat(),
                reason.code(),
            ));
        }
    }
    found
}

/// Whether `question` is asked, given the answers so far.
pub(crate) fn asked(question: &Question, draft: &Draft) -> bool {
    question
        .when
        .as_ref()
        .is_none_or(|when| draft.answer(&when.question).contains(&when.is))
}

fn contact(draft: &Draft, of: &PublicMunicipality) -> Vec<Lack> {
    let typed = draft.phone.trim();
    let anonymous = draft
        .category(of)
        .is_some_and(|category| category.anonymous);
    let reason = if typed.is_empty() {
        (of.contact.phone == ContactRule::Required && !anonymous).then_some(Reason::ContactMissing)
    } else {
        rules::phone(typed, &of.contact)
            .is_none()
            .then_some(Reason::ContactPhone)
    };
    reason
        .into_iter()
        .map(|reason| Lack::new(Step::You, "phone", reason.code()))
        .collect()
}

/// The same for what the rules or the edge found: the field its JSON Pointer stands for.
pub(crate) fn from_violation(violation: &Violation, draft: &Draft) -> Lack {
    let mut path = violation.field.trim_start_matches('/').split('/');
    let (step, field) = match (
        path.next().unwrap_or_default(),
        path.next().unwrap_or_default(),
    ) {
        ("category", _) => (Step::What, "category".to_owned()),
        ("place", "landmark") => (Step::Where, "landmark".to_owned()),
        ("place" | "pack", "district") => (Step::Where, "near".to_owned()),
        ("place" | "pack", _) => (Step::Where, "place".to_owned()),
        ("answers", which) => {
            let sent = || {
                Some(
                    report(draft, &[], "", "")
                        .answers
                        .get(which.parse::<usize>().ok()?)?
                        .question
                        .clone(),
                )
            };
            let question = sent().unwrap_or_else(|| which.to_owned());
            (Step::Details, ["q-", &question].concat())
        }
        ("photos", _) => (Step::Details, "photos".to_owned()),
        ("contact", _) => (Step::You, "phone".to_owned()),
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
        key: violation.code.code(),
        params,
    }
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
            ("/place/district", Step::Where, "near"),
            ("/contact/phone", Step::You, "phone"),
            ("/category", Step::What, "category"),
            ("/lang", Step::Details, "description"),
        ] {
            let lack = from_violation(&Violation::new(Reason::AnswerInvalid, pointer), &draft);
            assert_eq!((lack.step, lack.field.as_str()), (step, field));
        }
    }
}
