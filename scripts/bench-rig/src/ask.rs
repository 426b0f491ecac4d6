//! The requests, the same conversation in both dialects, and the answer that the simulator gives.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::plan::Size;

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Chat,
    Messages,
}

/// How the answer shall come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    Stream,
}

/// Pieces of a streamed answer.
pub(crate) const PIECES: usize = 64;

/// Characters of a piece: the simulator cuts the answer there.
pub(crate) const PIECE: usize = 8;

/// One piece of the answer; no two are alike, so that a lost, doubled or misplaced one shows.
fn piece(number: usize) -> String {
    format!("<p{number:04}>")
}

/// The whole text that the simulator answers.
pub(crate) fn answer() -> String {
    let pieces: Vec<String> = (0..PIECES).map(piece).collect();
    pieces.join(" ") + " "
}

/// What the first content of an answer holds.
pub(crate) fn first_piece() -> String {
    piece(0)
}

/// What the last content of an answer holds.
pub(crate) fn last_piece() -> String {
    piece(PIECES - 1)
}

/// A request's body.
pub(crate) fn body(dialect: Dialect, delivery: Delivery, size: Size, model: &str) -> Bytes {
    let (turns, tools) = match size {
        Size::Small => (0, 0),
        Size::Large => (66, 24),
    };
    let mut messages = Vec::new();
    for turn in 0..turns {
        messages.extend(exchange(dialect, turn));
    }
    messages.push(json!({ "role": "user", "content": "Say what you see in the yard." }));
    let mut request = json!({ "model": model, "max_tokens": 4096 });
    let system = "You are a careful engineer. Answer in few words.";
    match dialect {
        Dialect::Chat => {
            messages.insert(0, json!({ "role": "system", "content": system }));
        }
        Dialect::Messages => request["system"] = system.into(),
    }
    request["messages"] = messages.into();
    if tools > 0 {
        request["tools"] = (0..tools).map(|number| tool(dialect, number)).collect();
    }
    if delivery == Delivery::Stream {
        request["stream"] = true.into();
    }
    Bytes::from(request.to_string())
}

/// A question, a call of a tool, and what the tool said.
fn exchange(dialect: Dialect, turn: usize) -> [Value; 3] {
    let question = json!({ "role": "user", "content": format!("Please read file {turn}.") });
    let id = format!("call_{turn:06}");
    let path = format!("/home/ada/yard/src/track_{turn}.rs");
    let found = listing(turn);
    match dialect {
        Dialect::Chat => [
            question,
            json!({ "role": "assistant", "content": "I shall look.", "tool_calls": [{
                "id": id, "type": "function",
                "function": { "name": "tool_0", "arguments": json!({ "path": path }).to_string() },
            }]}),
            json!({ "role": "tool", "tool_call_id": id, "content": found }),
        ],
        Dialect::Messages => [
            question,
            json!({ "role": "assistant", "content": [
                { "type": "text", "text": "I shall look." },
                { "type": "tool_use", "id": id, "name": "tool_0", "input": { "path": path } },
            ]}),
            json!({ "role": "user", "content": [
                { "type": "tool_result", "tool_use_id": id, "content": found },
            ]}),
        ],
    }
}

/// A source file as a tool would quote it: quotes, breaks and letters beyond ASCII are escaped or
/// multibyte in JSON, as they are in real conversations.
fn listing(turn: usize) -> String {
    let mut text = String::new();
    for line in 0..36 {
        let signal = format!("{line:>4}\tlet signal_{line} = yard.track({turn})\n");
        text.push_str(&signal);
        let name = format!("\t\t.name(\"Gleis {line} – süd\");\n");
        text.push_str(&name);
    }
    text
}

fn tool(dialect: Dialect, number: usize) -> Value {
    let name = format!("tool_{number}");
    let description = "Reads a part of a file in the user's project and gives it back with line numbers. \
         The path must be absolute; long files are cut, and the cut is told.";
    let schema = json!({
        "type": "object",
        "properties": {
            "path": { "type": "string", "description": "The absolute path of the file" },
            "from": { "type": "integer", "minimum": 1, "description": "The first line" },
            "lines": { "type": "integer", "minimum": 1, "maximum": 2000 },
        },
        "required": ["path"],
        "additionalProperties": false,
    });
    match dialect {
        Dialect::Chat => json!({ "type": "function", "function": {
            "name": name, "description": description, "parameters": schema } }),
        Dialect::Messages => {
            json!({ "name": name, "description": description, "input_schema": schema })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_sizes_that_the_table_names() {
        for dialect in [Dialect::Chat, Dialect::Messages] {
            let small = body(dialect, Delivery::Whole, Size::Small, "answer").len();
            assert!((150..=260).contains(&small), "{dialect:?}: {small}");
            let large = body(dialect, Delivery::Stream, Size::Large, "answer").len();
            assert!((190_000..=210_000).contains(&large), "{dialect:?}: {large}");
        }
    }

    #[test]
    fn the_answer_is_cut_into_its_pieces() {
        let answer = answer();
        assert_eq!(answer.len(), PIECES * PIECE);
        assert!(answer.starts_with(&first_piece()));
        assert!(answer.trim_end().ends_with(&last_piece()));
    }
}
