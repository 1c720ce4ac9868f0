//! What the public may read: reports without their words, their reporters and their logs.

use balagh_database::{Engine, Row, Statement};
use balagh_shared::report::Point;
use balagh_shared::status::State;
use balagh_shared::time::Timestamp;
use sqlx::Row as _;

use super::rows::{code, time};
use super::{Store, StoreError};

/// Which reports, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The municipality's id.
    pub municipality: String,
    /// The codes of the categories of which the public may know anything; no report of another is
    /// ever given.
    pub public: Vec<String>,
    /// Which of them are asked for.
    pub which: Which,
}

/// Which reports are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Those with these numbers.
    Numbers(Vec<String>),
    /// Those of a time, a page of them.
    Span(Span),
}

/// A page of the reports of a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Received from then on.
    pub from: Timestamp,
    /// Received no later.
    pub until: Timestamp,
    /// Of these categories; of any where it is empty.
    pub categories: Vec<String>,
    /// In these states; in any where it is empty.
    pub states: Vec<State>,
    /// How many newer ones come before the page.
    pub skip: u32,
    /// How many the page holds at most.
    pub most: u32,
}

/// A report as far as the public may know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its number.
    pub number: String,
    /// Category code.
    pub category: String,
    /// Where it stands.
    pub state: State,
    /// When it was received.
    pub received_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// By when it is to be resolved.
    pub due: Timestamp,
    /// Code of the sub-municipality.
    pub district: Option<String>,
    /// Code of the department that has it.
    pub department: String,
    /// Id of the agency that has it.
    pub agency: Option<String>,
    /// Where it is, as exactly as it was said.
    pub at: Option<Point>,
    /// Its words, only where a person has made them public.
    pub words: Option<String>,
}

const COLUMNS: &str = "SELECT number, category, state, received_at, changed_ms, current_due, \
    district, current_department, current_agency, lon, lat, landmark, \
    CASE WHEN is_published = 1 THEN key_id END AS key_id, \
    CASE WHEN is_published = 1 THEN personal END AS personal, \
    CASE WHEN is_published = 1 THEN description END AS description FROM ";
const NEWEST_FIRST: &str = " ORDER BY received_ms DESC, number DESC";

impl Store {
    /// The reports of `listing` that the public may know of, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn listed(&self, listing: &Listing) -> Result<Vec<Listed>, StoreError> {
        let query = page(listing, self.database.engine());
        let rows = query.fetch_all(self.readers()).await?;
        // Keys are read for what a person has made public, and for nothing else.
        let said = self.said(&rows).await?;
        let rows = rows.iter().zip(said);
        rows.map(|(row, said)| listed(row, said.description))
            .collect()
    }

    /// How the database goes about `listing`, a step a line: what a test holds it to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn listing_plan(&self, listing: &Listing) -> Result<Vec<String>, StoreError> {
        let query = page(listing, self.database.engine());
        Ok(query.plan(&self.database).await?)
    }
}

fn page(listing: &Listing, engine: Engine) -> Statement {
    let mut query = Statement::new(COLUMNS);
    match &listing.which {
        Which::Numbers(numbers) => {
            query.push("reports WHERE is_listed = 1 AND municipality || '' = ");
            query.push_bind(&listing.municipality);
            query
                .push(" AND category || '' IN ")
                .push_list(&listing.public);
            query.push(" AND number IN ").push_list(numbers);
        }
        Which::Span(span) => {
            // The page is found first, in the index alone, and its rows by where they lie: one look
            // each. By their numbers it takes eight times as long, measured at a million reports.
            let address = engine.row_address();
            query
                .push("(SELECT ")
                .push(address)
                .push(" AS found FROM reports");
            query.push(" WHERE is_listed = 1 AND municipality = ");
            query.push_bind(&listing.municipality);
            fill_span(&mut query, span, &listing.public);
            // A left join is what keeps SQLite from beginning with the reports.
            query.push(") AS page LEFT JOIN reports ON reports.");
            query.push(address).push(" = page.found");
        }
    }
    query.push(NEWEST_FIRST);
    query
}

fn fill_span(query: &mut Statement, span: &Span, public: &[String]) {
    query.push(" AND received_ms BETWEEN ");
    query.push_bind(span.from.millis()).push(" AND ");
    query.push_bind(span.until.millis());
    let asked = |code: &&String| span.categories.is_empty() || span.categories.contains(*code);
    let categories: Vec<&String> = public.iter().filter(asked).collect();
    match categories.as_slice() {
        [only] => query.push(" AND category = ").push_bind(*only),
        // Not the bare column: the database would read a range a category and sort all of them to
        // give the newest thousand.
        several => {
            query.push(" AND category || '' IN ");
            query.push_list(several.iter().copied())
        }
    };
    if !span.states.is_empty() {
        let codes = span.states.iter().map(|state| state.code().to_owned());
        query.push(" AND state || '' IN ").push_list(codes);
    }
    query.push(NEWEST_FIRST);
    query.push(" LIMIT ").push_bind(span.most);
    query.push(" OFFSET ").push_bind(span.skip);
}

fn listed(row: &Row, words: String) -> Result<Listed, StoreError> {
    let (lon, lat): (Option<f64>, Option<f64>) = (row.try_get("lon")?, row.try_get("lat")?);
    Ok(Listed {
        number: row.try_get("number")?,
        category: row.try_get("category")?,
        state: code(row, "state")?,
        received_at: time(row, "received_at")?,
        changed_at: Timestamp::from_millis(row.try_get("changed_ms")?),
        due: Timestamp::from_millis(row.try_get("current_due")?),
        district: row.try_get("district")?,
        department: row.try_get("current_department")?,
        agency: row.try_get("current_agency")?,
        at: lon.zip(lat).map(|(lon, lat)| Point {
            lon,
            lat,
            accuracy_m: None,
        }),
        words: Some(words).filter(|words| !words.is_empty()),
    })
}
