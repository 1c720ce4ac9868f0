//! Texts that lack a language that the municipality offers, or carry one that it does not.

use std::collections::BTreeMap;

use super::{Check, pointer};
use crate::municipality::{Category, Danger, Question};
use crate::translated::{Translated, TranslatedList};

/// Languages that the widget and the refusals speak.
pub(super) const LANGUAGES: [&str; 6] = ["ar", "en", "ur", "hi", "id", "ms"];

impl Check<'_> {
    pub(super) fn labels(&mut self) {
        let document = self.document;
        self.label("/names", &document.names);
        for (index, kind) in document.kinds.iter().enumerate() {
            self.label(&format!("/kinds/{index}/names"), &kind.names);
        }
        for (g, group) in document.groups.iter().enumerate() {
            let path = format!("/groups/{g}");
            self.label(&format!("{path}/names"), &group.names);
            for (c, category) in group.categories.iter().enumerate() {
                self.category_labels(&format!("{path}/categories/{c}"), category);
            }
        }
        for (index, department) in document.departments.iter().enumerate() {
            self.label(&format!("/departments/{index}/names"), &department.names);
        }
        for (index, agency) in document.agencies.iter().enumerate() {
            self.label(&format!("/agencies/{index}/names"), &agency.names);
        }
        for (index, announcement) in document.announcements.iter().enumerate() {
            self.label(&format!("/announcements/{index}/text"), &announcement.text);
        }
        let privacy = &document.privacy;
        for (name, label) in [
            ("purpose", &privacy.purpose),
            ("basis", &privacy.basis),
            ("recipients", &privacy.recipients),
            ("retention", &privacy.retention),
        ] {
            self.label(&format!("/privacy/{name}"), label);
        }
        if !privacy.controller.is_empty() {
            self.label("/privacy/controller", &privacy.controller);
        }
        for (index, level) in document.escalation.iter().enumerate() {
            self.label(&format!("/escalation/{index}/names"), &level.names);
        }
        for (event, template) in document.templates.all() {
            if !template.is_empty() {
                self.label(&format!("/templates/{event}"), template);
            }
        }
        for (index, partner) in document.partners.iter().enumerate() {
            self.label(&format!("/partners/{index}/names"), &partner.names);
        }
    }

    fn category_labels(&mut self, path: &str, category: &Category) {
        self.label(&format!("{path}/names"), &category.names);
        if let Some(notice) = &category.notice {
            self.label(&format!("{path}/notice"), notice);
        }
        if let Some(Danger { advice, tips, .. }) = &category.danger {
            self.label(&format!("{path}/danger/advice"), advice);
            self.list(&format!("{path}/danger/tips"), tips);
        }
        if let Some(procedure) = &category.procedure {
            self.list(&format!("{path}/procedure/documents"), &procedure.documents);
            self.list(&format!("{path}/procedure/steps"), &procedure.steps);
        }
        for (index, question) in category.questions.iter().enumerate() {
            self.question_labels(&format!("{path}/questions/{index}"), question);
        }
        self.offered(&format!("{path}/keywords"), category.keywords.keys());
    }

    fn question_labels(&mut self, path: &str, question: &Question) {
        self.label(&format!("{path}/names"), &question.names);
        for (index, value) in question.values.iter().enumerate() {
            self.label(&format!("{path}/values/{index}/names"), &value.names);
        }
    }

    fn label(&mut self, path: &str, label: &Translated) {
        self.missing(path, &label.0, |text| text.trim().is_empty());
        self.offered(path, label.0.keys());
    }

    /// A list that is empty in every language is one that was left out.
    fn list(&mut self, path: &str, list: &TranslatedList) {
        if list.is_empty() {
            return;
        }
        let empty = |lines: &Vec<String>| {
            lines.is_empty() || lines.iter().any(|line| line.trim().is_empty())
        };
        self.missing(path, &list.0, empty);
        self.offered(path, list.0.keys());
        let lines: Vec<usize> = list.0.values().map(Vec::len).collect();
        if lines.iter().any(|count| Some(count) != lines.first()) {
            self.fault(
                path,
                "label.lines",
                "the languages differ in their number of lines",
                "translate line by line",
            );
        }
    }

    fn missing<T>(
        &mut self,
        path: &str,
        texts: &BTreeMap<String, T>,
        is_empty: impl Fn(&T) -> bool,
    ) {
        for language in &self.document.languages {
            if texts.get(language).is_none_or(&is_empty) {
                self.faults.push(super::Fault::new(
                    pointer(path, language),
                    "label.missing",
                    format!("there is no text in {language:?}, which is offered"),
                    "translate it, or take the language out of /languages",
                ));
            }
        }
    }

    fn offered<'l>(&mut self, path: &str, languages: impl Iterator<Item = &'l String>) {
        let document = self.document;
        for language in languages.filter(|it| !document.languages.contains(it)) {
            self.faults.push(
                super::Fault::new(
                    pointer(path, language),
                    "label.language",
                    format!("{language:?} is not a language that is offered"),
                    "add it to /languages, or leave it out",
                )
                .near(language, document.languages.iter().map(String::as_str)),
            );
        }
    }
}
