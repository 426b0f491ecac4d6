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
mod combos;
mod data_key;
mod durable;
mod error;
mod folder;
mod inspect;
mod keys;
mod locks;
mod open;
mod random;
mod recorder;
mod requests;
mod schema;
mod seal;
mod settings;
mod tool_keys;
mod vendors;
mod words;

pub use accounts::{Account, NewAccountRow};
pub use combos::Combo;
pub use error::{StoreError, Thing};
pub use folder::Place;
pub use keys::client_key_hash;
pub use locks::LockRow;
pub use open::Store;
pub use recorder::Recorder;
pub use settings::Settings;
