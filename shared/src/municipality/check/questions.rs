//! What is asked about a category.

use super::Check;
use crate::municipality::{Category, Datatype, Question};

impl Check<'_> {
    pub(super) fn questions(&mut self, path: &str, category: &Category) {
        let codes = category.questions.iter().map(|it| it.code.as_str());
        self.codes("question code", codes, |index| {
            format!("{path}/questions/{index}/code")
        });
        for (index, question) in category.questions.iter().enumerate() {
            let earlier = category.questions.get(..index).unwrap_or_default();
            self.question(&format!("{path}/questions/{index}"), question, earlier);
        }
    }

    fn question(&mut self, path: &str, question: &Question, earlier: &[Question]) {
        let is_list_itself = is_list(question);
        if is_list_itself && question.values.is_empty() {
            self.fault(
                format!("{path}/values"),
                "question.values",
                "a list needs values to choose from",
                "add values, or choose the datatype string",
            );
        }
        if !is_list_itself && !question.values.is_empty() {
            self.fault(
                format!("{path}/values"),
                "question.values",
                "only lists have values to choose from",
                "choose the datatype singlevaluelist, or leave the values out",
            );
        }
        let codes = question.values.iter().map(|value| value.code.as_str());
        self.codes("value", codes, |index| {
            format!("{path}/values/{index}/code")
        });
        let Some(when) = &question.when else { return };
        let codes = earlier.iter().map(|other| other.code.as_str());
        self.known(
            format!("{path}/when/question"),
            "question.unknown",
            "earlier question",
            &when.question,
            codes,
        );
        let Some(other) = earlier.iter().find(|other| other.code == when.question) else {
            return;
        };
        if !is_list(other) {
            self.fault(
                format!("{path}/when/question"),
                "question.condition",
                "only answers that are chosen can be compared: nobody types the same twice",
                "name an earlier question with values, or leave the condition out",
            );
        } else if !other.values.is_empty() {
            let codes = other.values.iter().map(|value| value.code.as_str());
            let path = format!("{path}/when/is");
            self.known(path, "answer.unknown", "answer", &when.is, codes);
        }
    }
}

fn is_list(question: &Question) -> bool {
    matches!(
        question.datatype,
        Datatype::SingleValueList | Datatype::MultiValueList
    )
}
