//! What was said in many reports at a time: for a search, the neighbours of a place and the public's
//! list. Nothing else reads what a page does not show.

use balagh_database::Row;
use balagh_shared::report::Point;
use sqlx::Row as _;

use super::sealing::Personal;
use super::vault::Held;
use super::{Store, StoreError};

/// What [`Store::said`] reads of a row, with its `number`.
pub(super) const COLUMNS: &str = "key_id, personal, description, landmark, lon, lat";

/// What was said, and where.
#[derive(Default)]
pub(super) struct Said {
    pub(super) description: String,
    pub(super) landmark: Option<String>,
    pub(super) at: Option<Point>,
}

impl Store {
    /// What was said in each of some rows; nothing where it was erased or cannot be read. The keys
    /// are read in one statement.
    pub(super) async fn said(&self, rows: &[Row]) -> Result<Vec<Said>, StoreError> {
        let ids = rows.iter().map(|row| row.try_get("key_id"));
        let ids: Vec<Option<i64>> = ids.collect::<Result<_, _>>()?;
        let known: Vec<i64> = ids.iter().copied().flatten().collect();
        let held = self.vault.all_held(&known).await?;
        let said = rows.iter().zip(ids).map(|(row, id)| {
            let Some(id) = id else {
                return in_clear(row);
            };
            let sealed: Option<&str> = row.try_get("personal")?;
            let (Some(Held::Key(key)), Some(sealed)) = (held.get(&id), sealed) else {
                return Ok(Said::default());
            };
            let Personal {
                description,
                landmark,
                at,
                ..
            } = Personal::opened(key, row.try_get("number")?, sealed)?;
            Ok(Said {
                description,
                landmark,
                at,
            })
        });
        said.collect()
    }
}

/// As a version before keys stored it.
fn in_clear(row: &Row) -> Result<Said, StoreError> {
    let (lon, lat): (Option<f64>, Option<f64>) = (row.try_get("lon")?, row.try_get("lat")?);
    Ok(Said {
        description: row
            .try_get::<Option<String>, _>("description")?
            .unwrap_or_default(),
        landmark: row.try_get("landmark")?,
        at: lon.zip(lat).map(|(lon, lat)| Point {
            lon,
            lat,
            accuracy_m: None,
        }),
    })
}
