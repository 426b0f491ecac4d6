//! Framing: every line end, every cut.
#![cfg(test)]

mod support;

use bytes::Bytes;
use proptest::prelude::*;
use support::{frames, frames_of};
use switchyard_dialect::{FrameError, SseSplitter};

/// LF, CRLF, CR, a mark, comments, several data lines, no space, unknown fields, wide characters, no end.
const ODD: &[u8] = "\u{feff}: hello\n\nevent: a\ndata: {\"x\":1}\n\ndata:{\"y\":\r\ndata: \"größe 漢字\"}\r\n\r\nid: 7\rdata: z\r\rdata\n\n\ndata: [DONE]"
    .as_bytes();

#[test]
fn every_line_end_and_field_is_understood() {
    let seen: Vec<(Option<String>, String)> = frames(ODD)
        .iter()
        .map(|frame| {
            let text = |bytes: &Bytes| String::from_utf8(bytes.to_vec()).unwrap();
            (frame.event.as_ref().map(text), text(&frame.data))
        })
        .collect();
    let expected = [
        (None, ""),
        (Some("a"), r#"{"x":1}"#),
        (None, "{\"y\":\n\"größe 漢字\"}"),
        (None, "z"),
        (None, ""),
        (None, ""),
        (None, "[DONE]"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(event, data)| (event.map(str::to_owned), (*data).to_owned()))
        .collect();
    assert_eq!(seen, expected);
}

#[test]
fn raw_bytes_are_exactly_what_came() {
    let raw: Vec<u8> = frames(ODD).iter().flat_map(|frame| frame.raw.to_vec()).collect();
    assert_eq!(raw, [ODD, b"\n\n"].concat());
}

#[test]
fn cuts_at_every_byte_and_every_pair_change_nothing() {
    let whole = frames(ODD);
    for first in 0..=ODD.len() {
        for second in first..=ODD.len() {
            let pieces = [&ODD[..first], &ODD[first..second], &ODD[second..]];
            assert_eq!(frames_of(&pieces), whole, "cut at {first} and {second}");
        }
    }
    let bytes: Vec<&[u8]> = ODD.chunks(1).collect();
    assert_eq!(frames_of(&bytes), whole);
}

#[test]
fn a_single_data_line_is_not_copied() {
    let frame = &frames(b"event: a\ndata: {\"x\":1}\n\n")[0];
    let (raw, data) = (frame.raw.as_ptr_range(), frame.data.as_ptr_range());
    assert!(raw.start <= data.start && data.end <= raw.end);
}

#[test]
fn half_an_event_at_the_end_is_dropped() {
    assert_eq!(frames(b"data: {\"a\":1}\n\ndata: {\"a\":").len(), 1);
    assert_eq!(frames(b"data: {\"a\":1}\n\nevent: pi").len(), 1);
    assert_eq!(frames(b"data: {\"a\":1}").len(), 1);
}

#[test]
fn an_event_without_end_is_refused_at_the_limit() {
    let mut splitter = SseSplitter::with_limit(64);
    let mut result = Ok(None);
    for _ in 0..20 {
        splitter.push(Bytes::from_static(b"data: 89"));
        result = splitter.next_frame();
        if result.is_err() {
            break;
        }
    }
    assert_eq!(result, Err(FrameError::TooLarge { limit: 64 }));
}

proptest! {
    #[test]
    fn any_bytes_in_any_pieces_give_the_same_events(
        lines in proptest::collection::vec("(data: ?|event: |: |id:)?[a-z{}\"]{0,6}(\n|\r\n|\r|\n\n)", 0..12),
        size in 1_usize..9,
    ) {
        let bytes = lines.concat().into_bytes();
        let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
        prop_assert_eq!(frames_of(&pieces), frames(&bytes));
    }
}
