//! Exports and imports.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use http::Method;
use serde_json::json;
use switchyard_engine::{Config, Engine};
use switchyard_types::{
    ExportAsk, ExportPart, Exported, ImportAsk, ImportPreview, OnClash, Secret,
};

use crate::ask;
use crate::password::{Again, typed};
use crate::words::{moment, say};

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The file to write; it must not be there yet
    file: PathBuf,
    /// Only these combos, without any secret; may be repeated
    #[arg(long, value_name = "NAME")]
    combo: Vec<String>,
    /// Only these custom vendors, without any secret; may be repeated
    #[arg(long, value_name = "ID", conflicts_with = "combo")]
    vendor: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file to read
    file: PathBuf,
    /// Change it; a backup is made first
    #[arg(long)]
    apply: bool,
    /// Replace combos and vendors of the same name, when a part is imported
    #[arg(long)]
    replace: bool,
}

pub(crate) async fn export(config: Config, export: Export) -> anyhow::Result<()> {
    anyhow::ensure!(!export.file.exists(), "{} is there already", export.file.display());
    let part = if !export.combo.is_empty() {
        Some(ExportPart::Combos { names: export.combo })
    } else if !export.vendor.is_empty() {
        Some(ExportPart::Vendors { ids: export.vendor })
    } else {
        None
    };
    let exported = if let Some(part) = part {
        export_part(&config, &part).await?
    } else {
        let passphrase =
            passphrase("a passphrase for the export, at least 12 characters", Again::Yes)?;
        export_all(&config, passphrase).await?
    };
    write(&export.file, &exported.text)?;
    say(&format!("Written to {}", export.file.display()));
    Ok(())
}

async fn export_part(config: &Config, part: &ExportPart) -> anyhow::Result<Exported> {
    match Engine::open(config.clone()).await {
        Ok(engine) => {
            let done = engine.export_part(part).await;
            engine.close().await;
            Ok(done?)
        }
        Err(error) if error.is_in_use() => {
            ask::call(config, Method::POST, "/api/export/part", Some(part)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn export_all(config: &Config, passphrase: String) -> anyhow::Result<Exported> {
    match Engine::open(config.clone()).await {
        Ok(engine) => {
            let done = engine.export(ExportAsk { passphrase: Secret::new(passphrase) }).await;
            engine.close().await;
            Ok(done?)
        }
        Err(error) if error.is_in_use() => {
            let ask = json!({ "passphrase": passphrase });
            ask::call(config, Method::POST, "/api/export", Some(&ask)).await
        }
        Err(error) => Err(error.into()),
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("making {}", path.display()))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .with_context(|| format!("writing {}", path.display()))
}

pub(crate) async fn import(config: Config, import: Import) -> anyhow::Result<()> {
    let text = fs::read_to_string(&import.file)
        .with_context(|| format!("reading {}", import.file.display()))?;
    let kind: Kind = serde_json::from_str(&text)
        .with_context(|| format!("{} is no export of Switchyard", import.file.display()))?;
    let passphrase = match kind.switchyard.as_str() {
        "export" => Some(passphrase("the passphrase of the export", Again::No)?),
        _ => None,
    };
    let clash = if import.replace { OnClash::Replace } else { OnClash::Keep };
    let preview: ImportPreview = match Engine::open(config.clone()).await {
        Ok(engine) => {
            let ask = ImportAsk { text, passphrase: passphrase.map(Secret::new), clash };
            let done = if import.apply {
                engine.import(ask).await
            } else {
                engine.preview_import(ask).await
            };
            engine.close().await;
            done?
        }
        Err(error) if error.is_in_use() => {
            let ask = json!({ "text": text, "passphrase": passphrase, "clash": clash });
            let path = if import.apply { "/api/import" } else { "/api/import/preview" };
            ask::call(&config, Method::POST, path, Some(&ask)).await?
        }
        Err(error) => return Err(error.into()),
    };
    tell(&preview);
    if import.apply {
        say("Imported. A backup of what was there before is in the backups folder.");
    } else {
        say("Nothing is changed yet; `--apply` does it.");
    }
    Ok(())
}

/// What an exported file says of itself.
#[derive(serde::Deserialize)]
struct Kind {
    switchyard: String,
}

fn tell(preview: &ImportPreview) {
    if preview.whole {
        say("Takes the place of everything that is configured:");
    } else {
        say("Adds to what is configured:");
    }
    if let Some(at) = preview.made_at {
        say(&format!("  made {}", moment(at)));
    }
    if preview.changes.is_empty() {
        say("  no change");
    }
    for change in &preview.changes {
        let marked = [("+", &change.added), ("~", &change.changed), ("-", &change.removed)];
        for (mark, names) in marked {
            for name in names {
                // Names come from the file: they shall not steer the terminal.
                say(&format!("  {mark} {}: {}", change.table, name.escape_debug()));
            }
        }
    }
}

/// The passphrase, from `SWITCHYARD_PASSPHRASE` or as it is typed.
fn passphrase(what: &str, again: Again) -> anyhow::Result<String> {
    std::env::var("SWITCHYARD_PASSPHRASE").map_or_else(|_| typed(what, again), Ok)
}
