//! The words of the playground.

pub(super) const TITLE: &str = "Playground";
pub(super) const LEAD: &str = "Ask as an agent would, in any dialect: each question goes by the real model API, and you see what is sent and what comes back.";
pub(super) const IN_TAB: &str =
    "The conversation stays in this tab and is gone when you close or reload it.";
pub(super) const KEPT: &str =
    "What is said is also kept with the request, because you keep bodies.";
pub(super) const CLEAR: &str = "Clear";
pub(super) const TALK: &str = "Conversation";
pub(super) const EMPTY: &str = "Nothing was asked yet";
pub(super) const EMPTY_TEXT: &str =
    "Choose a model or a combo, and type below. Every answer shows who gave it and what it took.";
pub(super) const SETUP: &str = "How it is asked";
pub(super) const MODEL: &str = "Model";
pub(super) const DIALECT: &str = "Dialect";
pub(super) const SYSTEM: &str = "System prompt";
pub(super) const MORE: &str = "System prompt, temperature, length";
pub(super) const TEMPERATURE: &str = "Temperature";
pub(super) const TEMPERATURE_BAD: &str = "Give a number from 0 to 2, or leave it empty.";
pub(super) const LIMIT: &str = "Longest answer, in tokens";
pub(super) const LIMIT_BAD: &str = "Give a whole number above nothing, or leave it empty.";
pub(super) const STREAM: &str = "Stream the answer";
pub(super) const MESSAGE: &str = "Message";
pub(super) const MESSAGE_HINT: &str = "Enter sends, Shift and Enter begins a line";
pub(super) const SEND: &str = "Send";
pub(super) const STOP: &str = "Stop";
pub(super) const NO_MODEL: &str =
    "Choose a model first. Where none is offered, connect a provider.";
pub(super) const YOU: &str = "You";
pub(super) const WAITING: &str = "Waiting for the first word";
pub(super) const ANSWERING: &str = "Answering";
pub(super) const STOPPED: &str = "Stopped";
pub(super) const NO_TEXT: &str = "The answer has no text. The exchange shows what came.";
pub(super) const TRACE: &str = "Trace";
pub(super) const EXCHANGE: &str = "Raw exchange";
pub(super) const REQUEST: &str = "Request";
pub(super) const REPLY: &str = "Reply";
pub(super) const THE_BODY: &str = "the request’s body";
pub(super) const THE_CURL: &str = "as a curl command";
pub(super) const THE_REPLY: &str = "the reply’s bytes";
pub(super) const CURL: &str = "As an agent asks it, with a key in SWITCHYARD_KEY:";
pub(super) const SESSION: &str = "(your session, not shown)";
pub(super) const NOTHING_CAME: &str = "Nothing came back.";

/// What a status means, for whoever does not know it by heart.
pub(super) fn failed(status: u16) -> &'static str {
    match status {
        401 | 403 => "This may not be asked here",
        404 => "Nothing serves this model",
        408 | 504 => "The answer took too long",
        413 => "The conversation is too long for this model",
        429 => "Quotas or rates are spent for now",
        400..=499 => "The request is wrong as it stands",
        500.. => "No provider could answer",
        _ => "The answer broke off",
    }
}

pub(super) fn tokens(input: &str, output: &str) -> String {
    format!("{input} tokens in, {output} out")
}

pub(super) fn by(account: &str, model: &str) -> String {
    format!("{account} · {model}")
}
