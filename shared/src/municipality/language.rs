//! The public document in one language.

use super::{PublicCategory, PublicMunicipality};
use crate::translated::{Translated, TranslatedList};

impl PublicMunicipality {
    /// The same with the labels of `language` alone, which is what a phone needs of it.
    ///
    /// A label that has no text in `language` keeps the one in the document's first language, else
    /// whichever there is, under the language it really is in: nothing is ever empty that was not.
    /// A language that is not offered is taken for the first.
    #[must_use]
    pub fn in_language(&self, language: &str) -> PublicMunicipality {
        let first = self.languages.first().cloned().unwrap_or_default();
        let offered = self.languages.iter().any(|one| one == language);
        let only = Only {
            language: if offered { language } else { &first },
            first: &first,
        };
        let mut narrowed = self.clone();
        narrowed.narrow(&only);
        narrowed
    }

    fn narrow(&mut self, only: &Only<'_>) {
        only.label(&mut self.names);
        for kind in &mut self.kinds {
            only.label(&mut kind.names);
        }
        for group in &mut self.groups {
            only.label(&mut group.names);
            for category in &mut group.categories {
                category.narrow(only);
            }
        }
        for label in self.departments.values_mut() {
            only.label(label);
        }
        for agency in &mut self.agencies {
            only.label(&mut agency.names);
        }
        for district in &mut self.districts {
            only.label(&mut district.names);
        }
        for announcement in &mut self.announcements {
            only.label(&mut announcement.text);
        }
        let privacy = &mut self.privacy;
        for label in [
            &mut privacy.controller,
            &mut privacy.purpose,
            &mut privacy.basis,
            &mut privacy.recipients,
            &mut privacy.retention,
        ] {
            only.label(label);
        }
    }
}

impl PublicCategory {
    fn narrow(&mut self, only: &Only<'_>) {
        only.label(&mut self.names);
        if let Some(notice) = &mut self.notice {
            only.label(notice);
        }
        if let Some(danger) = &mut self.danger {
            only.label(&mut danger.advice);
            only.list(&mut danger.tips);
        }
        if let Some(procedure) = &mut self.procedure {
            only.list(&mut procedure.documents);
            only.list(&mut procedure.steps);
        }
        for question in &mut self.questions {
            only.label(&mut question.names);
            for value in &mut question.values {
                only.label(&mut value.names);
            }
        }
    }
}

/// The language that is kept, and the one to keep where a label lacks it.
struct Only<'a> {
    language: &'a str,
    first: &'a str,
}

impl Only<'_> {
    fn label(&self, label: &mut Translated) {
        if let Some(kept) = self.kept(label.0.keys()) {
            label.0.retain(|language, _| *language == kept);
        }
    }

    fn list(&self, list: &mut TranslatedList) {
        if let Some(kept) = self.kept(list.0.keys()) {
            list.0.retain(|language, _| *language == kept);
        }
    }

    fn kept<'k>(&self, there: impl Iterator<Item = &'k String> + Clone) -> Option<String> {
        [self.language, self.first]
            .into_iter()
            .find(|wanted| there.clone().any(|language| language == wanted))
            .map(str::to_owned)
            .or_else(|| there.clone().next().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(label: &[(&str, &str)], language: &str, expected: &[(&str, &str)]) {
        let owned = |pairs: &[(&str, &str)]| {
            Translated(
                pairs
                    .iter()
                    .map(|(l, t)| ((*l).into(), (*t).into()))
                    .collect(),
            )
        };
        let mut label = owned(label);
        Only {
            language,
            first: "ar",
        }
        .label(&mut label);
        assert_eq!(label, owned(expected));
    }

    #[test]
    fn a_label_keeps_the_language_asked_for_else_the_first_else_any() {
        let both = [("ar", "حفرة"), ("en", "Pothole")];
        check(&both, "en", &[("en", "Pothole")]);
        check(&both, "ur", &[("ar", "حفرة")]);
        check(&[("en", "Pothole")], "ur", &[("en", "Pothole")]);
        check(&[], "ur", &[]);
    }
}
