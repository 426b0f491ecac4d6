//! Schemas of tools. Every vendor but Gemini takes JSON Schema as it was written, as long as it says that a
//! tool is called with an object, and offers no choice at its top.

use serde_json::value::RawValue;

use super::loss::Losses;
use super::request::{Request, Tool};
use crate::json::{Object, list_of, raw};

/// How deep choices within choices are joined.
const DEPTH: usize = 8;

/// Lets the schema of each tool say that it is an object's. Clients leave that out, or offer `null` beside it.
///
/// A choice at the top (`anyOf`, `oneOf`, `allOf`) is refused by the makers of Claude and GPT: its
/// alternatives are joined into one object that takes what any of them takes.
pub(crate) fn of_objects(request: &mut Request, losses: &mut Losses) {
    for tool in &mut request.tools {
        let Tool::Function { name, schema: Some(schema), .. } = tool else { continue };
        if let Some(told) = of_object(schema) {
            *schema = told;
        }
        if let Some(joined) = joined(schema) {
            losses.note(format!(
                "tools: the alternatives at the top of the schema of `{name}` were joined into one object"
            ));
            *schema = joined;
        }
    }
}

/// The schema without a choice at its top; `None` where there is none.
fn joined(schema: &RawValue) -> Option<Box<RawValue>> {
    let mut fields = Object::of(schema.get());
    let root = Object::of(schema.get());
    join(&mut fields, &root, 0).then(|| raw(fields.to_json()))?
}

/// How alternatives relate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    All,
    Any,
}

impl Relation {
    fn word(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
        }
    }
}

/// Joins the choices of a schema into it; says whether there were any.
fn join(fields: &mut Object, root: &Object, depth: usize) -> bool {
    let mut found = false;
    for (word, relation) in
        [("allOf", Relation::All), ("anyOf", Relation::Any), ("oneOf", Relation::Any)]
    {
        if fields.get(word).is_none() {
            continue;
        }
        let choices = fields.items(word);
        fields.remove(word);
        found = true;
        let choices = choices.iter().map(|choice| {
            let mut choice = named(Object::of(choice.get()), root);
            if depth < DEPTH {
                join(&mut choice, root, depth + 1);
            }
            choice
        });
        take_in(fields, &choices.collect::<Vec<_>>(), relation);
    }
    found
}

/// What a reference into the schema's own definitions names.
fn named(choice: Object, root: &Object) -> Object {
    let Some(reference) = choice.text("$ref") else { return choice };
    let found = ["$defs", "definitions"].iter().find_map(|place| {
        let name = reference.strip_prefix(&format!("#/{place}/"))?;
        let place = Object::of(root.get(place)?.get());
        place.get(name).map(|schema| Object::of(schema.get()))
    });
    found.unwrap_or(choice)
}

fn take_in(fields: &mut Object, choices: &[Object], relation: Relation) {
    let object_at = |object: &Object, name: &str| {
        object.get(name).map(|inner| Object::of(inner.get())).unwrap_or_default()
    };
    let mut properties = object_at(fields, "properties");
    for choice in choices {
        for (name, schema) in object_at(choice, "properties").fields() {
            let told = match properties.get(name) {
                Some(known) if known.get() != schema.get() => {
                    let both = [known.get().to_owned(), schema.get().to_owned()];
                    format!("{{\"{}\":{}}}", relation.word(), list_of(both))
                }
                Some(_) | None => schema.get().to_owned(),
            };
            properties.set(name, told);
        }
    }
    let mut required = required_of(fields);
    let asked: Vec<Vec<String>> = choices.iter().map(required_of).collect();
    for name in asked.iter().flatten() {
        let holds = match relation {
            Relation::All => true,
            Relation::Any => asked.iter().all(|choice| choice.contains(name)),
        };
        if holds && !required.contains(name) {
            required.push(name.clone());
        }
    }
    fields.set("properties", properties.to_json());
    if !required.is_empty() {
        fields.set("required", serde_json::Value::from(required).to_string());
    }
}

fn required_of(fields: &Object) -> Vec<String> {
    let list = fields.get("required");
    list.and_then(|list| serde_json::from_str(list.get()).ok()).unwrap_or_default()
}

/// The schema with its type; `None` where it stands there already.
fn of_object(schema: &RawValue) -> Option<Box<RawValue>> {
    if !schema.get().starts_with('{') {
        return raw(r#"{"type":"object","properties":{}}"#.to_owned());
    }
    let mut fields = Object::of(schema.get());
    if fields.text("type").is_some_and(|kind| kind == "object") {
        return None;
    }
    fields.set_text("type", "object");
    if fields.get("properties").is_none() && fields.fields().count() == 1 {
        fields.set("properties", "{}".to_owned());
    }
    raw(fields.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_says_that_it_is_an_objects() {
        for (written, told) in [
            ("{}", Some(r#"{"type":"object","properties":{}}"#)),
            ("null", Some(r#"{"type":"object","properties":{}}"#)),
            ("true", Some(r#"{"type":"object","properties":{}}"#)),
            (
                r#"{"type":["object","null"],"properties":{"type":{}}}"#,
                Some(r#"{"type":"object","properties":{"type":{}}}"#),
            ),
            (
                r##"{"properties":{"a":{"$ref":"#"}}}"##,
                Some(r##"{"properties":{"a":{"$ref":"#"}},"type":"object"}"##),
            ),
            (r#"{"type": "object", "x": 1.10}"#, None),
        ] {
            let schema = raw(written.to_owned()).unwrap();
            let got = of_object(&schema);
            assert_eq!(got.as_ref().map(|schema| schema.get()), told, "{written}");
        }
    }

    #[test]
    fn alternatives_at_the_top_become_one_object_that_takes_what_any_takes() {
        let of = |written: &str| {
            joined(&raw(written.to_owned()).unwrap()).map(|schema| schema.get().to_owned())
        };
        assert_eq!(of(r#"{"type":"object","properties":{"anyOf":{"type":"string"}}}"#), None);
        assert_eq!(
            of(r#"{"type":"object","anyOf":[
                {"properties":{"a":{"type":"string"},"c":{"const":1}},"required":["a","c"]},
                {"properties":{"b":{"type":"number"},"c":{"const":2}},"required":["b","c"]}]}"#)
            .unwrap(),
            r#"{"type":"object","properties":{"a":{"type":"string"},"c":{"anyOf":[{"const":1},{"const":2}]},"b":{"type":"number"}},"required":["c"]}"#
        );
        assert_eq!(
            of(r##"{"$defs":{"A":{"properties":{"a":{}},"required":["a"]}},
                "allOf":[{"$ref":"#/$defs/A"},{"oneOf":[{"properties":{"b":{}}}]}]}"##)
            .unwrap(),
            r#"{"$defs":{"A":{"properties":{"a":{}},"required":["a"]}},"properties":{"a":{},"b":{}},"required":["a"]}"#
        );
    }
}
