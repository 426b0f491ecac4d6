//! The neutral form: a superset of what the dialects can say.
//!
//! Readers put everything they understand here; writers drop what their dialect cannot say and note it.

pub(crate) mod usage;
