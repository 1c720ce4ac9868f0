//! Copies of a database in a file of its own form: the same from SQLite and PostgreSQL, made while
//! others write, and put back into either.
//!
//! The file is lines of JSON. The first says what it is of and by which version; then, table by table,
//! a line that names it and its columns, and a line of values a row; the last says how many rows each
//! table has and the SHA-256 of everything before it. A file without such a last line was cut short,
//! and one that it is not true of was changed: neither is put back.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::future::poll_fn;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::any::AnyTypeInfoKind;
use sqlx::{AssertSqlSafe, Row as _, TypeInfo as _, ValueRef as _};

use crate::catalogue::{quoted, tables, version};
use crate::{Database, OpenError, Row};

pub use crate::restore::restore;

/// The form of the file; another one is another number.
pub(crate) const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct Header {
    /// Whose database it is a copy of.
    pub(crate) balagh: String,
    pub(crate) format: u32,
    /// The last migration of the tables.
    pub(crate) version: i64,
}

/// The line before a table's rows.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct TableLine {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
}

/// The last line.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) rows: BTreeMap<String, u64>,
    pub(crate) sha256: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The last migration of its tables.
    pub version: i64,
    /// Rows by table.
    pub rows: BTreeMap<String, u64>,
}

/// Why there is no backup, or why it is not put back.
#[derive(Debug)]
#[non_exhaustive]
pub enum BackupError {
    /// The file cannot be written or read.
    File(io::Error),
    /// The database cannot be opened.
    Open(OpenError),
    /// The database did not.
    Database(sqlx::Error),
    /// There are no tables to copy.
    NoTables,
    /// A value that no line can hold; names its column.
    Unwritable(String),
    /// It is no backup at all, or of something else; says of what.
    Foreign(Option<String>),
    /// It ends before its end.
    CutShort,
    /// It is not what its last line says.
    Changed,
    /// A line that is none; its number.
    Line(u64),
    /// Its tables are of another version than any that these programs can make.
    Version {
        /// The last migration of its tables.
        has: i64,
        /// The last one that is known here.
        known: i64,
    },
    /// The database has a table with rows in it, and nobody said that they may go.
    NotEmpty {
        /// Which.
        table: String,
    },
    /// What was put back is not what the backup holds; nothing was kept of it.
    Lost(String),
}

impl Database {
    /// Writes a backup of everything, as of one moment, to `to`; `name` says whose database it is.
    /// Others go on reading and writing.
    ///
    /// # Errors
    /// [`BackupError`]; what is written so far is no backup then.
    pub async fn back_up(&self, name: &str, to: &mut dyn Write) -> Result<Manifest, BackupError> {
        let mut lines = Lines {
            to,
            sum: Sha256::new(),
        };
        let mut moment = self.readers().begin().await?;
        let version = version(&mut moment, self.engine()).await?;
        let version = version.ok_or(BackupError::NoTables)?;
        lines.write(&Header {
            balagh: name.to_owned(),
            format: FORMAT,
            version,
        })?;
        let mut rows = BTreeMap::new();
        for table in tables(&mut moment, self.engine()).await? {
            let names: Vec<String> = table.columns.into_iter().map(|(name, _)| name).collect();
            let listed: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            lines.write(&TableLine {
                table: table.name.clone(),
                columns: names.clone(),
            })?;
            let select = format!("SELECT {} FROM {}", listed.join(", "), quoted(&table.name));
            let mut found = sqlx::query(AssertSqlSafe(select)).fetch(&mut *moment);
            let mut count = 0;
            while let Some(row) = poll_fn(|context| found.as_mut().poll_next(context)).await {
                let row = row?;
                let values = (0..names.len()).map(|at| value(&row, at));
                let values: Result<Vec<Value>, sqlx::Error> = values.collect();
                lines.write(&values?)?;
                count += 1;
            }
            drop(found);
            rows.insert(table.name, count);
        }
        moment.rollback().await?;
        let sha256 = lines.sum();
        lines.write(&End {
            rows: rows.clone(),
            sha256,
        })?;
        lines.to.flush()?;
        Ok(Manifest { version, rows })
    }

    /// Writes a backup to a new file at `path`, readable by nobody else and on disk when this returns:
    /// a file of that name is a whole one.
    ///
    /// # Errors
    /// [`BackupError`], also where there is such a file; then there is none that was not.
    pub async fn back_up_to(&self, name: &str, path: &Path) -> Result<Manifest, BackupError> {
        if path.exists() {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = Path::new(&unfinished);
        let made = self.back_up_into(name, unfinished).await;
        let named = made.and_then(|manifest| {
            fs::rename(unfinished, path)?;
            let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(manifest)
        });
        if named.is_err() {
            // The next attempt writes over it, where it cannot be removed.
            let _gone = fs::remove_file(unfinished);
        }
        named
    }

    async fn back_up_into(&self, name: &str, path: &Path) -> Result<Manifest, BackupError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::new(options.open(path)?);
        let manifest = self.back_up(name, &mut file).await?;
        file.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        Ok(manifest)
    }
}

/// What is written, and its sum so far.
struct Lines<'a> {
    to: &'a mut dyn Write,
    sum: Sha256,
}

impl Lines<'_> {
    fn write(&mut self, line: &impl Serialize) -> Result<(), BackupError> {
        let mut text = serde_json::to_string(line)
            .map_err(|error| BackupError::Unwritable(error.to_string()))?;
        text.push('\n');
        self.sum.update(text.as_bytes());
        Ok(self.to.write_all(text.as_bytes())?)
    }

    fn sum(&self) -> String {
        hex(self.sum.clone())
    }
}

pub(crate) fn hex(sum: Sha256) -> String {
    sum.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A value as JSON: bytes as an object, so that no text is taken for them.
fn value(row: &Row, at: usize) -> Result<Value, sqlx::Error> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() || raw.type_info().is_null() {
        return Ok(Value::Null);
    }
    Ok(match raw.type_info().kind() {
        AnyTypeInfoKind::Text => Value::String(row.try_get(at)?),
        AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => {
            let real: f64 = row.try_get(at)?;
            serde_json::Number::from_f64(real).map_or(Value::Null, Value::Number)
        }
        AnyTypeInfoKind::Blob => {
            let bytes: Vec<u8> = row.try_get(at)?;
            json!({ "base64": STANDARD.encode(bytes) })
        }
        _ => Value::from(row.try_get::<i64, _>(at)?),
    })
}

impl From<io::Error> for BackupError {
    fn from(error: io::Error) -> BackupError {
        BackupError::File(error)
    }
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> BackupError {
        BackupError::Database(error)
    }
}

impl From<OpenError> for BackupError {
    fn from(error: OpenError) -> BackupError {
        BackupError::Open(error)
    }
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BackupError::File(error) => write!(f, "the backup: {error}"),
            BackupError::Open(error) => error.fmt(f),
            BackupError::Database(error) => write!(f, "the database: {error}"),
            BackupError::NoTables => {
                f.write_str("there is nothing to back up: the database has no tables")
            }
            BackupError::Unwritable(why) => write!(f, "a row that cannot be written: {why}"),
            BackupError::Foreign(None) => f.write_str("this is no backup"),
            BackupError::Foreign(Some(of)) => write!(f, "this is a backup of {of:?}"),
            BackupError::CutShort => f.write_str(
                "the backup was cut short: its last line, which says what it holds, is not there; \
                 nothing was changed",
            ),
            BackupError::Changed => f.write_str(
                "the backup is damaged: it is not what its last line says; nothing was changed",
            ),
            BackupError::Line(number) => {
                write!(
                    f,
                    "line {number} of the backup cannot be read; nothing was changed"
                )
            }
            BackupError::Version { has, known } => write!(
                f,
                "the backup's tables are of version {has}, and this program knows them up to {known}: \
                 take the release that made it, or SQLite where the backup is older than PostgreSQL's \
                 first tables"
            ),
            BackupError::NotEmpty { table } => write!(
                f,
                "the database is not empty (there are rows in {table}); nothing was changed"
            ),
            BackupError::Lost(what) => {
                write!(
                    f,
                    "what was put back is not what the backup holds ({what}); nothing was kept"
                )
            }
        }
    }
}

impl std::error::Error for BackupError {}
