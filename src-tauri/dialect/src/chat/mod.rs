//! `OpenAI` Chat Completions (platform.openai.com, "Chat"), and what its many imitators make of it.

pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod read;
pub(crate) mod stream;
pub(crate) mod types;
pub(crate) mod watch;
pub(crate) mod write;
