//! Everything that survives a restart: accounts and their secrets, combos, client keys, locks,
//! settings and the history of requests.
//!
//! [`Store`] is the whole contract: plain async methods, one small type in and out. [`Recorder`]
//! takes a row per request without ever making the request wait. [`StoreError`] says what was being
//! done, to what, and what to do next.
//!
//! Behind it lies one `SQLite` file; a secret stands in it only sealed, under a data key that lies
//! elsewhere. An unreadable database is an error, never an empty one.
//!
//! The crate must not know routing rules, vendors, HTTP, or the clock: times come in as arguments.
//! Nothing above it sees SQL.

mod accounts;
mod aliases;
mod backup;
mod bodies;
mod budgets;
mod combos;
mod data_key;
mod document;
mod durable;
mod envelope;
mod error;
mod examine;
mod export;
mod folder;
mod import;
mod inspect;
mod keychain;
mod keys;
mod locks;
mod logins;
mod model_lists;
mod open;
mod password;
mod quotas;
mod random;
mod recorder;
mod requests;
mod restore;
mod retention;
mod rotate;
mod routing_memory;
mod rules;
mod saved;
mod schema;
mod seal;
mod settings;
mod tables;
mod tool_keys;
mod usage;
mod vault;
mod vendors;
mod words;

pub use accounts::{Account, NewAccountRow};
pub use backup::{check as check_backup, list as list_backups};
pub use bodies::{BodyKeeping, KeptBodies};
pub use combos::Combo;
pub use error::{StoreError, Thing};
pub use examine::{Examined, examine, sweep};
pub use folder::Place;
pub use import::StagedImport;
pub use keychain::{Keychain, KeychainError, SystemKeychain};
pub use keys::client_key_hash;
pub use locks::LockRow;
pub use logins::Login;
pub use open::Store;
pub use password::PasswordHash;
pub use recorder::Recorder;
pub use restore::{Restored, accept, restore_backup, restore_saved};
pub use retention::{Retention, Tidied};
pub use rotate::NewKey;
pub use routing_memory::{Learning, ProofRow, RoutingMemory, SessionRow, Told, WindowRow};
pub use settings::Settings;
pub use usage::Grain;
