//! What to try next: plans, locks, quotas, budgets and error classes.
//!
//! [`Core`] is the whole of it: the engine tells it what happens, with the time, and it decides. Of a
//! request it makes a [`Plan`]: the [`Candidate`]s to try, in order, and what is [`Skipped`] and why. It
//! knows an immutable [`Snapshot`] (combos, accounts, locks, quota windows) and a [`Desk`] of what
//! changes with every request. [`classify`] turns a vendor's failure into one class. A [`Recording`] of
//! what happened decides the same again.
//!
//! It must not know sockets, clocks, wire formats or the store: time and randomness are arguments,
//! a failure comes in as [`Evidence`], facts about vendors as [`VendorFacts`]. It builds for WASM.

mod affinity;
mod ask;
mod budget;
mod by_account;
mod classify;
mod closest;
mod combo;
mod config;
mod core;
mod desk;
mod duration;
mod error_body;
mod facts;
mod forecast;
mod hours;
mod ladder;
mod learnt;
mod lock;
mod notice;
mod pattern;
mod permit;
mod plan;
mod probes;
mod pulse;
mod quota;
mod reading;
mod replay;
mod reset;
mod resolve;
mod rule;
mod signs;
mod skip;
mod snapshot;
mod turns;

pub use affinity::SessionKey;
pub use ask::{Ask, Asked};
pub use budget::{Spending, period_end, period_start};
pub use classify::{
    Evidence, Failure, LimitRule, NextStep, Scope, TransportFault, classify, next_step,
};
pub use combo::{Combo, ComboEntry, Target};
pub use config::combo_cycle;
pub use core::{Core, Decision, Happening};
pub use desk::Desk;
pub use facts::{AccountFacts, ModelFacts, VendorFacts};
pub use forecast::Readings;
pub use hours::{Offset, within};
pub use ladder::lock_after;
pub use learnt::{Bound, Learnt, Spent};
pub use lock::{Lock, LockTable};
pub use notice::Notices;
pub use permit::Permit;
pub use plan::{Candidate, Displaced, MOST_CANDIDATES, MOST_SKIPPED, Plan, plan, plan_besides};
pub use quota::{Change, Kept, QuotaTable, Source, Window, WindowState};
pub use reading::windows_in;
pub use replay::{Difference, Head, Line, Recording, RecordingError, Timed};
pub use resolve::{PlanError, plain_model};
pub use skip::{Condition, Skill, SkipReason, Skipped, soonest};
pub use snapshot::{Snapshot, SnapshotParts};
/// The words of routing that the faces use too.
pub use switchyard_types::{
    Abilities, Ability, AccountOrder, Budget, BudgetOf, Conditions, Forecast, Grouping, Hours,
    Limit, Needs, Notice, Period, Place, Rule, RuleOf, Share, Standing, Strategy, Strictness, Want,
};
