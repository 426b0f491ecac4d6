//! The dialects that the simulator speaks.

/// A vendor's way of speaking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `OpenAI` Chat Completions.
    Chat,
    /// `OpenAI` Responses.
    Responses,
    /// Anthropic Messages.
    Messages,
    /// Gemini `generateContent`.
    Gemini,
    /// Ollama `/api/chat` and `/api/generate`.
    Ollama,
    /// Kiro `generateAssistantResponse`.
    Kiro,
}
