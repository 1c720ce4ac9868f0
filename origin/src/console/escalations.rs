//! `/console/escalations`: what is overdue, by how high it was taken.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use balagh_shared::reason::{Reason, Violation};
use maud::{Markup, html};

use super::frame::frame;
use super::names::Names;
use super::words::filled;
use super::{Signed, failure, queue, rows};
use crate::queue::{Order, QueueFilter};
use crate::server::Origin;
use crate::staff::Role;
use crate::store::StoreError;
use crate::sys;

/// Reports of one level that are shown; the queue shows the others.
const MOST: u32 = 20;

/// `GET /console/escalations`.
pub(super) async fn show(State(origin): State<Arc<Origin>>, signed: Signed) -> Response {
    if signed.member.role == Role::Field {
        return failure::refused(&signed, &Violation::new(Reason::StaffForbidden, ""));
    }
    match page(&origin, &signed).await {
        Ok(Some(body)) => frame(&signed, signed.words().lists.escalations, body),
        Ok(None) | Err(_) => failure::failed(&signed),
    }
}

async fn page(origin: &Origin, signed: &Signed) -> Result<Option<Markup>, StoreError> {
    let Some(names) = Names::of(origin, signed) else {
        return Ok(None);
    };
    let (store, now) = (&origin.store, sys::now());
    let audit = store.audit(&signed.member.name, "escalations", "list", now);
    audit.await?;
    let lists = &signed.words().lists;
    let document = names.document();
    let mut sections = Vec::new();
    let highest = u32::try_from(document.escalation.len()).unwrap_or(u32::MAX);
    for level in (0..=highest).rev() {
        let filter = QueueFilter {
            is_open: true,
            level: Some(level),
            due_before: Some(now),
            order: Order::Due,
            ..queue::own(origin, signed)
        };
        let found = store.queue(&filter, MOST).await?;
        let index = usize::try_from(level).ok().and_then(|it| it.checked_sub(1));
        let rule = index.and_then(|index| document.escalation.get(index));
        let told = rule.map_or(&[][..], |rule| &rule.tell);
        let told: Vec<&str> = told.iter().map(|code| names.department(code)).collect();
        let title = match rule {
            Some(rule) => {
                let of = filled(lists.level, &[("n", &level.to_string())]);
                format!("{of}: {}", rule.names.in_language(signed.language.code()))
            }
            None => lists.not_yet.to_owned(),
        };
        sections.push((level, title, told, found));
    }
    Ok(Some(html! {
        p.hint { (lists.escalations_hint) }
        @for (level, title, told, found) in &sections {
            section.level {
                h2 { (title) }
                @if !told.is_empty() { p.hint { (filled(lists.told, &[("who", &told.join(" · "))])) } }
                @if found.rows.is_empty() { p.hint { (lists.nothing) } }
                (rows::list(&names, &found.rows, now))
                @if found.next.is_some() {
                    p { a href=(format!("/console/queue?view=overdue&level={level}")) { (lists.see_all) } }
                }
            }
        }
    }))
}
