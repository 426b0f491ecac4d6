//! The tools, one file each.

mod claude_code;
mod codex;

use crate::tool::Tool;

/// Every tool, in the order it is listed.
pub fn all() -> Vec<Tool> {
    vec![claude_code::TOOL, codex::TOOL]
}
