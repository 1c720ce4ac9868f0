//! Rows of one table, many to a statement.

use crate::{Connection, Statement, Value};

/// Most rows of a statement. Statements are kept prepared by their text: they come in few sizes.
const MOST: usize = 32;

/// Rows that go into one table together. A statement costs more than the rows in it: a way to the
/// engine and back.
#[derive(Debug)]
pub struct Rows<const COLUMNS: usize> {
    /// All before the values.
    into: &'static str,
    /// All after them.
    then: &'static str,
    rows: Vec<[Value; COLUMNS]>,
}

impl<const COLUMNS: usize> Rows<COLUMNS> {
    /// No rows yet, for a statement that begins so: `INSERT INTO table (one, other) VALUES`.
    #[must_use]
    pub fn new(into: &'static str) -> Rows<COLUMNS> {
        Rows {
            into,
            then: "",
            rows: Vec::new(),
        }
    }

    /// The same for a statement that goes on so after the values: `ON CONFLICT …`.
    #[must_use]
    pub fn then(mut self, then: &'static str) -> Rows<COLUMNS> {
        self.then = then;
        self
    }

    /// One more.
    pub fn push(&mut self, row: [Value; COLUMNS]) {
        self.rows.push(row);
    }

    /// Writes all of them, in their order.
    ///
    /// # Errors
    /// [`sqlx::Error`]; some of them may be written then.
    pub async fn write(self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        let mut rows = self.rows.into_iter();
        while rows.len() > 0 {
            let mut statement = Statement::new(self.into);
            let size = size(rows.len());
            for (at, row) in rows.by_ref().take(size).enumerate() {
                statement.push(if at == 0 { " " } else { ", " });
                statement.push_row(row);
            }
            statement.push(" ").push(self.then);
            statement.execute(connection).await?;
        }
        Ok(())
    }
}

/// How many of `left` rows the next statement takes: a power of two.
fn size(left: usize) -> usize {
    let bits = left.checked_ilog2().unwrap_or_default();
    (1_usize << bits).min(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_few_sizes_and_none_is_left() {
        for all in 1..200 {
            let (mut left, mut statements) = (all, 0);
            while left > 0 {
                assert!(size(left) <= left && size(left).is_power_of_two());
                left -= size(left);
                statements += 1;
            }
            assert!(statements <= all / MOST + 5, "{all} in {statements}");
        }
    }
}
