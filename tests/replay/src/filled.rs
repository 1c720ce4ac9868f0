//! An origin's ledger with as many reports as a measure needs, written by SQL from one that came by
//! its own door: over two years, of every category and district, nine of ten done.

use std::path::Path;
use std::time::Instant;

use balagh_origin::store::Store;
use balagh_shared::municipality::Municipality;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, SqlitePool};

use crate::documents::Place;

/// 2024-01-01 in Riyadh, in milliseconds since 1970.
const FIRST_MS: i64 = 1_704_056_400_000;
/// Two years.
const SPAN_MS: i64 = 731 * 86_400_000;
/// Reports that one statement writes.
const AT_ONCE: i64 = 100_000;
/// Every day there is.
const ALWAYS: std::ops::Range<i64> = i64::MIN..i64::MAX;

/// What a column of the reports holds in the row `i` of `{count}`; the others are as in the one
/// report that is there.
const COLUMNS: [(&str, &str); 17] = [
    ("number", "printf('EP-%05d-%05d-0', i / 100000, i % 100000)"),
    ("received_ms", "{ms}"),
    ("changed_ms", "{ms} + 86400000"),
    (
        "received_at",
        "strftime('%Y-%m-%dT%H:%M:%SZ', {ms} / 1000, 'unixepoch')",
    ),
    (
        "due",
        "strftime('%Y-%m-%dT%H:%M:%SZ', {ms} / 1000 + 259200, 'unixepoch')",
    ),
    ("current_due", "{ms} + 259200000"),
    (
        "category",
        "(SELECT code FROM temp.categories WHERE n = i * 7919 % {categories})",
    ),
    (
        "district",
        "(SELECT code FROM temp.districts WHERE n = i * 6131 % {districts})",
    ),
    (
        "state",
        "CASE WHEN i % 10 = 9 THEN 'assigned' ELSE 'closed' END",
    ),
    (
        "channel",
        "CASE i % 4 WHEN 0 THEN 'whatsapp' WHEN 1 THEN 'phone' ELSE 'widget' END",
    ),
    ("lon", "49.9 + (i % 1000) / 5000.0"),
    ("lat", "26.3 + (i / 1000 % 1000) / 5000.0"),
    ("delivery_mac", "'filled'"),
    ("contact_sealed", "NULL"),
    // Their keys would be a million draws: what is somebody's in them is gone.
    ("key_id", "NULL"),
    ("personal", "NULL"),
    ("erased_ms", "{ms} + 86400000"),
];

/// Fills the ledger at `path`, which holds one report of the place, up to `count`; gives the
/// milliseconds that summing up its days took.
pub async fn fill(path: &Path, place: &Place, count: i64) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .pragma("synchronous", "OFF")
        .pragma("cache_size", "-500000");
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.connect_with(options).await.unwrap();
    let categories = place.document.groups.iter().flat_map(|it| &it.categories);
    let categories: Vec<&str> = categories.map(|it| it.code.as_str()).collect();
    let districts: Vec<&str> = place.points.iter().map(|it| it.0.as_str()).collect();
    list(&pool, "categories", &categories).await;
    list(&pool, "districts", &districts).await;

    let ms = format!("({FIRST_MS} + i * {SPAN_MS} / {count})");
    let expression = |column: &str| {
        let known = COLUMNS.iter().find(|(name, _)| *name == column);
        known.map_or(format!("t.{column}"), |(_, expression)| {
            expression
                .replace("{ms}", &ms)
                .replace("{categories}", &categories.len().to_string())
                .replace("{districts}", &districts.len().to_string())
        })
    };
    let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info('reports')")
        .fetch_all(&pool)
        .await
        .unwrap();
    let values: Vec<String> = columns.iter().map(|it| expression(it)).collect();
    let insert = format!(
        "WITH RECURSIVE rows (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM rows WHERE i + 1 < ?2) \
         INSERT INTO reports ({}) SELECT {} FROM rows, \
         (SELECT * FROM reports ORDER BY rowid LIMIT 1) AS t",
        columns.join(", "),
        values.join(", ")
    );
    let mut first = 1;
    while first < count {
        let end = (first + AT_ONCE).min(count);
        let mut tx = pool.begin().await.unwrap();
        let inserted = sqlx::query(AssertSqlSafe(insert.as_str()));
        inserted
            .bind(first)
            .bind(end)
            .execute(&mut *tx)
            .await
            .unwrap();
        for (at, state, actor, what) in [
            ("received_at", "'received'", "edge", r#"{"what":"state"}"#),
            ("received_at", "'screened'", "edge", r#"{"what":"state"}"#),
            (
                "received_at",
                "'assigned'",
                "origin",
                r#"{"what":"assigned","department":"cleanliness"}"#,
            ),
        ] {
            let event = format!(
                "INSERT INTO events (number, at, state, actor, what) \
                 SELECT number, {at}, {state}, ?2, ?3 FROM reports WHERE rowid > ?1"
            );
            let event = sqlx::query(AssertSqlSafe(event)).bind(first);
            event
                .bind(actor)
                .bind(what)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        for statement in [
            "INSERT INTO events (number, at, state, actor, what, staff) \
             SELECT number, due, 'resolved', 'staff', '{\"what\":\"state\"}', 'Bench' \
             FROM reports WHERE rowid > ?1 AND state = 'closed'",
            "INSERT INTO events (number, at, state, actor, what) \
             SELECT number, due, 'closed', 'origin', '{\"what\":\"state\"}' \
             FROM reports WHERE rowid > ?1 AND state = 'closed'",
            "INSERT INTO facts SELECT number, municipality, (received_ms + 10800000) / 86400000, \
             category, COALESCE(district, ''), current_department, channel, '', 'person', \
             CASE WHEN state = 'closed' THEN rowid * 37 % 10000 END, \
             state = 'closed' AND rowid % 5 > 0, 0, rowid % 50 = 0, rowid % 70 = 0, \
             CASE WHEN rowid % 3 = 0 AND state = 'closed' THEN 6 + rowid % 10 END \
             FROM reports WHERE rowid > ?1",
        ] {
            let query = sqlx::query(statement).bind(first);
            query.execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        first = end;
    }
    for statement in [
        "INSERT OR IGNORE INTO figure_work SELECT DISTINCT municipality, day FROM facts",
        "ANALYZE",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    sum_up(path, &place.document).await
}

async fn list(pool: &SqlitePool, table: &str, codes: &[&str]) {
    let create = format!("CREATE TEMP TABLE {table} (n INTEGER PRIMARY KEY, code TEXT)");
    sqlx::query(AssertSqlSafe(create))
        .execute(pool)
        .await
        .unwrap();
    let insert = format!("INSERT INTO temp.{table} VALUES (?, ?)");
    for (n, code) in (0_i64..).zip(codes) {
        let row = sqlx::query(AssertSqlSafe(insert.as_str())).bind(n);
        row.bind(code).execute(pool).await.unwrap();
    }
}

/// As the keeper does it.
async fn sum_up(path: &Path, document: &Municipality) -> f64 {
    let store = Store::open_shut(&balagh_origin::config::Place::File(path.to_owned()))
        .await
        .unwrap();
    store.note_hidden(document).await.unwrap();
    let begun = Instant::now();
    while store.sum_up(document, ALWAYS, 16).await.unwrap() > 0 {}
    while store.sum_up_months(document, i64::MAX, 2).await.unwrap() > 0 {}
    let millis = begun.elapsed().as_secs_f64() * 1e3;
    store.close().await;
    millis
}
