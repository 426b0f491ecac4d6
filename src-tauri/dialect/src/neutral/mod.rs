//! The neutral form: a superset of what the dialects can say.
//!
//! Readers put everything they understand here; writers drop what their dialect cannot say and note it.
//! What is only carried (schemas, arguments, numbers) stays exactly as it was written.

pub(crate) mod calls;
pub(crate) mod effort;
pub(crate) mod event;
pub(crate) mod files;
pub(crate) mod held;
pub(crate) mod keepsake;
pub(crate) mod kinship;
pub(crate) mod likelihood;
pub(crate) mod loss;
pub(crate) mod names;
pub(crate) mod pairing;
pub(crate) mod proof;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod schema;
pub(crate) mod text;
pub(crate) mod unsaid;
pub(crate) mod usage;
