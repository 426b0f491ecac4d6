//! Schemas of tools. Every vendor but Gemini takes JSON Schema as it was written, as long as it says that a
//! tool is called with an object.

use serde_json::value::RawValue;

use super::request::{Request, Tool};
use crate::json::{Object, raw};

/// Lets the schema of each tool say that it is an object's. Clients leave that out, or offer `null` beside it.
pub(crate) fn of_objects(request: &mut Request) {
    for tool in &mut request.tools {
        if let Tool::Function { schema: Some(schema), .. } = tool
            && let Some(told) = of_object(schema)
        {
            *schema = told;
        }
    }
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
}
