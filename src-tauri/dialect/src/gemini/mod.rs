//! Google Gemini `generateContent` (ai.google.dev, "Generating content").

pub(crate) mod array;
pub(crate) mod fault;
pub(crate) mod fold;
pub(crate) mod read;
mod schema;
pub(crate) mod stream;
pub(crate) mod types;
pub(crate) mod watch;
pub(crate) mod write;
