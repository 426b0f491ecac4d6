//! The tools, one file each.
//!
//! To add one: a file with a constant [`Tool`] of plain functions, named in [`all`]. `marks` says what
//! shows that it is installed; `files` where it reads its settings, each with an id and a manner;
//! `wishes` what should stand there for an ask, as paths and values, keys as [`Value::Secret`]. A table
//! among the values stands for its keys one by one; an entry of a list is found by a field of its own
//! ([`KeyPath::item`]). Planning, masking, writing, checking and taking back are the same for all.
//! What cannot be confirmed from the vendor's documents or an installation becomes a
//! [`Guide`](crate::Guide), never a guess.
//!
//! [`Value::Secret`]: crate::edit::Value::Secret
//! [`KeyPath::item`]: crate::edit::KeyPath::item

mod aider;
mod beside;
mod claude_code;
mod codex;
mod continue_dev;
mod droid;
mod gemini;
mod grok;
mod guides;
mod hermes;
mod kilo;
mod openclaw;
mod opencode;
mod pi;
mod qwen;

use crate::tool::Tool;

/// Every tool, in the order it is listed.
pub fn all() -> Vec<Tool> {
    let writers = [
        claude_code::TOOL,
        codex::TOOL,
        gemini::TOOL,
        opencode::TOOL,
        qwen::TOOL,
        openclaw::TOOL,
        droid::TOOL,
        kilo::TOOL,
        pi::TOOL,
        grok::TOOL,
        continue_dev::TOOL,
        aider::TOOL,
        hermes::TOOL,
    ];
    writers.into_iter().chain(guides::TOOLS).collect()
}
