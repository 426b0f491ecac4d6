//! What to try next: plans, locks and error classes.
//!
//! [`plan`] turns a model name into the [`Candidate`]s to try, in order, out of an immutable
//! [`Snapshot`]; what it passes over it names as [`Skipped`]. [`classify`] turns a vendor's failure
//! into one class, and [`lock_after`] says how long that keeps the account from serving the model.
//!
//! It must not know sockets, clocks, wire formats or the store: time and randomness are arguments,
//! a failure comes in as [`Evidence`], facts about vendors as [`VendorFacts`]. It builds for WASM.

mod classify;
mod closest;
mod duration;
mod error_body;
mod ladder;
mod lock;
mod plan;
mod reset;
mod resolve;
mod signs;
mod skip;
mod snapshot;

pub use classify::{Evidence, Failure, NextStep, Scope, TransportFault, classify, next_step};
pub use ladder::lock_after;
pub use lock::{Lock, LockTable};
pub use plan::{Candidate, Plan, plan};
pub use resolve::PlanError;
pub use skip::{SkipReason, Skipped, soonest};
pub use snapshot::{AccountFacts, Ask, Snapshot, SnapshotParts, VendorFacts};
