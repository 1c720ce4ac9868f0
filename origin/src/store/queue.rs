//! The queue that staff work on.
//!
//! Pages go by the last row's place in the order, never by counting: the thousandth costs what the
//! first does. Counts stop at [`MOST_COUNTED`], and words are looked for in a bounded number of
//! reports at a time.

use balagh_database::{Row, Statement};
use balagh_shared::report::Point;
use balagh_shared::text::fold;
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::rows::{count, from_json, time, unsigned};
use super::{Store, StoreError};
use crate::queue::{Cursor, Order, QueueFilter, QueuePage, QueueRow};

/// No count goes further: that there are more is all that anybody does something with.
pub const MOST_COUNTED: u32 = 1000;
/// Reports whose words are looked at for one page.
const MOST_READ: usize = 10_000;
/// Of them at a time.
const READ: u32 = 1000;

/// Metres of a degree of latitude, where it has the fewest.
const METRES_PER_DEGREE: f64 = 110_000.0;
/// In clear stands a place to a thousandth of a degree: it may lie half of one outside.
const ROUNDED: f64 = 0.0006;
/// Most reports that are looked at around a place: a crowd that reports one thing is joined, or looked
/// through by district.
const MOST_AROUND: u32 = 500;

/// As the partial indexes have it, to the letter: neither engine uses them for anything else.
const OPEN: &str = " AND state NOT IN ('resolved', 'closed', 'rejected')";

const COLUMNS: &str = "number, category, state, district, current_department, current_agency, \
     inspectors, received_at, received_ms, current_due, level, joins, verdict, reasons, channel, \
     revision";

impl Store {
    /// The reports that `filter` lets through, in its order, at most `most`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue(&self, filter: &QueueFilter, most: u32) -> Result<QueuePage, StoreError> {
        if let Some(words) = &filter.words {
            return self.search(filter, &fold(words), most).await;
        }
        let mut query = select(COLUMNS, filter);
        order(&mut query, filter, most.saturating_add(1));
        let rows = query.fetch_all(self.readers()).await?;
        let all = rows.iter().map(|row| row_of(row, filter.order));
        let mut rows = all.collect::<Result<Vec<_>, _>>()?;
        let is_more = rows.len() > most as usize;
        rows.truncate(most as usize);
        let next = rows.last().filter(|_| is_more).map(place);
        Ok(QueuePage { rows, next })
    }

    /// The reports among the next [`MOST_READ`] that hold the folded `words`; the next page goes on
    /// where this one stopped to read.
    async fn search(
        &self,
        filter: &QueueFilter,
        words: &str,
        most: u32,
    ) -> Result<QueuePage, StoreError> {
        let columns = format!("{COLUMNS}, {}", super::unsealed::COLUMNS);
        let mut filter = filter.clone();
        let mut page = QueuePage::default();
        for _ in 0..MOST_READ / READ as usize {
            let mut query = select(&columns, &filter);
            order(&mut query, &filter, READ);
            let read = query.fetch_all(self.readers()).await?;
            let said = self.said(&read).await?;
            for (row, said) in read.iter().zip(said) {
                filter.after = Some(Cursor {
                    millis: row.try_get(position_of(filter.order))?,
                    number: row.try_get("number")?,
                });
                let is_in = |text: &str| fold(text).contains(words);
                let landmark = said.landmark.as_deref();
                if is_in(&said.description) || landmark.is_some_and(is_in) {
                    page.rows.push(row_of(row, filter.order)?);
                    if page.rows.len() == most as usize {
                        page.next = filter.after;
                        return Ok(page);
                    }
                }
            }
            if read.len() < READ as usize {
                return Ok(page);
            }
        }
        page.next = filter.after;
        Ok(page)
    }

    /// Open reports that `filter` lets through within a square that holds everything within so many
    /// `metres` of a place, and where each of them is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn around(
        &self,
        filter: &QueueFilter,
        at: Point,
        metres: f64,
    ) -> Result<Vec<(QueueRow, Point)>, StoreError> {
        let mut filter = filter.clone();
        filter.is_open = true;
        let north = metres / METRES_PER_DEGREE;
        // Away from the poles, where a degree east is no way at all.
        let east = north / libm::cos((at.lat.abs() + north).min(89.9).to_radians());
        let (north, east) = (north + ROUNDED, east + ROUNDED);
        let columns = format!("{COLUMNS}, {}", super::unsealed::COLUMNS);
        let mut query = select(&columns, &filter);
        query.push(" AND lat BETWEEN ").push_bind(at.lat - north);
        query.push(" AND ").push_bind(at.lat + north);
        query.push(" AND lon BETWEEN ").push_bind(at.lon - east);
        query.push(" AND ").push_bind(at.lon + east);
        query.push(" LIMIT ").push_bind(MOST_AROUND);
        let rows = query.fetch_all(self.readers()).await?;
        let said = self.said(&rows).await?;
        let found = rows.iter().zip(said).filter_map(|(row, said)| {
            let there = said.at?;
            Some(row_of(row, filter.order).map(|row| (row, there)))
        });
        found.collect()
    }

    /// How many reports `filter` lets through, up to [`MOST_COUNTED`]. Words are not looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn queue_count(&self, filter: &QueueFilter) -> Result<u32, StoreError> {
        let mut query = Statement::new("SELECT COUNT(*) AS count FROM (");
        conditions(
            query.push("SELECT 1 FROM reports WHERE municipality = "),
            filter,
        );
        query.push(" LIMIT ").push_bind(MOST_COUNTED);
        let counted = query.push(") AS counted").fetch_one(self.readers()).await?;
        count(&counted, "count")
    }
}

fn select(columns: &str, filter: &QueueFilter) -> Statement {
    let mut query = Statement::new("SELECT ");
    query
        .push(columns)
        .push(" FROM reports WHERE municipality = ");
    conditions(&mut query, filter);
    query
}

fn conditions(query: &mut Statement, filter: &QueueFilter) {
    query.push_bind(&filter.municipality);
    if filter.is_open {
        query.push(OPEN);
    }
    let columns = [
        (" AND state = ", &filter.state),
        (" AND district = ", &filter.district),
        (" AND category = ", &filter.category),
        (" AND current_department = ", &filter.department),
        (" AND channel = ", &filter.channel),
        (" AND verdict = ", &filter.verdict),
    ];
    for (condition, value) in columns {
        if let Some(value) = value {
            query.push(condition).push_bind(value);
        }
    }
    if let Some(visible) = &filter.visible {
        query.push(" AND category IN ").push_list(visible);
    }
    if let Some(numbers) = &filter.numbers {
        query.push(" AND number IN ").push_list(numbers);
    }
    if let Some(overdue) = filter.due_before {
        query
            .push(" AND current_due < ")
            .push_bind(overdue.millis());
    }
    if let Some(level) = filter.level {
        // The index of what is escalated holds nothing below 1.
        query.push(if level > 0 { " AND level > 0" } else { "" });
        query.push(" AND level = ").push_bind(level);
    }
    if let Some(Cursor { millis, number }) = &filter.after {
        query.push(match filter.order {
            Order::Newest => " AND (received_ms, number) < (",
            Order::Due => " AND (current_due, number) > (",
        });
        let after = query.push_bind(*millis).push(", ");
        after.push_bind(number).push(")");
    }
}

fn order(query: &mut Statement, filter: &QueueFilter, most: u32) {
    query.push(match filter.order {
        Order::Newest => " ORDER BY received_ms DESC, number DESC LIMIT ",
        Order::Due => " ORDER BY current_due, number LIMIT ",
    });
    query.push_bind(most);
}

/// The column that a row's place in the order is by.
fn position_of(order: Order) -> &'static str {
    match order {
        Order::Newest => "received_ms",
        Order::Due => "current_due",
    }
}

fn place(row: &QueueRow) -> Cursor {
    Cursor {
        millis: row.position,
        number: row.number.clone(),
    }
}

fn row_of(row: &Row, order: Order) -> Result<QueueRow, StoreError> {
    Ok(QueueRow {
        number: row.try_get("number")?,
        category: row.try_get("category")?,
        state: super::rows::code(row, "state")?,
        district: row.try_get("district")?,
        department: row.try_get("current_department")?,
        agency: row.try_get("current_agency")?,
        inspectors: row.try_get("inspectors")?,
        received_at: time(row, "received_at")?,
        due: Timestamp::from_millis(row.try_get("current_due")?),
        level: count(row, "level")?,
        joins: row.try_get("joins")?,
        verdict: row.try_get("verdict")?,
        marks: from_json(row, "reasons")?,
        channel: row.try_get("channel")?,
        revision: unsigned(row, "revision")?,
        position: row.try_get(position_of(order))?,
    })
}
