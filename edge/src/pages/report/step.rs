//! The pages of the form, and which of them a report passes.

use balagh_shared::municipality::{
    Ask, ContactRule, IdentityMethod, PhotoRule, PublicCategory, PublicMunicipality,
};
use balagh_shared::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::lacks::lacks;
use crate::served::Served;

/// A page of the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Step {
    /// The citizen's own words, and which of the six kinds it is.
    #[default]
    What,
    /// Which category.
    Which,
    /// The stop before a dangerous subject.
    Danger,
    /// Where it is.
    Where,
    /// The description, and what the category asks.
    Details,
    /// Photos.
    Photos,
    /// Who reports.
    You,
    /// The code that was sent.
    Code,
    /// Looking it over, declaring it true, sending it.
    Review,
}

impl Step {
    /// All of them, in order.
    pub(super) const ALL: [Step; 9] = [
        Step::What,
        Step::Which,
        Step::Danger,
        Step::Where,
        Step::Details,
        Step::Photos,
        Step::You,
        Step::Code,
        Step::Review,
    ];

    /// Its name in the form.
    pub(super) fn code(self) -> &'static str {
        match self {
            Step::What => "what",
            Step::Which => "which",
            Step::Danger => "danger",
            Step::Where => "where",
            Step::Details => "details",
            Step::Photos => "photos",
            Step::You => "you",
            Step::Code => "code",
            Step::Review => "review",
        }
    }

    /// The page of this name.
    pub(super) fn of(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.code() == code)
    }

    /// Its stop on the way, of five, as in the widget.
    pub(super) fn stop(self) -> usize {
        match self {
            Step::What | Step::Which | Step::Danger => 1,
            Step::Where => 2,
            Step::Details | Step::Photos => 3,
            Step::You | Step::Code => 4,
            Step::Review => 5,
        }
    }

    /// Whether `draft` passes here at all.
    pub(super) fn applies(self, draft: &Draft, of: &PublicMunicipality) -> bool {
        let category = draft.category(of);
        match self {
            Step::What | Step::Details | Step::Review => true,
            Step::Which => choices(draft, of).nth(1).is_some(),
            Step::Danger => category.is_some_and(|it| it.danger.is_some()),
            Step::Where => draft.asks(of).place != Ask::None,
            Step::Photos => wants_photos(draft, of),
            Step::You => {
                of.contact.phone != ContactRule::None && draft.asks(of).contact != Ask::None
            }
            Step::Code => is_code_owed(draft, of),
        }
    }

    /// Whether nothing is left to do here.
    fn is_done(self, draft: &Draft, served: &Served) -> bool {
        let of = served.public();
        match self {
            Step::Which => draft.category.is_some(),
            Step::Danger => draft.safe == draft.category,
            Step::Code => !is_code_owed(draft, of),
            step => lacks(step, draft, served).is_empty(),
        }
    }

    /// The page after this one: where an edit came from the review, the first on which something is
    /// left to do, and the review.
    pub(super) fn next(self, draft: &Draft, served: &Served) -> Step {
        let of = served.public();
        let after = Step::ALL.into_iter().find(|step| {
            let is_due = if draft.reviewing {
                !step.is_done(draft, served)
            } else {
                // What was answered already is not asked again.
                let is_stop = matches!(step, Step::Which | Step::Danger | Step::Code);
                *step > self && (!is_stop || !step.is_done(draft, served))
            };
            is_due && step.applies(draft, of)
        });
        after.unwrap_or(Step::Review)
    }

    /// The page before this one.
    pub(super) fn back(self, draft: &Draft, of: &PublicMunicipality) -> Step {
        if draft.reviewing && !matches!(self, Step::Which | Step::Review) {
            return Step::Review;
        }
        let mut before = Step::ALL.into_iter().rev().filter(|step| *step < self);
        let before = before.find(|step| {
            let is_stop = matches!(step, Step::Danger | Step::Code);
            !is_stop && step.applies(draft, of)
        });
        before.unwrap_or(Step::What)
    }
}

/// The categories of the draft's kind; "something else" among those of reports.
pub(super) fn choices<'m>(
    draft: &Draft,
    of: &'m PublicMunicipality,
) -> impl Iterator<Item = &'m PublicCategory> + use<'m> {
    let kind = draft.kind;
    let all = of.groups.iter().flat_map(|group| &group.categories);
    all.filter(move |category| category.kind == kind)
}

/// Whether photos are asked for: the category's own rule goes before its kind's.
fn wants_photos(draft: &Draft, of: &PublicMunicipality) -> bool {
    let rule = draft
        .category(of)
        .map_or(PhotoRule::Optional, |it| it.photo);
    let by_kind = draft.asks(of).photos != Ask::None;
    of.photos.count > 0
        && match rule {
            PhotoRule::None => false,
            PhotoRule::Optional => by_kind,
            PhotoRule::Asked => true,
        }
}

/// Whether the municipality takes this report only from who is known.
pub(super) fn is_identity_asked(draft: &Draft, of: &PublicMunicipality) -> bool {
    let is_offered = of.identity.methods.contains(&IdentityMethod::Anonymous);
    let by_category = draft.category(of).is_some_and(|it| it.anonymous);
    !is_offered && !by_category && Step::You.applies(draft, of)
}

/// Whether a phone number is asked for: where who reports must be known, only where codes go to phones.
pub(super) fn is_phone_asked(draft: &Draft, of: &PublicMunicipality) -> bool {
    !is_identity_asked(draft, of) || of.identity.methods.contains(&IdentityMethod::PhoneCode)
}

/// Whether a code is still to be typed: who reports must be known, and a code can say who.
fn is_code_owed(draft: &Draft, of: &PublicMunicipality) -> bool {
    is_identity_asked(draft, of) && draft.token.is_empty() && reached(draft, of).is_some()
}

/// The contact that a code confirms: the phone where codes go to phones, else the e-mail address.
pub(super) fn reached<'d>(draft: &'d Draft, of: &PublicMunicipality) -> Option<Reached<'d>> {
    let offers = |method| of.identity.methods.contains(&method);
    let (phone, email) = (draft.phone.trim(), draft.email.trim());
    if !phone.is_empty() && offers(IdentityMethod::PhoneCode) {
        Some(Reached::Phone(phone))
    } else if !email.is_empty() && offers(IdentityMethod::EmailCode) {
        Some(Reached::Email(email))
    } else {
        None
    }
}

/// A contact, as typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::pages) enum Reached<'d> {
    Phone(&'d str),
    Email(&'d str),
}

impl<'d> Reached<'d> {
    /// As typed.
    pub(in crate::pages) fn typed(self) -> &'d str {
        match self {
            Reached::Phone(typed) | Reached::Email(typed) => typed,
        }
    }

    /// The field it was typed in.
    pub(in crate::pages) fn field(self) -> &'static str {
        match self {
            Reached::Phone(_) => "phone",
            Reached::Email(_) => "email",
        }
    }
}

/// Whether a code that was sent to this very contact is still good.
pub(super) fn is_code_out(draft: &Draft, contact: &str, now: Timestamp) -> bool {
    let sent = draft.asked.as_ref();
    sent.is_some_and(|it| it.contact == contact && it.until > now.millis())
}
