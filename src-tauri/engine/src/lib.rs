//! The use cases of Switchyard, as plain async methods, and the way of one request.
//!
//! - [`Engine`] is the product: every face calls its methods and holds no logic of its own.
//! - [`Engine::relay`] takes a client's [`Call`] through plan, attempts, commit and record to a
//!   [`Reply`]; [`Engine::replay`] sends one that was kept on that way again.
//! - [`tray`] decides what the tray app's menu and notifications say.
//! - [`Config`] says where the data lies and how patient to be; [`Clock`] tells the time.
//!
//! It must not know HTTP routes, cookies, windows or SQL. What to try next is routing's decision,
//! what bytes mean is the dialect's, how a vendor is reached is upstream's.

mod accounts;
mod backups;
mod bodies;
mod clock;
mod combos;
mod config;
mod crash;
mod environment;
mod error;
mod explain;
mod folder;
mod hooks;
mod housekeeping;
mod keys;
mod language;
mod learning;
mod link;
mod live;
mod log;
mod logins;
mod model_lists;
mod notifications;
mod open;
mod password;
mod pause;
mod pipeline;
mod quotas;
mod recording;
mod redact;
mod replay;
mod requests;
mod rounds;
mod running;
mod spending;
mod switchboard;
mod tasks;
mod templates;
mod tokenizer;
mod tongue;
mod tools;
mod transfer;
pub mod tray;
mod updates;
mod vendor_files;
mod vendors;

pub use backups::Repair;
pub use clock::Clock;
pub use config::{Config, ConfigError, DEFAULT_PORT, Limits, LogKeeping, Places};
pub use crash::keep_crash_reports;
pub use environment::PublicAddress;
pub use error::EngineError;
pub use folder::{finding_of_error, finding_of_safe_mode, finding_of_silence};
pub use keys::ClientKey;
pub use live::Engine;
pub use notifications::Trial;
pub use open::claude_name;
pub use pipeline::{Ask, Call, Reply, ReplyBody, ReplyStream};
pub use redact::{CleanWriter, Redactor};
pub use switchyard_locale::{Language, Voice};
pub use switchyard_routing::{Decision, Difference, Permit, Recording, RecordingError};
pub use switchyard_store::Grain;
pub use switchyard_upstream::Timers;
pub use tongue::{tell, tell_answer};
pub use tools::{Asker, Machine, tool_from_here};
pub use updates::{Installed, Package, update_channel};
