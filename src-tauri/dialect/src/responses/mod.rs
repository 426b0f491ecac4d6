//! `OpenAI` Responses (platform.openai.com, "Responses").

pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod items;
pub(crate) mod read;
pub(crate) mod shape;
pub(crate) mod stream;
mod tools;
pub(crate) mod types;
pub(crate) mod watch;
pub(crate) mod write;

/// What `include` calls the likelihoods of tokens.
const INCLUDED_LIKELIHOODS: &str = "message.output_text.logprobs";
