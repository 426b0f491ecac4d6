//! Schemas: between JSON Schema, which everyone else speaks, and the part of `OpenAPI` that stands under
//! `parameters` and `responseSchema` (ai.google.dev, "Schema").
//!
//! A keyword is one only where a schema stands: a property may be called `format` or `pattern`.

use std::cell::Cell;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::json::{Fields, Json, Raw, Str, is_object, is_text, list, raw};

/// How deep references may lead: one that leads to itself has no end.
const DEPTH: usize = 24;

/// What a tool is called with, or a reply's form.
#[derive(Debug)]
pub(super) enum Schema {
    /// It asks for nothing.
    Empty,
    /// In the form that every server knows.
    Plain(Box<RawValue>),
    /// It says more than that form can: as it was written.
    Full(Box<RawValue>),
}

/// A schema for Gemini.
pub(super) fn to_gemini(schema: &RawValue) -> Schema {
    let Ok(source) = Json::of(schema.get()) else { return Schema::Full(schema.to_owned()) };
    let whole = Writer { root: source.root(), written: Cell::new(0) };
    let mut out = String::new();
    match whole.schema(whole.root, None, 0, &mut out) {
        Some(Kind::Bare) => Schema::Empty,
        Some(Kind::Filled) => {
            raw(out).map_or_else(|| Schema::Full(schema.to_owned()), Schema::Plain)
        }
        None => Schema::Full(schema.to_owned()),
    }
}

/// Whether a schema was an object that lists no properties, which Gemini takes only where it can be left out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bare,
    Filled,
}

struct Writer<'a> {
    root: Raw<'a>,
    /// How many schemas were written: references that lead to references grow without bound.
    written: Cell<usize>,
}

/// The most schemas that one is made of.
const MOST: usize = 10_000;

/// What a schema says, gathered before it is written.
#[derive(Default)]
struct Said<'a> {
    types: Vec<String>,
    nullable: bool,
    description: Option<Raw<'a>>,
    fields: Vec<(&'static str, String)>,
    any_of: Vec<String>,
    properties: Vec<String>,
    required: Vec<String>,
    names: Vec<String>,
    bare: bool,
}

impl<'a> Writer<'a> {
    /// Appends the schema; `None` where it cannot be said.
    fn schema(
        &self,
        schema: Raw<'a>,
        description: Option<Raw<'a>>,
        depth: usize,
        out: &mut String,
    ) -> Option<Kind> {
        self.written.set(self.written.get() + 1);
        if depth > DEPTH || self.written.get() > MOST || !is_object(schema) {
            return None;
        }
        let mut fields = Fields::of(schema, "").ok()?;
        let description = description.or_else(|| fields.take("description"));
        if let Some(target) = fields.take("$ref") {
            return self.schema(self.target(target)?, description, depth + 1, out);
        }
        if let Some(all) = fields.take("allOf") {
            let [one] = list(all, "").ok()?[..] else { return None };
            let alone = fields.rest().all(|(name, _)| is_annotation(&name));
            return if alone { self.schema(one, description, depth + 1, out) } else { None };
        }
        let mut said = Said { description, ..Said::default() };
        for (name, value) in fields.rest() {
            self.keyword(&name, value, depth, &mut said)?;
        }
        said.write(out)
    }

    fn keyword(&self, name: &str, value: Raw<'a>, depth: usize, said: &mut Said<'a>) -> Option<()> {
        match name {
            "type" => said.types_of(value)?,
            "nullable" => said.nullable |= value.get() == "true",
            "title" => said.fields.push(("title", value.get().to_owned())),
            "default" => said.fields.push(("default", value.get().to_owned())),
            "pattern" => said.fields.push(("pattern", value.get().to_owned())),
            "minimum" => said.fields.push(("minimum", value.get().to_owned())),
            "maximum" => said.fields.push(("maximum", value.get().to_owned())),
            "minItems" => said.fields.push(("minItems", value.get().to_owned())),
            "maxItems" => said.fields.push(("maxItems", value.get().to_owned())),
            "minLength" => said.fields.push(("minLength", value.get().to_owned())),
            "maxLength" => said.fields.push(("maxLength", value.get().to_owned())),
            "minProperties" => said.fields.push(("minProperties", value.get().to_owned())),
            "maxProperties" => said.fields.push(("maxProperties", value.get().to_owned())),
            "format" => {
                // Others are refused, and are hints at most.
                let known = ["enum", "date-time", "int32", "int64", "float", "double"];
                if serde_json::from_str::<Str<'_>>(value.get())
                    .is_ok_and(|f| known.contains(&f.as_str()))
                {
                    said.fields.push(("format", value.get().to_owned()));
                }
            }
            "enum" => said.enumeration(list(value, "").ok()?)?,
            "const" => said.enumeration(vec![value])?,
            "items" => {
                let mut item = String::new();
                self.filled(value, depth, &mut item)?;
                said.fields.push(("items", item));
            }
            "anyOf" | "oneOf" => self.choices(value, depth, said)?,
            "properties" => self.properties(value, depth, said)?,
            "required" => said.required = serde_json::from_str(value.get()).ok()?,
            "additionalProperties" if !is_object(value) => {}
            // What is only told to people, or said elsewhere.
            name if is_annotation(name) => {}
            _ => return None,
        }
        Some(())
    }

    fn filled(&self, schema: Raw<'a>, depth: usize, out: &mut String) -> Option<()> {
        (self.schema(schema, None, depth + 1, out)? == Kind::Filled).then_some(())
    }

    fn choices(&self, value: Raw<'a>, depth: usize, said: &mut Said<'a>) -> Option<()> {
        if !said.any_of.is_empty() {
            return None;
        }
        for choice in list(value, "").ok()? {
            if serde_json::from_str::<Value>(choice.get()).ok()?
                == serde_json::json!({"type": "null"})
            {
                said.nullable = true;
                continue;
            }
            let mut one = String::new();
            self.filled(choice, depth, &mut one)?;
            said.any_of.push(one);
        }
        Some(())
    }

    fn properties(&self, value: Raw<'a>, depth: usize, said: &mut Said<'a>) -> Option<()> {
        said.bare = true;
        for (name, property) in Fields::of(value, "").ok()?.rest() {
            said.bare = false;
            let mut one = format!("{}:", Value::from(&*name));
            self.filled(property, depth, &mut one)?;
            said.properties.push(one);
            said.names.push(name.into_owned());
        }
        Some(())
    }

    /// What `#/$defs/name` means.
    fn target(&self, reference: Raw<'_>) -> Option<Raw<'a>> {
        let path = serde_json::from_str::<Str<'_>>(reference.get()).ok()?;
        let path = path.as_str().strip_prefix('#')?;
        let mut at = self.root;
        for step in path.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            at = Fields::of(at, "").ok()?.take(&step)?;
        }
        Some(at)
    }
}

fn is_annotation(name: &str) -> bool {
    name.starts_with("x-")
        || matches!(
            name,
            "$schema"
                | "$id"
                | "$comment"
                | "$anchor"
                | "$defs"
                | "definitions"
                | "title"
                | "description"
                | "examples"
                | "example"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "propertyOrdering"
                | "enumDescriptions"
                | "contentMediaType"
                | "contentEncoding"
                | "default"
        )
}

impl Said<'_> {
    fn types_of(&mut self, value: Raw<'_>) -> Option<()> {
        let types: Vec<Str<'_>> = if is_text(value) {
            vec![serde_json::from_str(value.get()).ok()?]
        } else {
            serde_json::from_str(value.get()).ok()?
        };
        for kind in types {
            match kind.as_str().to_ascii_uppercase() {
                null if null == "NULL" => self.nullable = true,
                kind => self.types.push(kind),
            }
        }
        Some(())
    }

    /// Gemini lists texts only.
    fn enumeration(&mut self, values: Vec<Raw<'_>>) -> Option<()> {
        let mut listed = Vec::new();
        for value in values {
            match value.get() {
                "null" => self.nullable = true,
                text if text.starts_with('"') => listed.push(text),
                _ => return None,
            }
        }
        if self.types.is_empty() {
            self.types.push("STRING".to_owned());
        }
        self.fields.push(("enum", format!("[{}]", listed.join(","))));
        Some(())
    }

    fn write(mut self, out: &mut String) -> Option<Kind> {
        let has = |wanted: &str| self.fields.iter().any(|(name, _)| *name == wanted);
        let kind = match self.types.as_slice() {
            [one] => Some(one.clone()),
            [] if !self.any_of.is_empty() => None,
            [] if !self.properties.is_empty() || self.bare => Some("OBJECT".to_owned()),
            [] if has("items") => Some("ARRAY".to_owned()),
            _ => return None,
        };
        let object = kind.as_deref() == Some("OBJECT");
        let empty = object && self.properties.is_empty();
        let unsayable = match kind.as_deref() {
            Some("ARRAY") => !has("items"),
            Some("STRING" | "NUMBER" | "INTEGER" | "BOOLEAN" | "OBJECT") => false,
            Some(_) => true,
            None => !self.properties.is_empty() || has("enum") || has("items"),
        };
        if unsayable || (kind.is_some() && !self.any_of.is_empty()) {
            return None;
        }
        // One choice beside null is no choice.
        if kind.is_none() && self.any_of.len() == 1 && self.description.is_none() && !self.nullable
        {
            out.push_str(&self.any_of.remove(0));
            return Some(Kind::Filled);
        }
        let mut parts: Vec<String> = Vec::new();
        parts.extend(kind.map(|kind| format!("\"type\":\"{kind}\"")));
        parts.extend(self.description.map(|text| format!("\"description\":{}", text.get())));
        parts.extend(self.nullable.then(|| "\"nullable\":true".to_owned()));
        parts.extend(self.fields.iter().map(|(name, value)| format!("\"{name}\":{value}")));
        if !self.any_of.is_empty() {
            parts.push(format!("\"anyOf\":[{}]", self.any_of.join(",")));
        }
        if !self.properties.is_empty() {
            parts.push(format!("\"properties\":{{{}}}", self.properties.join(",")));
            // A name that is required and not there is refused.
            self.required.retain(|name| self.names.contains(name));
            if !self.required.is_empty() {
                parts.push(format!("\"required\":{}", Value::from(self.required)));
            }
        }
        out.push('{');
        out.push_str(&parts.join(","));
        out.push('}');
        Some(if empty { Kind::Bare } else { Kind::Filled })
    }
}

/// A schema of Gemini's as JSON Schema; what both know stays as it was written.
pub(super) fn of_gemini(schema: Raw<'_>) -> Box<RawValue> {
    let mut out = String::new();
    read(schema, 0, &mut out);
    raw(out).unwrap_or_else(|| schema.to_owned())
}

fn read(schema: Raw<'_>, depth: usize, out: &mut String) {
    let (Ok(mut fields), true) = (Fields::of(schema, ""), depth < 100) else {
        out.push_str(schema.get());
        return;
    };
    let nullable = fields.take("nullable").is_some_and(|value| value.get() == "true");
    fields.take("propertyOrdering");
    fields.take("property_ordering");
    let mut parts: Vec<String> = Vec::new();
    for (name, value) in fields.rest() {
        let written = match &*name {
            "type" if is_text(value) => {
                let kind = value.get().to_ascii_lowercase();
                if nullable { format!("[{kind},\"null\"]") } else { kind }
            }
            // The name of an enumeration's form, not of a text's.
            "format" if value.get() == "\"enum\"" => continue,
            // 64-bit numbers are written as texts.
            "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties"
            | "maxProperties" => value.get().trim_matches('"').to_owned(),
            "items" | "additionalProperties" => nested(value, depth),
            "anyOf" | "any_of" => {
                let mut choices = nested_list(value, depth);
                if nullable {
                    choices.push("{\"type\":\"null\"}".to_owned());
                }
                parts.push(format!("\"anyOf\":[{}]", choices.join(",")));
                continue;
            }
            "prefixItems" | "oneOf" | "allOf" => {
                format!("[{}]", nested_list(value, depth).join(","))
            }
            "properties" | "$defs" | "defs" => named(value, depth),
            _ => value.get().to_owned(),
        };
        parts.push(format!("{}:{written}", Value::from(&*name)));
    }
    out.push('{');
    out.push_str(&parts.join(","));
    out.push('}');
}

fn nested(value: Raw<'_>, depth: usize) -> String {
    let mut out = String::new();
    read(value, depth + 1, &mut out);
    out
}

fn nested_list(value: Raw<'_>, depth: usize) -> Vec<String> {
    let items = list(value, "").unwrap_or_default();
    items.into_iter().map(|item| nested(item, depth)).collect()
}

fn named(value: Raw<'_>, depth: usize) -> String {
    let Ok(fields) = Fields::of(value, "") else {
        return value.get().to_owned();
    };
    let entries: Vec<String> = fields
        .rest()
        .map(|(name, value)| format!("{}:{}", Value::from(&*name), nested(value, depth)))
        .collect();
    format!("{{{}}}", entries.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(json: &str) -> (&'static str, Value) {
        let schema = raw(json.to_owned()).unwrap();
        match to_gemini(&schema) {
            Schema::Empty => ("empty", Value::Null),
            Schema::Plain(plain) => ("plain", serde_json::from_str(plain.get()).unwrap()),
            Schema::Full(full) => {
                assert_eq!(full.get(), json, "what cannot be said stays as it was");
                ("full", Value::Null)
            }
        }
    }

    #[test]
    fn properties_that_are_named_like_keywords_stay() {
        let names =
            ["title", "format", "pattern", "default", "type", "enum", "const", "$ref", "not"];
        let fields: Vec<String> =
            names.iter().map(|name| format!("\"{name}\":{{\"type\":\"string\"}}")).collect();
        let (kind, value) = to(&format!(
            r#"{{"type":"object","properties":{{{}}},"required":["format","gone"]}}"#,
            fields.join(",")
        ));
        assert_eq!(kind, "plain");
        for name in names {
            assert_eq!(value["properties"][name]["type"], "STRING", "{name}");
        }
        assert_eq!(value["required"], serde_json::json!(["format"]));
    }

    #[test]
    fn references_are_resolved_and_unions_with_null_are_nullable() {
        let (kind, value) = to(r##"{"$schema":"x","type":"object","properties":{
            "a":{"$ref":"#/$defs/A","description":"mine"},
            "b":{"type":["integer","null"]},
            "c":{"anyOf":[{"type":"string","format":"uri"},{"type":"null"}]},
            "d":{"const":"only"}
            },"$defs":{"A":{"type":"string","enum":["x","y"]}},"additionalProperties":false}"##);
        assert_eq!(kind, "plain");
        let expected = serde_json::json!({"type": "OBJECT", "properties": {
            "a": {"type": "STRING", "description": "mine", "enum": ["x", "y"]},
            "b": {"type": "INTEGER", "nullable": true},
            "c": {"nullable": true, "anyOf": [{"type": "STRING"}]},
            "d": {"type": "STRING", "enum": ["only"]},
        }});
        assert_eq!(value, expected);
    }

    #[test]
    fn what_the_plain_form_cannot_say_goes_as_it_was_written() {
        for json in [
            r#"{"type":"object","properties":{"n":{"enum":[1,2]}}}"#,
            r#"{"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"string"}}}}"#,
            r#"{"type":"object","properties":{"any":{"description":"anything"}}}"#,
            r#"{"type":"object","properties":{"t":{"type":"array"}}}"#,
            r#"{"type":"object","properties":{"x":{"not":{"type":"string"}}}}"#,
            r##"{"type":"object","properties":{"tree":{"$ref":"#"}}}"##,
            r##"{"type":"object","properties":{"gone":{"$ref":"#/$defs/gone"}}}"##,
            r#"{"type":"object","allOf":[{"type":"object"},{"type":"object"}]}"#,
        ] {
            assert_eq!(to(json).0, "full", "{json}");
        }
    }

    #[test]
    fn references_that_multiply_are_not_written_out() {
        let defs: Vec<String> = (0..11)
            .map(|nth| {
                let fields: Vec<String> = (0..10)
                    .map(|field| format!("\"p{field}\":{{\"$ref\":\"#/$defs/d{}\"}}", nth + 1))
                    .collect();
                format!(
                    "\"d{nth}\":{{\"type\":\"object\",\"properties\":{{{}}}}}",
                    fields.join(",")
                )
            })
            .collect();
        let json = format!(
            "{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{},\"d11\":{{\"type\":\"string\"}}}}}}",
            defs.join(",")
        );
        assert_eq!(to(&json).0, "full");
    }

    #[test]
    fn a_tool_without_parameters_has_none() {
        for json in [r#"{"type":"object"}"#, r#"{"type":"object","properties":{},"required":[]}"#] {
            assert_eq!(to(json).0, "empty", "{json}");
        }
    }

    #[test]
    fn the_plain_form_becomes_json_schema() {
        let schema = raw(
            r#"{"type":"OBJECT","propertyOrdering":["z"],"properties":{"z":{"type":"ARRAY","minItems":"2","items":{"type":"STRING","format":"enum","enum":["A"]}},"type":{"type":"NUMBER","nullable":true},"u":{"anyOf":[{"type":"STRING"}],"nullable":true}}}"#
                .to_owned(),
        )
        .unwrap();
        assert_eq!(
            of_gemini(Json::of(schema.get()).unwrap().root()).get(),
            r#"{"type":"object","properties":{"z":{"type":"array","minItems":2,"items":{"type":"string","enum":["A"]}},"type":{"type":["number","null"]},"u":{"anyOf":[{"type":"string"},{"type":"null"}]}}}"#
        );
    }
}
