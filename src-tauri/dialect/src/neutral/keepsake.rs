//! Proofs for clients whose dialect has no place for them: kept beside the conversation, under the id of
//! the tool call that the reasoning led to, or under the words that were said.

use std::sync::Arc;

use super::event::Event;
use super::proof::{Issuer, Mark, Proof};
use super::request::{Part, Request, Role, Turn, What};

/// Reasoning with its proof, which belongs before a tool call in the history, or after an answer's words.
///
/// Opaque: it comes out of a translated reply and goes back into a later request's translation.
#[derive(Clone, Debug)]
pub struct Keepsake {
    call: String,
    thoughts: Arc<[Thought]>,
}

#[derive(Clone, Debug)]
struct Thought {
    text: String,
    proof: Proof,
}

impl Keepsake {
    /// Under what it is kept: the id of the tool call, as the client knows it, or a mark of the words.
    pub fn call(&self) -> &str {
        &self.call
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        let thoughts = self.thoughts.iter();
        thoughts.map(|thought| thought.text.len() + thought.proof.data.len() + 128).sum::<usize>()
            + self.call.len()
    }
}

impl Thought {
    fn part(&self) -> Part {
        let Self { text, proof } = self.clone();
        match proof.mark {
            Mark::Redacted => What::Sealed(proof).into(),
            Mark::Signature | Mark::Thought | Mark::Words | Mark::Item { .. } => {
                What::Thinking { text, signature: Some(proof) }.into()
            }
        }
    }
}

/// Gathers keepsakes along a reply.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    text: String,
    waiting: Vec<Thought>,
    /// All that was said so far, and what stands on it.
    said: String,
    signed: Vec<Thought>,
    kept: Vec<Keepsake>,
}

/// Under what a proof of these words is kept: clients send them back as they were, but have no id for them.
fn of_words(words: &str) -> String {
    let hash = |basis: u64| {
        words
            .bytes()
            .fold(basis, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    };
    format!("words:{:016x}{:016x}", hash(0xcbf2_9ce4_8422_2325), hash(0x9e37_79b9_7f4a_7c15))
}

impl Keeper {
    pub(crate) fn see(&mut self, event: &Event<'_>) {
        match event {
            Event::Thinking(text) => self.text.push_str(text),
            Event::Proof(proof) => self.prove(proof),
            Event::CallStart { id, .. } => self.call(id),
            // Reasoning that nobody proved need not be kept.
            Event::BlockEnd | Event::Refusal(_) => self.text.clear(),
            Event::Text(text) => {
                self.text.clear();
                self.said.push_str(text);
            }
            Event::Start { .. }
            | Event::Likelihoods(_)
            | Event::CallArguments { .. }
            | Event::Stop(_)
            | Event::End
            | Event::Fault(_) => {}
        }
    }

    pub(crate) fn part(&mut self, part: &Part) {
        match &part.what {
            What::Thinking { text, signature: Some(proof) } => {
                self.text.clone_from(text);
                self.prove(proof);
            }
            What::Sealed(proof) => self.prove(proof),
            What::Call(call) => self.call(&call.id),
            What::Text(text) => self.said.push_str(&text.letters()),
            What::Thinking { signature: None, .. }
            | What::Image(_)
            | What::Document(_)
            | What::Refusal(_)
            | What::Result(_)
            | What::Own { .. } => {}
        }
    }

    fn prove(&mut self, proof: &Proof) {
        let text = match proof.mark {
            Mark::Redacted | Mark::Words => String::new(),
            Mark::Signature | Mark::Thought | Mark::Item { .. } => std::mem::take(&mut self.text),
        };
        let place = if proof.mark == Mark::Words { &mut self.signed } else { &mut self.waiting };
        place.push(Thought { text, proof: proof.clone() });
    }

    fn call(&mut self, id: &str) {
        self.text.clear();
        if !self.waiting.is_empty() {
            let thoughts = std::mem::take(&mut self.waiting).into();
            self.kept.push(Keepsake { call: id.to_owned(), thoughts });
        }
    }

    /// What has gathered; the reply is over.
    pub(crate) fn take(&mut self) -> Vec<Keepsake> {
        if !self.signed.is_empty() && !self.said.is_empty() {
            let thoughts = std::mem::take(&mut self.signed).into();
            self.kept.push(Keepsake { call: of_words(&self.said), thoughts });
        }
        std::mem::take(&mut self.kept)
    }
}

/// Puts the reasoning that led to a request's earlier calls back where it stood, as far as the vendor `to`
/// has proved it.
pub(crate) fn restore(
    request: &mut Request,
    to: &Issuer,
    recall: &dyn Fn(&str) -> Option<Keepsake>,
) {
    for turn in request.turns.iter_mut().filter(|turn| turn.role == Role::Assistant) {
        before_calls(turn, to, recall);
        after_words(turn, to, recall);
    }
}

/// The thoughts of `kept` that the vendor `to` has proved.
fn own(kept: &Keepsake, to: &Issuer) -> impl Iterator<Item = Part> {
    let own = |thought: &&Thought| thought.proof.issuer.as_ref() == Some(to);
    kept.thoughts.iter().filter(own).map(Thought::part)
}

fn before_calls(turn: &mut Turn, to: &Issuer, recall: &dyn Fn(&str) -> Option<Keepsake>) {
    let known = |part: &Part| match &part.what {
        What::Call(call) => recall(&call.id).filter(|kept| own(kept, to).next().is_some()),
        _ => None,
    };
    if !turn.parts.iter().any(|part| known(part).is_some()) {
        return;
    }
    let mut first = true;
    let mut parts: Vec<Part> = Vec::with_capacity(turn.parts.len() + 1);
    for part in std::mem::take(&mut turn.parts) {
        if let Some(kept) = known(&part) {
            // What was said before the calls came after the first reasoning.
            let place = if first { 0 } else { parts.len() };
            parts.splice(place..place, own(&kept, to));
        }
        first &= !matches!(part.what, What::Call(_));
        // The same reasoning as the client shows it, without its proof.
        if !matches!(part.what, What::Thinking { signature: None, .. }) {
            parts.push(part);
        }
    }
    turn.parts = parts;
}

fn after_words(turn: &mut Turn, to: &Issuer, recall: &dyn Fn(&str) -> Option<Keepsake>) {
    let text = |part: &Part| matches!(part.what, What::Text(_));
    let Some(last) = turn.parts.iter().rposition(text) else { return };
    let words: String = turn
        .parts
        .iter()
        .filter_map(|part| match &part.what {
            What::Text(text) => Some(text.letters()),
            _ => None,
        })
        .collect();
    if let Some(kept) = recall(&of_words(&words)) {
        turn.parts.splice((last + 1)..=last, own(&kept, to));
    }
}
