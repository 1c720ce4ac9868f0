//! What may be done with a report, as forms.

use balagh_shared::delivery::StoredPhoto;
use balagh_shared::reason::{Reason, Violation};

use super::Signed;
use super::fields::Fields;
use super::names::Names;
use super::words::Language;
use crate::lifecycle::policy::Policy;
use crate::lifecycle::step::Step;
use crate::server::Origin;
use crate::store::StoredReport;
use crate::{clearance, desk, sys};

/// Something staff do with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Assign,
    Start,
    Wait,
    Transfer,
    Resolve,
    Close,
    Reject,
    Return,
    Note,
    Publish,
    Join,
    /// A photo of the work, which comes by a form of its own.
    Picture,
}

/// Whether a deed is there to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Offer {
    /// It is.
    Open,
    /// It would be, but for this.
    Barred(Violation),
}

impl Deed {
    /// In the order in which a life has them.
    const ALL: [Deed; 12] = [
        Deed::Start,
        Deed::Resolve,
        Deed::Picture,
        Deed::Close,
        Deed::Assign,
        Deed::Wait,
        Deed::Transfer,
        Deed::Return,
        Deed::Reject,
        Deed::Join,
        Deed::Publish,
        Deed::Note,
    ];

    /// Its code in addresses and in the audit, the same as at the JSON door.
    pub(super) fn code(self) -> &'static str {
        match self {
            Deed::Assign => "assign",
            Deed::Start => "start",
            Deed::Wait => "wait",
            Deed::Transfer => "transfer",
            Deed::Resolve => "resolve",
            Deed::Close => "close",
            Deed::Reject => "reject",
            Deed::Return => "reopen",
            Deed::Note => "note",
            Deed::Publish => "publish",
            Deed::Join => "join",
            Deed::Picture => "picture",
        }
    }

    /// The deed with this code.
    pub(super) fn from_code(code: &str) -> Option<Deed> {
        Deed::ALL.into_iter().find(|deed| deed.code() == code)
    }

    /// What its button says.
    pub(super) fn name(self, language: Language) -> &'static str {
        let report = &language.words().report;
        match self {
            Deed::Assign => report.assign,
            Deed::Start => report.start,
            Deed::Wait => report.wait,
            Deed::Transfer => report.transfer,
            Deed::Resolve => report.resolve,
            Deed::Close => report.close,
            Deed::Reject => report.reject,
            Deed::Return => report.reopen,
            Deed::Note => report.note,
            Deed::Publish => report.publish,
            Deed::Join => report.join,
            Deed::Picture => report.picture,
        }
    }

    /// The step that a form of it asks for; joining is none, and a photo comes with its bytes.
    pub(super) fn step(self, fields: &Fields) -> Option<Step> {
        let chosen = |name| fields.some(name).map(str::to_owned);
        let words = || fields.text("note").to_owned();
        Some(match self {
            Deed::Assign => Step::Assign {
                department: chosen("department"),
            },
            Deed::Start => Step::Start,
            Deed::Wait => Step::Wait { note: words() },
            Deed::Transfer => Step::Transfer {
                agency: fields.text("agency").to_owned(),
                reference: chosen("reference"),
                note: chosen("note"),
            },
            Deed::Resolve => Step::Resolve {
                note: chosen("note"),
            },
            Deed::Close => Step::Close {
                code: chosen("code"),
                note: chosen("note"),
            },
            Deed::Reject => Step::Reject { note: words() },
            Deed::Return => Step::Return {
                note: chosen("note"),
            },
            Deed::Note => Step::Note {
                note: words(),
                internal: fields.some("internal").is_some(),
            },
            Deed::Publish => Step::Publish,
            Deed::Join | Deed::Picture => return None,
        })
    }

    /// The step with everything filled in that could be, to see whether the lifecycle has it.
    fn rehearsed(self, names: &Names<'_>) -> Option<Step> {
        let document = names.document();
        let note = Some(String::from("."));
        Some(match self {
            Deed::Assign => Step::Assign {
                department: Some(document.departments.first()?.code.clone()),
            },
            Deed::Wait => Step::Wait { note: note? },
            Deed::Transfer => Step::Transfer {
                agency: document.agencies.first()?.id.clone(),
                reference: None,
                note,
            },
            Deed::Reject => Step::Reject { note: note? },
            Deed::Note => Step::Note {
                note: note?,
                internal: true,
            },
            Deed::Resolve => Step::Resolve { note },
            Deed::Close => Step::Close { code: None, note },
            Deed::Return => Step::Return { note },
            Deed::Picture => Step::Picture {
                photo: StoredPhoto {
                    sha256: String::new(),
                    sent_sha256: String::new(),
                    media_type: String::new(),
                    bytes: 0,
                    width: 0,
                    height: 0,
                },
                is_public: false,
                note,
            },
            Deed::Start | Deed::Publish | Deed::Join => return self.step(&Fields::default()),
        })
    }
}

/// What somebody may do with a report as it stands: each deed is rehearsed, so that what is offered
/// is what the lifecycle takes.
pub(super) fn offers(
    origin: &Origin,
    signed: &Signed,
    names: &Names<'_>,
    report: &StoredReport,
) -> Vec<(Deed, Offer)> {
    let rehearse = |deed: Deed| match deed {
        Deed::Join => {
            let life = report.life();
            let may = signed.member.role.may_join() && life.state.is_open();
            (may && life.joins.is_none()).then_some(Offer::Open)
        }
        _ => {
            let step = deed.rehearsed(names)?;
            if !clearance::may(&signed.member, &step, report.log.state()) {
                return None;
            }
            let (documents, codes) = (&origin.municipalities, &origin.keys.closing);
            let outcome = desk::decide(&step, None, report, documents, codes, sys::now()).ok()?;
            match outcome.refusal {
                None => Some(Offer::Open),
                // It asks for a code, which is the form's to ask for.
                Some(violation) if violation.code == Reason::ClosingCode => Some(Offer::Open),
                Some(violation)
                    if matches!(
                        violation.code,
                        Reason::ClosingOnline | Reason::ClosingLocked
                    ) =>
                {
                    Some(Offer::Barred(violation))
                }
                Some(_) => None,
            }
        }
    };
    Deed::ALL
        .into_iter()
        .filter_map(|deed| Some((deed, rehearse(deed)?)))
        .collect()
}

/// Whether somebody may let the public see a photo of this report's work.
pub(super) fn may_show_publicly(signed: &Signed, names: &Names<'_>, report: &StoredReport) -> bool {
    let policy = Policy::of(names.document(), &report.head.category);
    policy.may_be_published() && signed.member.role.may(&Step::Publish)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_deed_reads_back_from_its_code() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_code(deed.code()), Some(deed));
        }
    }
}
