//! Ollama's own API (docs.ollama.com, "API reference", 2026): `/api/chat`, and `/api/generate` for bare
//! prompts.

pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod form;
pub(crate) mod read;
pub(crate) mod stream;
pub(crate) mod types;
pub(crate) mod watch;
pub(crate) mod write;
