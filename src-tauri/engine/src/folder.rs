//! The data folder's own findings, for the doctor: told with the server running, stopped, or silent.

use std::path::PathBuf;

use switchyard_store::{Examined, StoreError};
use switchyard_types::{Finding, FindingKind, SafeModeView};

use crate::{EngineError, Repair};

/// What a repair of the database does.
const BRINGS_BACK: &str = "brings the configuration back from the copy beside the database, or from the newest \
                           backup that is whole; what was there is kept aside";

impl Repair {
    /// What is wrong with the data folder. Nothing is changed, and no server is asked.
    pub async fn examine(&self) -> Vec<Finding> {
        let Examined { troubles, strays, keys, is_claimed } =
            switchyard_store::examine(&self.place, self.clock.now()).await;
        let repair = |words: &str| (!is_claimed).then(|| words.to_owned());
        let mut found: Vec<Finding> = troubles
            .iter()
            .map(|error| {
                let kind = kind_of(error.code());
                let mends = matches!(kind, FindingKind::Damaged | FindingKind::Behind);
                let stop = (mends && is_claimed)
                    .then_some("stop the server, then run `switchyard doctor --repair`");
                Finding {
                    repair: repair(BRINGS_BACK).filter(|_| mends),
                    hint: stop.or(error.hint()).map(str::to_owned),
                    ..of_the_folder(kind, error.to_string())
                }
            })
            .collect();
        found.extend(strays.iter().map(|path| Finding {
            repair: repair("removes it"),
            hint: is_claimed.then(|| "it can be removed once the server is stopped".to_owned()),
            ..of_the_folder(
                FindingKind::LeftoverFile,
                format!("{} is the rest of a write that was cut off", path.display()),
            )
        }));
        found.extend(keys.iter().map(|path| Finding {
            hint: Some(
                "keep it: the server's next start ends the exchange, and needs it".to_owned(),
            ),
            ..of_the_folder(
                FindingKind::LeftoverFile,
                format!("{} is a key of an exchange that was cut off", path.display()),
            )
        }));
        found
    }

    /// Clears away what cut writes left; gives what was removed.
    pub fn sweep(&self) -> Result<Vec<PathBuf>, EngineError> {
        Ok(switchyard_store::sweep(&self.place)?)
    }

    /// Brings the configuration back by the best copy there is; says where the files that were there are now.
    pub async fn bring_back(&self) -> Result<Option<PathBuf>, EngineError> {
        let error = match self.restore_saved().await {
            Err(EngineError::Store(error @ StoreError::NoCopy { .. })) => error,
            restored => return restored,
        };
        for backup in self.backups()? {
            if self.check_backup(&backup.name).await.is_ok() {
                return self.restore(&backup.name).await;
            }
        }
        Err(error.into())
    }
}

/// Why the server stands on a copy of the configuration.
pub fn finding_of_safe_mode(safe: &SafeModeView) -> Finding {
    Finding {
        hint: safe.hint.clone(),
        ..of_the_folder(
            kind_of(&safe.code),
            format!("SAFE MODE, nothing can be changed: {reason}", reason = safe.message),
        )
    }
}

/// Why the data folder could not be opened.
pub fn finding_of_error(error: &EngineError) -> Finding {
    let kind = match error {
        EngineError::Store(error) => kind_of(error.code()),
        _ => FindingKind::Database,
    };
    Finding { hint: error.body().hint, ..of_the_folder(kind, error.to_string()) }
}

/// Why the server that has the data folder could not be asked.
pub fn finding_of_silence(why: &str) -> Finding {
    let hint = "stop that server and start it again: `switchyard serve`".to_owned();
    Finding { hint: Some(hint), ..of_the_folder(FindingKind::Silent, why.to_owned()) }
}

fn of_the_folder(kind: FindingKind, message: String) -> Finding {
    Finding { kind, tool: String::new(), message, repair: None, hint: None }
}

fn kind_of(code: &str) -> FindingKind {
    match code {
        "damaged" | "damaged_row" | "no_copy" => FindingKind::Damaged,
        "behind" => FindingKind::Behind,
        "newer" => FindingKind::Newer,
        "disk_full" => FindingKind::DiskFull,
        "read_only" => FindingKind::ReadOnly,
        "missing_data_key"
        | "wrong_data_key"
        | "malformed_data_key"
        | "keychain_closed"
        | "keychain_entry_gone"
        | "altered_secret" => FindingKind::DataKey,
        "in_use" => FindingKind::Silent,
        _ => FindingKind::Database,
    }
}
