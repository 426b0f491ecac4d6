//! Proofs of reasoning: signatures and sealed blocks that only the vendor that gave them can use.
//!
//! Towards a client of another dialect a proof is wrapped into a *seal*, text that names the vendor and
//! holds the proof to the letter; when the client sends it back, only that vendor gets what is inside.

use switchyard_types::Dialect;

use super::loss::Losses;
use super::request::{Request, What};

/// What a seal begins with. No vendor's own proof does: they are base64.
pub(crate) const MARKER: &str = "switchyard.1:";

/// Who gave a proof: a vendor, and the dialect that it spoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issuer {
    pub(crate) dialect: Dialect,
    pub(crate) vendor: String,
}

/// How a vendor attaches a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It signs the reasoning that stands beside it.
    Signature,
    /// It signs the thought in which it stands, as Gemini's do.
    Thought,
    /// It stands on what was said before it, and for the reasoning that led there.
    Words,
    /// It is the reasoning itself, unreadable.
    Redacted,
    /// It belongs to a reasoning item, which may have an id of its own.
    Item { id: Option<String> },
}

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Unknown where a client of the issuer's own dialect holds it bare.
    pub(crate) issuer: Option<Issuer>,
    pub(crate) mark: Mark,
    pub(crate) data: String,
}

impl Proof {
    /// A proof as its vendor wrote it.
    pub(crate) fn bare(mark: Mark, data: impl Into<String>) -> Self {
        Self { issuer: None, mark, data: data.into() }
    }

    /// A proof as a client sends it: a seal, or a bare one.
    pub(crate) fn held(text: String, mark: Mark) -> Self {
        match Self::opened(&text) {
            Some(proof) => proof,
            None => Self::bare(mark, text),
        }
    }

    fn opened(text: &str) -> Option<Self> {
        let mut fields = text.strip_prefix(MARKER)?.splitn(4, ':');
        let dialect = fields.next()?;
        let dialect = Dialect::ALL.into_iter().find(|known| known.as_str() == dialect)?;
        let vendor = unescaped(fields.next()?);
        let mark = match fields.next()? {
            "s" => Mark::Signature,
            "t" => Mark::Thought,
            "w" => Mark::Words,
            "r" => Mark::Redacted,
            item => {
                let id = unescaped(item.strip_prefix('i')?);
                Mark::Item { id: (!id.is_empty()).then_some(id) }
            }
        };
        let data = fields.next()?.to_owned();
        Some(Self { issuer: Some(Issuer { dialect, vendor }), mark, data })
    }

    /// The proof as text for a client of another dialect.
    pub(crate) fn sealed(&self) -> String {
        let Some(Issuer { dialect, vendor }) = &self.issuer else { return self.data.clone() };
        let mark = match &self.mark {
            Mark::Signature => "s".to_owned(),
            Mark::Thought => "t".to_owned(),
            Mark::Words => "w".to_owned(),
            Mark::Redacted => "r".to_owned(),
            Mark::Item { id } => format!("i{}", escaped(id.as_deref().unwrap_or_default())),
        };
        format!("{MARKER}{}:{}:{mark}:{}", dialect.as_str(), escaped(vendor), self.data)
    }
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace(':', "%3A")
}

fn unescaped(text: &str) -> String {
    text.replace("%3A", ":").replace("%25", "%")
}

/// Takes out of a request every proof that is not of the vendor it goes to.
pub(crate) fn keep_own(request: &mut Request, to: &Issuer, losses: &mut Losses) {
    let foreign = |proof: &Proof| proof.issuer.as_ref() != Some(to);
    for turn in &mut request.turns {
        turn.parts.retain_mut(|part| match &mut part.what {
            What::Thinking { signature, .. } => {
                if signature.take_if(|proof| foreign(proof)).is_some() {
                    losses.note("thinking.signature: it is good only for the vendor that gave it");
                }
                true
            }
            What::Sealed(proof) if foreign(proof) => {
                losses.note("redacted_thinking: it can be read only by the vendor that sealed it");
                false
            }
            What::Sealed(_)
            | What::Text(_)
            | What::Image(_)
            | What::Document(_)
            | What::Refusal(_)
            | What::Call(_)
            | What::Result(_)
            | What::Own { .. } => true,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_gives_back_the_proof_to_the_letter() {
        for mark in [
            Mark::Signature,
            Mark::Thought,
            Mark::Words,
            Mark::Redacted,
            Mark::Item { id: None },
            Mark::Item { id: Some("rs:1%".to_owned()) },
        ] {
            for dialect in Dialect::ALL {
                let issuer = Issuer { dialect, vendor: "a:b%3A".to_owned() };
                let data = "aGk=:+/漢字".to_owned();
                let proof = Proof { issuer: Some(issuer), mark: mark.clone(), data };
                assert_eq!(Proof::held(proof.sealed(), Mark::Signature), proof);
            }
        }
    }

    #[test]
    fn what_is_no_seal_is_a_bare_proof() {
        for text in
            ["", "c2ln", "switchyard.1:", "switchyard.1:chat:v:x:d", "switchyard.1:no:v:s:d"]
        {
            let proof = Proof::held(text.to_owned(), Mark::Redacted);
            assert_eq!(proof, Proof::bare(Mark::Redacted, text), "{text}");
        }
    }
}
