//! What holds for every pair of dialects, whatever is said.
#![cfg(test)]

mod support;

use proptest::prelude::*;
use serde_json::{Value, json};
use support::grammar::{self, Ending};
use support::rules::paired;
use support::{data, fixtures, others, stream_ending, translate};
use switchyard_dialect::{Frame, WayBack, fold, translate_reply, translate_request, unfold};
use switchyard_types::Dialect::{self, Chat, Gemini, Messages, Ollama, Responses};

fn value(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// One exchange: what the user says, what the assistant says, and what its calls are answered.
#[derive(Clone, Debug)]
struct Exchange {
    asked: String,
    said: String,
    calls: Vec<(String, i64, String)>,
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let word = "[a-z\u{e9}\u{6f22}\"\\\\{]{1,12}";
    let call = ("[a-z]{1,8}", any::<i64>(), word);
    (word, word, prop::collection::vec(call, 0..3)).prop_map(|(asked, said, calls)| Exchange {
        asked,
        said,
        calls,
    })
}

/// A conversation in Chat's words.
fn conversation(exchanges: &[Exchange]) -> Value {
    let mut messages = vec![json!({"role": "system", "content": "Be brief."})];
    for (turn, exchange) in exchanges.iter().enumerate() {
        messages.push(json!({"role": "user", "content": exchange.asked}));
        let id = |nth: usize| format!("call_{turn}_{nth}");
        let call = |(nth, (name, number, _)): (usize, &(String, i64, String))| json!({"id": id(nth), "type": "function", "function": {"name": name, "arguments": format!("{{\"n\":{number}}}")}});
        let calls: Vec<Value> = exchange.calls.iter().enumerate().map(call).collect();
        let mut said = json!({"role": "assistant", "content": exchange.said});
        if !calls.is_empty() {
            said["tool_calls"] = calls.into();
        }
        messages.push(said);
        messages.extend(exchange.calls.iter().enumerate().map(|(nth, (_, _, answer))| {
            json!({"role": "tool", "tool_call_id": id(nth), "content": answer})
        }));
    }
    messages.push(json!({"role": "user", "content": "Go on."}));
    let mut names: Vec<&str> =
        exchanges.iter().flat_map(|said| &said.calls).map(|(name, ..)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let tools: Vec<Value> = names
        .iter()
        .map(|name| {
            let schema = json!({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]});
            json!({"type": "function", "function": {"name": name, "description": "Counts", "parameters": schema}})
        })
        .collect();
    let mut body = json!({"model": "m", "stream": false, "max_tokens": 900, "temperature": 0.5, "top_p": 0.9, "messages": messages});
    if !tools.is_empty() {
        body["tools"] = tools.into();
    }
    body
}

/// A request without the word that Responses has to say, and that means nothing elsewhere.
fn said(body: &[u8]) -> Value {
    let mut body = value(body);
    for tool in body["tools"].as_array_mut().into_iter().flatten() {
        for place in ["", "/function"] {
            let tool = tool.pointer_mut(place).and_then(Value::as_object_mut);
            if let Some(tool) = tool.filter(|tool| tool.get("strict") == Some(&Value::Bool(false)))
            {
                tool.remove("strict");
            }
        }
    }
    body
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_one_dialect_can_say_survives_the_way_there_and_back(exchanges in prop::collection::vec(exchange(), 1..4)) {
        let first = conversation(&exchanges);
        for between in others(Chat) {
            let there = translate_request(Chat, between, first.to_string().as_bytes(), "m").unwrap();
            prop_assert!(there.losses.is_empty(), "{:?}: {:?}", between, there.losses);
            for further in others(between).filter(|further| *further != Chat) {
                let on = translate_request(between, further, &there.body, "m").unwrap();
                let back = translate_request(further, Chat, &on.body, "m").unwrap();
                prop_assert_eq!(&value(&back.body)["messages"], &first["messages"], "{:?} {:?}", between, further);
            }
            let back = said(&translate_request(between, Chat, &there.body, "m").unwrap().body);
            for field in ["messages", "tools", "max_tokens", "temperature", "top_p"] {
                prop_assert_eq!(&back[field], &first[field], "{:?} {}", between, field);
            }
        }
    }

    #[test]
    fn what_any_dialect_says_comes_back_from_any_other_as_it_was(exchanges in prop::collection::vec(exchange(), 1..4)) {
        let chat = conversation(&exchanges).to_string();
        for client in Dialect::ALL {
            let own = match client {
                Chat => chat.clone().into_bytes(),
                _ => translate_request(Chat, client, chat.as_bytes(), "m").unwrap().body,
            };
            for vendor in others(client) {
                let there = translate_request(client, vendor, &own, "m").unwrap();
                prop_assert!(there.losses.is_empty(), "{:?} {:?}: {:?}", client, vendor, there.losses);
                let back = translate_request(vendor, client, &there.body, "m").unwrap();
                prop_assert!(back.losses.is_empty(), "{:?} {:?}: {:?}", client, vendor, back.losses);
                prop_assert_eq!(said(&back.body), said(&own), "{:?} {:?}", client, vendor);
            }
        }
    }

    #[test]
    fn any_cuts_give_the_same_events_and_the_same_words(
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..9),
        client in prop::sample::select(Dialect::ALL.to_vec()),
    ) {
        for vendor in Dialect::ALL {
            for (name, stream) in fixtures(vendor, stream_ending(vendor)) {
                let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len())).collect();
                places.sort_unstable();
                let ends = places.iter().copied().chain([stream.len()]);
                let pieces: Vec<&[u8]> = ends
                    .scan(0, |from, until| Some(&stream[std::mem::replace(from, until)..until]))
                    .collect();
                let whole = grammar::split(vendor, &[&stream]);
                let cut = grammar::split(vendor, &pieces);
                let said = |frames: &[Frame]| -> Vec<Vec<u8>> {
                    frames.iter().map(|frame| frame.data.to_vec()).filter(|data| !data.is_empty()).collect()
                };
                prop_assert_eq!(said(&cut), said(&whole), "{}", name);
                if client != vendor {
                    let back = WayBack::default();
                    let (once, again) = (translate(vendor, client, &whole, &back), translate(vendor, client, &cut, &back));
                    prop_assert_eq!(again.text, once.text, "{} for {:?}", name, client);
                }
            }
        }
    }

    #[test]
    fn a_folded_stream_is_the_reply_that_was_not_streamed(
        thought in "[a-z\u{6f22}\"]{0,12}",
        text in "[a-z\n\\\\\u{e9}]{1,24}",
        calls in prop::collection::vec(("[a-z]{1,8}", any::<i64>()), 0..3),
        cut in any::<bool>(),
    ) {
        let called: Vec<Value> = calls.iter().enumerate().map(|(nth, (name, number))| {
            json!({"id": format!("call_x{nth}y"), "type": "function", "function": {"name": name, "arguments": format!("{{\"n\":{number}}}")}})
        }).collect();
        let mut message = json!({"role": "assistant", "content": text});
        if !called.is_empty() {
            message["tool_calls"] = called.into();
        }
        if !thought.is_empty() {
            message["reasoning_content"] = thought.into();
        }
        let finish = if cut { "length" } else if calls.is_empty() { "stop" } else { "tool_calls" };
        let reply = json!({"id": "chatcmpl-abc", "object": "chat.completion", "created": 0, "model": "combo",
            "choices": [{"index": 0, "message": message, "logprobs": null, "finish_reason": finish}],
            "usage": {"prompt_tokens": 30, "completion_tokens": 7, "total_tokens": 37}});
        let back = WayBack::default();
        for vendor in Dialect::ALL {
            let whole = if vendor == Chat {
                reply.to_string().into_bytes()
            } else {
                translate_reply(Chat, vendor, reply.to_string().as_bytes(), "combo", &back).unwrap().body
            };
            let stream = unfold(vendor, &whole).unwrap();
            prop_assert_eq!(grammar::check(vendor, &stream), Ok(Ending::Good));
            prop_assert_eq!(value(&fold(vendor, &stream).unwrap()), value(&whole), "{:?}", vendor);
            for client in others(vendor) {
                let told = translate_reply(vendor, client, &whole, "combo", &back).unwrap();
                let mut first = value(&told.body);
                let out = translate(vendor, client, &grammar::split(vendor, &[&stream]), &back);
                prop_assert_eq!(grammar::check(client, out.text.as_bytes()), Ok(Ending::Good));
                prop_assert_eq!(out.usage, told.usage);
                let mut later = value(&fold(client, out.text.as_bytes()).unwrap());
                // Counts are told to a streaming Chat client only if it asks.
                if client == Chat {
                    first["usage"] = Value::Null;
                    later["usage"] = Value::Null;
                }
                prop_assert_eq!(later, first, "{:?} for {:?}", vendor, client);
            }
        }
    }
}

/// Streams of every vendor, with reasoning and calls in them.
fn streams() -> [(Dialect, Vec<u8>); 5] {
    [
        (Chat, data("chat/reasoning_then_parallel_calls.sse")),
        (Messages, data("messages/thinking_and_calls.sse")),
        (Responses, data("responses/reasoning_and_calls.sse")),
        (Gemini, data("gemini/thoughts_and_calls.sse")),
        (Ollama, data("ollama/thinking_and_calls.ndjson")),
    ]
}

/// The same events in other clothes: line ends, a mark, comments, a missing last line, an end said twice or not.
fn clothed(vendor: Dialect, stream: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let plain = String::from_utf8(stream.to_vec()).unwrap().replace("\r\n", "\n");
    let mut all = vec![
        ("CRLF", plain.replace('\n', "\r\n")),
        ("a mark", format!("\u{feff}{plain}")),
        ("no last line end", plain.trim_end().to_owned()),
    ];
    if vendor != Ollama {
        all.push(("CR", plain.replace('\n', "\r")));
        all.push(("comments", plain.replace("\n\n", "\n\n: hello\n\n")));
        all.push(("several lines of data", plain.replace("data: {", "data: {\ndata: ")));
        all.push(("fields of no meaning", plain.replace("data: ", "id: 7\nretry: 9\ndata:")));
    }
    if vendor == Chat {
        all.push(("no end", plain.replace("data: [DONE]\n\n", "")));
        all.push(("two ends", format!("{plain}data: [DONE]\n\n")));
        all.push((
            "more after the end",
            format!("{plain}data: {{\"choices\":[{{\"delta\":{{\"content\":\"x\"}}}}]}}\n\n"),
        ));
    }
    if vendor == Ollama {
        all.push(("blank lines", plain.replace('\n', "\n\n")));
    }
    all.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}

#[test]
fn clothes_and_cuts_change_no_event() {
    for (vendor, stream) in streams() {
        for client in others(vendor) {
            let told = |bytes: &[u8], pieces: &[&[u8]]| {
                assert_eq!(pieces.concat(), bytes);
                let frames = grammar::split(vendor, pieces);
                let out = translate(vendor, client, &frames, &WayBack::default());
                assert!(out.ended, "{vendor:?} for {client:?}: {}", out.text);
                (out.text, out.usage)
            };
            let plain = told(&stream, &[&stream]);
            for (name, bytes) in clothed(vendor, &stream) {
                assert_eq!(told(&bytes, &[&bytes]), plain, "{vendor:?} for {client:?}: {name}");
                for size in [1, 7] {
                    let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
                    assert_eq!(
                        told(&bytes, &pieces),
                        plain,
                        "{vendor:?} for {client:?}: {name} by {size}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_history_cut_anywhere_keeps_the_rules_of_every_vendor() {
    let call = |name: &str, number, answer: &str| (name.to_owned(), number, answer.to_owned());
    let exchange =
        |asked: &str, calls| Exchange { asked: asked.to_owned(), said: "Well".to_owned(), calls };
    let whole = conversation(&[
        exchange("a", vec![call("f", 1, "one"), call("f", 2, "two")]),
        exchange("b", vec![]),
        exchange("c", vec![call("g", 3, "three")]),
    ]);
    for client in Dialect::ALL {
        let body = match client {
            Chat => whole.clone(),
            _ => value(
                &translate_request(Chat, client, whole.to_string().as_bytes(), "m").unwrap().body,
            ),
        };
        let list = match client {
            Chat | Messages | Ollama => "messages",
            Responses => "input",
            Gemini => "contents",
        };
        let turns = body[list].as_array().unwrap().clone();
        for from in 0..turns.len() {
            for until in from..=turns.len() {
                let mut cut = body.clone();
                cut[list] = turns[from..until].into();
                for vendor in others(client) {
                    let told =
                        translate_request(client, vendor, cut.to_string().as_bytes(), "m").unwrap();
                    let sent = value(&told.body);
                    if let Err(problem) = paired(vendor, &sent) {
                        panic!("{client:?} {vendor:?} {from}..{until}: {problem}\n{sent:#}");
                    }
                }
            }
        }
    }
}
