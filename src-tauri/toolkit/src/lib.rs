//! The writers of coding tools' configuration: detect, plan, apply, verify, revert.
//!
//! A [`Tool`] is data: where its files are, and what should stand in them for an [`Ask`]. The
//! [`Toolkit`] does the same with every tool: it makes a [`Plan`] of typed edits, shows it as a diff in
//! which no secret shows, writes it if the files are still what was planned on, and takes it back key by
//! key. [`edit`] changes one value of a file and no other byte; [`mod@file`] replaces files so that
//! whatever breaks off leaves the old or the new.
//!
//! What is built here touches only files that it knows, keeps every byte that it does not mean to
//! change, and can undo each edit. It must not know routing, vendors or HTTP; the engine gives it
//! an address, a key and model names. It starts no program and reads no environment of its own.

mod apply;
mod ask;
mod backup;
pub mod conflict;
mod diff;
pub mod edit;
mod error;
pub mod file;
mod found;
mod mask;
mod places;
mod plan;
mod receipt;
mod seal;
mod tool;
mod toolkit;
pub mod tools;
mod undo;

pub use ask::{Address, AddressError, Ask, OfferedModel};
pub use backup::Backup;
pub use error::ToolkitError;
pub use found::Found;
pub use mask::scrub;
pub use places::{Look, Os, Places};
pub use plan::{Edit, FilePlan, Plan, Purpose};
pub use seal::{KeySeal, Seal, SealError};
pub use tool::{ConfigFile, Docs, Guide, Slot, Tool, Way, Wish, Writer};
pub use toolkit::Toolkit;
