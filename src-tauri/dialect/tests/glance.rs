//! The shallow look: what it finds, what it refuses, and that it changes nothing else.
#![cfg(test)]

use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use switchyard_dialect::{BodyError, glance};

fn with_model(body: &str, model: &str) -> String {
    let looked = glance(body.as_bytes()).unwrap();
    let bytes = looked.with_model(&Bytes::copy_from_slice(body.as_bytes()), model);
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn only_the_model_changes_in_a_body() {
    let before = "\u{feff} {\r\n\t\"n\" : 123456789012345678901234567890.10e+5 ,\"model\"  :\t\"a/b\" , \"mo\\u0064el\":\"x\",\n\"x\":{\"model\":\"inner\",\"t\":\"\\\"model\\\":\\\"no\\\"\"},\"future\":[[],{},null,true,-0.0]}\n ";
    let after = "\u{feff} {\r\n\t\"n\" : 123456789012345678901234567890.10e+5 ,\"model\"  :\t\"q\\\"uote\" , \"mo\\u0064el\":\"q\\\"uote\",\n\"x\":{\"model\":\"inner\",\"t\":\"\\\"model\\\":\\\"no\\\"\"},\"future\":[[],{},null,true,-0.0]}\n ";
    assert_eq!(with_model(before, "q\"uote"), after);
}

#[test]
fn a_megabyte_passes_unchanged() {
    let text = "a \\\"quoted\\\" line\\n漢字 ".repeat(40_000);
    let body = format!(r#"{{"messages":[{{"role":"user","content":"{text}"}}],"model":"old"}}"#);
    assert!(body.len() > 1_000_000);
    assert_eq!(with_model(&body, "new-name"), body.replace("\"old\"", "\"new-name\""));
}

#[test]
fn model_and_stream_are_read_as_the_last_key_says() {
    let looked =
        glance(br#"{"stream":true,"model":"a","model":"b\u00e9[1m]","stream":false}"#).unwrap();
    assert_eq!((looked.model.as_str(), looked.stream), ("bé[1m]", false));
    assert!(glance(br#"{"model":"a","stream":true}"#).unwrap().stream);
    assert!(!glance(br#"{"model":"a","stream":"true"}"#).unwrap().stream);
}

#[test]
fn a_session_is_found_where_clients_put_it() {
    let session = |body: &str| glance(body.as_bytes()).unwrap().session;
    for body in [
        r#"{"model":"m","metadata":{"user_id":"s1"}}"#,
        r#"{"model":"m","prompt_cache_key":"s1"}"#,
        r#"{"model":"m","conversation":"s1"}"#,
        r#"{"model":"m","conversation":{"id":"s1"}}"#,
        r#"{"model":"m","session_id":"s1","metadata":{"user_id":"other"}}"#,
        r#"{"model":"m","metadata":{"user_id":"other","session_id":"s1"}}"#,
    ] {
        assert_eq!(session(body).as_deref(), Some("s1"), "{body}");
    }
    for body in [
        r#"{"model":"m"}"#,
        r#"{"model":"m","metadata":null}"#,
        r#"{"model":"m","metadata":{"user_id":7,"trace":[{"user_id":"deep"}]}}"#,
        r#"{"model":"m","session_id":""}"#,
    ] {
        assert_eq!(session(body), None, "{body}");
    }
}

#[test]
fn the_opening_stays_the_same_while_a_conversation_goes_on() {
    let first = br#"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"}]}"#;
    let later = br#"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi"},{"role":"assistant","content":"yes"}]}"#;
    let other = br#"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"ho"}]}"#;
    let opening = |body: &'static [u8]| glance(body).unwrap().opening(body);
    assert_eq!(opening(first), opening(later));
    assert_ne!(opening(first), opening(other));
    assert_eq!(opening(br#"{"model":"m","input":"hi"}"#), Some(br#""hi""#.as_slice()));
}

#[test]
fn what_is_not_one_object_with_a_model_is_refused() {
    let refused = |body: &str| glance(body.as_bytes()).unwrap_err();
    assert_eq!(refused("[1]"), BodyError::NotAnObject);
    assert_eq!(refused("\"text\""), BodyError::NotAnObject);
    assert_eq!(refused("{}"), BodyError::NoModel);
    assert_eq!(refused(r#"{"model":""}"#), BodyError::NoModel);
    assert_eq!(refused(r#"{"model":7}"#), BodyError::ModelNotText);
    for body in [
        "",
        " ",
        "{",
        "model=a",
        r#"{"model":"a"} {}"#,
        r#"{"model":"a",}"#,
        r#"{"model":"a" "x":1}"#,
        r#"{"model":"a","x":[1 2]}"#,
        r#"{"model":"a","x":[1}}"#,
        r#"{"model":"a","x":01}"#,
        r#"{"model":"a","x":1.}"#,
        r#"{"model":"a","x":"\q"}"#,
        r#"{"model":"a","x":"open}"#,
        r#"{"model":"a","x":nul}"#,
    ] {
        assert!(matches!(refused(body), BodyError::NotJson { .. }), "{body}");
    }
    assert!(matches!(glance(b"{\"model\":\"\xff\"}"), Err(BodyError::NotJson { .. })));
}

#[test]
fn depth_is_bounded() {
    let nested =
        |depth: usize| format!(r#"{{"x":{}{},"model":"a"}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(glance(nested(120).as_bytes()).is_ok());
    assert!(glance(nested(200).as_bytes()).is_err());
    assert!(glance("[".repeat(1_000_000).as_bytes()).is_err());
}

#[test]
fn the_refusal_says_where_and_what_to_do() {
    let error = glance(br#"{"model":"a","x":[1}}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the body is not valid JSON: a comma or a closing bracket was expected, at byte 19; send one JSON object"
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1.0e9..1.0e9_f64).prop_map(Value::from),
        "\\PC*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("\\PC{0,8}|model|stream", inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn any_object_with_a_model_keeps_everything_else(
        rest in proptest::collection::vec(("[a-z\"\\\\é]{1,6}", any_json()), 0..6),
        model in "\\PC{1,12}",
        new in "\\PC{1,12}",
        spaced in any::<bool>(),
    ) {
        let mut object: Map<String, Value> = rest.into_iter().collect();
        object.insert("model".to_owned(), json!(model));
        let value = Value::Object(object);
        let body =
            if spaced { serde_json::to_vec_pretty(&value) } else { serde_json::to_vec(&value) }.unwrap();
        let looked = glance(&body).unwrap();
        prop_assert_eq!(&looked.model, &model);
        let changed = looked.with_model(&Bytes::copy_from_slice(&body), &new);
        let mut expected: Value = serde_json::from_slice(&body).unwrap();
        expected["model"] = json!(new);
        prop_assert_eq!(serde_json::from_slice::<Value>(&changed).unwrap(), expected);
    }

    #[test]
    fn any_bytes_are_taken_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = glance(&bytes);
    }

    #[test]
    fn nearly_json_is_taken_only_if_it_is_json(
        text in "\\{\"model\":\"m\"(,\"[a-z]\":[\\[\\]{},:0-9tfn\" .eE+-]{0,12})?\\}"
    ) {
        let lenient = glance(text.as_bytes()).is_ok();
        let strict = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert_eq!(lenient, strict);
    }
}
