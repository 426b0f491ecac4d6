//! Backups, the repair of a damaged database, and the key that seals secrets.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use http::Method;
use switchyard_engine::{Config, Engine, Repair};
use switchyard_types::{BackupView, DataKeySource, KeyPlace, RotateAsk, Rotated, Secret};

use crate::ask;
use crate::words::{moment, notice, say};

#[derive(Debug, Subcommand)]
pub(crate) enum Backup {
    /// List the backups, newest first
    List,
    /// Make a backup now
    Make,
    /// Check a backup from end to end
    Check {
        /// Its name, as `list` shows it
        name: String,
    },
    /// Put a backup, or the newest copy of the configuration, in the database's place; stop the
    /// server first
    Restore {
        /// The backup's name, as `list` shows it
        #[arg(required_unless_present = "saved")]
        name: Option<String>,
        /// Bring the configuration back from the copy beside the database, which knows the last change
        #[arg(long, conflicts_with = "name")]
        saved: bool,
    },
    /// Go on with a database that lost its newest changes; stop the server first
    Accept,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    /// Make a new key and seal every secret anew, in the database and in the backups
    ///
    /// A key that comes from `SWITCHYARD_DATA_KEY` is exchanged for the one in
    /// `SWITCHYARD_NEW_DATA_KEY`.
    Rotate {
        /// Where the new key goes [default: where the old one is]
        #[arg(long, value_enum)]
        to: Option<To>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum To {
    /// The system's keychain
    Keychain,
    /// A file in the data folder that only you can read
    File,
}

pub(crate) async fn backup(config: &Config, what: Backup) -> anyhow::Result<()> {
    let repair = Repair::new(config);
    match what {
        Backup::List => {
            let backups = repair.backups()?;
            if backups.is_empty() {
                say("No backup yet: one is made each day, and before each change of the schema.");
            }
            backups.iter().for_each(tell);
        }
        Backup::Make => tell(&make(config).await?),
        Backup::Check { name } => {
            tell(&repair.check_backup(&name).await?);
            say("It is whole, and the key opens its secrets.");
        }
        Backup::Restore { name: Some(name), .. } => restored(repair.restore(&name).await?),
        Backup::Restore { name: None, .. } => restored(repair.restore_saved().await?),
        Backup::Accept => restored(repair.accept().await?),
    }
    Ok(())
}

async fn make(config: &Config) -> anyhow::Result<BackupView> {
    match Engine::open(config.clone()).await {
        Ok(engine) => {
            let made = engine.back_up().await;
            engine.close().await;
            Ok(made?)
        }
        Err(error) if error.is_in_use() => {
            ask::call(config, Method::POST, "/api/backups", None::<&()>).await
        }
        Err(error) => Err(error.into()),
    }
}

fn tell(backup: &BackupView) {
    say(&format!("{}  {}  {} KiB", backup.name, moment(backup.at), backup.bytes / 1024));
}

fn restored(aside: Option<PathBuf>) {
    say("Done. Start the server again.");
    if let Some(dir) = aside {
        say(&format!("What was there before is kept in {}", dir.display()));
    }
}

pub(crate) async fn secrets(config: Config, what: Secrets) -> anyhow::Result<()> {
    let Secrets::Rotate { to } = what;
    let given = std::env::var("SWITCHYARD_NEW_DATA_KEY").ok().filter(|text| !text.is_empty());
    let to = to.map(|to| match to {
        To::Keychain => KeyPlace::Keychain,
        To::File => KeyPlace::File,
    });
    let rotated = rotate(&config, to, given).await?;
    say(&format!(
        "{} secret(s) and {} backup(s) are sealed under a new key.",
        rotated.values, rotated.backups
    ));
    match rotated.data_key {
        DataKeySource::Keychain => say("It is kept in the system's keychain."),
        DataKeySource::File => {
            notice("it is kept in a file of the data folder; keep that as safe as the secrets");
        }
        DataKeySource::Environment => {
            notice("from the next start on, give the new key in SWITCHYARD_DATA_KEY");
        }
    }
    for left in &rotated.left {
        notice(&format!("this backup still needs the old key: {left}"));
    }
    Ok(())
}

async fn rotate(
    config: &Config,
    to: Option<KeyPlace>,
    given: Option<String>,
) -> anyhow::Result<Rotated> {
    match Engine::open(config.clone()).await {
        Ok(engine) => {
            let ask = RotateAsk { to, given: given.map(Secret::new) };
            let rotated = engine.rotate_data_key(ask).await;
            engine.close().await;
            Ok(rotated?)
        }
        Err(error) if error.is_in_use() => {
            let ask = serde_json::json!({ "to": to, "given": given });
            ask::call(config, Method::POST, "/api/secrets/rotate", Some(&ask)).await
        }
        Err(error) => Err(error.into()),
    }
}
