//! The pages. Each folder opens with the page; its words stand in `words`.

pub(crate) mod combos;
pub(crate) mod keys;
pub(crate) mod overview;
pub(crate) mod providers;
pub(crate) mod sign_in;
pub(crate) mod tools;
