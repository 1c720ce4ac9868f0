//! Lists that show more of each report than a line: the reports themselves, a page at a time.

use maud::{Markup, html};

use super::Signed;
use crate::queue::{Cursor, QueueFilter};
use crate::server::Origin;
use crate::store::{StoreError, StoredReport};
use crate::sys;

/// A page of whole reports.
pub(super) struct Page {
    pub(super) reports: Vec<StoredReport>,
    next: Option<Cursor>,
}

impl Page {
    /// The reports that `filter` lets through, at most `most`; that `list` was looked at is audited
    /// first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn find(
        origin: &Origin,
        signed: &Signed,
        list: &str,
        filter: &QueueFilter,
        most: u32,
    ) -> Result<Page, StoreError> {
        let store = &origin.store;
        let audit = store.audit(&signed.member.name, list, "list", sys::now());
        audit.await?;
        let found = store.queue(filter, most).await?;
        let mut reports = Vec::new();
        for row in &found.rows {
            reports.extend(store.report(&row.number).await?);
        }
        let next = found.next;
        Ok(Page { reports, next })
    }

    /// The way to the next page of the list at `path`.
    pub(super) fn onwards(&self, signed: &Signed, path: &str) -> Markup {
        html! {
            @if let Some(after) = &self.next {
                div.actions {
                    a.button.quiet rel="next" href=(format!("{path}?after={after}")) {
                        (signed.words().lists.next)
                    }
                }
            }
        }
    }
}
