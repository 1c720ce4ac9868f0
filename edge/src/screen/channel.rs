//! Which way did it come in? Figures are counted by it and open data name it, so that what stands there
//! is from a list or from the municipality's document, never from whoever sends without a key.

use balagh_shared::reason::{Reason, Violation};
use balagh_shared::report::{CHANNELS, Report};

use super::{Caller, Posted};

/// What forms without a key are: the widget, and the pages for people without scripts.
const FORMS: [&str; 2] = ["widget", "web_form"];

/// The channel that the report is kept under. A partner's is the one its report names where everybody
/// knows it, else the one the document has for the partner: its programs are not refused for a word.
///
/// # Errors
/// A form that names another.
pub(super) fn of<'a>(
    posted: &Posted<'a>,
    caller: &'a Caller,
    report: &'a Report,
) -> Result<&'a str, Violation> {
    let named = report.channel.as_str();
    match caller {
        Caller::Form { .. } if FORMS.contains(&named) => Ok(named),
        Caller::Form { .. } => Err(Violation::new(Reason::ChannelInvalid, "/channel")),
        Caller::Partner(_) if CHANNELS.contains(&named) => Ok(named),
        Caller::Partner(id) => {
            let mut partners = posted.served.document().partners.iter();
            let partner = partners.find(|partner| partner.id == *id);
            Ok(partner.map_or(named, |partner| partner.channel.as_str()))
        }
    }
}
