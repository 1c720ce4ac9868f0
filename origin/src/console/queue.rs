//! `/console/queue`: what there is to do.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use balagh_shared::number::ReportNumber;
use balagh_shared::status::State as ReportState;
use balagh_shared::time::Timestamp;
use maud::{Markup, html};

use super::fields::Fields;
use super::frame::{frame, guarded};
use super::names::Names;
use super::words::Language;
use super::{Signed, failure, rows};
use crate::clearance;
use crate::queue::{Cursor, Order, QueueFilter, QueuePage};
use crate::server::Origin;
use crate::store::{MOST_COUNTED, StoreError};
use crate::sys;

/// Reports of one page.
const PAGE: u32 = 50;

/// A list of the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// What somebody is still expected to do something about.
    Todo,
    /// What of it is late.
    Overdue,
    /// What stands in this state.
    In(ReportState),
    /// All there is, the newest first.
    All,
}

impl View {
    const ALL: [View; 7] = [
        View::Todo,
        View::Overdue,
        View::In(ReportState::Received),
        View::In(ReportState::WaitingForReporter),
        View::In(ReportState::Transferred),
        View::In(ReportState::Resolved),
        View::All,
    ];

    fn code(self) -> &'static str {
        match self {
            View::Todo => "todo",
            View::Overdue => "overdue",
            View::In(state) => state.code(),
            View::All => "all",
        }
    }

    fn from_code(code: &str) -> View {
        let known = View::ALL.into_iter().find(|view| view.code() == code);
        known.unwrap_or(View::Todo)
    }

    fn name(self, language: Language) -> &'static str {
        let lists = &language.words().lists;
        match self {
            View::Todo => lists.todo,
            View::Overdue => lists.overdue,
            View::In(state) => language.words().state(state),
            View::All => lists.all,
        }
    }

    /// What it lets through of what somebody may see.
    fn filter(self, filter: &QueueFilter, now: Timestamp) -> QueueFilter {
        let mut filter = filter.clone();
        match self {
            View::Todo => filter.is_open = true,
            View::Overdue => {
                filter.is_open = true;
                filter.due_before = Some(now);
            }
            View::In(state) => {
                filter.is_open = state.is_open();
                filter.state = Some(state.code().to_owned());
            }
            View::All => {}
        }
        filter.order = match filter.is_open {
            true => Order::Due,
            false => Order::Newest,
        };
        filter
    }
}

/// What somebody may see of the queue at all.
pub(super) fn own(origin: &Origin, signed: &Signed) -> QueueFilter {
    let member = &signed.member;
    let department = member.role.is_of_a_department();
    QueueFilter {
        municipality: member.municipality.clone(),
        department: department.then(|| member.department.clone().unwrap_or_default()),
        visible: clearance::visible_categories(origin, member),
        ..QueueFilter::default()
    }
}

/// `GET /console/queue`.
pub(super) async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Fields::parse(query.unwrap_or_default().as_bytes());
    if let Some(number) = query
        .some("q")
        .and_then(|typed| ReportNumber::parse(typed).ok())
    {
        let to = format!("/console/reports/{}", number.as_str());
        return guarded((StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response());
    }
    match page(&origin, &signed, &query).await {
        Ok(Some(body)) => frame(&signed, signed.words().lists.queue, body),
        Ok(None) | Err(_) => failure::failed(&signed),
    }
}

async fn page(
    origin: &Origin,
    signed: &Signed,
    query: &Fields,
) -> Result<Option<Markup>, StoreError> {
    let Some(names) = Names::of(origin, signed) else {
        return Ok(None);
    };
    let now = sys::now();
    let store = &origin.store;
    let audit = store.audit(&signed.member.name, "queue", "list", now);
    audit.await?;
    let view = View::from_code(query.text("view"));
    let own = own(origin, signed);
    let mut filter = view.filter(&own, now);
    narrow(&mut filter, query);
    let found = store.queue(&filter, PAGE).await?;
    let mut counts = Vec::new();
    for counted in View::ALL.into_iter().filter(|view| *view != View::All) {
        let count = store.queue_count(&counted.filter(&own, now)).await?;
        counts.push((counted, count));
    }
    Ok(Some(html! {
        (views(signed, view, &counts))
        (search(signed, &names, view, query))
        (rows::list(&names, &found.rows, now))
        (pager(signed, query, &found))
    }))
}

fn narrow(filter: &mut QueueFilter, query: &Fields) {
    let chosen = |name| query.some(name).map(str::to_owned);
    filter.category = chosen("category");
    filter.district = chosen("district");
    filter.channel = chosen("channel");
    filter.words = chosen("q");
    if filter.department.is_none() {
        filter.department = chosen("department");
    }
    if filter.state.is_none() {
        filter.state = chosen("state");
    }
    filter.level = query.some("level").and_then(|level| level.parse().ok());
    filter.after = behind(query);
}

/// Where a page begins: behind the last row of the one before.
pub(super) fn behind(query: &Fields) -> Option<Cursor> {
    query.some("after")?.parse().ok()
}

fn views(signed: &Signed, here: View, counts: &[(View, u32)]) -> Markup {
    html! {
        nav.views aria-label=(signed.words().lists.views) {
            ul {
                @for view in View::ALL {
                    @let count = counts.iter().find(|(of, _)| *of == view).map(|(_, count)| *count);
                    li {
                        a href=(format!("/console/queue?view={}", view.code())) aria-current=[(view == here).then_some("page")] {
                            (view.name(signed.language)) " "
                            @if let Some(count) = count {
                                span.count { (count) @if count >= MOST_COUNTED { "+" } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn search(signed: &Signed, names: &Names<'_>, view: View, query: &Fields) -> Markup {
    let lists = &signed.words().lists;
    let code = signed.language.code();
    let is_narrowed = ["category", "district", "department", "channel", "state"]
        .into_iter()
        .any(|name| query.some(name).is_some());
    let document = names.document();
    let option = |name: &str, value: &str, label: &str| {
        html! { option value=(value) selected[query.text(name) == value] { (label) } }
    };
    html! {
        form.card.search method="get" action="/console/queue" role="search" {
            input type="hidden" name="view" value=(view.code());
            div.find {
                label.field { span { (lists.find) }
                    input type="search" name="q" value=(query.text("q")) dir="auto" autocomplete="off";
                }
                button { (lists.look) }
            }
            details open[is_narrowed] {
                summary { (lists.filters) }
                div.narrowing {
                    label.field { span { (lists.category) }
                        select name="category" {
                            option value="" { (lists.any) }
                            @for group in &document.groups {
                                optgroup label=(group.names.in_language(code)) {
                                    @for category in &group.categories {
                                        (option("category", &category.code, category.names.in_language(code)))
                                    }
                                }
                            }
                        }
                    }
                    label.field { span { (lists.district) }
                        select name="district" {
                            option value="" { (lists.any) }
                            @for district in &names.served.public.districts {
                                (option("district", &district.id, district.names.in_language(code)))
                            }
                        }
                    }
                    @if !signed.member.role.is_of_a_department() {
                        label.field { span { (lists.department) }
                            select name="department" {
                                option value="" { (lists.any) }
                                @for department in &document.departments {
                                    (option("department", &department.code, department.names.in_language(code)))
                                }
                            }
                        }
                    }
                    label.field { span { (lists.channel) }
                        select name="channel" {
                            option value="" { (lists.any) }
                            @for (channel, name) in signed.words().common.channels {
                                (option("channel", channel, name))
                            }
                        }
                    }
                    @if view == View::All || view == View::Todo || view == View::Overdue {
                        label.field { span { (lists.state) }
                            select name="state" {
                                option value="" { (lists.any) }
                                @for state in ReportState::ALL {
                                    (option("state", state.code(), signed.words().state(state)))
                                }
                            }
                        }
                    }
                    div.actions {
                        button.quiet { (lists.apply) }
                        @if is_narrowed || query.some("q").is_some() {
                            a href=(format!("/console/queue?view={}", view.code())) { (lists.clear) }
                        }
                    }
                }
            }
        }
    }
}

/// To the next page, and back to the first.
fn pager(signed: &Signed, query: &Fields, found: &QueuePage) -> Markup {
    let lists = &signed.words().lists;
    let is_search = query.some("q").is_some();
    let address = |after: Option<&Cursor>| {
        let mut to = form_urlencoded::Serializer::new(String::new());
        for name in [
            "view",
            "q",
            "category",
            "district",
            "department",
            "channel",
            "state",
            "level",
        ] {
            if let Some(value) = query.some(name) {
                to.append_pair(name, value);
            }
        }
        if let Some(after) = after {
            to.append_pair("after", &after.to_string());
        }
        format!("/console/queue?{}", to.finish())
    };
    let is_short = found.rows.len() < PAGE as usize;
    html! {
        @if found.rows.is_empty() {
            p.empty { @if is_search { (lists.not_found) } @else { (lists.nothing) } }
        }
        div.actions {
            @if query.some("after").is_some() {
                a href=(address(None)) { (lists.first) }
            }
            @if let Some(next) = &found.next {
                @if is_search && is_short {
                    span.hint { (lists.further_hint) }
                    a.button.quiet href=(address(Some(next))) { (lists.further) }
                } @else {
                    a.button.quiet href=(address(Some(next))) rel="next" { (lists.next) }
                }
            }
        }
    }
}
