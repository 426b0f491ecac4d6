//! The words of the playground.

use crate::word::Word;

pub(super) const TITLE: Word = word!("Playground");
pub(super) const LEAD: Word = word!(
    "Ask as an agent would, in any dialect: each question goes by the real model API, and you see what is sent and what comes back."
);
pub(super) const IN_TAB: Word =
    word!("The conversation stays in this tab and is gone when you close or reload it.");
pub(super) const KEPT: Word =
    word!("What is said is also kept with the request, because you keep bodies.");
pub(super) const CLEAR: Word = word!("Clear the conversation");
pub(super) const TALK: Word = word!("Conversation");
pub(super) const EMPTY: Word = word!("Nothing was asked yet");
pub(super) const EMPTY_TEXT: Word = word!(
    "Choose a model or a combo, and type below. Every answer shows who gave it and what it took."
);
pub(super) const SETUP: Word = word!("How it is asked");
pub(super) const MODEL: Word = word!("Model");
pub(super) const DIALECT: Word = word!("Dialect");
pub(super) const SYSTEM: Word = word!("System prompt");
pub(super) const MORE: Word = word!("System prompt, temperature, length");
pub(super) const TEMPERATURE: Word = word!("Temperature");
pub(super) const TEMPERATURE_BAD: Word = word!("Give a number from 0 to 2, or leave it empty.");
pub(super) const LIMIT: Word = word!("Longest answer, in tokens");
pub(super) const LIMIT_BAD: Word = word!("Give a whole number above nothing, or leave it empty.");
pub(super) const STREAM: Word = word!("Stream the answer");
pub(super) const MESSAGE: Word = word!("Message");
pub(super) const MESSAGE_HINT: Word = word!("Enter sends, Shift and Enter begins a line");
pub(super) const SEND: Word = word!("Send");
pub(super) const STOP: Word = word!("Stop");
pub(super) const NO_MODEL: Word =
    word!("Choose a model first. Where none is offered, connect a provider.");
pub(super) const YOU: Word = word!("You");
pub(super) const WAITING: Word = word!("Waiting for the first word");
pub(super) const ANSWERING: Word = word!("Answering");
pub(super) const STOPPED: Word = word!("Stopped");
pub(super) const NO_TEXT: Word = word!("The answer has no text. The exchange shows what came.");
pub(super) const TRACE: Word = word!("Trace");
pub(super) const EXCHANGE: Word = word!("Raw exchange");
pub(super) const REQUEST: Word = word!("Request");
pub(super) const REPLY: Word = word!("Reply");
pub(super) const THE_BODY: Word = word!("the request’s body");
pub(super) const THE_CURL: Word = word!("as a curl command");
pub(super) const THE_REPLY: Word = word!("the reply’s bytes");
pub(super) const CURL: Word = word!("As an agent asks it, with a key in SWITCHYARD_KEY:");
pub(super) const SESSION: Word = word!("(your session, not shown)");
pub(super) const NOTHING_CAME: Word = word!("Nothing came back.");

/// What a status means, for whoever does not know it by heart.
pub(super) fn failed(status: u16) -> Word {
    match status {
        401 | 403 => word!("This may not be asked here"),
        404 => word!("Nothing serves this model"),
        408 | 504 => word!("The answer took too long"),
        413 => word!("The conversation is too long for this model"),
        429 => word!("Quotas or rates are spent for now"),
        400..=499 => word!("The request is wrong as it stands"),
        500.. => word!("No provider could answer"),
        _ => word!("The answer broke off"),
    }
}

pub(super) fn tokens(input: &str, output: &str) -> String {
    say!("{input} tokens in, {output} out", input, output)
}

pub(super) fn by(account: &str, model: &str) -> String {
    format!("{account} · {model}")
}
