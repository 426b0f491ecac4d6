//! Requests that cannot be read: the error names the path of the field, in every dialect.
#![cfg(test)]

use switchyard_dialect::{BodyError, glance_as, translate_request};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

const WRONG: [(Dialect, &str, &str); 26] = [
    (Chat, r#"{"model":"m"}"#, "messages"),
    (Chat, r#"{"model":"m","messages":{}}"#, "messages"),
    (Chat, r#"{"model":"m","messages":[7]}"#, "messages[0]"),
    (
        Chat,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":5}]}]}"#,
        "messages[0].content[1].type",
    ),
    (Chat, r#"{"model":"m","messages":[{"role":"robot"}]}"#, "messages[0].role"),
    (
        Chat,
        r#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":1}]}]}"#,
        "messages[0].tool_calls[0].id",
    ),
    (Chat, r#"{"model":"m","messages":[],"tools":[{"function":{}}]}"#, "tools[0].function"),
    (Chat, r#"{"model":"m","messages":[],"max_tokens":-1}"#, "max_tokens"),
    (
        Messages,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"text","text":9}]}]}"#,
        "messages[0].content[1].text",
    ),
    (
        Messages,
        r#"{"model":"m","messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":1}]}]}]}"#,
        "messages[0].content[0].content[0].type",
    ),
    (Messages, r#"{"model":"m","system":[7],"messages":[]}"#, "system[0]"),
    (
        Messages,
        r#"{"model":"m","messages":[],"thinking":{"type":"enabled","budget_tokens":"x"}}"#,
        "thinking.budget_tokens",
    ),
    (Messages, r#"{"model":"m","messages":[],"tools":[{}]}"#, "tools[0]"),
    (Responses, r#"{"model":"m"}"#, "input"),
    (
        Responses,
        r#"{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":{}}]}]}"#,
        "input[0].content[0].text",
    ),
    (
        Responses,
        r#"{"model":"m","input":[{"type":"reasoning","summary":[{"text":4}]}]}"#,
        "input[0].summary[0].text",
    ),
    (
        Responses,
        r#"{"model":"m","input":"x","tools":[{"type":"namespace","name":"n","tools":[{"type":"function"}]}]}"#,
        "tools[0].tools[0]",
    ),
    (Gemini, r#"{"contents":[{"parts":{}}]}"#, "contents[0].parts"),
    (
        Gemini,
        r#"{"contents":[{"parts":[{"text":"x"},{"functionCall":{"name":3}}]}]}"#,
        "contents[0].parts[1].functionCall.name",
    ),
    (
        Gemini,
        r#"{"contents":[],"systemInstruction":{"parts":[{"text":1}]}}"#,
        "systemInstruction.parts[0].text",
    ),
    (
        Gemini,
        r#"{"contents":[],"generationConfig":{"stopSequences":"x"}}"#,
        "generationConfig.stopSequences",
    ),
    (
        Gemini,
        r#"{"contents":[{"parts":[{"functionResponse":{"name":"f","parts":[{"inlineData":[]}]}}]}]}"#,
        "contents[0].parts[0].functionResponse.parts[0].inlineData",
    ),
    (Ollama, r#"{"model":"m","messages":[{"role":"user","content":5}]}"#, "messages[0].content"),
    (
        Ollama,
        r#"{"model":"m","messages":[{"role":"user","images":["a",2]}]}"#,
        "messages[0].images[1]",
    ),
    (
        Ollama,
        r#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{}},{}]}]}"#,
        "messages[0].tool_calls[1]",
    ),
    (Ollama, r#"{"model":"m","messages":[],"options":{"num_predict":"x"}}"#, "options.num_predict"),
];

#[test]
fn the_path_of_the_field_is_named_whichever_vendor_it_was_for() {
    for (client, body, path) in WRONG {
        for vendor in Dialect::ALL.into_iter().filter(|vendor| *vendor != client) {
            let error = translate_request(client, vendor, body.as_bytes(), "m").unwrap_err();
            let BodyError::Field { field, problem } = &error else { panic!("{body}: {error:?}") };
            assert_eq!(field, path, "{client:?} {vendor:?}: {problem}");
            assert!(error.to_string().contains(path) && !problem.is_empty());
        }
    }
}

#[test]
fn what_nests_too_deep_is_refused_and_never_overflows() {
    for client in Dialect::ALL {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
            let body = format!(
                "{{\"model\":\"m\",\"contents\":[],\"messages\":[],\"input\":[],\"tools\":{deep}}}"
            );
            let error = glance_as(client, body.as_bytes(), None).unwrap_err();
            assert!(error.to_string().contains("too deep"), "{client:?}: {error}");
            for vendor in Dialect::ALL.into_iter().filter(|vendor| *vendor != client) {
                // Whatever it is taken for, it is no crash.
                let _ = translate_request(client, vendor, body.as_bytes(), "m");
            }
        }
    }
}
