//! Talking to vendors.
//!
//! - [`Pool`] holds the HTTP connections: it never follows a redirect, checks every address that a
//!   name resolves to, and says who we are.
//! - [`shipment`] turns a candidate's endpoint, account and body into the request that leaves.
//! - [`login`] signs in at vendors and renews what they gave.
//! - [`Pool::fetch`] gets the files that a request names for vendors that do not fetch them.
//! - [`read_models`] asks a vendor for its list of models.
//! - [`read_quota`] asks a vendor what is left of an account's quota.
//! - [`Answer`] is what came back, its body still on the wire; [`probe`] asks whether a key works.
//!
//! It must not know what a combo, a lock or a client key is, and it decides nothing: a failure is
//! returned as it was seen, and the engine asks routing what it means.

mod address;
mod answer;
mod fetch;
mod header;
pub mod login;
mod model_list;
mod pool;
mod probe;
mod quota;
mod shipment;

pub use address::Reach;
pub use answer::{Answer, Fault, FaultKind};
pub use fetch::{FetchError, File};
pub use header::{ForwardedHeaders, reply_headers};
pub use model_list::{ModelListAsk, ModelListError, read_models};
pub use pool::{Pool, PoolError, Timers, USER_AGENT, WayOut, WayOutError, own_server_client};
pub use probe::{Verdict, probe};
pub use quota::{QuotaAsk, QuotaError, QuotaReading, read_quota};
pub use shipment::{Form, Purpose, Question, Shipment, ShipmentError, shipment};
