//! Imports, taken as hostile: held to limits, put into a database of their own in memory, looked
//! through by the rest of the program there, and only then applied.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use switchyard_types::{ImportChange, ImportPreview, Millis, OnClash, Secret};

use crate::data_key::DataKey;
use crate::document::{self, Cell, Document, Put, Rows, Secrets};
use crate::error::while_doing;
use crate::export::{self, File, PART_FORMAT, PartFile};
use crate::saved::on_a_thread_that_may_wait;
use crate::tables::{self, Kind, Table, quoted};
use crate::{Store, StoreError, open, schema};

const DOING: &str = "importing a configuration";

/// Longer than any export of ours.
const LONGEST: usize = 32 << 20;

/// The most names that a preview lists of one kind.
const MOST_NAMES: usize = 200;

/// An import that was read and stands in a database of its own, where it can be looked through.
#[derive(Debug)]
pub struct StagedImport {
    scope: Scope,
    made_at: Option<Millis>,
    document: Document,
    /// A store that holds nothing but the import, in memory.
    pub store: Store,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Whole,
    /// The rows of one table and those that belong to them.
    Part(&'static str),
}

impl StagedImport {
    /// Whether it takes the place of all that is there; a part is added to it.
    pub fn is_whole(&self) -> bool {
        self.scope == Scope::Whole
    }
}

impl Store {
    /// Reads an import into a database of its own. Nothing of this store changes.
    pub async fn stage_import(
        &self,
        text: &str,
        passphrase: Option<Secret>,
    ) -> Result<StagedImport, StoreError> {
        if text.len() > LONGEST {
            return Err(StoreError::import(format!("it is longer than {} MiB", LONGEST >> 20)));
        }
        let file: File = serde_json::from_str(text).map_err(|error| {
            StoreError::import(format!("it is no export of Switchyard ({error})"))
        })?;
        let (scope, made_at, document) = match file {
            File::Export(envelope) => {
                let passphrase = passphrase.ok_or(StoreError::WrongPassphrase)?;
                let made_at = envelope.made_at();
                let open = move || envelope.open(&passphrase);
                let content = on_a_thread_that_may_wait(open).await?;
                let document: Document = serde_json::from_slice(&content).map_err(|error| {
                    // Its own words could quote a secret.
                    let (line, column) = (error.line(), error.column());
                    StoreError::import(format!("its content is wrong at {line}:{column}"))
                })?;
                (Scope::Whole, Some(made_at), document)
            }
            File::Part(part) => {
                let (scope, document) = check_part(part)?;
                (scope, None, document)
            }
        };
        document.check_limits()?;
        if document.schema > schema::newest() {
            return Err(StoreError::import(
                "it was made by a newer version of Switchyard; update this one first",
            ));
        }
        // Sealed under a key that lives as long as the preview.
        let key = DataKey::passing()?;
        let pool = fill(&document, scope, &key).await?;
        let document = read_back(&pool, scope, &key).await?;
        let store = open::in_memory(self.place().clone(), pool, key)?;
        Ok(StagedImport { scope, made_at, document, store })
    }

    /// What an import would change.
    pub async fn preview_import(&self, staged: &StagedImport) -> Result<ImportPreview, StoreError> {
        let mut transaction = self.readers().begin().await.map_err(while_doing(DOING))?;
        let sealer = self.sealer();
        let listed = tables::of_kind(&mut transaction, Kind::Configuration)
            .await
            .map_err(while_doing(DOING))?;
        let mut changes = Vec::new();
        for table in &listed {
            let Some(rows) = staged.document.tables.get(&table.name) else { continue };
            let here =
                document::read_table(&mut transaction, table, Secrets::Opened(&sealer)).await?;
            let mut change = compare(table, &here, rows);
            if staged.scope != Scope::Whole {
                change.removed.clear();
            }
            if !(change.added.is_empty() && change.changed.is_empty() && change.removed.is_empty())
            {
                changes.push(change);
            }
        }
        transaction.rollback().await.map_err(while_doing(DOING))?;
        let whole = staged.scope == Scope::Whole;
        Ok(ImportPreview { whole, made_at: staged.made_at, changes })
    }

    /// Applies an import in one transaction, after a backup: a whole one takes the place of all that
    /// is there, a part is added to it.
    pub async fn apply_import(
        &self,
        staged: &StagedImport,
        clash: OnClash,
        now: Millis,
    ) -> Result<(), StoreError> {
        self.back_up(now).await?;
        let mut transaction = self.begin(DOING).await?;
        let sealer = self.sealer();
        match staged.scope {
            Scope::Whole => {
                let put = Put::Sealing(&sealer);
                document::replace(&mut transaction, &staged.document, put).await?;
            }
            Scope::Part(root) => add_part(&mut transaction, &staged.document, root, clash).await?,
        }
        document::check_references(&mut transaction).await?;
        transaction.commit().await.map_err(while_doing(DOING))
    }
}

/// A part begins at combos or at vendors, and holds nothing that belongs to neither.
fn check_part(part: PartFile) -> Result<(Scope, Document), StoreError> {
    if part.format != PART_FORMAT {
        let why = format!("its format is {}, this program knows {PART_FORMAT}", part.format);
        return Err(StoreError::import(why));
    }
    let holds = |table: &str| part.document.tables.contains_key(table);
    let root = match (holds(export::COMBOS), holds(export::VENDORS)) {
        (true, false) => export::COMBOS,
        (false, true) => export::VENDORS,
        (true, true) | (false, false) => {
            return Err(StoreError::import("it is neither about combos nor about vendors"));
        }
    };
    let mut cells = part.document.tables.values().flat_map(|rows| rows.rows.iter().flatten());
    if cells.any(|cell| matches!(cell, Cell::Secret { .. } | Cell::Bytes { .. })) {
        return Err(StoreError::import("a part has no secrets, and this one has"));
    }
    Ok((Scope::Part(root), part.document))
}

async fn fill(document: &Document, scope: Scope, key: &DataKey) -> Result<SqlitePool, StoreError> {
    let put = Put::Sealing(&key.sealer);
    let root = match scope {
        Scope::Whole => return open::filled(document, put).await,
        Scope::Part(root) => root,
    };
    open::check_schema(document)?;
    let pool = schema::in_memory(document.schema).await?;
    let mut transaction = pool.begin().await.map_err(while_doing(DOING))?;
    add_part(&mut transaction, document, root, OnClash::Replace).await?;
    document::check_references(&mut transaction).await?;
    transaction.commit().await.map_err(while_doing(DOING))?;
    schema::bring_up_to_date(&pool).await?;
    Ok(pool)
}

/// The import as this program's schema has it.
async fn read_back(pool: &SqlitePool, scope: Scope, key: &DataKey) -> Result<Document, StoreError> {
    let mut connection = pool.acquire().await.map_err(while_doing(DOING))?;
    let mut document = document::read(&mut connection, Secrets::Opened(&key.sealer)).await?;
    if let Scope::Part(root) = scope {
        let owned = tables::owned_by(&mut connection, root).await.map_err(while_doing(DOING))?;
        document.tables.retain(|table, _| table == root || owned.contains_key(table));
    }
    Ok(document)
}

/// Adds the rows of a part to what is there. Rows of the same name are replaced, or left as they are.
async fn add_part(
    connection: &mut SqliteConnection,
    document: &Document,
    root: &str,
    clash: OnClash,
) -> Result<(), StoreError> {
    let listed =
        tables::of_kind(connection, Kind::Configuration).await.map_err(while_doing(DOING))?;
    let owned = tables::owned_by(connection, root).await.map_err(while_doing(DOING))?;
    let table_of = |name: &str| {
        listed
            .iter()
            .find(|table| table.name == name)
            .filter(|_| name == root || owned.contains_key(name))
    };
    if let Some(name) = document.tables.keys().find(|name| table_of(name).is_none()) {
        return Err(StoreError::import(format!("a table `{name}` does not belong into it")));
    }
    let (Some(table), Some(rows)) = (table_of(root), document.tables.get(root)) else {
        return Err(StoreError::import("it holds nothing"));
    };
    let here = document::read_table(connection, table, Secrets::Sealed).await?;
    let there: BTreeSet<String> =
        here.rows.iter().map(|row| document::row_name(table, row)).collect();
    let mut added = BTreeSet::new();
    for row in &rows.rows {
        let name = named_in(table, rows, row)?;
        match (there.contains(&name), clash) {
            (true, OnClash::Keep) => continue,
            (true, OnClash::Replace) => update(connection, table, rows, row, &name).await?,
            (false, OnClash::Keep | OnClash::Replace) => {
                let one = Rows { columns: rows.columns.clone(), rows: vec![row.clone()] };
                document::insert(connection, table, &one, Put::AsSealed).await?;
            }
        }
        added.insert(name);
    }
    for (name, references) in &owned {
        let (Some(table), Some((own, _))) = (table_of(name), references.first()) else { continue };
        for row in &added {
            let sql = format!("DELETE FROM {} WHERE {} = ?", quoted(name), quoted(own));
            sqlx::query(AssertSqlSafe(sql))
                .bind(row)
                .execute(&mut *connection)
                .await
                .map_err(while_doing(DOING))?;
        }
        let Some(rows) = document.tables.get(name) else { continue };
        let place = rows.columns.iter().position(|column| column == own);
        let belongs = |row: &&Vec<Cell>| {
            let owner = place.and_then(|place| row.get(place)).and_then(Cell::text);
            owner.is_some_and(|owner| added.contains(owner))
        };
        let kept = Rows {
            columns: rows.columns.clone(),
            rows: rows.rows.iter().filter(belongs).cloned().collect(),
        };
        document::insert(connection, table, &kept, Put::AsSealed).await?;
    }
    Ok(())
}

/// Replaces a row in place, so that what names it goes on naming it.
async fn update(
    connection: &mut SqliteConnection,
    table: &Table,
    rows: &Rows,
    row: &[Cell],
    name: &str,
) -> Result<(), StoreError> {
    let key = table.row_name().and_then(|index| table.columns.get(index));
    let Some(key) = key else { return Err(StoreError::import("its rows have no names")) };
    let mut sets = Vec::new();
    let mut values = Vec::new();
    for (column, cell) in rows.columns.iter().zip(row) {
        let known = table.columns.iter().any(|known| known.name == *column);
        if !known {
            let why = format!("`{}` has no column `{column}`", table.name);
            return Err(StoreError::import(why));
        }
        if *column != key.name {
            sets.push(format!("{} = ?", quoted(column)));
            values.push(cell.clone());
        }
    }
    if sets.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE {} SET {} WHERE {} = ?",
        quoted(&table.name),
        sets.join(", "),
        quoted(&key.name)
    );
    document::execute(connection, &table.name, sql, values, name).await
}

fn named_in(table: &Table, rows: &Rows, row: &[Cell]) -> Result<String, StoreError> {
    let key = table.row_name().and_then(|index| table.columns.get(index));
    key.and_then(|key| rows.columns.iter().position(|column| *column == key.name))
        .and_then(|place| row.get(place))
        .and_then(Cell::text)
        .map(str::to_owned)
        .ok_or_else(|| StoreError::import("one of its rows has no name"))
}

/// What is new, other or gone, by the keys of rows.
fn compare(table: &Table, here: &Rows, there: &Rows) -> ImportChange {
    let keyed = |rows: &Rows| -> BTreeMap<String, (String, Vec<Cell>)> {
        rows.rows
            .iter()
            .map(|row| (key_text(table, row), (shown_name(table, row), without_notes(table, row))))
            .collect()
    };
    let (here, there) = (keyed(here), keyed(there));
    let names = |names: Vec<&String>| {
        names.into_iter().take(MOST_NAMES).map(|name| name.chars().take(120).collect()).collect()
    };
    let added = there.iter().filter(|(key, _)| !here.contains_key(*key));
    let removed = here.iter().filter(|(key, _)| !there.contains_key(*key));
    let changed =
        there.iter().filter(|(key, row)| here.get(*key).is_some_and(|other| other.1 != row.1));
    ImportChange {
        table: table.name.clone(),
        added: names(added.map(|(_, row)| &row.0).collect()),
        changed: names(changed.map(|(_, row)| &row.0).collect()),
        removed: names(removed.map(|(_, row)| &row.0).collect()),
    }
}

fn key_text(table: &Table, row: &[Cell]) -> String {
    let keys = table.columns.iter().zip(row).filter(|(column, _)| column.key > 0);
    keys.map(|(_, cell)| plain(cell)).collect::<Vec<_>>().join(" ")
}

/// A row by the name that people gave it.
fn shown_name(table: &Table, row: &[Cell]) -> String {
    let named = table.columns.iter().position(|column| column.name == "name");
    match named.and_then(|place| row.get(place)).and_then(Cell::text) {
        Some(name) => name.to_owned(),
        None => key_text(table, row),
    }
}

fn without_notes(table: &Table, row: &[Cell]) -> Vec<Cell> {
    let kept = table.columns.iter().zip(row).filter(|(column, _)| !tables::is_note(&column.name));
    kept.map(|(_, cell)| cell.clone()).collect()
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Null(()) | Cell::Bytes { .. } | Cell::Secret { .. } => String::new(),
    }
}
