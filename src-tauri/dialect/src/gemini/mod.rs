//! Google Gemini `generateContent`: only its errors are spoken; requests in it are refused.

pub(crate) mod fault;
