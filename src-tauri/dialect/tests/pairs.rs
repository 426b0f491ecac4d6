//! Every ordered pair of dialects: what each fixture becomes in each other dialect, to the letter, and what
//! holds of each of them. A new fixture is told in every other dialect by lying in its folder.
#![cfg(test)]

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::grammar::{self, Ending};
use support::rules::paired;
use support::{expect, fixtures, others, path, pretty, stream_ending, translate};
use switchyard_dialect::{
    Frame, Watch, WayBack, inspect_reply, translate_reply, translate_request,
};
use switchyard_types::Dialect::{self, Chat, Messages, Responses};

/// Each fixture of this kind with each dialect that it is told in.
fn told_to(
    ending: fn(Dialect) -> &'static str,
) -> impl Iterator<Item = (Dialect, Dialect, String, Vec<u8>)> {
    Dialect::ALL.into_iter().flat_map(move |from| {
        fixtures(from, ending(from)).into_iter().flat_map(move |(name, bytes)| {
            others(from).map(move |to| (from, to, name.clone(), bytes.clone()))
        })
    })
}

fn requests() -> impl Iterator<Item = (Dialect, Dialect, String, Vec<u8>)> {
    told_to(|_| ".json")
}

fn replies() -> impl Iterator<Item = (Dialect, Dialect, String, Vec<u8>)> {
    told_to(|_| ".reply.json")
}

fn streams() -> impl Iterator<Item = (Dialect, Dialect, String, Vec<u8>)> {
    told_to(stream_ending)
}

/// The name of what is expected of a fixture in another dialect.
fn golden(name: &str, from: Dialect, to: Dialect) -> String {
    let stream = name.strip_suffix(stream_ending(from));
    match (stream, name.strip_suffix(".json")) {
        (Some(stem), _) => format!("{stem}.{}{}", to.as_str(), stream_ending(to)),
        (None, Some(stem)) => format!("{stem}.{}.json", to.as_str()),
        (None, None) => panic!("{name} is of no kind"),
    }
}

/// The way back of a client that asked for a stream, with counts where that has to be said.
fn back(client: Dialect) -> WayBack {
    let body = match client {
        Responses => json!({"model": "m", "stream": true, "input": "hi"}),
        Dialect::Gemini => json!({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}),
        _ => {
            json!({"model": "m", "stream": true, "stream_options": {"include_usage": true}, "messages": [{"role": "user", "content": "hi"}]})
        }
    };
    let vendor = if client == Chat { Messages } else { Chat };
    let told = translate_request(client, vendor, body.to_string().as_bytes(), "v").unwrap();
    let mut back = told.way_back;
    back.created = 1_700_000_000;
    back
}

#[test]
fn requests_are_translated_as_the_fixtures_say() {
    for (client, vendor, name, bytes) in requests() {
        let told = translate_request(client, vendor, &bytes, "vendor-model").unwrap();
        let body: Value = serde_json::from_slice(&told.body).unwrap();
        let told = json!({"body": body, "losses": told.losses});
        expect(&golden(&name, client, vendor), &pretty(&told));
    }
}

#[test]
fn replies_are_translated_as_the_fixtures_say() {
    for (vendor, client, name, bytes) in replies() {
        let reply = translate_reply(vendor, client, &bytes, "combo", &WayBack::default()).unwrap();
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        let told = json!({"body": body, "losses": reply.losses, "usage": reply.usage});
        expect(&golden(&name, vendor, client), &pretty(&told));
    }
}

#[test]
fn streams_are_translated_as_the_fixtures_say() {
    for (vendor, client, name, bytes) in streams() {
        let out = translate(vendor, client, &grammar::split(vendor, &[&bytes]), &back(client));
        let losses = out.losses.iter().map(|loss| format!(": loss: {loss}\n"));
        let told = out.text.replace("\r\n", "\n") + &losses.collect::<String>();
        expect(&golden(&name, vendor, client), &told);
    }
}

/// What is expected of a fixture that is gone would be read by nobody.
#[test]
fn nothing_is_expected_of_what_is_not_there() {
    let all: Vec<String> = requests()
        .chain(replies())
        .chain(streams())
        .map(|(from, to, name, _)| golden(&name, from, to))
        .collect();
    let expected: BTreeSet<&str> = all.iter().map(String::as_str).collect();
    assert_eq!(expected.len(), all.len(), "two fixtures are told in the same file");
    for dialect in Dialect::ALL {
        for entry in std::fs::read_dir(path(dialect.as_str())).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let name = format!("{}/{file}", dialect.as_str());
            let stem = file.strip_suffix(".reply.json").unwrap_or(&file);
            let source = stem.matches('.').count() < 2;
            assert!(source || expected.contains(name.as_str()), "{name} is expected of no fixture");
        }
    }
}

/// Clients cut old turns away, and break off where they like: what is left of any history is legal everywhere.
#[test]
fn any_part_of_a_history_keeps_the_rules_of_every_vendor() {
    for (client, vendor, name, bytes) in requests() {
        let whole: Value = serde_json::from_slice(&bytes).unwrap();
        let list = match client {
            Chat | Messages | Dialect::Ollama => "messages",
            Responses => "input",
            Dialect::Gemini => "contents",
        };
        let turns = whole[list].as_array().cloned().unwrap_or_default();
        for from in 0..turns.len() {
            for until in from + 1..=turns.len() {
                let mut part = whole.clone();
                part[list] = turns[from..until].into();
                let told = translate_request(client, vendor, part.to_string().as_bytes(), "m");
                let sent = serde_json::from_slice(&told.unwrap().body).unwrap();
                if let Err(problem) = paired(vendor, &sent) {
                    panic!("{name} {from}..{until} for {vendor:?}: {problem}\n{sent:#}");
                }
            }
        }
    }
}

/// Counts are what the vendor said, and the client reads the same ones. (Ollama has no word for the cache.)
#[test]
fn a_whole_reply_counts_alike_for_whoever_reads_it() {
    for (vendor, client, name, bytes) in replies() {
        let reply = translate_reply(vendor, client, &bytes, "combo", &WayBack::default()).unwrap();
        assert_eq!(inspect_reply(vendor, &bytes).unwrap(), reply.usage, "{name} for {client:?}");
        // A response without any item is an answer here, and an empty one to its reader.
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        if body["output"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let seen = inspect_reply(client, &reply.body).unwrap().unwrap_or_default();
        let said = reply.usage.unwrap_or_default();
        assert_eq!(
            (seen.input_total(), seen.output),
            (said.input_total(), said.output),
            "{name} for {client:?}"
        );
    }
}

#[test]
fn a_stream_counts_what_its_vendor_counted() {
    for (vendor, client, name, bytes) in streams() {
        let all = grammar::split(vendor, &[&bytes]);
        let mut watch = Watch::new(vendor);
        for frame in &all {
            watch.see(frame);
        }
        let out = translate(vendor, client, &all, &back(client));
        assert_eq!(out.usage, watch.usage(), "{name} for {client:?}");
    }
}

/// The whole stream among them: each ends well where its vendor ended it, and with an error where it broke off.
#[test]
fn a_stream_cut_after_any_event_ends_legally_for_every_client() {
    for (vendor, client, name, bytes) in streams() {
        let all = grammar::split(vendor, &[&bytes]);
        for cut in 0..=all.len() {
            let out = translate(vendor, client, &all[..cut], &back(client));
            let ending = grammar::check(client, out.text.as_bytes())
                .unwrap_or_else(|told| panic!("{name} for {client:?}, cut after {cut}: {told}"));
            assert_eq!(ending == Ending::Good, out.ended, "{name} for {client:?} after {cut}");
        }
    }
}

#[test]
fn a_stream_that_comes_byte_by_byte_is_told_alike() {
    for (vendor, client, name, bytes) in streams() {
        let told = |frames: &[Frame]| translate(vendor, client, frames, &back(client)).text;
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        let whole = told(&grammar::split(vendor, &[&bytes]));
        assert_eq!(told(&grammar::split(vendor, &single)), whole, "{name} for {client:?}");
    }
}

/// Wherever the network cuts, the events are the same; what is told of them follows from them alone.
#[test]
fn a_stream_cut_in_two_at_any_byte_has_the_same_events() {
    for dialect in Dialect::ALL {
        for (name, bytes) in fixtures(dialect, stream_ending(dialect)) {
            let whole = events(&grammar::split(dialect, &[&bytes]));
            for cut in 0..bytes.len() {
                let (before, after) = bytes.split_at(cut);
                let pieces = grammar::split(dialect, &[before, after]);
                assert_eq!(events(&pieces), whole, "{name} at {cut}");
            }
        }
    }
}

/// What the frames say; a mark or a line end may belong to either of two frames that say nothing.
fn events(frames: &[Frame]) -> Vec<(Option<Vec<u8>>, Vec<u8>)> {
    frames
        .iter()
        .map(|frame| (frame.event.as_deref().map(<[u8]>::to_vec), frame.data.to_vec()))
        .filter(|(event, data)| event.is_some() || !data.is_empty())
        .collect()
}
