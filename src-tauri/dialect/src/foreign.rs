//! Reasoning that a vendor would refuse or must not see, taken out of a history that otherwise passes.
//!
//! A conversation may have been answered by other vendors before: in translation, which leaves unsigned
//! reasoning or a seal, or by another vendor of the same dialect, whose proofs only it can use.

use std::ops::Range;

use bytes::Bytes;
use memchr::memmem;
use switchyard_types::Dialect;

use crate::memory::Fingerprint;
use crate::neutral::proof::MARKER;
use crate::scan::{Flaw, Scanner, string_at};

/// Stands in for a turn that held nothing else, since a turn may not be empty.
const STAND_IN: &[u8] = br#"{"type":"text","text":"(no visible answer)"}"#;

/// The same body without reasoning that its vendor did not give; every other byte stays. A body that holds
/// none, which is found out by a glance, is given back as it is.
///
/// `foreign` says whether a proof is known to be another vendor's.
pub fn without_foreign_reasoning(
    dialect: Dialect,
    body: &Bytes,
    foreign: &dyn Fn(Fingerprint) -> bool,
) -> Bytes {
    let sort = match dialect {
        Dialect::Messages => Sort::Messages,
        Dialect::Responses => Sort::Responses,
        Dialect::Chat | Dialect::Gemini | Dialect::Ollama => return body.clone(),
    };
    if !sort.may_stand_in(body) {
        return body.clone();
    }
    let mut search = Search { sort, foreign, cuts: Vec::new() };
    let walked = search.body(&mut Scanner::new(body));
    if walked.is_err() || search.cuts.is_empty() {
        return body.clone();
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut from = 0;
    for Cut { whole, items } in search.cuts {
        kept.extend_from_slice(body.get(from..whole.start).unwrap_or_default());
        let items: Vec<&[u8]> = items.into_iter().filter_map(|span| body.get(span)).collect();
        kept.push(b'[');
        if items.is_empty() && sort == Sort::Messages {
            kept.extend_from_slice(STAND_IN);
        }
        kept.extend_from_slice(&items.join(b",".as_slice()));
        kept.push(b']');
        from = whole.end;
    }
    kept.extend_from_slice(body.get(from..).unwrap_or_default());
    Bytes::from(kept)
}

/// The dialects whose histories hold proofs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Messages,
    Responses,
}

/// A list to be written anew: where it stands, and the items that stay.
struct Cut {
    whole: Range<usize>,
    items: Vec<Range<usize>>,
}

struct Search<'a> {
    sort: Sort,
    foreign: &'a dyn Fn(Fingerprint) -> bool,
    cuts: Vec<Cut>,
}

impl Sort {
    /// A glance for the words without which there is no reasoning.
    fn may_stand_in(self, body: &[u8]) -> bool {
        let words: &[&[u8]] = match self {
            Self::Messages => &[b"\"thinking\"", b"\"redacted_thinking\""],
            Self::Responses => &[b"\"encrypted_content\""],
        };
        words.iter().any(|word| {
            // As a value, not as a key: that is the request's own setting.
            memmem::find_iter(body, word).any(|at| {
                let before = body.get(..at).unwrap_or_default().trim_ascii_end();
                self == Self::Responses || before.ends_with(b":")
            })
        })
    }
}

impl Search<'_> {
    fn body(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Flaw> {
        scanner.object(|scanner, key| match self.sort {
            Sort::Messages if scanner.is(key, "messages") && scanner.peek() == Some(b'[') => {
                scanner.array(|scanner| self.turn(scanner))
            }
            Sort::Responses if scanner.is(key, "input") && scanner.peek() == Some(b'[') => {
                self.list(scanner)
            }
            Sort::Messages | Sort::Responses => scanner.value().map(|_| ()),
        })
    }

    fn turn(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Flaw> {
        scanner.space();
        if scanner.peek() != Some(b'{') {
            return scanner.value().map(|_| ());
        }
        scanner.object(|scanner, key| {
            if scanner.is(key, "content") && scanner.peek() == Some(b'[') {
                return self.list(scanner);
            }
            scanner.value().map(|_| ())
        })
    }

    fn list(&mut self, scanner: &mut Scanner<'_>) -> Result<(), Flaw> {
        let start = scanner.at();
        let mut items = Vec::new();
        let mut dropped = false;
        scanner.array(|scanner| {
            let item = scanner.value()?;
            if self.is_foreign(scanner.slice(item.clone())) {
                dropped = true;
            } else {
                items.push(item);
            }
            Ok(())
        })?;
        if dropped {
            self.cuts.push(Cut { whole: start..scanner.at(), items });
        }
        Ok(())
    }

    fn is_foreign(&self, item: &[u8]) -> bool {
        let text = |name| string_at(item, name);
        let kind = text("type").unwrap_or_default();
        let field = match (self.sort, &*kind) {
            (Sort::Messages, "thinking") => "signature",
            (Sort::Messages, "redacted_thinking") => "data",
            (Sort::Responses, "reasoning") => "encrypted_content",
            _ => return false,
        };
        match text(field).filter(|proof| !proof.is_empty()) {
            Some(proof) => proof.starts_with(MARKER) || (self.foreign)(Fingerprint::of(&proof)),
            // Messages takes no reasoning back that nobody signed.
            None => self.sort == Sort::Messages,
        }
    }
}

/// The proofs in a whole reply, to remember whose they are.
pub fn proofs_of_reply(dialect: Dialect, reply: &[u8]) -> Vec<Fingerprint> {
    let (list, fields): (&str, &[&str]) = match dialect {
        Dialect::Messages => ("content", &["signature", "data"]),
        Dialect::Responses => ("output", &["encrypted_content"]),
        Dialect::Chat | Dialect::Gemini | Dialect::Ollama => return Vec::new(),
    };
    let mut proofs = Vec::new();
    // A reply that breaks off in the middle was refused before.
    let _ = Scanner::new(reply).object(|scanner, key| {
        if !scanner.is(key, list) || scanner.peek() != Some(b'[') {
            return scanner.value().map(|_| ());
        }
        scanner.array(|scanner| {
            let item = scanner.value()?;
            let item = scanner.slice(item);
            let found = fields.iter().filter_map(|field| string_at(item, field));
            proofs.extend(found.filter(|text| !text.is_empty()).map(|text| Fingerprint::of(&text)));
            Ok(())
        })
    });
    proofs
}
