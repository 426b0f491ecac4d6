//! The system's keychain: Secret Service on Linux, the keychain of macOS, Windows' credentials.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use keyring::v1::Entry;
use switchyard_types::Secret;

/// Keeps secrets under names, outside the data folder.
///
/// Its methods may wait for the user, who is asked to unlock it; they are called where waiting is
/// allowed.
pub trait Keychain: Send + Sync + std::fmt::Debug {
    /// The secret under a name.
    fn get(&self, entry: &str) -> Result<Secret, KeychainError>;
    /// Keeps a secret under a name, in place of one that is there.
    fn put(&self, entry: &str, secret: &Secret) -> Result<(), KeychainError>;
    /// Forgets a name; there may be none.
    fn remove(&self, entry: &str) -> Result<(), KeychainError>;
}

/// Why the keychain did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeychainError {
    /// It has nothing under that name.
    #[error("it has no such entry")]
    NoEntry,
    /// It is there and does not open: locked, or the user declined.
    #[error("it is locked ({0})")]
    Locked(String),
    /// There is none, or it does not answer.
    #[error("it cannot be reached ({0})")]
    Unreachable(String),
}

/// The keychain of this system and user.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemKeychain;

/// How the entries are filed, beside those of other programs.
const SERVICE: &str = "switchyard";

impl Keychain for SystemKeychain {
    fn get(&self, entry: &str) -> Result<Secret, KeychainError> {
        on_its_own_thread(entry, Entry::get_password).map(Secret::new)
    }

    fn put(&self, entry: &str, secret: &Secret) -> Result<(), KeychainError> {
        let secret = secret.clone();
        on_its_own_thread(entry, move |entry| entry.set_password(secret.expose()))
    }

    fn remove(&self, entry: &str) -> Result<(), KeychainError> {
        match on_its_own_thread(entry, Entry::delete_credential) {
            Err(KeychainError::NoEntry) => Ok(()),
            done => done,
        }
    }
}

/// Long enough for a person to type a password into the system's prompt.
const PATIENCE: Duration = Duration::from_mins(2);

/// The keychain's client blocks on a runtime of its own, which no thread of ours may be inside of;
/// and a prompt that nobody sees must not hold up the program for ever.
fn on_its_own_thread<T: Send + 'static>(
    entry: &str,
    ask: impl FnOnce(&Entry) -> keyring::v1::Result<T> + Send + 'static,
) -> Result<T, KeychainError> {
    let entry = entry.to_owned();
    let (answer, answered) = mpsc::sync_channel(1);
    let asking = std::thread::Builder::new().name("keychain".to_owned()).spawn(move || {
        // Whoever asked may have lost patience.
        let _gone = answer.send(reach(&entry).and_then(|entry| ask(&entry).map_err(told)));
    });
    asking.map_err(|error| KeychainError::Unreachable(error.to_string()))?;
    match answered.recv_timeout(PATIENCE) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => {
            Err(KeychainError::Locked("nobody answered its prompt".to_owned()))
        }
        Err(RecvTimeoutError::Disconnected) => {
            Err(KeychainError::Unreachable("its client gave up".to_owned()))
        }
    }
}

fn reach(entry: &str) -> Result<Entry, KeychainError> {
    if let Err(error) = Entry::store_status() {
        return Err(KeychainError::Unreachable(error.to_string()));
    }
    Entry::new(SERVICE, entry).map_err(told)
}

fn told(error: keyring::v1::Error) -> KeychainError {
    match error {
        keyring::v1::Error::NoEntry => KeychainError::NoEntry,
        keyring::v1::Error::NoStorageAccess(why) => KeychainError::Locked(why.to_string()),
        keyring::v1::Error::PlatformFailure(why) => KeychainError::Unreachable(why.to_string()),
        // The words of the others may hold what was read.
        _ => KeychainError::Unreachable("it gave an answer that is not understood".to_owned()),
    }
}
