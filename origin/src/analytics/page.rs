//! `/console/figures`: the figures of a period with charts and tables, and the same as a report to
//! print.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use balagh_shared::reason::{Reason, Violation};
use maud::{Markup, html};

use super::change::Change;
use super::chart::{self, Bar};
use super::contacts::Ratings;
use super::dimension::Dimension;
use super::door::{Asked, of_member};
use super::sentences;
use super::statement::{Row, Statement};
use super::tally::{Share, Tally};
use super::words::{Words, count};
use crate::console::{self, Signed, frame};
use crate::refusal::Refusal;
use crate::server::Origin;

/// Where it is.
pub(crate) const PATH: &str = "/console/figures";
/// Rows of a table that are shown at once; the others can be unfolded, and the file has all.
const MOST_ROWS: usize = 12;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route(PATH, get(show))
        .route("/console/figures/report", get(show_report))
        .route("/console/figures/figures.csv", get(download))
}

async fn show(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&origin, &signed, &asked, |statement, words| {
        frame(&signed, words.figures, page(statement, &asked, words))
    })
    .await
}

async fn show_report(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&origin, &signed, &asked, |statement, words| {
        let title = words.said(statement.period);
        frame(&signed, &title, report(statement, &asked, words))
    })
    .await
}

async fn download(
    State(origin): State<Arc<Origin>>,
    signed: Signed,
    Query(asked): Query<Asked>,
) -> Response {
    answer(&origin, &signed, &asked, |statement, words| {
        super::door::file(statement, &Dimension::ALL, words.code)
    })
    .await
}

/// What `show` makes of the figures that are asked for, or why there are none.
async fn answer(
    origin: &Origin,
    signed: &Signed,
    asked: &Asked,
    show: impl FnOnce(&Statement<'_>, &'static Words) -> Response,
) -> Response {
    let words = Words::of(signed.language.code());
    match of_member(origin, &signed.member, asked).await {
        Ok(statement) => show(&statement, words),
        Err(refusal) => refused(signed, asked, words, &refusal),
    }
}

fn refused(signed: &Signed, asked: &Asked, words: &Words, refusal: &Refusal) -> Response {
    match refusal.reason() {
        Reason::FiguresPeriod => frame(
            signed,
            words.figures,
            html! {
                p.said.wrong role="alert" { (words.malformed) }
                (choice(asked, words))
            },
        ),
        Reason::StorageUnavailable => console::failed(signed),
        reason => console::refused(signed, &Violation::new(reason, "")),
    }
}

/// The whole page, below its heading.
pub(super) fn page(statement: &Statement<'_>, asked: &Asked, words: &Words) -> Markup {
    let total = statement.total();
    html! {
        (choice(asked, words))
        p.standing {
            strong { (words.said(statement.period)) }
            @if let Some((baseline, _)) = &statement.baseline {
                span { (words.baseline) ": " (words.said(*baseline)) }
            }
        }
        @if statement.pending_days > 0 {
            p.said.note { (count(statement.pending_days)) " " (words.pending) }
        }
        @if total.now.received == 0 {
            p.said.note { (words.nothing) }
        }
        (main_figures(&total, words))
        p.actions {
            a.button.quiet href=(address("/report", statement, asked)) { (words.report) }
            a href=(address("/figures.csv", statement, asked)) { "CSV" }
        }
        @if total.now.received > 0 {
            (over_time(statement, words))
            @for dimension in Dimension::ALL {
                (by(statement, dimension, words))
            }
        }
        (contacts(statement, words))
    }
}

/// What is shown, chosen anew.
fn choice(asked: &Asked, words: &Words) -> Markup {
    let baseline = asked.baseline.as_deref().unwrap_or("previous");
    html! {
        form.narrowing method="get" action=(PATH) {
            label.field {
                span { (words.period) }
                input name="period" value=(asked.period.as_deref().unwrap_or_default()) placeholder="2024-03" dir="ltr" maxlength="40" aria-describedby="period-hint";
                small.hint #period-hint { (words.period_hint) }
            }
            label.field {
                span { (words.baseline) }
                select name="baseline" {
                    @for (value, name) in [("previous", words.previous), ("year-before", words.year_before), ("none", words.without)] {
                        option value=(value) selected[value == baseline] { (name) }
                    }
                }
            }
            button { (words.show) }
        }
    }
}

fn address(page: &str, statement: &Statement<'_>, asked: &Asked) -> String {
    // A period holds nothing that an address could not; a baseline is one, or a word of ours.
    let baseline = match asked.baseline.as_deref() {
        Some(word @ ("year-before" | "none")) => word.to_owned(),
        None | Some("previous") => "previous".to_owned(),
        Some(_) => statement
            .baseline
            .as_ref()
            .map_or_else(|| "none".to_owned(), |(baseline, _)| baseline.to_string()),
    };
    format!(
        "{PATH}{page}?period={}&baseline={baseline}",
        statement.period
    )
}

fn main_figures(total: &Row<'_>, words: &Words) -> Markup {
    let of_share = |name, of: fn(&Tally) -> Share| {
        let change = total
            .before
            .map(|before| Change::of_share(of(total.now), of(before)));
        (name, words.percentage(of(total.now).permille()), change)
    };
    let of_count = |name, of: fn(&Tally) -> u64| {
        let change = total
            .before
            .map(|before| Change::of_count(of(total.now), of(before)));
        (name, count(of(total.now)), change)
    };
    let length = |name, percent| {
        (
            name,
            words.length(total.now.durations.percentile(percent)),
            None,
        )
    };
    let figures = [
        of_count(words.received, |it| it.received),
        of_count(words.completed, |it| it.completed),
        of_share(words.completion, Tally::completion),
        of_share(words.on_time, Tally::punctuality),
        length(words.median, 50),
        length(words.p90, 90),
        of_share(words.satisfaction, Tally::satisfaction),
        of_count(words.open, Tally::open),
        of_count(words.rejected, |it| it.rejected),
        of_count(words.transferred, |it| it.transferred),
        of_count(words.reopened, |it| it.reopened),
    ];
    html! {
        dl.facts.figures {
            @for (name, value, change) in figures {
                div {
                    dt { (name) }
                    dd {
                        (value)
                        @if let Some(said) = change.and_then(|change| said(change, words)) {
                            small { (said) }
                        }
                    }
                }
            }
        }
        p.hint { (words.satisfaction) ": " (words.satisfaction_hint) "." }
    }
}

/// A change in words; nothing where there is nothing to compare.
fn said(change: Change, words: &Words) -> Option<String> {
    let percent = change.percent?;
    let relative = format!("{}{}", Words::tenths(percent, true), words.percent);
    Some(match change.points {
        Some(points) => format!(
            "{relative} · {} {}",
            Words::tenths(points, true),
            words.points
        ),
        None => relative,
    })
}

fn over_time(statement: &Statement<'_>, words: &Words) -> Markup {
    let calendar = statement.period.calendar();
    let parts = statement.now.parts.iter().map(|(days, counts)| Bar {
        name: words.day(calendar, days.start),
        received: counts.received,
        completed: counts.completed,
    });
    let parts: Vec<Bar> = parts.collect();
    html! {
        section.card {
            h2 #over-time { (words.over_time) }
            div.pair {
                figure { (chart::columns("time", words.over_time, &parts, words)) figcaption.hint { (words.chart) } }
                details {
                    summary { (words.figures) }
                    table aria-labelledby="over-time" {
                        thead { tr { th scope="col" { (words.from) } th scope="col" { (words.received) } th scope="col" { (words.completed) } } }
                        tbody {
                            @for part in &parts {
                                tr { th scope="row" { (part.name) } td { (count(part.received)) } td { (count(part.completed)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn by(statement: &Statement<'_>, dimension: Dimension, words: &Words) -> Markup {
    let rows = statement.rows(dimension);
    let (id, title) = (dimension.code(), words.dimension(dimension));
    let bars: Vec<Bar> = rows
        .iter()
        .map(|row| Bar {
            name: words
                .value(dimension, row.value, statement.served)
                .to_owned(),
            received: row.now.received,
            completed: row.now.completed,
        })
        .collect();
    let (first, rest) = rows.split_at(MOST_ROWS.min(rows.len()));
    html! {
        section.card {
            h2 id=(id) { (title) }
            div.pair {
                figure { (chart::bars(id, title, &bars, words)) figcaption.hint { (words.chart) } }
                div {
                    (table(statement, dimension, first, words))
                    @if !rest.is_empty() {
                        details {
                            summary { (words.others) " (" (count(rest.len() as u64)) ")" }
                            (table(statement, dimension, rest, words))
                        }
                    }
                }
            }
        }
    }
}

fn table(
    statement: &Statement<'_>,
    dimension: Dimension,
    rows: &[Row<'_>],
    words: &Words,
) -> Markup {
    let has_baseline = statement.baseline.is_some();
    html! {
        div.wide role="region" tabindex="0" aria-labelledby=(dimension.code()) {
            table {
                thead {
                    tr {
                        th scope="col" { (words.dimension(dimension)) }
                        th scope="col" { (words.received) }
                        @if has_baseline { th scope="col" { (words.change) } }
                        th scope="col" { (words.completion) }
                        th scope="col" { (words.on_time) }
                        th scope="col" { (words.median) }
                        th scope="col" { (words.satisfaction) }
                    }
                }
                tbody {
                    @for row in rows {
                        tr {
                            th scope="row" { (words.value(dimension, row.value, statement.served)) }
                            td { (count(row.now.received)) }
                            @if let Some(before) = row.before {
                                td { (said(Change::of_count(row.now.received, before.received), words).unwrap_or_else(|| words.no_data.to_owned())) }
                            }
                            td { (words.percentage(row.now.completion().permille())) }
                            td { (words.percentage(row.now.punctuality().permille())) }
                            td { (words.length(row.now.durations.percentile(50))) }
                            td { (words.percentage(row.now.satisfaction().permille())) }
                        }
                    }
                }
            }
        }
    }
}

/// What callers said of agents and answers; nothing where nobody did.
fn contacts(statement: &Statement<'_>, words: &Words) -> Markup {
    let (now, before) = &statement.contacts;
    let by_channel = now.by_channel.iter();
    let by_channel = by_channel.map(|(channel, ratings)| {
        let name = words.value(Dimension::Channel, channel, statement.served);
        let before = before.as_ref().and_then(|it| it.by_channel.get(channel));
        (name, ratings, before)
    });
    let total = (
        words.all_channels,
        &now.total,
        before.as_ref().map(|it| &it.total),
    );
    let share = |now: Share, before: Option<Share>| {
        let change = before.and_then(|before| said(Change::of_share(now, before), words));
        html! { (words.percentage(now.permille())) @if let Some(change) = change { small { " " (change) } } }
    };
    html! {
        @if now.total.rated > 0 {
            section.card {
                h2 #contacts { (words.contacts) }
                div.wide role="region" tabindex="0" aria-labelledby="contacts" {
                    table {
                        thead {
                            tr {
                                th scope="col" { (words.dimension(Dimension::Channel)) }
                                th scope="col" { (words.rated) }
                                th scope="col" { (words.agent) }
                                th scope="col" { (words.answer) }
                            }
                        }
                        tbody {
                            @for (name, now, before) in std::iter::once(total).chain(by_channel) {
                                tr {
                                    th scope="row" { (name) }
                                    td { (count(now.rated)) }
                                    td { (share(now.agent(), before.map(Ratings::agent))) }
                                    td { (share(now.answer(), before.map(Ratings::answer))) }
                                }
                            }
                        }
                    }
                }
                p.hint { (words.contacts_hint) "." }
            }
        }
    }
}

/// The report to print: sentences, then what they were made from.
fn report(statement: &Statement<'_>, asked: &Asked, words: &Words) -> Markup {
    html! {
        p.screen { a href=(address("", statement, asked)) { (words.back) } }
        article.card.statement {
            @for sentence in sentences::of(statement, words) {
                p { (sentence) }
            }
            p.hint { (excluded(words)) }
        }
        @if statement.total().now.received > 0 {
            @for dimension in [Dimension::Kind, Dimension::Category, Dimension::District] {
                section.card {
                    h2 id=(dimension.code()) { (words.dimension(dimension)) }
                    (table(statement, dimension, &statement.rows(dimension), words))
                }
            }
        }
        (contacts(statement, words))
    }
}

fn excluded(words: &Words) -> &'static str {
    match words.is_rtl() {
        true => {
            "لا تشمل الأرقام البلاغات التجريبية ولا الرسائل المزعجة. والبلاغ في فترة استلامه، بتوقيت الأمانة."
        }
        false => {
            "Trials and spam are not counted. A report counts in the period it was received in, by the municipality’s clocks."
        }
    }
}
