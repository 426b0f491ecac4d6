//! Reasoning that nobody signed, taken out of a history.
//!
//! A reply translated from a dialect without signatures reaches a Messages client with an empty one. The
//! client sends it back with its next request, and the API refuses it if that request now passes there.

use std::ops::Range;

use bytes::Bytes;
use memchr::memmem;

use crate::scan::{Flaw, Scanner};

/// Stands in for a turn that held nothing else, since a turn may not be empty.
const STAND_IN: &[u8] = br#"{"type":"text","text":"(no visible answer)"}"#;

/// The same body without unsigned thinking blocks; every other byte stays. A body that holds none, which
/// is found out by a glance, is given back as it is.
pub fn without_unsigned_thinking(body: &Bytes) -> Bytes {
    if !may_hold_one(body) {
        return body.clone();
    }
    let mut cuts = Vec::new();
    let mut scanner = Scanner::new(body);
    let walked = scanner.object(|scanner, key| {
        if scanner.is(key, "messages") && scanner.peek() == Some(b'[') {
            return scanner.array(|scanner| turn(scanner, &mut cuts));
        }
        scanner.value().map(|_| ())
    });
    if walked.is_err() || cuts.is_empty() {
        return body.clone();
    }
    let mut kept = Vec::with_capacity(body.len());
    let mut from = 0;
    for Cut { whole, blocks } in cuts {
        kept.extend_from_slice(body.get(from..whole.start).unwrap_or_default());
        let blocks: Vec<&[u8]> = blocks.into_iter().filter_map(|span| body.get(span)).collect();
        let inside =
            if blocks.is_empty() { STAND_IN.to_vec() } else { blocks.join(b",".as_slice()) };
        kept.push(b'[');
        kept.extend_from_slice(&inside);
        kept.push(b']');
        from = whole.end;
    }
    kept.extend_from_slice(body.get(from..).unwrap_or_default());
    Bytes::from(kept)
}

/// A content list to be written anew: where it stands, and the blocks that stay.
struct Cut {
    whole: Range<usize>,
    blocks: Vec<Range<usize>>,
}

fn may_hold_one(body: &[u8]) -> bool {
    const KEY: &[u8] = b"\"signature\"";
    memmem::find_iter(body, KEY).any(|at| {
        let after = body.get(at + KEY.len()..).unwrap_or_default().trim_ascii_start();
        let value = after.strip_prefix(b":").unwrap_or_default().trim_ascii_start();
        value.starts_with(b"\"\"")
    })
}

fn turn(scanner: &mut Scanner<'_>, cuts: &mut Vec<Cut>) -> Result<(), Flaw> {
    scanner.space();
    if scanner.peek() != Some(b'{') {
        return scanner.value().map(|_| ());
    }
    scanner.object(|scanner, key| {
        if !scanner.is(key, "content") || scanner.peek() != Some(b'[') {
            return scanner.value().map(|_| ());
        }
        let start = scanner.at();
        let mut blocks = Vec::new();
        let mut dropped = false;
        scanner.array(|scanner| {
            let block = scanner.value()?;
            if is_unsigned(scanner.slice(block.clone())) {
                dropped = true;
            } else {
                blocks.push(block);
            }
            Ok(())
        })?;
        if dropped {
            cuts.push(Cut { whole: start..scanner.at(), blocks });
        }
        Ok(())
    })
}

fn is_unsigned(block: &[u8]) -> bool {
    let text = |name| crate::scan::string_at(block, name);
    text("type").is_some_and(|kind| kind == "thinking")
        && text("signature").is_some_and(|signature| signature.is_empty())
}
