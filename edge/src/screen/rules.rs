//! Does it follow the municipality's rules? The same function as on the phone, on the full pack.

use balagh_shared::reason::Violation;
use balagh_shared::report::Report;
use balagh_shared::rules::{self, Accepted};

use crate::served::Served;

pub(super) fn judge<'a>(
    served: &'a Served,
    report: &Report,
) -> Result<Accepted<'a>, Vec<Violation>> {
    rules::judge(served.public(), served.pack(), report)
}
