//! What keys, paths and budgets may do: the fields that settings and keys share.

pub(super) mod budget;
pub(super) mod hours;
pub(super) mod rule;
pub(super) mod words;
