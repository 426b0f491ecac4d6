//! What each table is for. A table that is not named here holds configuration: what is forgotten in
//! this list is saved once too often, never once too seldom.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

/// What a table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What the user set up: saved beside the database, copied, exported.
    Configuration,
    /// What the store keeps about itself.
    Own,
    /// What happened. Long, and worth less than the configuration.
    History,
    /// What vendors teach again within minutes.
    Passing,
}

pub(crate) fn kind(table: &str) -> Kind {
    match table {
        // Whether bodies are kept is decided here alone: no import, and no copy that takes the database's
        // place, switches it on.
        "_sqlx_migrations" | "data_key_check" | "change_count" | "body_keeping" => Kind::Own,
        "requests" | "usage_hours" | "usage_days" | "notices" | "quota_readings" => Kind::History,
        "locks" | "model_lists" | "quota_windows" | "routing_windows" | "routing_sessions"
        | "routing_spending" | "routing_told" | "routing_awaited" | "routing_proofs" => {
            Kind::Passing
        }
        _ => Kind::Configuration,
    }
}

/// Whether a column only notes a use, so that its change is no change of the configuration.
pub(crate) fn is_note(column: &str) -> bool {
    column == "last_used_at"
}

/// A table as the database describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
}

/// One of a table's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) holds: Holds,
    /// Its place in the primary key, from 1; 0 for a column outside it.
    pub(crate) key: i64,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// Text or numbers.
    Plain,
    /// Bytes that are no secret: a hash.
    Bytes,
    /// A secret, sealed under the data key and bound to its table, column and row.
    Sealed,
}

impl Table {
    /// The column that names a row, where one does so alone: sealed values are bound to it.
    pub(crate) fn row_name(&self) -> Option<usize> {
        let mut keys = self.columns.iter().enumerate().filter(|(_, column)| column.key > 0);
        let first = keys.next()?;
        keys.next().is_none().then_some(first.0)
    }

    pub(crate) fn sealed(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.holds == Holds::Sealed)
    }
}

/// A name as SQL quotes it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The tables of one kind, by name.
pub(crate) async fn of_kind(
    connection: &mut SqliteConnection,
    wanted: Kind,
) -> Result<Vec<Table>, sqlx::Error> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' \
         ESCAPE '\\' ORDER BY name",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut tables = Vec::new();
    for name in names {
        if kind(&name) != wanted {
            continue;
        }
        let columns = columns(connection, &name).await?;
        tables.push(Table { name, columns });
    }
    Ok(tables)
}

async fn columns(
    connection: &mut SqliteConnection,
    table: &str,
) -> Result<Vec<Column>, sqlx::Error> {
    sqlx::query("SELECT name, type, pk FROM pragma_table_info(?, 'main') ORDER BY cid")
        .bind(table)
        .try_map(|row: sqlx::sqlite::SqliteRow| {
            let name: String = row.try_get("name")?;
            let declared: String = row.try_get("type")?;
            let holds = match declared.as_str() {
                "BLOB" if table == "client_keys" && name == "hash" => Holds::Bytes,
                "BLOB" => Holds::Sealed,
                _ => Holds::Plain,
            };
            Ok(Column { holds, key: row.try_get("pk")?, name })
        })
        .fetch_all(connection)
        .await
}

/// The tables whose rows belong to rows of another and go with them, each with the pairs of its own
/// column and the owner's.
pub(crate) async fn owned_by(
    connection: &mut SqliteConnection,
    owner: &str,
) -> Result<BTreeMap<String, Vec<(String, String)>>, sqlx::Error> {
    let mut owned = BTreeMap::new();
    for table in of_kind(connection, Kind::Configuration).await? {
        let references: Vec<(String, String)> = sqlx::query_as(
            "SELECT \"from\", \"to\" FROM pragma_foreign_key_list(?, 'main') \
             WHERE \"table\" = ? AND on_delete = 'CASCADE' ORDER BY seq",
        )
        .bind(&table.name)
        .bind(owner)
        .fetch_all(&mut *connection)
        .await?;
        if !references.is_empty() {
            owned.insert(table.name, references);
        }
    }
    Ok(owned)
}

/// Lets a connection count each change of the configuration, so that a database that lost one can
/// be told from its saved copy.
pub(crate) async fn count_changes(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let count = "UPDATE change_count SET count = count + 1 WHERE id = 1";
    at_each_change(connection, "count", "AFTER", count).await
}

/// Refuses every change of the configuration: of a database that only stands in for a damaged one.
pub(crate) async fn refuse_changes(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let refuse = format!("SELECT RAISE(ABORT, '{REFUSED}')");
    at_each_change(connection, "refuse", "BEFORE", &refuse).await
}

/// Runs a statement at each change of a table of configuration. The triggers live with the connection: a
/// table of a later schema is watched without a word about it.
async fn at_each_change(
    connection: &mut SqliteConnection,
    name: &str,
    moment: &str,
    statement: &str,
) -> Result<(), sqlx::Error> {
    for table in of_kind(connection, Kind::Configuration).await? {
        let columns: Vec<String> = table
            .columns
            .iter()
            .filter(|column| !is_note(&column.name))
            .map(|column| quoted(&column.name))
            .collect();
        let update = format!("UPDATE OF {}", columns.join(", "));
        for (step, event) in [("insert", "INSERT"), ("update", &update), ("delete", "DELETE")] {
            let trigger = format!(
                "CREATE TEMP TRIGGER {} {moment} {event} ON main.{} BEGIN {statement}; END",
                quoted(&format!("{name}_{step}_{}", table.name)),
                quoted(&table.name),
            );
            sqlx::raw_sql(AssertSqlSafe(trigger)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// What a refused change says of itself.
pub(crate) const REFUSED: &str = "switchyard: safe mode";
