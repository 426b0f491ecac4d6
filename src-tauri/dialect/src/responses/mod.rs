//! `OpenAI` Responses (platform.openai.com, "Responses"): passed through and watched, not yet translated.

pub(crate) mod fault;
pub(crate) mod types;
pub(crate) mod watch;
