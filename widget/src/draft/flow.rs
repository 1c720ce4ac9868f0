//! The five stops, and which of them a kind passes through.

use balagh_shared::municipality::{Ask, ContactRule, PublicMunicipality};

use super::Draft;
use crate::later::later;

/// A stop on the path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// What it is.
    #[default]
    What,
    /// Where it is.
    Where,
    /// The details and photos.
    Details,
    /// Who reports.
    You,
    /// Looking it over, declaring it true, sending it.
    Review,
}

impl Step {
    /// All of them, in order.
    pub(crate) const ALL: [Step; 5] = [
        Step::What,
        Step::Where,
        Step::Details,
        Step::You,
        Step::Review,
    ];

    /// Its name in the widget's events.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Step::What => "what",
            Step::Where => "where",
            Step::Details => "details",
            Step::You => "you",
            Step::Review => "review",
        }
    }

    /// Whether `draft` passes here: thanks have no place, and nobody is asked who they are where
    /// the policy wants no contact.
    pub(crate) fn applies(self, draft: &Draft, of: &PublicMunicipality) -> bool {
        match self {
            Step::Where => draft.kind_asks(of).place != Ask::None,
            Step::You => {
                of.contact.phone != ContactRule::None && draft.kind_asks(of).contact != Ask::None
            }
            // Who adds themselves to a report is asked only what it could not be sent without.
            // Nothing is joined before the place.
            Step::Details => {
                draft.joins.is_none()
                    || later().is_some_and(|it| !it.lacks(self, draft, of).is_empty())
            }
            Step::What | Step::Review => true,
        }
    }

    /// The stop after this one, or the review where an edit came from there.
    pub(crate) fn next(self, draft: &Draft, of: &PublicMunicipality) -> Step {
        if draft.reviewing {
            return Step::Review;
        }
        let mut after = Step::ALL.into_iter().filter(|step| *step > self);
        after
            .find(|step| step.applies(draft, of))
            .unwrap_or(Step::Review)
    }

    /// The stop before this one.
    pub(crate) fn back(self, draft: &Draft, of: &PublicMunicipality) -> Option<Step> {
        if draft.reviewing && self != Step::Review {
            return Some(Step::Review);
        }
        let before = Step::ALL.into_iter().rev().filter(|step| *step < self);
        before.into_iter().find(|step| step.applies(draft, of))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::municipality;
    use super::*;

    #[track_caller]
    fn check(category: &str, reviewing: bool, expected: &[Step]) {
        let municipality = municipality();
        let mut draft = Draft {
            reviewing,
            ..Draft::new("k".repeat(24))
        };
        draft.choose(municipality.category(category).unwrap());
        let mut step = Step::What;
        let mut passed = vec![step];
        while step != Step::Review {
            step = step.next(&draft, &municipality);
            passed.push(step);
        }
        assert_eq!(passed, expected);
        draft.reviewing = false;
        let mut back = vec![step];
        while let Some(before) = step.back(&draft, &municipality) {
            step = before;
            back.push(step);
        }
        back.reverse();
        if !reviewing {
            assert_eq!(back, expected, "the way back is the way there");
        }
    }

    #[test]
    fn a_report_passes_all_five_stops() {
        check("roads.pothole", false, &Step::ALL);
    }

    #[test]
    fn thanks_are_not_asked_where() {
        check(
            "thanks.any",
            false,
            &[Step::What, Step::Details, Step::You, Step::Review],
        );
    }

    #[test]
    fn who_adds_themselves_to_a_report_says_who_they_are_and_looks_it_over() {
        let of = municipality();
        let mut draft = Draft::new("k".repeat(24));
        draft.choose(of.category("roads.pothole").unwrap());
        draft.joins = Some("EP-0W3GE-1R70W-9".into());
        assert_eq!(
            Step::Where.next(&draft, &of),
            Step::Details,
            "a question that must be answered is asked"
        );
        draft.set_answer("width", vec!["hand".into()]);
        assert_eq!(Step::Where.next(&draft, &of), Step::You);
        assert_eq!(Step::You.back(&draft, &of), Some(Step::Where));
    }

    #[test]
    fn an_edit_returns_to_the_review() {
        check("roads.pothole", true, &[Step::What, Step::Review]);
    }
}
