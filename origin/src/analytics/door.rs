//! Who may ask for which figures: staff for all, everybody for the open data of months that are over.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use balagh_shared::reason::Reason;
use balagh_shared::time::Timestamp;
use serde::Deserialize;

use super::calendar::Calendar;
use super::contacts::Contacts;
use super::dimension::Dimension;
use super::period::{Period, Span};
use super::statement::Statement;
use super::sums::PeriodSums;
use super::{csv, json, open_data};
use crate::municipalities::Served;
use crate::refusal::{self, Refusal};
use crate::server::Origin;
use crate::staff::Member;
use crate::store::{Scope, StoreError};
use crate::sys;

/// Days summed up while somebody waits: those of a month. The keeper does the rest.
const DAYS_AT_ONCE: u32 = 31;

pub(crate) fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route("/staff/v1/figures", get(for_staff))
        .route("/staff/v1/figures.csv", get(for_staff_as_csv))
        .route("/v1/{municipality}/figures", get(open))
        .route("/v1/{municipality}/figures.csv", get(open_as_csv))
}

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// As [`Period::parse`] reads it; this month when absent.
    pub(crate) period: Option<String>,
    /// `previous`, `year-before`, `none`, or a period; the one before when absent.
    pub(crate) baseline: Option<String>,
    /// Codes of dimensions with commas between them; all when absent.
    by: Option<String>,
    /// Of the names.
    pub(crate) lang: Option<String>,
}

async fn for_staff(
    State(origin): State<Arc<Origin>>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let dimensions = dimensions(asked.by.as_deref())?;
    let statement = of_member(&origin, &member, &asked).await?;
    let language = asked.lang.as_deref().unwrap_or("en");
    let body = json::statement(&statement, &dimensions, language);
    Ok(refusal::json(StatusCode::OK, &body))
}

async fn for_staff_as_csv(
    State(origin): State<Arc<Origin>>,
    member: Member,
    Query(asked): Query<Asked>,
) -> Result<Response, Refusal> {
    let dimensions = dimensions(asked.by.as_deref())?;
    let statement = of_member(&origin, &member, &asked).await?;
    let language = asked.lang.as_deref().unwrap_or("en");
    Ok(file(&statement, &dimensions, language))
}

/// A statement as a file to keep.
pub(super) fn file(
    statement: &Statement<'_>,
    dimensions: &[Dimension],
    language: &str,
) -> Response {
    let body = csv::statement(statement, dimensions, language);
    as_file(&statement.served.document.id, statement.period, body)
}

/// The figures that a member of staff asks for. Those who belong to a department are given none: a
/// small figure of complaints would tell them of one about themselves.
pub(crate) async fn of_member<'o>(
    origin: &'o Origin,
    member: &Member,
    asked: &Asked,
) -> Result<Statement<'o>, Refusal> {
    if member.role.is_of_a_department() {
        return Err(Reason::StaffForbidden.into());
    }
    let served = origin
        .municipalities
        .by_id(&member.municipality)
        .ok_or(Reason::MunicipalityUnknown)?;
    let now = sys::now();
    let audit = origin.store.audit(&member.name, "figures", "view", now);
    audit.await.map_err(unread)?;
    let today = served.document.time_zone.local_day(now);
    let period = match asked.period.as_deref() {
        Some(text) => Period::parse(text).map_err(|_| Reason::FiguresPeriod)?,
        None => Period::month_of(Calendar::Gregorian, today).ok_or(Reason::FiguresPeriod)?,
    };
    let baseline = match asked.baseline.as_deref() {
        None | Some("previous") => period.previous(),
        Some("year-before") => period.year_before(),
        Some("none") => None,
        Some(text) => Some(Period::parse(text).map_err(|_| Reason::FiguresPeriod)?),
    };
    statement(origin, served, period, baseline, now)
        .await
        .map_err(unread)
}

async fn statement<'o>(
    origin: &'o Origin,
    served: &'o Served,
    period: Period,
    baseline: Option<Period>,
    as_of: Timestamp,
) -> Result<Statement<'o>, StoreError> {
    let mut pending_days = 0;
    for days in [Some(period), baseline]
        .into_iter()
        .flatten()
        .map(Period::days)
    {
        pending_days += origin
            .store
            .sum_up(&served.document, days, DAYS_AT_ONCE)
            .await?;
    }
    let now = sums(origin, served, period, Scope::Everything).await?;
    let rated = contacts(origin, served, period).await?;
    let (baseline, rated_before) = match baseline {
        Some(of) => {
            let before = sums(origin, served, of, Scope::Everything).await?;
            let rated = contacts(origin, served, of).await?;
            (Some((of, before)), Some(rated))
        }
        None => (None, None),
    };
    Ok(Statement {
        served,
        period,
        now,
        baseline,
        contacts: (rated, rated_before),
        as_of,
        pending_days,
    })
}

async fn sums(
    origin: &Origin,
    served: &Served,
    period: Period,
    scope: Scope,
) -> Result<PeriodSums, StoreError> {
    let document = &served.document;
    origin.store.period_sums(document, period, scope).await
}

async fn contacts(
    origin: &Origin,
    served: &Served,
    period: Period,
) -> Result<Contacts, StoreError> {
    let (days, id) = (period.days(), &served.document.id);
    let figures = origin
        .store
        .contact_figures(id, days.start, days.end - 1)
        .await?;
    Ok(Contacts::of(&figures))
}

/// Which dimensions are asked for.
fn dimensions(by: Option<&str>) -> Result<Vec<Dimension>, Refusal> {
    let Some(by) = by else {
        return Ok(Dimension::ALL.to_vec());
    };
    by.split(',')
        .map(|code| Dimension::from_code(code.trim()).ok_or(Reason::FiguresDimension.into()))
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Month {
    /// Such as `2024-03`; the last one that is over when absent.
    month: Option<String>,
    lang: Option<String>,
}

async fn open(
    State(origin): State<Arc<Origin>>,
    Path(municipality): Path<String>,
    Query(asked): Query<Month>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (served, period, sums) = published(&origin, &municipality, &asked).await?;
    let language = language(&asked, &headers);
    let body = open_data::as_json(period, &sums.sums, served, language);
    Ok(for_everybody(refusal::json(StatusCode::OK, &body)))
}

async fn open_as_csv(
    State(origin): State<Arc<Origin>>,
    Path(municipality): Path<String>,
    Query(asked): Query<Month>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (served, period, sums) = published(&origin, &municipality, &asked).await?;
    let body = open_data::as_csv(&sums.sums, served, language(&asked, &headers));
    Ok(for_everybody(as_file(&municipality, period, body)))
}

async fn published<'o>(
    origin: &'o Origin,
    municipality: &str,
    asked: &Month,
) -> Result<(&'o Served, Period, PeriodSums), Refusal> {
    let served = origin
        .municipalities
        .by_id(municipality)
        .ok_or(Reason::MunicipalityUnknown)?;
    let today = served.document.time_zone.local_day(sys::now());
    let period = match asked.month.as_deref() {
        Some(text) => Period::parse(text).map_err(|_| Reason::FiguresPeriod)?,
        None => Period::month_of(Calendar::Gregorian, today)
            .and_then(Period::previous)
            .ok_or(Reason::FiguresPeriod)?,
    };
    let is_month = matches!(period.span(), Span::Month(..));
    if !is_month || period.calendar() != Calendar::Gregorian || period.days().end > today {
        return Err(Reason::FiguresPeriod.into());
    }
    // To the last mark: a category that was hidden since must not be in it.
    let days = period.days();
    let left = origin.store.sum_up(&served.document, days, DAYS_AT_ONCE);
    left.await.map_err(unread)?;
    let sums = sums(origin, served, period, Scope::Public).await;
    Ok((served, period, sums.map_err(unread)?))
}

fn language<'a>(asked: &'a Month, headers: &HeaderMap) -> &'a str {
    asked
        .lang
        .as_deref()
        .unwrap_or_else(|| refusal::language(headers))
}

fn for_everybody(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language"));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    );
    response
}

/// A file to keep. Ids and periods hold nothing that a header could not.
fn as_file(municipality: &str, period: Period, body: String) -> Response {
    let named = format!("attachment; filename=\"figures-{municipality}-{period}.csv\"");
    let mut response = ([(CONTENT_TYPE, csv::MEDIA_TYPE)], body).into_response();
    if let Ok(named) = HeaderValue::try_from(named) {
        response.headers_mut().insert(CONTENT_DISPOSITION, named);
    }
    response
}

fn unread(error: impl std::fmt::Display) -> Refusal {
    Refusal::failed(Reason::StorageUnavailable, error)
}
