//! The tools of a Responses request. What has no plain function's form gets one, and keeps its own for the
//! way back.

use serde_json::json;

use super::shape::{Form, INPUT, LOCAL_SHELL, Shape};
use crate::BodyError;
use crate::json::{Fields, Raw, each, is_text, join, raw, text};
use crate::neutral::loss::Losses;
use crate::neutral::request::{Choice, Tool};

/// Takes the tools that are offered.
pub(super) fn offered(
    fields: &mut Fields<'_>,
    shape: &mut Shape,
    losses: &mut Losses,
) -> Result<Vec<Tool>, BodyError> {
    let mut tools = Vec::new();
    for (place, item) in fields.take_list("tools", "")?.unwrap_or_default().into_iter().enumerate()
    {
        let mut taken = Taken { tools: &mut tools, shape, losses };
        tool(item, &format!("tools[{place}]"), None, &mut taken)?;
    }
    Ok(tools)
}

/// What has been taken of the tools so far.
struct Taken<'a> {
    tools: &'a mut Vec<Tool>,
    shape: &'a mut Shape,
    losses: &'a mut Losses,
}

fn tool(
    item: Raw<'_>,
    path: &str,
    namespace: Option<&str>,
    taken: &mut Taken<'_>,
) -> Result<(), BodyError> {
    let Taken { tools, shape, losses } = taken;
    let mut tool = Fields::of(item, path)?;
    let kind = tool.take_text("type", path)?.unwrap_or_default();
    let name = tool.take_text("name", path)?;
    let needed = || BodyError::field(path, "a tool needs a `name`");
    match kind.as_str() {
        "function" => {
            let mut name = name.ok_or_else(needed)?;
            if let Some(namespace) = namespace {
                let whole = inside(namespace, &name);
                let form = Form::Inside { namespace: namespace.to_owned(), name };
                shape.is_called(&whole, form);
                name = whole;
            }
            tools.push(Tool::Function {
                name,
                description: tool.take_text("description", path)?,
                schema: tool.take("parameters").map(Raw::to_owned),
                strict: tool.take_flag("strict", path)?,
                cache: None,
            });
        }
        "custom" => {
            let name = name.ok_or_else(needed)?;
            shape.is_called(&name, Form::Custom);
            let description = tool.take_text("description", path)?;
            let grammar = grammar(tool.take("format"), path)?;
            tools.push(free_text(name, description, grammar.as_deref()));
        }
        "local_shell" => {
            shape.is_called(LOCAL_SHELL, Form::LocalShell);
            tools.push(local_shell());
        }
        "namespace" => {
            let name = name.ok_or_else(needed)?;
            let inner = join(path, "tools");
            let items = tool.take_list("tools", path)?.unwrap_or_default();
            tool.hand_rest("tools.namespace", losses);
            each(items, &inner, |item| self::tool(item, &inner, Some(&name), taken))?;
            return Ok(());
        }
        _ => {
            tools.push(Tool::Own { name: name.unwrap_or(kind) });
            return Ok(());
        }
    }
    tool.hand_rest("tools", losses);
    Ok(())
}

/// A function's name where it stands in no namespace.
pub(super) fn inside(namespace: &str, name: &str) -> String {
    format!("{namespace}__{name}")
}

/// What a custom tool's text has to look like, in words.
fn grammar(format: Option<Raw<'_>>, path: &str) -> Result<Option<String>, BodyError> {
    let Some(format) = format else { return Ok(None) };
    let path = join(path, "format");
    let mut format = Fields::of(format, &path)?;
    let syntax = format.take_text("syntax", &path)?.unwrap_or_else(|| "lark".to_owned());
    let definition = format.take_text("definition", &path)?;
    Ok(definition.map(|grammar| format!("It must follow this {syntax} grammar:\n{grammar}")))
}

/// A function with one text for a tool that takes free text.
fn free_text(name: String, description: Option<String>, grammar: Option<&str>) -> Tool {
    let words = match grammar {
        Some(grammar) => format!("The whole input of the tool, as plain text. {grammar}"),
        None => "The whole input of the tool, as plain text.".to_owned(),
    };
    let schema = json!({
        "type": "object",
        "properties": {INPUT: {"type": "string", "description": words}},
        "required": [INPUT],
        "additionalProperties": false,
    });
    let schema = raw(schema.to_string());
    Tool::Function { name, description, schema, strict: None, cache: None }
}

fn local_shell() -> Tool {
    let schema = json!({
        "type": "object",
        "properties": {
            "command": {"type": "array", "items": {"type": "string"}, "description": "The program and its arguments."},
            "working_directory": {"type": "string"},
            "timeout_ms": {"type": "integer"},
            "env": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "required": ["command"],
    });
    Tool::Function {
        name: LOCAL_SHELL.to_owned(),
        description: Some("Runs a command on the user's machine.".to_owned()),
        schema: raw(schema.to_string()),
        strict: None,
        cache: None,
    }
}

/// Takes the choice among the tools.
pub(super) fn choice(
    fields: &mut Fields<'_>,
    tools: &mut Vec<Tool>,
    losses: &mut Losses,
) -> Result<Option<Choice>, BodyError> {
    let Some(choice) = fields.take("tool_choice") else { return Ok(None) };
    let path = "tool_choice";
    if is_text(choice) {
        return Ok(word(&text(choice, path)?, losses));
    }
    let mut choice = Fields::of(choice, path)?;
    let kind = choice.take_text("type", path)?.unwrap_or_default();
    let name = choice.take_text("name", path)?;
    match (kind.as_str(), name) {
        ("function" | "custom", Some(name)) => Ok(Some(Choice::Tool(name))),
        ("local_shell", _) => Ok(Some(Choice::Tool(LOCAL_SHELL.to_owned()))),
        ("allowed_tools", _) => {
            let path = "tool_choice.tools";
            let mut names = Vec::new();
            for item in choice.take_list("tools", "tool_choice")?.unwrap_or_default() {
                let mut item = Fields::of(item, path)?;
                let kind = item.take_text("type", path)?;
                names.extend(item.take_text("name", path)?.or(kind));
            }
            tools.retain(|tool| names.iter().any(|name| name == tool.name()));
            let mode = choice.take_text("mode", "tool_choice")?;
            Ok(mode.and_then(|mode| word(&mode, losses)))
        }
        (other, _) => {
            losses.note(format!("tool_choice: `{other}` cannot be asked for here"));
            Ok(None)
        }
    }
}

fn word(word: &str, losses: &mut Losses) -> Option<Choice> {
    match word {
        "auto" => Some(Choice::Auto),
        "none" => Some(Choice::None),
        "required" => Some(Choice::Required),
        _ => {
            losses.note(format!("tool_choice: `{word}` is not known"));
            None
        }
    }
}
