//! Putting a backup back: all of it, checked, or nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, Seek, SeekFrom};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use crate::backup::{BackupError, End, FORMAT, Header, Manifest, TableLine, hex};
use crate::catalogue::{Kind, count, quoted, tables};
use crate::{Care, Connection, Database, Engine, Place, Schema, postgres, sqlite};

/// Most values of one statement; SQLite takes 32,766.
const MOST_VALUES: usize = 10_000;

/// Puts the backup in `from`, of a database called `name`, into the one at `place`, brings its tables
/// to the newest version, and gives what was put back. All of it is one transaction: what is there
/// stays as it is until everything has been put back and counted.
///
/// # Errors
/// [`BackupError`]; then nothing was changed. [`BackupError::NotEmpty`] where there is anything in
/// the database, unless `replace` says that it may go.
pub async fn restore(
    name: &str,
    from: &mut (impl BufRead + Seek),
    (place, schema, care): (&Place, &Schema, Care),
    replace: bool,
) -> Result<Manifest, BackupError> {
    let manifest = check(name, from)?;
    let database = Database::connect(place, care).await?;
    let restored = put_back(&manifest, from, &database, schema, replace).await;
    database.close().await;
    restored.map(|()| manifest)
}

async fn put_back(
    manifest: &Manifest,
    from: &mut (impl BufRead + Seek),
    database: &Database,
    schema: &Schema,
    replace: bool,
) -> Result<(), BackupError> {
    let engine = database.engine();
    let migrations = schema.of(engine);
    if !migrations.version_exists(manifest.version) {
        let known = migrations.iter().map(|it| it.version).max().unwrap_or(0);
        return Err(BackupError::Version {
            has: manifest.version,
            known,
        });
    }
    let mut write = database.write().await?;
    empty(&mut write, engine, replace).await?;
    // As they were when the backup was made; what follows is then done to its rows as to others.
    let made = migrations.run_to(manifest.version, &mut *write).await;
    made.map_err(|error| BackupError::Open(error.into()))?;
    fill(&mut write, engine, from).await?;
    for (table, rows) in &manifest.rows {
        let found = count(&mut write, table).await?;
        if u64::try_from(found) != Ok(*rows) {
            let what = format!("{table}: {found} rows of {rows}");
            return Err(BackupError::Lost(what));
        }
    }
    let brought = migrations.run(&mut *write).await;
    brought.map_err(|error| BackupError::Open(error.into()))?;
    match engine {
        Engine::Postgres => {
            for table in manifest.rows.keys() {
                postgres::continue_numbers(&mut write, table).await?;
            }
        }
        Engine::Memory | Engine::Sqlite => {
            if let Some(fault) = sqlite::fault(&mut write).await? {
                return Err(BackupError::Lost(fault));
            }
        }
    }
    Ok(write.commit().await?)
}

/// Reads all of it once: whether it is what it says. Leaves it at its beginning.
fn check(name: &str, from: &mut (impl BufRead + Seek)) -> Result<Manifest, BackupError> {
    from.seek(SeekFrom::Start(0))?;
    let (mut line, mut sum) = (Vec::new(), Sha256::new());
    read(from, &mut line)?;
    let header: Header = serde_json::from_slice(&line).map_err(|_| BackupError::Foreign(None))?;
    if header.balagh != name {
        return Err(BackupError::Foreign(Some(header.balagh)));
    }
    if header.format != FORMAT {
        return Err(BackupError::Foreign(None));
    }
    let end = loop {
        sum.update(&line);
        if !line.ends_with(b"\n") || !read(from, &mut line)? {
            return Err(BackupError::CutShort);
        }
        if line.starts_with(b"{\"rows\":") && line.ends_with(b"\n") {
            break serde_json::from_slice::<End>(&line).map_err(|_| BackupError::CutShort)?;
        }
    };
    let mut more = Vec::new();
    if hex(sum) != end.sha256 || read(from, &mut more)? {
        return Err(BackupError::Changed);
    }
    from.seek(SeekFrom::Start(0))?;
    Ok(Manifest {
        version: header.version,
        rows: end.rows,
    })
}

/// The next line with its end; false where there is none.
fn read(from: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, BackupError> {
    line.clear();
    Ok(from.read_until(b'\n', line)? > 0)
}

/// Makes room: nothing where there is nothing.
async fn empty(
    connection: &mut Connection,
    engine: Engine,
    replace: bool,
) -> Result<(), BackupError> {
    let there = tables(connection, engine).await?;
    for table in &there {
        if !replace && count(connection, &table.name).await? > 0 {
            return Err(BackupError::NotEmpty {
                table: table.name.clone(),
            });
        }
    }
    // Those that refer to others first.
    let names = there.iter().rev().map(|table| table.name.as_str());
    for name in names.chain([crate::catalogue::MIGRATIONS]) {
        let drop = format!("DROP TABLE IF EXISTS {}", quoted(name));
        sqlx::query(AssertSqlSafe(drop))
            .execute(&mut *connection)
            .await?;
    }
    if engine == Engine::Postgres {
        postgres::drop_functions(connection).await?;
    }
    Ok(())
}

/// Puts the rows into the tables, which are empty.
async fn fill(
    connection: &mut Connection,
    engine: Engine,
    from: &mut impl BufRead,
) -> Result<(), BackupError> {
    let known = tables(connection, engine).await?;
    let kinds: BTreeMap<&str, BTreeMap<&str, Kind>> = known
        .iter()
        .map(|table| {
            let columns = table.columns.iter();
            let columns = columns.map(|(name, kind)| (name.as_str(), *kind));
            (table.name.as_str(), columns.collect())
        })
        .collect();
    // What migrations put into their own tables comes with the backup.
    for table in known.iter().rev() {
        if count(connection, &table.name).await? > 0 {
            let delete = format!("DELETE FROM {}", quoted(&table.name));
            sqlx::query(AssertSqlSafe(delete))
                .execute(&mut *connection)
                .await?;
        }
    }
    let (mut line, mut number) = (Vec::new(), 1);
    read(from, &mut line)?;
    let mut into: Option<Into> = None;
    while read(from, &mut line)? {
        number += 1;
        if line.starts_with(b"[") {
            let table = into.as_mut().ok_or(BackupError::Line(number))?;
            table.add(parse(&line, number)?, number)?;
            if table.is_full() {
                table.write(connection).await?;
            }
            continue;
        }
        if let Some(mut done) = into.take() {
            done.write(connection).await?;
        }
        if line.starts_with(b"{\"rows\":") {
            break;
        }
        let table: TableLine = parse(&line, number)?;
        let columns = kinds.get(table.table.as_str());
        let columns = columns.ok_or(BackupError::Line(number))?;
        let of = table.columns.iter().map(|name| columns.get(name.as_str()));
        let of: Option<Vec<Kind>> = of.map(Option::<&Kind>::copied).collect();
        into = Some(Into {
            kinds: of
                .filter(|it| !it.is_empty())
                .ok_or(BackupError::Line(number))?,
            table,
            rows: Vec::new(),
        });
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(line: &[u8], number: u64) -> Result<T, BackupError> {
    serde_json::from_slice(line).map_err(|_| BackupError::Line(number))
}

/// Rows on their way into a table.
struct Into {
    table: TableLine,
    kinds: Vec<Kind>,
    rows: Vec<Vec<Cell>>,
}

/// A value of a column's kind.
enum Cell {
    Text(Option<String>),
    Whole(Option<i64>),
    Real(Option<f64>),
    Bytes(Option<Vec<u8>>),
}

impl Into {
    fn add(&mut self, values: Vec<Value>, number: u64) -> Result<(), BackupError> {
        if values.len() != self.kinds.len() {
            return Err(BackupError::Line(number));
        }
        let cells = self.kinds.iter().zip(values);
        let cells: Option<Vec<Cell>> = cells.map(|(kind, value)| Cell::of(*kind, value)).collect();
        self.rows.push(cells.ok_or(BackupError::Line(number))?);
        Ok(())
    }

    fn is_full(&self) -> bool {
        (self.rows.len() + 1) * self.kinds.len() > MOST_VALUES
    }

    async fn write(&mut self, connection: &mut Connection) -> Result<(), BackupError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let columns: Vec<String> = self.table.columns.iter().map(|it| quoted(it)).collect();
        let table = quoted(&self.table.table);
        let mut insert = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
        let mut number = 0;
        for row in 0..self.rows.len() {
            insert.push_str(if row == 0 { "(" } else { ", (" });
            for column in 0..self.kinds.len() {
                number += 1;
                insert.push_str(if column == 0 { "$" } else { ", $" });
                insert.push_str(&number.to_string());
            }
            insert.push(')');
        }
        // Each is another text: the client library is not to keep them.
        let mut query = sqlx::query(AssertSqlSafe(insert)).persistent(false);
        for cell in self.rows.drain(..).flatten() {
            query = match cell {
                Cell::Text(text) => query.bind(text),
                Cell::Whole(whole) => query.bind(whole),
                Cell::Real(real) => query.bind(real),
                Cell::Bytes(bytes) => query.bind(bytes),
            };
        }
        query.execute(connection).await?;
        Ok(())
    }
}

impl Cell {
    fn of(kind: Kind, value: Value) -> Option<Cell> {
        if value.is_null() {
            return Some(match kind {
                Kind::Text => Cell::Text(None),
                Kind::Whole => Cell::Whole(None),
                Kind::Real => Cell::Real(None),
                Kind::Bytes => Cell::Bytes(None),
            });
        }
        match (kind, value) {
            (Kind::Text, Value::String(text)) => Some(Cell::Text(Some(text))),
            (Kind::Whole, value) => value.as_i64().map(|it| Cell::Whole(Some(it))),
            (Kind::Real, value) => value.as_f64().map(|it| Cell::Real(Some(it))),
            (Kind::Bytes, value) => {
                let bytes = STANDARD.decode(value.get("base64")?.as_str()?).ok()?;
                Some(Cell::Bytes(Some(bytes)))
            }
            (Kind::Text, _) => None,
        }
    }
}
