//! Whether an answer is the right one: nothing is counted that a client could not have used.

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::ask::{Delivery, Dialect, PIECES, answer};
use crate::line::Answer;

/// Reads an answer in the client's dialect and compares it with the simulator's text, piece by piece.
pub(crate) fn judge(dialect: Dialect, delivery: Delivery, got: &Answer) -> anyhow::Result<()> {
    let told = || String::from_utf8_lossy(got.body.get(..600).unwrap_or(&got.body)).into_owned();
    ensure!(got.status.is_success(), "status {}: {}", got.status, told());
    let (text, pieces) = match delivery {
        Delivery::Whole => {
            let reply: Value = serde_json::from_slice(&got.body)
                .with_context(|| format!("the answer is no JSON: {}", told()))?;
            (whole(dialect, &reply).with_context(told)?, PIECES)
        }
        Delivery::Stream => streamed(dialect, &got.body).with_context(told)?,
    };
    ensure!(text == answer(), "the answer's text is another one: {text:?}");
    ensure!(pieces == PIECES, "{pieces} pieces of content came, not {PIECES}");
    Ok(())
}

fn whole(dialect: Dialect, reply: &Value) -> anyhow::Result<String> {
    let text = match dialect {
        Dialect::Chat => reply.pointer("/choices/0/message/content"),
        Dialect::Messages => reply.pointer("/content/0/text"),
    };
    let text = text.and_then(Value::as_str).context("the answer has no text in its dialect")?;
    Ok(text.to_owned())
}

/// The text of a stream, and in how many events it came.
fn streamed(dialect: Dialect, body: &[u8]) -> anyhow::Result<(String, usize)> {
    let body = std::str::from_utf8(body).context("the stream is not UTF-8")?;
    let (mut text, mut pieces, mut ended) = (String::new(), 0, false);
    for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
        ensure!(!ended, "something follows the end: {data}");
        if data == "[DONE]" {
            ended = true;
            continue;
        }
        let event: Value = serde_json::from_str(data).context("an event is no JSON")?;
        let piece = match dialect {
            Dialect::Chat => event.pointer("/choices/0/delta/content"),
            Dialect::Messages => {
                ended = event["type"] == "message_stop";
                event.pointer("/delta/text")
            }
        };
        if let Some(piece) = piece.and_then(Value::as_str).filter(|piece| !piece.is_empty()) {
            text.push_str(piece);
            pieces += 1;
        }
    }
    ensure!(ended, "the stream has no end");
    Ok((text, pieces))
}
