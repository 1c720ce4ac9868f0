//! Answers to a category's questions.

use super::line;
use crate::municipality::{Datatype, PublicCategory, Question};
use crate::reason::{Reason, Violation};
use crate::report::{Answer, Report};
use crate::text::with_ascii_digits;
use crate::time::Timestamp;

pub(super) fn judge(category: &PublicCategory, report: &Report, found: &mut Vec<Violation>) {
    for question in &category.questions {
        let answer = answer_to(report, &question.code);
        let empty = answer
            .is_none_or(|(_, answer)| answer.values.iter().all(|value| value.trim().is_empty()));
        if empty && question.required && applies(question, report) {
            let field = format!("/answers/{}", question.code);
            found.push(Violation::new(Reason::AnswerMissing, field));
        }
    }
    for (index, answer) in report.answers.iter().enumerate() {
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

/// Whether `question` is asked, given the earlier answers.
#[must_use]
pub(super) fn applies(question: &Question, report: &Report) -> bool {
    question.when.as_ref().is_none_or(|when| {
        answer_to(report, &when.question)
            .is_some_and(|(_, answer)| answer.values.contains(&when.is))
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
            Datatype::Number => {
                let number = with_ascii_digits(value.trim())
                    .replace('٫', ".")
                    .parse::<f64>();
                (!number.is_ok_and(f64::is_finite)).then_some(Reason::AnswerInvalid)
            }
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
