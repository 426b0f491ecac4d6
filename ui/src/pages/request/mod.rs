//! One request as every page shows it: its row, and its trace.

pub(in crate::pages) mod cells;
mod replay;
mod said;
pub(in crate::pages) mod trace;
mod unaided;
pub(in crate::pages) mod words;
