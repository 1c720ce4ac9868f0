//! A statement that is put together, as a filter needs it.

use std::fmt::Write as _;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyPool, AssertSqlSafe, Executor};

use crate::{Connection, Database, Engine, Row};

/// A statement that is put together piece by piece, with its values by number: the client library's
/// own builder writes question marks, which PostgreSQL does not take.
#[derive(Debug, Clone)]
pub struct Statement {
    text: String,
    values: Vec<Value>,
}

/// What may stand in a statement for a number.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A real number.
    Real(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// No text.
    NoText,
}

impl Statement {
    /// A statement that begins so.
    #[must_use]
    pub fn new(text: &str) -> Statement {
        Statement {
            text: text.to_owned(),
            values: Vec::new(),
        }
    }

    /// Goes on with `text`, in which nothing stands that somebody typed.
    pub fn push(&mut self, text: &str) -> &mut Statement {
        self.text.push_str(text);
        self
    }

    /// Goes on with a value.
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Statement {
        self.values.push(value.into());
        // To a text, which takes everything.
        let _ = write!(self.text, "${}", self.values.len());
        self
    }

    /// Goes on with the values between parentheses; `(NULL)`, which nothing is in, where there are
    /// none.
    pub fn push_list<V: Into<Value>>(
        &mut self,
        values: impl IntoIterator<Item = V>,
    ) -> &mut Statement {
        let before = self.values.len();
        for value in values {
            self.push(if self.values.len() == before {
                "("
            } else {
                ", "
            });
            self.push_bind(value);
        }
        let is_none = self.values.len() == before;
        self.push(if is_none { "(NULL)" } else { ")" })
    }

    /// Values whose place holders stand in the text already, the next of them.
    pub(crate) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) {
        self.values.extend(values);
    }

    fn query(&self, text: String) -> Query<'_, Any, AnyArguments> {
        let mut query = sqlx::query(AssertSqlSafe(text));
        for value in &self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Whole(whole) => query.bind(whole),
                Value::Real(real) => query.bind(real),
                Value::Bytes(bytes) => query.bind(bytes),
                Value::NoText => query.bind(None::<String>),
            };
        }
        query
    }

    /// Its rows.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn fetch_all<'e>(
        &self,
        reader: impl Executor<'e, Database = Any>,
    ) -> Result<Vec<Row>, sqlx::Error> {
        self.query(self.text.clone()).fetch_all(reader).await
    }

    /// Does what it says.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub(crate) async fn execute(&self, connection: &mut Connection) -> Result<(), sqlx::Error> {
        self.query(self.text.clone()).execute(connection).await?;
        Ok(())
    }

    /// Its only row.
    ///
    /// # Errors
    /// [`sqlx::Error`], also when there is none.
    pub async fn fetch_one(&self, readers: &AnyPool) -> Result<Row, sqlx::Error> {
        self.query(self.text.clone()).fetch_one(readers).await
    }

    /// How the engine goes about it, a step a line in words of its own.
    ///
    /// # Errors
    /// [`sqlx::Error`].
    pub async fn plan(&self, database: &Database) -> Result<Vec<String>, sqlx::Error> {
        use sqlx::Row as _;
        let (explain, column) = match database.engine() {
            Engine::Memory | Engine::Sqlite => ("EXPLAIN QUERY PLAN ", "detail"),
            Engine::Postgres => ("EXPLAIN ", "QUERY PLAN"),
        };
        let query = self.query(format!("{explain}{}", self.text));
        let steps = query.fetch_all(database.readers()).await?;
        steps.iter().map(|row| row.try_get(column)).collect()
    }
}

/// PostgreSQL has no text with a zero in it, and refuses to look for one: what is looked for then is
/// nowhere either.
impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(match text.contains('\0') {
            true => text.replace('\0', "\u{FFFD}"),
            false => text,
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        text.to_owned().into()
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        text.clone().into()
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Bytes(bytes)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Value {
        text.map_or(Value::NoText, String::into)
    }
}

impl From<bool> for Value {
    fn from(is: bool) -> Value {
        Value::Whole(is.into())
    }
}

impl From<i64> for Value {
    fn from(whole: i64) -> Value {
        Value::Whole(whole)
    }
}

impl From<u32> for Value {
    fn from(whole: u32) -> Value {
        Value::Whole(whole.into())
    }
}

impl From<f64> for Value {
    fn from(real: f64) -> Value {
        Value::Real(real)
    }
}
