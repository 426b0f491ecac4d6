//! What a Responses client has to be answered in: the forms of its tools, and the settings that a
//! response repeats.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::json::Raw;

/// What the way back has to know of a Responses request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    forms: Vec<(String, Form)>,
    /// Settings of the request that its response repeats.
    echoed: Vec<(String, Box<RawValue>)>,
}

/// How a tool that went to the vendor as a plain function is called by this client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// With free text instead of arguments.
    Custom,
    /// With a command on the user's machine.
    LocalShell,
    /// As a function inside a namespace.
    Inside { namespace: String, name: String },
}

/// The one argument of a function that stands for a custom tool.
pub(super) const INPUT: &str = "input";

/// What the shell tool is called where it is a function.
pub(super) const LOCAL_SHELL: &str = "local_shell";

/// The settings that a response repeats, beside tools and instructions, which are long.
pub(super) const ECHOED: [&str; 11] = [
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "parallel_tool_calls",
    "reasoning",
    "service_tier",
    "temperature",
    "text",
    "tool_choice",
    "top_p",
    "user",
];

impl Shape {
    pub(super) fn is_called(&mut self, name: &str, form: Form) {
        self.forms.push((name.to_owned(), form));
    }

    pub(super) fn form(&self, name: &str) -> Option<&Form> {
        self.forms.iter().find(|(known, _)| known == name).map(|(_, form)| form)
    }

    pub(super) fn echo(&mut self, name: &str, value: Raw<'_>) {
        self.echoed.push((name.to_owned(), value.to_owned()));
    }

    /// The response's object before there is anything in it.
    pub(super) fn shell(&self, id: &str, created: u64, model: &str) -> Value {
        let mut shell = json!({
            "id": id,
            "object": "response",
            "created_at": created,
            "status": "in_progress",
            "error": null,
            "incomplete_details": null,
            "instructions": null,
            "max_output_tokens": null,
            "metadata": {},
            "model": model,
            "output": [],
            "parallel_tool_calls": true,
            "previous_response_id": null,
            "reasoning": {"effort": null, "summary": null},
            "store": false,
            "temperature": null,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": null,
            "truncation": "disabled",
            "usage": null,
        });
        for (name, value) in &self.echoed {
            if let (Some(fields), Ok(value)) =
                (shell.as_object_mut(), serde_json::from_str(value.get()))
            {
                fields.insert(name.clone(), value);
            }
        }
        shell
    }
}
