//! What can be decided without a browser: how things are written, found, parsed and applied.
//!
//! Time comes in as an argument, so that every rule here is tested natively.

pub(crate) mod answer;
pub(crate) mod chart;
pub(crate) mod compare;
pub(crate) mod course;
pub(crate) mod diff;
pub(crate) mod format;
pub(crate) mod guide;
pub(crate) mod history;
pub(crate) mod lanes;
pub(crate) mod letters;
pub(crate) mod limits;
pub(crate) mod live;
pub(crate) mod monogram;
pub(crate) mod order;
pub(crate) mod path;
pub(crate) mod question;
pub(crate) mod quota;
pub(crate) mod range;
pub(crate) mod search;
pub(crate) mod sought;
pub(crate) mod sse;
pub(crate) mod tools;
pub(crate) mod usage;
pub(crate) mod words;
