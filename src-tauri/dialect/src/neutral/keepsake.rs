//! Proofs for clients whose dialect has no place for them: kept beside the conversation, under the id of
//! the tool call that the reasoning led to.

use std::sync::Arc;

use super::event::Event;
use super::proof::{Issuer, Mark, Proof};
use super::request::{Part, Request, Role, What};

/// Reasoning with its proof, which belongs before a tool call in the history.
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
    /// The id of the tool call, as the client knows it.
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
            Mark::Signature | Mark::Item { .. } => {
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
    kept: Vec<Keepsake>,
}

impl Keeper {
    pub(crate) fn see(&mut self, event: &Event<'_>) {
        match event {
            Event::Thinking(text) => self.text.push_str(text),
            Event::Proof(proof) => self.prove(proof),
            Event::CallStart { id, .. } => self.call(id),
            // Reasoning that nobody proved need not be kept.
            Event::BlockEnd | Event::Text(_) | Event::Refusal(_) => self.text.clear(),
            Event::Start { .. }
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
            What::Thinking { signature: None, .. }
            | What::Text(_)
            | What::Image(_)
            | What::Document(_)
            | What::Refusal(_)
            | What::Result(_)
            | What::Own { .. } => {}
        }
    }

    fn prove(&mut self, proof: &Proof) {
        let text = match proof.mark {
            Mark::Redacted => String::new(),
            Mark::Signature | Mark::Item { .. } => std::mem::take(&mut self.text),
        };
        self.waiting.push(Thought { text, proof: proof.clone() });
    }

    fn call(&mut self, id: &str) {
        self.text.clear();
        if !self.waiting.is_empty() {
            let thoughts = std::mem::take(&mut self.waiting).into();
            self.kept.push(Keepsake { call: id.to_owned(), thoughts });
        }
    }

    pub(crate) fn take(&mut self) -> Vec<Keepsake> {
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
    let own = |thought: &&Thought| thought.proof.issuer.as_ref() == Some(to);
    for turn in request.turns.iter_mut().filter(|turn| turn.role == Role::Assistant) {
        let known = |part: &Part| match &part.what {
            What::Call(call) => {
                recall(&call.id).filter(|kept| kept.thoughts.iter().any(|thought| own(&thought)))
            }
            _ => None,
        };
        if !turn.parts.iter().any(|part| known(part).is_some()) {
            continue;
        }
        let mut first = true;
        let mut parts: Vec<Part> = Vec::with_capacity(turn.parts.len() + 1);
        for part in std::mem::take(&mut turn.parts) {
            if let Some(kept) = known(&part) {
                let thoughts = kept.thoughts.iter().filter(own).map(Thought::part);
                // What was said before the calls came after the first reasoning.
                let place = if first { 0 } else { parts.len() };
                parts.splice(place..place, thoughts);
            }
            first &= !matches!(part.what, What::Call(_));
            // The same reasoning as the client shows it, without its proof.
            if !matches!(part.what, What::Thinking { signature: None, .. }) {
                parts.push(part);
            }
        }
        turn.parts = parts;
    }
}
