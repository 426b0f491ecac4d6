//! Anthropic Messages (docs.anthropic.com, "Messages", "Streaming messages").

pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod promise;
pub(crate) mod read;
pub(crate) mod stream;
pub(crate) mod thinking;
pub(crate) mod types;
pub(crate) mod watch;
pub(crate) mod write;
