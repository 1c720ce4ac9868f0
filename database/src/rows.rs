//! Rows of one table, many to a statement.

use std::fmt::Write as _;

use crate::{Connection, Statement, Value};

/// Most rows of a statement. Statements are kept prepared by their text: they come in few sizes.
const MOST: usize = 32;

/// Rows that go into one table together. A statement costs more than the rows in it: a way to the
/// engine and back.
#[derive(Debug)]
pub struct Rows<const COLUMNS: usize> {
    /// `INSERT INTO table (one, other) VALUES`.
    into: &'static str,
    /// `($1, $2)`, for the first.
    first: &'static str,
    /// `ON CONFLICT …`, or nothing.
    then: &'static str,
    rows: Vec<[Value; COLUMNS]>,
}

impl<const COLUMNS: usize> Rows<COLUMNS> {
    /// No rows yet, for a statement that inserts one: `INSERT INTO … VALUES ($1, …, $n)`, in whose
    /// values there are no other parentheses.
    #[must_use]
    pub fn new(one: &'static str) -> Rows<COLUMNS> {
        let values = one.find("VALUES (").map_or(0, |at| at + "VALUES ".len());
        let (into, rest) = one.split_at(values);
        let (first, then) = rest.split_at(rest.find(')').map_or(0, |at| at + 1));
        Rows {
            into,
            first,
            then,
            rows: Vec::new(),
        }
    }

    /// One more.
    pub fn push(&mut self, row: [Value; COLUMNS]) {
        self.rows.push(row);
    }

    /// And those of `other`, which go into the same table.
    pub fn add(&mut self, other: &Rows<COLUMNS>) {
        self.rows.extend_from_slice(&other.rows);
    }

    /// Writes all of them, in their order.
    ///
    /// # Errors
    /// [`sqlx::Error`]; some of them may be written then.
    pub async fn write(self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        let mut rows = self.rows.into_iter();
        while rows.len() > 0 {
            let size = size(rows.len());
            let text = text(self.into, self.first, self.then, size, COLUMNS);
            let mut statement = Statement::new(&text);
            for row in rows.by_ref().take(size) {
                statement.bind_all(row);
            }
            statement.execute(connection).await?;
        }
        Ok(())
    }
}

/// The statement for `size` rows, of which each has place holders of its own.
fn text(into: &str, first: &str, then: &str, size: usize, columns: usize) -> String {
    let mut text = into.to_owned();
    for row in 0..size {
        text.push_str(if row == 0 { "" } else { ", " });
        let mut pieces = first.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let end = piece.find(|c: char| !c.is_ascii_digit());
            let (number, rest) = piece.split_at(end.unwrap_or(piece.len()));
            let number: usize = number.parse().unwrap_or_default();
            // To a text, which takes everything.
            let _ = write!(text, "${}{rest}", row * columns + number);
        }
    }
    text + then
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
    fn a_statement_for_one_row_becomes_one_for_several() {
        let rows: Rows<2> = Rows::new("INSERT INTO t (a, b, c) VALUES ($1, 1, $2) ON CONFLICT x");
        assert_eq!(
            text(rows.into, rows.first, rows.then, 3, 2),
            "INSERT INTO t (a, b, c) VALUES ($1, 1, $2), ($3, 1, $4), ($5, 1, $6) ON CONFLICT x"
        );
    }

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
