//! Ollama `/api/chat`: only its errors are spoken; requests in it are refused.

pub(crate) mod fault;
