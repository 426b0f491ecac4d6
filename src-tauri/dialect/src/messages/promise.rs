//! Which schemas a model of Messages promises to follow: those of an answer's form, and those of strict
//! tools (platform.claude.com, "Structured outputs" and "Strict tool use", 2026).
//!
//! The promise holds for a part of JSON Schema; a request whose schema says more is refused as a whole. So
//! it is asked for only where the schema is within that part as it was written. Nothing is taken out of it.

use serde_json::Value;
use serde_json::value::RawValue;

use crate::neutral::effort::version;
use crate::neutral::request::{Format, Request, Tool};

/// The most strict tools in a request.
const TOOLS: usize = 20;

/// The most properties in a request that may be left out, and the most unions, over all strict schemas.
const OPTIONAL: usize = 24;
const UNIONS: usize = 16;

/// How deep schemas and references may nest.
const DEPTH: usize = 32;

/// What a model promises of a request.
#[derive(Debug, Default)]
pub(super) struct Promise {
    /// The schema of the answer.
    pub(super) format: Option<Box<RawValue>>,
    tools: Vec<String>,
}

impl Promise {
    pub(super) fn of(request: &Request, model: &str) -> Self {
        if !promises(model) {
            return Self::default();
        }
        let mut cost = Cost::default();
        let format = match &request.format {
            Some(Format::Schema { schema, .. }) => cost.take(schema).then(|| schema.clone()),
            Some(Format::Json) | None => None,
        };
        let mut tools = Vec::new();
        for tool in &request.tools {
            if let Tool::Function { name, schema: Some(schema), strict: Some(true), .. } = tool
                && tools.len() < TOOLS
                && cost.take(schema)
            {
                tools.push(name.clone());
            }
        }
        Self { format, tools }
    }

    /// Whether the model follows the schema of this tool to the letter.
    pub(super) fn holds_for(&self, tool: &str) -> bool {
        self.tools.iter().any(|known| known == tool)
    }
}

/// Claude promises from 4.5 on; of other makers' models nothing is known.
fn promises(model: &str) -> bool {
    let new = ["fable", "mythos"].iter().any(|family| model.contains(family));
    model.contains("claude-") && (new || version(model, "claude-") >= Some((4, 5)))
}

/// What schemas take of what a request may ask for.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    optional: usize,
    unions: usize,
}

impl Cost {
    /// Counts a schema in, if it is within the part that is promised; leaves it out otherwise.
    fn take(&mut self, schema: &RawValue) -> bool {
        let Ok(root) = serde_json::from_str::<Value>(schema.get()) else { return false };
        let mut with = *self;
        let within = with.schema(&root, &root, DEPTH).is_some();
        let fits = within && with.optional <= OPTIONAL && with.unions <= UNIONS;
        if fits {
            *self = with;
        }
        fits
    }

    /// `None` where the schema says more than is promised, or nests without end.
    fn schema(&mut self, schema: &Value, root: &Value, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let fields = schema.as_object()?;
        for (word, value) in fields {
            match word.as_str() {
                // Definitions are reached by the references that lead there.
                "title"
                | "description"
                | "default"
                | "$schema"
                | "$id"
                | "examples"
                | "$defs"
                | "definitions"
                | "required"
                | "additionalProperties" => {}
                "type" => self.unions += usize::from(value.is_array()),
                "const" => scalar(value)?,
                "enum" => value.as_array()?.iter().try_for_each(scalar)?,
                "format" => known_format(value.as_str()?)?,
                "minItems" => value.as_u64().filter(|least| *least <= 1).map(|_| ())?,
                "items" => self.schema(value, root, depth)?,
                "properties" => {
                    let properties = value.as_object()?;
                    properties.values().try_for_each(|inner| self.schema(inner, root, depth))?;
                }
                "anyOf" => {
                    self.unions += 1;
                    let choices = value.as_array()?;
                    choices.iter().try_for_each(|choice| self.schema(choice, root, depth))?;
                }
                "$ref" => {
                    let place = value.as_str()?.strip_prefix('#')?;
                    self.schema(root.pointer(place)?, root, depth)?;
                }
                _ => return None,
            }
        }
        self.object(fields)
    }

    /// An object has to be closed.
    fn object(&mut self, fields: &serde_json::Map<String, Value>) -> Option<()> {
        let is_object = match fields.get("type") {
            Some(Value::String(kind)) => kind == "object",
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
            _ => fields.contains_key("properties"),
        };
        if !is_object {
            return Some(());
        }
        (fields.get("additionalProperties")? == &Value::Bool(false)).then_some(())?;
        let required = fields.get("required").and_then(Value::as_array).map_or(0, Vec::len);
        let all =
            fields.get("properties").and_then(Value::as_object).map_or(0, serde_json::Map::len);
        self.optional += all.saturating_sub(required);
        Some(())
    }
}

fn scalar(value: &Value) -> Option<()> {
    (!value.is_object() && !value.is_array()).then_some(())
}

fn known_format(format: &str) -> Option<()> {
    const KNOWN: [&str; 10] = [
        "date-time",
        "time",
        "date",
        "duration",
        "email",
        "hostname",
        "uri",
        "ipv4",
        "ipv6",
        "uuid",
    ];
    KNOWN.contains(&format).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::raw;

    fn within(schema: &str) -> bool {
        Cost::default().take(&raw(schema.to_owned()).unwrap())
    }

    #[test]
    fn a_closed_object_is_promised_and_an_open_one_is_not() {
        assert!(within(
            r#"{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}"#
        ));
        assert!(!within(r#"{"type":"object","properties":{"a":{"type":"string"}}}"#));
        assert!(!within(
            r#"{"type":"array","items":{"type":"object","additionalProperties":{"type":"string"}}}"#
        ));
    }

    #[test]
    fn what_is_not_promised_is_not_asked_for() {
        for schema in [
            r#"{"type":"integer","minimum":1}"#,
            r#"{"type":"string","maxLength":9}"#,
            r#"{"type":"string","pattern":"a(?=b)"}"#,
            r#"{"type":"array","items":{},"minItems":2}"#,
            r#"{"oneOf":[{"type":"string"}]}"#,
            r#"{"type":"string","format":"regex"}"#,
            r#"{"enum":[{"a":1}]}"#,
            r#"{"$ref":"https://elsewhere.example/schema"}"#,
            r##"{"$ref":"#"}"##,
            "true",
        ] {
            assert!(!within(schema), "{schema}");
        }
    }

    #[test]
    fn references_within_are_followed_and_properties_named_like_words_are_properties() {
        assert!(within(
            r##"{"$defs":{"A":{"type":["string","null"]}},"type":"object","additionalProperties":false,
                "properties":{"minimum":{"$ref":"#/$defs/A"},"oneOf":{"anyOf":[{"const":1},{"type":"null"}]}},
                "required":["minimum","oneOf"]}"##
        ));
    }

    #[test]
    fn requests_that_ask_for_too_much_are_not_promised_everything() {
        let mut cost = Cost::default();
        let properties: Vec<String> = (0..20).map(|nth| format!("\"p{nth}\":{{}}")).collect();
        let schema = raw(format!(
            r#"{{"type":"object","additionalProperties":false,"properties":{{{}}}}}"#,
            properties.join(",")
        ))
        .unwrap();
        assert!(cost.take(&schema));
        assert!(!cost.take(&schema));
    }

    #[test]
    fn only_models_that_are_known_to_promise_are_asked() {
        for (model, does) in [
            ("claude-sonnet-4-5-20250929", true),
            ("anthropic/claude-opus-4.6", true),
            ("claude-fable-5-1", true),
            ("claude-opus-4-1", false),
            ("claude-3-5-sonnet-latest", false),
            ("glm-5", false),
        ] {
            assert_eq!(promises(model), does, "{model}");
        }
    }
}
