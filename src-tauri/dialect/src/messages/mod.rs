//! Anthropic Messages (docs.anthropic.com, "Messages", "Streaming messages").

pub(crate) mod fault;
pub(crate) mod types;
pub(crate) mod watch;
