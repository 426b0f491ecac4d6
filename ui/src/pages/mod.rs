//! The pages. Each folder opens with the page; its words stand in `words`.

pub(crate) mod combos;
pub(crate) mod keys;
mod limits;
pub(crate) mod overview;
pub(crate) mod playground;
pub(crate) mod providers;
pub(crate) mod quota;
mod request;
pub(crate) mod requests;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod tools;
pub(crate) mod usage;
pub(crate) mod welcome;
