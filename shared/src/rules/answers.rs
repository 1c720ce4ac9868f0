//! Answers to a category's questions.

use super::limits::{LINE, PARAGRAPH};
use super::written::{Written, is_blank, words};
use crate::municipality::{Datatype, PublicCategory, Question, Value};
use crate::reason::{Reason, Violation};
use crate::report::{Answer, Report};
use crate::text::{decimal, with_ascii_digits};
use crate::time::Timestamp;

/// An answer that fits its question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered<'a> {
    /// What was asked.
    pub question: &'a Question,
    /// What was said.
    pub given: Given<'a>,
}

/// What was said, by the question's datatype.
#[derive(Debug, Clone, PartialEq)]
pub enum Given<'a> {
    /// `string` and `text`.
    Words(Written),
    /// `number`; finite.
    Number(f64),
    /// `datetime`.
    Datetime(Timestamp),
    /// `singlevaluelist`.
    One(&'a Value),
    /// `multivaluelist`: each once, in the order given; at least one.
    Several(Vec<&'a Value>),
}

/// Reads the answers alone, so that the widget can tell as soon as the questions are left: those
/// that fit, in the order of the category's questions.
///
/// A blank answer is none. An answer to a question that those before it do not ask is refused
/// rather than dropped: something was typed, and whoever typed it should know. A question whose
/// condition is about one that is itself not asked is not asked either.
pub fn judge<'a>(
    category: &'a PublicCategory,
    report: &Report,
    found: &mut Vec<Violation>,
) -> Vec<Answered<'a>> {
    let mut answered = Vec::new();
    // The answers that count for conditions: those to questions that were asked.
    let mut counted: Vec<&Answer> = Vec::new();
    for question in &category.questions {
        let said = report
            .answers
            .iter()
            .enumerate()
            .find(|(_, answer)| answer.question == question.code)
            .filter(|(_, answer)| answer.values.iter().any(|value| !is_blank(value)));
        let asked = asked(question, counted.iter().copied());
        match said {
            Some((index, _)) if !asked => {
                let field = format!("/answers/{index}");
                found.push(Violation::new(Reason::AnswerNotAsked, field));
            }
            Some((index, answer)) => {
                counted.push(answer);
                let given = read(question, answer, &format!("/answers/{index}"), found);
                answered.extend(given.map(|given| Answered { question, given }));
            }
            None if asked && question.required => {
                let field = format!("/answers/{}", question.code);
                found.push(Violation::new(Reason::AnswerMissing, field));
            }
            None => {}
        }
    }
    // One answer past the last question cannot fit any: it is refused, and those after it with it.
    let most = category.questions.len() + 1;
    for (index, answer) in report.answers.iter().take(most).enumerate() {
        let known = category
            .questions
            .iter()
            .any(|question| question.code == answer.question);
        let repeated = report
            .answers
            .iter()
            .take(index)
            .any(|earlier| earlier.question == answer.question);
        if !known || repeated {
            let field = format!("/answers/{index}");
            found.push(Violation::new(Reason::AnswerUnknown, field));
        }
    }
    answered
}

/// Whether `question` is asked, given the answers that count of those before it.
#[must_use]
pub fn asked<'a>(question: &Question, answers: impl IntoIterator<Item = &'a Answer>) -> bool {
    question.when.as_ref().is_none_or(|when| {
        answers
            .into_iter()
            .find(|answer| answer.question == when.question)
            .is_some_and(|answer| answer.values.iter().any(|value| value.trim() == when.is))
    })
}

/// Of what is `given`, the answers that count, in the order of the questions: each says something, to
/// a question that those before it ask.
#[must_use]
pub fn counted(questions: &[Question], given: &[Answer]) -> Vec<Answer> {
    questions.iter().fold(Vec::new(), |mut counted, question| {
        let to_it = given.iter().find(|it| it.question == question.code);
        let said = |it: &&Answer| it.values.iter().any(|value| !value.trim().is_empty());
        if asked(question, &counted) {
            counted.extend(to_it.filter(said).cloned());
        }
        counted
    })
}

/// The answer as the question's datatype; the first value that is wrong speaks for the rest.
fn read<'a>(
    question: &'a Question,
    answer: &Answer,
    field: &str,
    found: &mut Vec<Violation>,
) -> Option<Given<'a>> {
    let most = match question.datatype {
        Datatype::MultiValueList => question.values.len(),
        _ => 1,
    };
    let (Some(first), true) = (answer.values.first(), answer.values.len() <= most) else {
        found.push(Violation::new(Reason::AnswerInvalid, field));
        return None;
    };
    let typed = first.trim();
    let (given, otherwise) = match question.datatype {
        Datatype::String => return words(typed, LINE, field, found).map(Given::Words),
        Datatype::Text => return words(typed, PARAGRAPH, field, found).map(Given::Words),
        Datatype::Number => {
            // Zero has no sign that anybody means.
            let number = decimal(typed).map(|number| Given::Number(number + 0.0));
            (number, Reason::AnswerInvalid)
        }
        Datatype::Datetime => {
            let at = Timestamp::parse(&with_ascii_digits(typed)).ok();
            (at.map(Given::Datetime), Reason::AnswerInvalid)
        }
        Datatype::SingleValueList => (
            offered(question, typed).map(Given::One),
            Reason::AnswerUnknown,
        ),
        Datatype::MultiValueList => (several(question, answer), Reason::AnswerUnknown),
    };
    if given.is_none() {
        found.push(Violation::new(otherwise, field));
    }
    given
}

fn offered<'a>(question: &'a Question, code: &str) -> Option<&'a Value> {
    question.values.iter().find(|value| value.code == code)
}

/// What was ticked, each once.
fn several<'a>(question: &'a Question, answer: &Answer) -> Option<Given<'a>> {
    let mut ticked: Vec<&Value> = Vec::new();
    for code in &answer.values {
        let code = code.trim();
        if code.is_empty() {
            continue;
        }
        let value = offered(question, code)?;
        if !ticked.iter().any(|other| other.code == value.code) {
            ticked.push(value);
        }
    }
    Some(Given::Several(ticked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Questions of every datatype, three of them in a chain: `second` is asked after `first: yes`,
    /// `third` after `second: yes`.
    fn category() -> PublicCategory {
        let value = |code: &str| json!({"code": code, "names": {"en": code}});
        let ask = |code: &str, datatype: &str| json!({"code": code, "names": {"en": code}, "datatype": datatype});
        let mut first = ask("first", "singlevaluelist");
        first["values"] = json!([value("yes"), value("no")]);
        let mut second = first.clone();
        second["code"] = json!("second");
        second["when"] = json!({"question": "first", "is": "yes"});
        let mut third = ask("third", "string");
        third["when"] = json!({"question": "second", "is": "yes"});
        third["required"] = json!(true);
        let mut some = ask("some", "multivaluelist");
        some["values"] = json!([value("a"), value("b")]);
        serde_json::from_value(json!({
            "code": "roads.pothole",
            "names": {"en": "Pothole"},
            "questions": [first, second, third, some, ask("deep", "number"), ask("since", "datetime"),
                ask("long", "text")],
        }))
        .unwrap()
    }

    /// What is found and what is read, for answers `[["question", "value", …], …]`.
    #[track_caller]
    fn check(answers: &[&[&str]], found: &[(Reason, &str)], read: &[&str]) {
        let mut report: Report = serde_json::from_value(json!({
            "category": "roads.pothole", "description": "x", "lang": "en", "declared": true,
            "channel": "widget",
        }))
        .unwrap();
        report.answers = answers
            .iter()
            .filter_map(|answer| {
                let (question, values) = answer.split_first()?;
                let values = values.iter().map(|&value| value.to_owned()).collect();
                Some(Answer {
                    question: (*question).to_owned(),
                    values,
                })
            })
            .collect();
        let category = category();
        let mut violations = Vec::new();
        let answered = judge(&category, &report, &mut violations);
        let violations: Vec<(Reason, &str)> = violations
            .iter()
            .map(|it| (it.code, it.field.as_str()))
            .collect();
        assert_eq!(violations, found, "{answers:?}");
        let codes: Vec<&str> = answered
            .iter()
            .map(|it| it.question.code.as_str())
            .collect();
        assert_eq!(codes, read, "{answers:?}");
    }

    #[test]
    fn a_chain_of_questions_is_asked_link_by_link() {
        check(&[], &[], &[]);
        check(&[&["first", "no"]], &[], &["first"]);
        check(&[&["first", "yes"]], &[], &["first"]);
        check(
            &[&["first", "yes"], &["second", "yes"]],
            &[(Reason::AnswerMissing, "/answers/third")],
            &["first", "second"],
        );
        check(
            &[&["third", "words"], &["second", "yes"], &["first", "yes"]],
            &[],
            &["first", "second", "third"],
        );
    }

    #[test]
    fn an_answer_to_a_question_that_is_not_asked_is_told_and_breaks_the_chain_behind_it() {
        let not_asked = Reason::AnswerNotAsked;
        check(
            &[&["first", "no"], &["second", "yes"], &["third", "words"]],
            &[(not_asked, "/answers/1"), (not_asked, "/answers/2")],
            &["first"],
        );
        check(&[&["second", "yes"]], &[(not_asked, "/answers/0")], &[]);
        check(&[&["third", "words"]], &[(not_asked, "/answers/0")], &[]);
        // Nothing was typed: nothing can be lost.
        check(&[&["third", " "], &["second"]], &[], &[]);
        check(
            &[
                &["first", "yes"],
                &["second", "yes"],
                &["third", "\u{200B}"],
            ],
            &[(Reason::AnswerMissing, "/answers/third")],
            &["first", "second"],
        );
    }

    #[test]
    fn an_answer_that_is_not_offered_opens_no_question() {
        check(
            &[&["first", "maybe"], &["second", "no"]],
            &[
                (Reason::AnswerUnknown, "/answers/0"),
                (Reason::AnswerNotAsked, "/answers/1"),
            ],
            &[],
        );
    }

    #[test]
    fn unknown_and_repeated_questions_are_told_once_each_and_not_without_end() {
        check(
            &[&["first", "yes"], &["first", "no"], &["colour", "red"]],
            &[
                (Reason::AnswerUnknown, "/answers/1"),
                (Reason::AnswerUnknown, "/answers/2"),
            ],
            &["first"],
        );
        let many: Vec<&[&str]> = vec![&["colour", "red"]; 10_000];
        let mut report: Report = serde_json::from_value(json!({
            "category": "a", "description": "x", "lang": "en", "declared": true, "channel": "w",
        }))
        .unwrap();
        let answer = Answer {
            question: "colour".into(),
            values: vec!["red".into()],
        };
        report.answers = vec![answer; many.len()];
        let mut violations = Vec::new();
        judge(&category(), &report, &mut violations);
        assert_eq!(violations.len(), category().questions.len() + 1);
    }

    #[test]
    fn each_datatype_is_read_as_itself_or_told() {
        let check_one = |question: &str, value: &str, expected: Result<(), Reason>| match expected {
            Ok(()) => check(&[&[question, value]], &[], &[question]),
            Err(reason) => check(&[&[question, value]], &[(reason, "/answers/0")], &[]),
        };
        check_one("deep", "٢٫٥", Ok(()));
        check_one("deep", "१२", Ok(()));
        check_one("deep", "\u{200F}\u{2068}١٢\u{2069} ", Ok(()));
        check_one("deep", "1e400", Err(Reason::AnswerInvalid));
        check_one("deep", "NaN", Err(Reason::AnswerInvalid));
        check_one("since", "2026-11-21T09:41:00+03:00", Ok(()));
        check_one("since", "٢٠٢٦-١١-٢١T٠٩:٤١:٠٠+٠٣:٠٠", Ok(()));
        check_one("since", "yesterday", Err(Reason::AnswerInvalid));
        check_one("first", "yes ", Ok(()));
        check_one("first", "Yes", Err(Reason::AnswerUnknown));
        check_one("long", &"x ".repeat(1_000), Ok(()));
        check_one("long", &"x".repeat(4_001), Err(Reason::TextTooLong));
        check_one("long", "a\u{1B}b", Err(Reason::TextControl));
        check(&[&["some", "b", "a"]], &[], &["some"]);
        check(
            &[&["some", "a", "c"]],
            &[(Reason::AnswerUnknown, "/answers/0")],
            &[],
        );
        check(
            &[&["some", "a", "b", "a"]],
            &[(Reason::AnswerInvalid, "/answers/0")],
            &[],
        );
        check(
            &[&["deep", "1", "2"]],
            &[(Reason::AnswerInvalid, "/answers/0")],
            &[],
        );
    }

    #[test]
    fn what_is_read_is_typed() {
        let category = category();
        let question = |code: &str| {
            category
                .questions
                .iter()
                .find(|it| it.code == code)
                .unwrap()
        };
        let given = |code: &str, values: &[&str]| {
            let values = values.iter().map(|&value| value.to_owned()).collect();
            let answer = Answer {
                question: code.to_owned(),
                values,
            };
            read(question(code), &answer, "/x", &mut Vec::new())
        };
        assert_eq!(given("deep", &["-٠"]), Some(Given::Number(0.0)));
        let at = Timestamp::parse("2026-11-21T06:41:00Z").unwrap();
        assert_eq!(
            given("since", &["2026-11-21T09:41:00+03:00"]),
            Some(Given::Datetime(at))
        );
        let some = &question("some").values;
        assert_eq!(
            given("some", &["b", "b"]),
            Some(Given::Several(vec![&some[1]]))
        );
        let Some(Given::Words(words)) = given("third", &[" بوابة المدرسة "]) else {
            unreachable!("a line of words is read");
        };
        assert_eq!(
            (words.as_str(), words.folded().as_str()),
            ("بوابة المدرسة", "بوابه المدرسه")
        );
    }
}
