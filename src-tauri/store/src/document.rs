//! The configuration as a document: every row of its tables, whatever the schema holds. The copy
//! beside the database, exports and imports are all made of it.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Row, SqliteConnection, TypeInfo, ValueRef};
use switchyard_types::Secret;
use zeroize::Zeroizing;

use crate::error::while_doing;
use crate::seal::{Binding, Sealer};
use crate::tables::{self, Holds, Kind, Table, quoted};
use crate::{StoreError, schema};

/// More rows than any configuration has: a hostile import ends here.
pub(crate) const MOST_ROWS: usize = 100_000;

/// Longer than any single value of a configuration.
pub(crate) const LONGEST_VALUE: usize = 1 << 20;

/// The configuration at one moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// The schema that its tables have.
    pub(crate) schema: i64,
    /// How many changes had been made to the configuration.
    pub(crate) changes: i64,
    pub(crate) tables: BTreeMap<String, Rows>,
}

/// The rows of one table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Cell {
    Null(()),
    Integer(i64),
    Real(f64),
    Text(String),
    Bytes {
        #[serde(with = "base64_text")]
        bytes: Vec<u8>,
    },
    Secret {
        #[serde(serialize_with = "expose")]
        secret: Secret,
    },
}

fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

pub(crate) mod base64_text {
    use super::{Deserialize, Deserializer, Engine, STANDARD, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map_err(serde::de::Error::custom)
    }
}

impl Cell {
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null(())
            | Self::Integer(_)
            | Self::Real(_)
            | Self::Bytes { .. }
            | Self::Secret { .. } => None,
        }
    }

    fn length(&self) -> usize {
        match self {
            Self::Null(()) | Self::Integer(_) | Self::Real(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes { bytes } => bytes.len(),
            Self::Secret { secret } => secret.expose().len(),
        }
    }
}

/// How a document shows the secrets.
#[derive(Clone, Copy)]
pub(crate) enum Secrets<'a> {
    /// As the database has them.
    Sealed,
    /// Opened by this key, for a document that is sealed as a whole.
    Opened(&'a Sealer),
    /// Not at all.
    LeftOut,
}

/// Reads the whole configuration. The caller holds a transaction, so that all of it is of one moment.
pub(crate) async fn read(
    connection: &mut SqliteConnection,
    secrets: Secrets<'_>,
) -> Result<Document, StoreError> {
    const DOING: &str = "reading the configuration";
    let changes = sqlx::query_scalar("SELECT count FROM change_count WHERE id = 1")
        .fetch_one(&mut *connection)
        .await
        .map_err(while_doing(DOING))?;
    let mut read = BTreeMap::new();
    let listed =
        tables::of_kind(connection, Kind::Configuration).await.map_err(while_doing(DOING))?;
    for table in listed {
        let rows = read_table(connection, &table, secrets).await?;
        read.insert(table.name, rows);
    }
    Ok(Document { schema: schema::newest(), changes, tables: read })
}

/// Reads one table.
pub(crate) async fn read_table(
    connection: &mut SqliteConnection,
    table: &Table,
    secrets: Secrets<'_>,
) -> Result<Rows, StoreError> {
    let order: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.key > 0)
        .map(|column| quoted(&column.name))
        .collect();
    let order = if order.is_empty() { "rowid".to_owned() } else { order.join(", ") };
    let sql = format!("SELECT {} FROM {} ORDER BY {order}", list(table), quoted(&table.name));
    let found = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
        .map_err(while_doing("reading the configuration"))?;
    let mut rows = Vec::with_capacity(found.len());
    for row in &found {
        let mut cells = cells(row).map_err(while_doing("reading the configuration"))?;
        show(table, &mut cells, secrets)?;
        rows.push(cells);
    }
    Ok(Rows { columns: table.columns.iter().map(|column| column.name.clone()).collect(), rows })
}

fn list(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(&column.name)).collect();
    names.join(", ")
}

fn cells(row: &SqliteRow) -> Result<Vec<Cell>, sqlx::Error> {
    (0..row.len())
        .map(|index| {
            let raw = row.try_get_raw(index)?;
            if raw.is_null() {
                return Ok(Cell::Null(()));
            }
            let name = raw.type_info().name().to_owned();
            Ok(match name.as_str() {
                "TEXT" => Cell::Text(row.try_get(index)?),
                "BLOB" => Cell::Bytes { bytes: row.try_get(index)? },
                "REAL" => Cell::Real(row.try_get(index)?),
                _ => Cell::Integer(row.try_get(index)?),
            })
        })
        .collect()
}

/// Shows a row's secrets as wished.
fn show(table: &Table, cells: &mut [Cell], secrets: Secrets<'_>) -> Result<(), StoreError> {
    let row = row_name(table, cells);
    for (column, cell) in table.columns.iter().zip(cells) {
        let (Holds::Sealed, Cell::Bytes { bytes }) = (column.holds, &*cell) else { continue };
        *cell = match secrets {
            Secrets::Sealed => continue,
            Secrets::LeftOut => Cell::Null(()),
            Secrets::Opened(sealer) => {
                let binding = Binding { table: &table.name, column: &column.name, row: &row };
                let secret = sealer
                    .open(bytes, binding)
                    .map_err(|_| StoreError::altered(&table.name, &row))?;
                Cell::Secret { secret }
            }
        };
    }
    Ok(())
}

/// What a row's sealed values are bound to.
pub(crate) fn row_name(table: &Table, cells: &[Cell]) -> String {
    let cell = table.row_name().and_then(|index| cells.get(index));
    cell.and_then(Cell::text).unwrap_or_default().to_owned()
}

/// How the secrets of a document get into a database.
#[derive(Clone, Copy)]
pub(crate) enum Put<'a> {
    /// They are sealed already, as from the copy beside a database.
    AsSealed,
    /// They came opened, as from an import; this key seals them.
    Sealing(&'a Sealer),
}

/// Writes a document's rows into tables of the same schema, which are emptied before.
pub(crate) async fn replace(
    connection: &mut SqliteConnection,
    document: &Document,
    put: Put<'_>,
) -> Result<(), StoreError> {
    const DOING: &str = "writing the configuration";
    let known =
        tables::of_kind(connection, Kind::Configuration).await.map_err(while_doing(DOING))?;
    if let Some(name) =
        document.tables.keys().find(|name| !known.iter().any(|table| table.name == **name))
    {
        return Err(StoreError::import(format!(
            "it has a table `{name}` that its schema does not"
        )));
    }
    sqlx::raw_sql("PRAGMA defer_foreign_keys = ON")
        .execute(&mut *connection)
        .await
        .map_err(while_doing(DOING))?;
    for table in &known {
        let empty = format!("DELETE FROM {}", quoted(&table.name));
        sqlx::query(AssertSqlSafe(empty))
            .execute(&mut *connection)
            .await
            .map_err(while_doing(DOING))?;
    }
    for table in &known {
        if let Some(rows) = document.tables.get(&table.name) {
            insert(connection, table, rows, put).await?;
        }
    }
    Ok(())
}

/// Whether every row that names another names one that is there.
pub(crate) async fn check_references(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let broken: Option<SqliteRow> = sqlx::query("PRAGMA foreign_key_check")
        .fetch_optional(connection)
        .await
        .map_err(while_doing("checking the configuration"))?;
    let Some(row) = broken else { return Ok(()) };
    let (table, other): (String, String) = (
        row.try_get("table").map_err(while_doing("checking the configuration"))?,
        row.try_get("parent").map_err(while_doing("checking the configuration"))?,
    );
    Err(StoreError::import(format!("a row of `{table}` names one of `{other}` that is not there")))
}

/// Writes rows into a table.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: &Rows,
    put: Put<'_>,
) -> Result<(), StoreError> {
    let mut columns = Vec::with_capacity(rows.columns.len());
    for name in &rows.columns {
        let index = table.columns.iter().position(|column| column.name == *name);
        let index = index.filter(|index| !columns.contains(index)).ok_or_else(|| {
            StoreError::import(format!("`{}` has no column `{name}`, or has it twice", table.name))
        })?;
        columns.push(index);
    }
    let names: Vec<String> = rows.columns.iter().map(|name| quoted(name)).collect();
    let marks = vec!["?"; names.len()].join(", ");
    let sql =
        format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&table.name), names.join(", "));
    for row in &rows.rows {
        let cells = sealed_row(table, &columns, row, put)?;
        let mut query = sqlx::query(AssertSqlSafe(sql.clone()));
        for cell in cells {
            query = bind(query, cell);
        }
        query.execute(&mut *connection).await.map_err(|error| refused(&table.name, error))?;
    }
    Ok(())
}

/// Runs a statement with the values of a row and, last, its name.
pub(crate) async fn execute(
    connection: &mut SqliteConnection,
    table: &str,
    sql: String,
    values: Vec<Cell>,
    name: &str,
) -> Result<(), StoreError> {
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for cell in values {
        query = bind(query, cell);
    }
    query.bind(name).execute(connection).await.map_err(|error| refused(table, error))?;
    Ok(())
}

/// A row that the schema refuses is the document's fault; anything else is the database's.
fn refused(table: &str, error: sqlx::Error) -> StoreError {
    let is_refusal = error.as_database_error().is_some_and(|error| {
        error.code().and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| {
            // CONSTRAINT, MISMATCH and TOOBIG: <https://www.sqlite.org/rescode.html>.
            matches!(code & 0xff, 18..=20)
        })
    });
    if is_refusal {
        StoreError::import(format!("a row of `{table}` is not one that can be there: {error}"))
    } else {
        StoreError::database("writing the configuration", error)
    }
}

fn sealed_row(
    table: &Table,
    columns: &[usize],
    row: &[Cell],
    put: Put<'_>,
) -> Result<Vec<Cell>, StoreError> {
    if row.len() != columns.len() {
        return Err(StoreError::import(format!(
            "a row of `{}` has not one value a column",
            table.name
        )));
    }
    if row.iter().any(|cell| cell.length() > LONGEST_VALUE) {
        return Err(StoreError::import(format!("a value in `{}` is too long", table.name)));
    }
    let name = table
        .row_name()
        .and_then(|index| columns.iter().position(|column| *column == index))
        .and_then(|place| row.get(place))
        .and_then(Cell::text)
        .unwrap_or_default();
    let mut sealed = Vec::with_capacity(row.len());
    for (index, cell) in columns.iter().zip(row) {
        let column = table.columns.get(*index).ok_or_else(|| {
            StoreError::import(format!("`{}` has fewer columns than it says", table.name))
        })?;
        sealed.push(match (column.holds, put, cell) {
            (Holds::Sealed, Put::Sealing(sealer), Cell::Secret { secret }) => {
                let binding = Binding { table: &table.name, column: &column.name, row: name };
                Cell::Bytes { bytes: sealer.seal(secret, binding)? }
            }
            (_, Put::AsSealed, Cell::Secret { .. })
            | (Holds::Plain | Holds::Bytes, _, Cell::Secret { .. })
            | (Holds::Sealed, Put::Sealing(_), Cell::Bytes { .. }) => {
                let why = format!("a secret stands in the wrong place in `{}`", table.name);
                return Err(StoreError::import(why));
            }
            (
                _,
                _,
                Cell::Null(())
                | Cell::Integer(_)
                | Cell::Real(_)
                | Cell::Text(_)
                | Cell::Bytes { .. },
            ) => cell.clone(),
        });
    }
    Ok(sealed)
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>;

fn bind(query: Query<'_>, cell: Cell) -> Query<'_> {
    match cell {
        Cell::Null(()) => query.bind(None::<i64>),
        Cell::Integer(number) => query.bind(number),
        Cell::Real(number) => query.bind(number),
        Cell::Text(text) => query.bind(text),
        Cell::Bytes { bytes } => query.bind(bytes),
        Cell::Secret { secret } => query.bind(secret.expose().to_owned()),
    }
}

impl Document {
    /// Whether it keeps to the limits that every configuration keeps to.
    pub(crate) fn check_limits(&self) -> Result<(), StoreError> {
        let rows: usize = self.tables.values().map(|table| table.rows.len()).sum();
        if rows > MOST_ROWS {
            return Err(StoreError::import(format!("it has {rows} rows, more than {MOST_ROWS}")));
        }
        Ok(())
    }

    /// Its JSON, which may hold secrets in the clear.
    pub(crate) fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        serde_json::to_vec(self)
            .map(Zeroizing::new)
            .map_err(|error| StoreError::import(format!("it cannot be written: {error}")))
    }
}
