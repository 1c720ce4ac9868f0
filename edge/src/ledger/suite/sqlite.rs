//! SQLite as a Durable Object has it: each statement is done when it returns, whoever waits for it.

use std::sync::mpsc::{Receiver, Sender, channel};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::durable::StoreError;
use crate::durable::sql::{Row, Sql, Value, numbered};

/// A database in memory, gone with what holds it.
#[derive(Debug)]
pub(super) struct Database(Sender<Asked>);

#[derive(Debug)]
struct Asked {
    statement: String,
    /// None for a script.
    values: Option<Vec<Value>>,
    answer: Sender<Result<Vec<Row>, StoreError>>,
}

impl Database {
    /// An empty one.
    pub(super) fn open() -> Database {
        let (ask, asked) = channel();
        // A thread of its own: whoever asks is in the middle of something that nobody may wait in.
        std::thread::spawn(|| serve(asked));
        Database(ask)
    }

    /// All of `work`, or nothing of it where it fails.
    pub(super) fn at_once<T>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.run_script("BEGIN")?;
        let done = work();
        self.run_script(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        done
    }

    fn ask(&self, statement: String, values: Option<Vec<Value>>) -> Result<Vec<Row>, StoreError> {
        let (answer, answered) = channel();
        let asked = Asked {
            statement,
            values,
            answer,
        };
        self.0.send(asked).unwrap();
        answered.recv().unwrap()
    }
}

impl Sql for Database {
    fn run(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.ask(numbered(statement), Some(values.to_vec()))
    }

    fn run_script(&self, script: &str) -> Result<(), StoreError> {
        self.ask(script.to_owned(), None).map(drop)
    }
}

fn serve(asked: Receiver<Asked>) {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().in_memory(true);
        let mut connection = options.foreign_keys(true).connect().await.unwrap();
        for one in asked {
            let done = done(&mut connection, one.statement, one.values).await;
            one.answer.send(done).unwrap();
        }
    });
}

async fn done(
    connection: &mut SqliteConnection,
    statement: String,
    values: Option<Vec<Value>>,
) -> Result<Vec<Row>, StoreError> {
    let statement = AssertSqlSafe(statement);
    let rows = match values {
        Some(values) => {
            let mut query = sqlx::query(statement);
            for value in values {
                query = match value {
                    Value::Null => query.bind(None::<i64>),
                    Value::Integer(number) => query.bind(number),
                    Value::Real(number) => query.bind(number),
                    Value::Text(text) => query.bind(text),
                    Value::Bytes(bytes) => query.bind(bytes),
                };
            }
            query.fetch_all(connection).await
        }
        None => {
            let script = sqlx::raw_sql(statement);
            script.execute(connection).await.map(|_| Vec::new())
        }
    };
    let rows = rows.map_err(|error| match error.as_database_error() {
        Some(refused) if refused.is_unique_violation() => StoreError::Conflict,
        _ => StoreError::Storage(error.to_string()),
    })?;
    Ok(rows.iter().map(row).collect())
}

fn row(row: &SqliteRow) -> Row {
    Row::new((0..row.len()).map(|at| value(row, at)).collect())
}

fn value(row: &SqliteRow, at: usize) -> Value {
    let raw = row.try_get_raw(at).unwrap();
    if raw.is_null() {
        return Value::Null;
    }
    match raw.type_info().name() {
        "INTEGER" | "BOOLEAN" => Value::Integer(row.try_get_unchecked(at).unwrap()),
        "REAL" => Value::Real(row.try_get_unchecked(at).unwrap()),
        "BLOB" => Value::Bytes(row.try_get_unchecked(at).unwrap()),
        _ => Value::Text(row.try_get_unchecked(at).unwrap()),
    }
}
