//! Reasoning that a vendor would refuse or must not see, taken out of a history that otherwise passes.
//!
//! A conversation may have been answered by other vendors before: in translation, which leaves unsigned
//! reasoning or a seal, or by another vendor of the same dialect, whose proofs only it can use.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;
use memchr::memmem;
use switchyard_types::Dialect;

use crate::gemini::{self, ANY_SIGNATURE, SIGNATURES};
use crate::memory::Fingerprint;
use crate::neutral::proof::MARKER;
use crate::scan::{Flaw, Scanner, string_at, value_at};

/// The same body without reasoning that its vendor did not give; every other byte stays. `None` for one that
/// holds none, which is found out by a glance.
///
/// `foreign` says whether a proof is known to be another vendor's.
pub fn without_foreign_reasoning(
    dialect: Dialect,
    body: &Bytes,
    foreign: &dyn Fn(Fingerprint) -> bool,
) -> Option<Bytes> {
    let sort = match dialect {
        Dialect::Messages => Sort::Messages,
        Dialect::Responses => Sort::Responses,
        Dialect::Gemini => Sort::Gemini,
        Dialect::Chat | Dialect::Ollama => return None,
    };
    if !sort.may_stand_in(body) {
        return None;
    }
    let mut search = Search { sort, foreign, cuts: Vec::new() };
    let walked = search.body(&mut Scanner::new(body));
    if walked.is_err() || search.cuts.is_empty() {
        return None;
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut from = 0;
    for Cut { whole, items } in search.cuts {
        kept.extend_from_slice(body.get(from..whole.start).unwrap_or_default());
        kept.push(b'[');
        if items.is_empty() {
            kept.extend_from_slice(sort.stand_in());
        }
        kept.extend_from_slice(&items.join(b",".as_slice()));
        kept.push(b']');
        from = whole.end;
    }
    kept.extend_from_slice(body.get(from..).unwrap_or_default());
    Some(Bytes::from(kept))
}

/// The dialects whose histories hold proofs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Messages,
    Responses,
    Gemini,
}

/// A list to be written anew: where it stands, and the items that stay.
struct Cut<'a> {
    whole: Range<usize>,
    items: Vec<Cow<'a, [u8]>>,
}

struct Search<'a> {
    sort: Sort,
    foreign: &'a dyn Fn(Fingerprint) -> bool,
    cuts: Vec<Cut<'a>>,
}

/// What becomes of an item.
enum Fate {
    Stays,
    Goes,
    Becomes(Vec<u8>),
}

impl Sort {
    /// A glance for the words without which there is no reasoning.
    fn may_stand_in(self, body: &[u8]) -> bool {
        let words: &[&[u8]] = match self {
            Self::Messages => &[b"\"thinking\"", b"\"redacted_thinking\""],
            Self::Responses => &[b"\"encrypted_content\""],
            Self::Gemini => &[b"\"thoughtSignature\"", b"\"thought_signature\""],
        };
        words.iter().any(|word| {
            // As a value, not as a key: that is the request's own setting.
            memmem::find_iter(body, word).any(|at| {
                let before = body.get(..at).unwrap_or_default().trim_ascii_end();
                self != Self::Messages || before.ends_with(b":")
            })
        })
    }

    /// Stands in for a turn that held nothing else, since a turn may not be empty.
    fn stand_in(self) -> &'static [u8] {
        match self {
            Self::Messages => br#"{"type":"text","text":"(no visible answer)"}"#,
            Self::Gemini => br#"{"text":"(no visible answer)"}"#,
            Self::Responses => b"",
        }
    }
}

impl<'a> Search<'a> {
    fn body(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Flaw> {
        scanner.object(|scanner, key| match (self.sort, scanner.peek()) {
            (Sort::Messages, Some(b'[')) if scanner.is(key, "messages") => {
                scanner.array(|scanner| self.turn(scanner, "content"))
            }
            (Sort::Gemini, Some(b'[')) if scanner.is(key, "contents") => {
                scanner.array(|scanner| self.turn(scanner, "parts"))
            }
            // A request whose tokens are to be counted.
            (Sort::Gemini, Some(b'{')) if scanner.is(key, "generateContentRequest") => {
                self.body(scanner)
            }
            (Sort::Responses, Some(b'[')) if scanner.is(key, "input") => self.list(scanner),
            _ => scanner.value().map(|_| ()),
        })
    }

    fn turn(&mut self, scanner: &mut Scanner<'a>, content: &str) -> Result<(), Flaw> {
        scanner.space();
        if scanner.peek() != Some(b'{') {
            return scanner.value().map(|_| ());
        }
        scanner.object(|scanner, key| {
            if scanner.is(key, content) && scanner.peek() == Some(b'[') {
                return self.list(scanner);
            }
            scanner.value().map(|_| ())
        })
    }

    fn list(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Flaw> {
        let start = scanner.at();
        let mut items = Vec::new();
        let mut changed = false;
        scanner.array(|scanner| {
            let item = scanner.value()?;
            let item = scanner.slice(item);
            let fate = match self.sort {
                Sort::Gemini => self.part(item),
                Sort::Messages | Sort::Responses if self.is_foreign(item) => Fate::Goes,
                Sort::Messages | Sort::Responses => Fate::Stays,
            };
            changed |= !matches!(fate, Fate::Stays);
            match fate {
                Fate::Stays => items.push(Cow::Borrowed(item)),
                Fate::Becomes(other) => items.push(Cow::Owned(other)),
                Fate::Goes => {}
            }
            Ok(())
        })?;
        if changed {
            self.cuts.push(Cut { whole: start..scanner.at(), items });
        }
        Ok(())
    }

    /// A part of Gemini's keeps what it says. A call must bear a signature, so it gets the one that every
    /// vendor takes; what held nothing but the signature goes with it.
    fn part(&self, part: &[u8]) -> Fate {
        let Some(sign) = SIGNATURES.iter().find_map(|name| string_at(part, name)) else {
            return Fate::Stays;
        };
        if !(sign.starts_with(MARKER) || (self.foreign)(gemini::fingerprint(&sign))) {
            return Fate::Stays;
        }
        let calls = value_at(part, &["functionCall", "function_call"]).is_some();
        let mut fields: Vec<Cow<'_, [u8]>> = Vec::new();
        let mut says = false;
        let walked = Scanner::new(part).object(|scanner, key| {
            let value = scanner.value()?;
            let signs = SIGNATURES.iter().any(|name| scanner.is(key, name));
            let empty = scanner.is(key, "text") && scanner.slice(value.clone()) == br#""""#;
            says |= !(signs || empty || scanner.is(key, "thought"));
            if !signs {
                let field = key.span.start - 1..value.end;
                fields.push(Cow::Borrowed(part.get(field).unwrap_or_default()));
            }
            Ok(())
        });
        if walked.is_err() || !says {
            return Fate::Goes;
        }
        if calls {
            fields.push(format!(r#""thoughtSignature":"{ANY_SIGNATURE}""#).into_bytes().into());
        }
        let mut written = b"{".to_vec();
        written.extend_from_slice(&fields.join(b",".as_slice()));
        written.push(b'}');
        Fate::Becomes(written)
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
    let mut proofs = Vec::new();
    let of = |item: &[u8], fields: &[&str], proofs: &mut Vec<Fingerprint>| {
        let found = fields.iter().filter_map(|field| string_at(item, field));
        proofs.extend(found.filter(|text| !text.is_empty()).map(|text| Fingerprint::of(&text)));
    };
    let mut scanner = Scanner::new(reply);
    // A reply that breaks off in the middle was refused before.
    let _ = match dialect {
        Dialect::Messages => each_in(&mut scanner, &["content"], &mut |item| {
            of(item, &["signature", "data"], &mut proofs);
        }),
        Dialect::Responses => each_in(&mut scanner, &["output"], &mut |item| {
            of(item, &["encrypted_content"], &mut proofs);
        }),
        Dialect::Gemini if Sort::Gemini.may_stand_in(reply) => {
            each_in(&mut scanner, &["candidates", "content", "parts"], &mut |part| {
                let sign = SIGNATURES.iter().find_map(|name| string_at(part, name));
                proofs.extend(
                    sign.filter(|sign| !sign.is_empty()).map(|sign| gemini::fingerprint(&sign)),
                );
            })
        }
        Dialect::Gemini | Dialect::Chat | Dialect::Ollama => Ok(()),
    };
    proofs
}

/// Walks the items of the lists that stand at this path of keys; a list on the way is entered item by item.
fn each_in(
    scanner: &mut Scanner<'_>,
    path: &[&str],
    each: &mut dyn FnMut(&[u8]),
) -> Result<(), Flaw> {
    scanner.space();
    match (scanner.peek(), path.split_first()) {
        (Some(b'['), None) => scanner.array(|scanner| {
            let item = scanner.value()?;
            each(scanner.slice(item));
            Ok(())
        }),
        (Some(b'['), Some(_)) => scanner.array(|scanner| each_in(scanner, path, each)),
        (Some(b'{'), Some((name, rest))) => scanner.object(|scanner, key| {
            if scanner.is(key, name) {
                return each_in(scanner, rest, each);
            }
            scanner.value().map(|_| ())
        }),
        _ => scanner.value().map(|_| ()),
    }
}
