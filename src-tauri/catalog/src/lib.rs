//! Vendors and models as data.
//!
//! [`Catalog`] holds every [`Vendor`]: the built-in ones out of `vendors/*.toml`, one file each and
//! checked when they are loaded, and the endpoints that a user adds. [`check_base_url`] vets the
//! addresses that a user types; [`reach_of`] vets the ones that names resolve to.
//!
//! It must not know sockets, keys, accounts or wire formats: it says where a vendor is and what it
//! has, never talks to it. It builds for WASM.

mod address;
mod builtin;
mod catalog;
mod change;
mod custom;
mod field;
mod file;
mod limit;
mod price;
mod problem;
mod quota;
mod sign_in;
mod template;
mod vendor;

pub use address::{AddressError, Reach, check_base_url, check_url, reach_of};
pub use catalog::{Catalog, CatalogError};
pub use custom::CustomError;
pub use field::{FieldError, FieldValues};
pub use limit::{LimitReach, LimitWords};
pub use quota::{Counted, Quota, QuotaShape, Run};
pub use sign_in::{ClientSecret, Flow, Proof, Redirect, SignIn, TokenBody};
pub use template::Address;
pub use vendor::{Auth, Endpoint, ListShape, Model, ModelList, Probe, Vendor};
