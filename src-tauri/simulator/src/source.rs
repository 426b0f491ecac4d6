//! Where turns come from: functions of the request, the echo, and the agent's partner.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::seen::{Seen, Tool};
use crate::turn::{Call, CallKind, Turn};

/// Gives a turn for a request, or leaves it to the next source. Every `Fn(&Seen) -> Option<Turn>` is one.
pub trait TurnSource: Send + Sync {
    /// The answer, if this source has one.
    fn turn(&self, seen: &Seen) -> Option<Turn>;
}

impl<F: Fn(&Seen) -> Option<Turn> + Send + Sync> TurnSource for F {
    fn turn(&self, seen: &Seen) -> Option<Turn> {
        self(seen)
    }
}

/// How much of the user's text the echo gives back, in characters.
const ECHO_CHARS: usize = 80;

/// The default answer: who spoke, and the start of the last user text.
pub(crate) fn echo(seen: &Seen) -> Turn {
    let mut text = format!("This is {} speaking as {}.", seen.vendor, seen.model);
    let heard = seen.last_user_text();
    if !heard.is_empty() {
        let start: String = heard.chars().take(ECHO_CHARS).collect();
        // Writing to a string cannot fail.
        let _ = write!(text, " You said: {start}");
    }
    Turn::text(text)
}

/// The model's part in a short agent session: one shell command, then a closing text.
///
/// If the client offers a tool that runs shell commands and the history holds no tool result yet, the tool is
/// called with `command`; once there is a result, the answer is `done_text` with the last result in place of
/// `{result}`, or after it. Without such a tool the next source answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The shell command to run.
    pub command: String,
    /// The closing text.
    pub done_text: String,
}

impl TurnSource for Agent {
    fn turn(&self, seen: &Seen) -> Option<Turn> {
        if let Some(result) = seen.tool_results().last() {
            let text = if self.done_text.contains("{result}") {
                self.done_text.replace("{result}", result)
            } else {
                format!("{}\n{result}", self.done_text)
            };
            return Some(Turn::text(text));
        }
        let tools = seen.tools();
        let tool = shell_among(&tools)?;
        Some(Turn::default().and_call(self.call(tool)))
    }
}

/// The names by which coding agents offer a shell, the most usual first (Claude Code, Codex, Gemini CLI,
/// Cline, Cursor, VS Code, `OpenHands`, `OpenClaw`).
const SHELLS: [&str; 15] = [
    "bash",
    "shell",
    "shell_command",
    "exec_command",
    "local_shell",
    "run_shell_command",
    "execute_command",
    "run_terminal_cmd",
    "run_terminal_command",
    "run_in_terminal",
    "run_command",
    "execute_bash",
    "powershell",
    "terminal",
    "exec",
];

fn shell_among(tools: &[Tool]) -> Option<&Tool> {
    SHELLS.iter().find_map(|name| tools.iter().find(|tool| tool.name.eq_ignore_ascii_case(name)))
}

impl Agent {
    fn call(&self, tool: &Tool) -> Call {
        let arguments = match tool.kind {
            CallKind::Function => Value::Object(self.arguments(&tool.schema)).to_string(),
            CallKind::Custom => self.command.clone(),
            CallKind::LocalShell => json!(["bash", "-lc", self.command]).to_string(),
        };
        Call {
            id: None,
            name: tool.name.clone(),
            arguments,
            kind: tool.kind,
            namespace: tool.namespace.clone(),
        }
    }

    /// Arguments that satisfy the tool's schema: the command where the command goes, and something of the
    /// right type in every other field that is required.
    fn arguments(&self, schema: &Value) -> Map<String, Value> {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let field = ["command", "cmd", "script", "input", "code"]
            .into_iter()
            .find(|name| properties.contains_key(*name))
            .or_else(|| required.first().copied())
            .unwrap_or("command");
        let words = type_of(properties.get(field)) == "array";
        let command =
            if words { json!(["bash", "-lc", self.command]) } else { json!(self.command) };
        let mut arguments = Map::from_iter([(field.to_owned(), command)]);
        for name in required.into_iter().filter(|name| *name != field) {
            arguments.insert(name.to_owned(), filler(properties.get(name)));
        }
        arguments
    }
}

/// A schema's type in lower case (Gemini writes it in capitals); of a union, the first.
fn type_of(schema: Option<&Value>) -> String {
    let kind = schema.and_then(|schema| schema.get("type"));
    let first = kind.and_then(|kind| kind.as_str().or_else(|| kind.get(0)?.as_str()));
    first.unwrap_or("string").to_ascii_lowercase()
}

fn filler(schema: Option<&Value>) -> Value {
    if let Some(first) = schema.and_then(|schema| schema.get("enum")?.get(0)) {
        return first.clone();
    }
    match type_of(schema).as_str() {
        "boolean" => json!(false),
        "integer" | "number" => json!(10_000),
        "array" => json!([]),
        "object" => json!({}),
        _ => json!("Runs the command"),
    }
}
