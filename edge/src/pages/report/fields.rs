//! What was typed on a page, taken into the draft: whichever button was pressed, nothing is lost.

use balagh_shared::municipality::Datatype;
use balagh_shared::rules;

use super::draft::Draft;
use super::place::{Found, found};
use super::step::{Step, choices};
use crate::pages::form::Form;
use crate::served::Served;

/// Takes the fields of `step`. Fields that are not there say nothing; those of other pages are not
/// asked.
pub(super) fn apply(form: &Form, step: Step, draft: &mut Draft, served: &Served) {
    let of = served.public();
    let take = |name: &str, into: &mut String| {
        if form.has(name) {
            *into = form.text(name).replace("\r\n", "\n");
        }
    };
    match step {
        Step::What => {
            take("description", &mut draft.description);
            let kind = of
                .kinds
                .iter()
                .find(|it| it.kind.code() == form.text("kind"));
            if let Some(kind) = kind.filter(|it| it.kind != draft.kind) {
                draft.kind = kind.kind;
                draft.category = None;
                draft.answers.clear();
            }
            // What is alone of its kind needs no choosing.
            let mut choices = choices(draft, of);
            if let (Some(only), None) = (choices.next(), choices.next()) {
                draft.choose(only);
            }
        }
        Step::Which => {
            if let Some(category) = of.category(form.text("category")) {
                draft.choose(category);
            }
        }
        Step::Where => {
            take("district", &mut draft.district);
            take("landmark", &mut draft.landmark);
            take("asset", &mut draft.asset);
            take("near", &mut draft.near);
            let before = draft.exact.clone();
            take("exact", &mut draft.exact);
            if draft.exact.trim() != before.trim() {
                // It was chosen for another point.
                draft.near.clear();
            }
            if form.has("outside-asked") {
                form.text("handed").clone_into(&mut draft.handed);
            }
        }
        Step::Details => {
            take("description", &mut draft.description);
            let Some(category) = draft.category(of) else {
                return;
            };
            for question in &category.questions {
                if !form.all("asked").any(|code| code == question.code) {
                    continue;
                }
                let name = format!("q-{}", question.code);
                let said = form.all(&name).filter(|value| !value.trim().is_empty());
                let most = match question.datatype {
                    Datatype::MultiValueList => question.values.len(),
                    _ => 1,
                };
                let values = said.take(most).map(|value| value.replace("\r\n", "\n"));
                draft.set_answer(&question.code, values.collect());
            }
        }
        Step::You => {
            let before = (draft.phone.clone(), draft.email.clone());
            take("phone", &mut draft.phone);
            take("email", &mut draft.email);
            if (&draft.phone, &draft.email) != (&before.0, &before.1) {
                // Another contact is not the one that was confirmed.
                draft.token.clear();
            }
        }
        Step::Review => draft.declared = form.has("declared"),
        Step::Danger | Step::Photos | Step::Code => {}
    }
}

/// The fields of `step` that what was typed on it has only now brought up: questions that follow from
/// an answer, the question a border asks, whom to pass it on to.
pub(super) fn further(form: &Form, step: Step, draft: &Draft, served: &Served) -> Vec<String> {
    match step {
        Step::Details => {
            let of = served.public();
            let questions = draft.category(of).map_or(&[][..], |it| &it.questions);
            let counted = draft.counted(of);
            let asked = questions.iter().filter(|it| rules::asked(it, &counted));
            let is_new = |code: &str| !form.all("asked").any(|shown| shown == code);
            let new = asked.filter(|it| is_new(&it.code));
            new.map(|it| format!("q-{}", it.code)).collect()
        }
        Step::Where => match found(draft, served) {
            Found::Between(_) if draft.near.is_empty() && !form.has("near-asked") => {
                vec!["near".to_owned()]
            }
            Found::Outside(Some(area)) if draft.handed != area && !form.has("outside-asked") => {
                vec!["handed".to_owned()]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
