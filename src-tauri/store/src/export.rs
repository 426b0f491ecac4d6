//! Exports: everything, sealed under a passphrase; or a part without any secret, to be shared.

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteConnection;
use switchyard_types::{ExportPart, Millis, Secret};

use crate::document::{self, Cell, Document, Rows, Secrets};
use crate::envelope::Envelope;
use crate::error::{Thing, while_doing};
use crate::saved::on_a_thread_that_may_wait;
use crate::tables::{self, Kind, Table};
use crate::{Store, StoreError, schema};

const DOING: &str = "exporting the configuration";

/// What an exported file is, by its first word.
#[derive(Serialize, Deserialize)]
#[serde(tag = "switchyard", rename_all = "snake_case")]
pub(crate) enum File {
    /// Everything, sealed.
    Export(Envelope),
    /// Some of it, open.
    Part(PartFile),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartFile {
    pub(crate) format: u32,
    pub(crate) document: Document,
}

pub(crate) const PART_FORMAT: u32 = 1;

impl Store {
    /// Everything that the user configured, secrets included, sealed under a passphrase; the text of
    /// a file. Fails when one secret cannot be opened: an export with a hole would be trusted.
    pub async fn export(&self, passphrase: Secret, now: Millis) -> Result<String, StoreError> {
        let mut transaction = self.readers().begin().await.map_err(while_doing(DOING))?;
        let sealer = self.sealer();
        let document = document::read(&mut transaction, Secrets::Opened(&sealer)).await?;
        transaction.rollback().await.map_err(while_doing(DOING))?;
        let content = document.to_json()?;
        let seal = move || Envelope::seal(&content, &passphrase, now);
        let envelope = on_a_thread_that_may_wait(seal).await?;
        write(&File::Export(envelope))
    }

    /// Some combos or vendors, without secrets; the text of a file.
    pub async fn export_part(&self, part: &ExportPart) -> Result<String, StoreError> {
        let mut transaction = self.readers().begin().await.map_err(while_doing(DOING))?;
        let (table, names, thing) = match part {
            ExportPart::Combos { names } => (COMBOS, names, Thing::Combo),
            ExportPart::Vendors { ids } => (VENDORS, ids, Thing::Vendor),
        };
        let document = read_part(&mut transaction, table, names, thing).await?;
        transaction.rollback().await.map_err(while_doing(DOING))?;
        write(&File::Part(PartFile { format: PART_FORMAT, document }))
    }
}

/// The tables that parts begin at, by a name that stands for their rows.
pub(crate) const COMBOS: &str = "combos";
pub(crate) const VENDORS: &str = "custom_vendors";

fn write(file: &File) -> Result<String, StoreError> {
    serde_json::to_string_pretty(file)
        .map_err(|error| StoreError::import(format!("it cannot be written: {error}")))
}

async fn read_part(
    connection: &mut SqliteConnection,
    root: &str,
    names: &[String],
    thing: Thing,
) -> Result<Document, StoreError> {
    let mut document = Document {
        schema: schema::newest(),
        changes: 0,
        tables: std::collections::BTreeMap::new(),
    };
    let listed =
        tables::of_kind(connection, Kind::Configuration).await.map_err(while_doing(DOING))?;
    let owned = tables::owned_by(connection, root).await.map_err(while_doing(DOING))?;
    for table in &listed {
        let column = match owned.get(&table.name).and_then(|references| references.first()) {
            Some((own, _)) => table.columns.iter().position(|column| column.name == *own),
            None if table.name == root => table.row_name(),
            None => continue,
        };
        let mut rows = document::read_table(connection, table, Secrets::LeftOut).await?;
        let is_wanted = |row: &Vec<Cell>| {
            let name = column.and_then(|column| row.get(column)).and_then(Cell::text);
            name.is_some_and(|name| names.iter().any(|wanted| wanted == name))
        };
        rows.rows.retain(is_wanted);
        if table.name == root {
            find_missing(table, &rows, names, thing)?;
        }
        document.tables.insert(table.name.clone(), rows);
    }
    Ok(document)
}

fn find_missing(
    table: &Table,
    rows: &Rows,
    names: &[String],
    thing: Thing,
) -> Result<(), StoreError> {
    let found =
        |name: &&String| rows.rows.iter().any(|row| document::row_name(table, row) == **name);
    match names.iter().find(|name| !found(name)) {
        Some(name) => Err(StoreError::not_found(thing, name)),
        None => Ok(()),
    }
}
