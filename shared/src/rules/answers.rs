//! Answers to a category's questions.

use super::line;
use crate::municipality::{Datatype, PublicCategory, Question};
use crate::reason::{Reason, Violation};
use crate::report::{Answer, Report};
use crate::text::decimal;
use crate::time::Timestamp;

/// Checks the answers alone, so that the widget can tell as soon as the questions are left.
pub fn judge(category: &PublicCategory, report: &Report, found: &mut Vec<Violation>) {
    for question in &category.questions {
        let answer = answer_to(report, &question.code);
        let empty = answer
            .is_none_or(|(_, answer)| answer.values.iter().all(|value| value.trim().is_empty()));
        if empty && question.required && asked(question, &report.answers) {
            let field = format!("/answers/{}", question.code);
            found.push(Violation::new(Reason::AnswerMissing, field));
        }
    }
    // One answer past the last question cannot fit any: it is refused, and those after it with it.
    let most = category.questions.len() + 1;
    for (index, answer) in report.answers.iter().take(most).enumerate() {
        let field = format!("/answers/{index}");
        let repeated = report
            .answers
            .iter()
            .take(index)
            .any(|a| a.question == answer.question);
        match category
            .questions
            .iter()
            .find(|q| q.code == answer.question)
        {
            Some(question) if !repeated => check(question, answer, &field, found),
            _ => found.push(Violation::new(Reason::AnswerUnknown, field)),
        }
    }
}

/// Whether `question` is asked, given the answers to those before it.
#[must_use]
pub fn asked(question: &Question, answers: &[Answer]) -> bool {
    question.when.as_ref().is_none_or(|when| {
        answers
            .iter()
            .find(|answer| answer.question == when.question)
            .is_some_and(|answer| answer.values.contains(&when.is))
    })
}

fn answer_to<'a>(report: &'a Report, question: &str) -> Option<(usize, &'a Answer)> {
    report
        .answers
        .iter()
        .enumerate()
        .find(|(_, answer)| answer.question == question)
}

fn check(question: &Question, answer: &Answer, field: &str, found: &mut Vec<Violation>) {
    let most = match question.datatype {
        Datatype::MultiValueList => question.values.len(),
        _ => 1,
    };
    if answer.values.len() > most {
        found.push(Violation::new(Reason::AnswerInvalid, field));
        return;
    }
    for value in &answer.values {
        let reason = match question.datatype {
            Datatype::SingleValueList | Datatype::MultiValueList => {
                let offered = question.values.iter().any(|offered| offered.code == *value);
                (!offered).then_some(Reason::AnswerUnknown)
            }
            Datatype::Number => decimal(value).is_none().then_some(Reason::AnswerInvalid),
            Datatype::Datetime => Timestamp::parse(value)
                .is_err()
                .then_some(Reason::AnswerInvalid),
            Datatype::String | Datatype::Text => None,
        };
        match reason {
            Some(reason) => found.push(Violation::new(reason, field)),
            None => line(value, field, found),
        }
    }
}
