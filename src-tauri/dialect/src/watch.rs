//! The tap of a stream that passes unchanged: what is it doing, and how is it closed if it breaks?

use switchyard_types::{Dialect, Usage};

use crate::fault::{ClientError, VendorFault};
use crate::{Fingerprint, Frame, chat, gemini, messages, ollama, responses};

/// What an event of a stream means for the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A comment or a ping: the vendor lives.
    Silence,
    /// Structure without content: the beginning, an empty block, a role, a stop reason.
    Handshake,
    /// Something that a user could see or an agent act on.
    Content,
    /// The vendor reports an error; the stream ends with it. Passed on, it is the client's terminal event.
    Fault(VendorFault),
    /// The dialect's terminal event.
    End,
    /// Anything after the end, or unknown: pass it on.
    Other,
}

/// Follows one stream of one dialect.
#[derive(Debug)]
pub struct Watch(Tap);

#[derive(Debug)]
enum Tap {
    Chat(chat::watch::Tap),
    Messages(messages::watch::Tap),
    Responses(responses::watch::Tap),
    Gemini(gemini::watch::Tap),
    Ollama(ollama::watch::Tap),
}

impl Watch {
    /// A tap at the start of a stream.
    pub fn new(dialect: Dialect) -> Self {
        Self(match dialect {
            Dialect::Chat => Tap::Chat(chat::watch::Tap::default()),
            Dialect::Messages => Tap::Messages(messages::watch::Tap::default()),
            Dialect::Responses => Tap::Responses(responses::watch::Tap::default()),
            Dialect::Gemini => Tap::Gemini(gemini::watch::Tap::default()),
            Dialect::Ollama => Tap::Ollama(ollama::watch::Tap::default()),
        })
    }

    /// Looks at the next event.
    pub fn see(&mut self, frame: &Frame) -> Seen {
        match &mut self.0 {
            Tap::Chat(tap) => tap.see(frame),
            Tap::Messages(tap) => tap.see(frame),
            Tap::Responses(tap) => tap.see(frame),
            Tap::Gemini(tap) => tap.see(frame),
            Tap::Ollama(tap) => tap.see(frame),
        }
    }

    /// What the vendor has counted so far.
    pub fn usage(&self) -> Option<Usage> {
        match &self.0 {
            Tap::Chat(tap) => tap.usage(),
            Tap::Messages(tap) => tap.usage(),
            Tap::Responses(tap) => tap.usage(),
            Tap::Gemini(tap) => tap.usage(),
            Tap::Ollama(tap) => tap.usage(),
        }
    }

    /// Takes the proofs of reasoning that have passed, to remember whose they are.
    pub fn take_proofs(&mut self) -> Vec<Fingerprint> {
        match &mut self.0 {
            Tap::Messages(tap) => tap.take_proofs(),
            Tap::Responses(tap) => tap.take_proofs(),
            Tap::Gemini(tap) => tap.take_proofs(),
            Tap::Chat(_) | Tap::Ollama(_) => Vec::new(),
        }
    }

    /// Whether the stream has come to a legal end: nothing is missing if the vendor closes now.
    pub fn ended(&self) -> bool {
        match &self.0 {
            Tap::Chat(tap) => tap.ended(),
            Tap::Messages(tap) => tap.ended(),
            Tap::Responses(tap) => tap.ended(),
            Tap::Gemini(tap) => tap.ended(),
            Tap::Ollama(tap) => tap.ended(),
        }
    }

    /// Whether content has been seen.
    pub fn committed(&self) -> bool {
        match &self.0 {
            Tap::Chat(tap) => tap.committed(),
            Tap::Messages(tap) => tap.committed(),
            Tap::Responses(tap) => tap.committed(),
            Tap::Gemini(tap) => tap.committed(),
            Tap::Ollama(tap) => tap.committed(),
        }
    }

    /// After a cut: what to send so that the client has a legal stream that ends with this error. Open
    /// blocks are closed and no stop reason is made up. Empty if the stream has ended.
    pub fn ending(&mut self, error: &ClientError) -> Vec<u8> {
        if self.ended() { Vec::new() } else { self.cut(error) }
    }

    /// What belongs before the vendor's own error event: the ends of the blocks that are open.
    pub fn before_fault(&mut self) -> Vec<u8> {
        match &mut self.0 {
            Tap::Messages(tap) => tap.close_blocks(),
            Tap::Chat(_) | Tap::Responses(_) | Tap::Gemini(_) | Tap::Ollama(_) => Vec::new(),
        }
    }

    /// What is still owed to the client once the stream has [`ended`](Self::ended): the closing mark
    /// that a vendor left out, or that got lost behind its last event.
    pub fn owed(&mut self) -> &'static [u8] {
        match &mut self.0 {
            Tap::Chat(tap) if tap.ended() => tap.owed(),
            Tap::Chat(_)
            | Tap::Messages(_)
            | Tap::Responses(_)
            | Tap::Gemini(_)
            | Tap::Ollama(_) => b"",
        }
    }

    /// As [`ending`](Self::ending), even if the vendor's own error was seen: for when that was not passed on.
    pub(crate) fn cut(&mut self, error: &ClientError) -> Vec<u8> {
        match &mut self.0 {
            Tap::Chat(tap) => tap.ending(error),
            Tap::Messages(tap) => tap.ending(error),
            Tap::Responses(tap) => tap.ending(error),
            Tap::Gemini(tap) => tap.ending(error),
            Tap::Ollama(tap) => tap.ending(error),
        }
    }
}
