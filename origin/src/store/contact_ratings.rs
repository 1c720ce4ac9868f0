//! What people said of the agent who took their contact, and of the answer they got.
//!
//! Beside the log and not in it: a report's page would tell an agent who said what of them.

use sqlx::Row as _;

use super::{Store, StoreError};

/// Somebody's rating of a contact, each mark from 1 to 5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRating {
    /// The report that was taken.
    pub number: String,
    /// The municipality's id.
    pub municipality: String,
    /// Days since 1970 on the municipality's clocks.
    pub day: i64,
    /// Who took it.
    pub staff: String,
    /// How it came in.
    pub channel: String,
    /// How the agent was.
    pub agent: u8,
    /// How the answer was.
    pub answer: u8,
}

/// What the ratings of one agent by one channel come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactFigures {
    /// Who took the contacts.
    pub staff: String,
    /// How they came in.
    pub channel: String,
    /// How many were rated.
    pub ratings: u64,
    /// The sum of the marks for the agent.
    pub agent: u64,
    /// Of how many the agent got 4 or 5.
    pub pleased_with_agent: u64,
    /// The sum of the marks for the answer.
    pub answer: u64,
    /// Of how many the answer got 4 or 5.
    pub pleased_with_answer: u64,
}

impl Store {
    /// Keeps a rating; false where the contact was rated already, which stays as it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rate_contact(&self, rating: &ContactRating) -> Result<bool, StoreError> {
        let kept = sqlx::query(
            "INSERT INTO contact_ratings \
             (number, municipality, day, staff, channel, agent, answer) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(&rating.number)
        .bind(&rating.municipality)
        .bind(rating.day)
        .bind(&rating.staff)
        .bind(&rating.channel)
        .bind(i64::from(rating.agent))
        .bind(i64::from(rating.answer));
        Ok(self.write_one(kept).await? == 1)
    }

    /// Whether a contact was rated.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_contact_rated(&self, number: &str) -> Result<bool, StoreError> {
        let rated: Option<i64> =
            sqlx::query_scalar("SELECT agent FROM contact_ratings WHERE number = $1")
                .bind(number)
                .fetch_optional(self.readers())
                .await?;
        Ok(rated.is_some())
    }

    /// What the ratings of these days come to, both included, by agent and channel.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn contact_figures(
        &self,
        municipality: &str,
        from: i64,
        until: i64,
    ) -> Result<Vec<ContactFigures>, StoreError> {
        // PostgreSQL sums whole numbers to decimals, which nobody else has.
        let rows = sqlx::query(
            "SELECT staff, channel, COUNT(*) AS ratings, \
             CAST(SUM(agent) AS BIGINT) AS agent, \
             CAST(SUM(CASE WHEN agent >= 4 THEN 1 ELSE 0 END) AS BIGINT) AS pleased_with_agent, \
             CAST(SUM(answer) AS BIGINT) AS answer, \
             CAST(SUM(CASE WHEN answer >= 4 THEN 1 ELSE 0 END) AS BIGINT) AS pleased_with_answer \
             FROM contact_ratings WHERE municipality = $1 AND day BETWEEN $2 AND $3 \
             GROUP BY staff, channel ORDER BY staff, channel",
        )
        .bind(municipality)
        .bind(from)
        .bind(until)
        .fetch_all(self.readers())
        .await?;
        let figures = rows.iter().map(|row| {
            let count = |column| super::rows::unsigned(row, column);
            Ok(ContactFigures {
                staff: row.try_get("staff")?,
                channel: row.try_get("channel")?,
                ratings: count("ratings")?,
                agent: count("agent")?,
                pleased_with_agent: count("pleased_with_agent")?,
                answer: count("answer")?,
                pleased_with_answer: count("pleased_with_answer")?,
            })
        });
        figures.collect()
    }
}
