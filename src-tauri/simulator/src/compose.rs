//! From a turn and its faults to the bytes and pauses of a body.

use std::time::Duration;

use serde_json::Value;

use crate::body::Step;
use crate::fault::Position;
use crate::wire::{Event, Sort};

/// An answer that does not come to its end.
#[derive(Debug, Clone)]
pub(crate) struct Broken {
    pub(crate) at: Position,
    pub(crate) last: Last,
}

/// What comes last in a broken answer.
#[derive(Debug, Clone)]
pub(crate) enum Last {
    Silence,
    Tear,
    /// An error event with this body.
    Error(Value),
}

/// How many events come before `position`.
fn events_before(events: &[Event], position: Position) -> usize {
    let ends_of = |sort: Sort| {
        let found = events.iter().enumerate().filter(move |(_, event)| event.sort == sort);
        found.map(|(index, _)| index + 1)
    };
    match position {
        Position::Events(count) => count.min(events.len()),
        Position::Handshake => ends_of(Sort::Handshake).last().unwrap_or(0),
        Position::Deltas(0) => {
            ends_of(Sort::Delta).next().map_or(events.len(), |first| first.saturating_sub(1))
        }
        Position::Deltas(count) => ends_of(Sort::Delta).take(count).last().unwrap_or(events.len()),
        Position::Bytes(limit) => {
            let mut sent = 0;
            let fits = |event: &&Event| {
                sent += event.bytes.len();
                sent <= limit
            };
            events.iter().take_while(fits).count()
        }
    }
}

/// Takes away what comes after `position` and tells how many whole events are left.
pub(crate) fn break_off(events: &mut Vec<Event>, position: Position) -> usize {
    let whole = events_before(events, position);
    let mut kept = whole;
    if let Position::Bytes(limit) = position {
        let before: usize = events.iter().take(whole).map(|event| event.bytes.len()).sum();
        if let Some(event) = events.get_mut(whole) {
            event.bytes.truncate(limit - before);
            kept += 1;
        }
    }
    events.truncate(kept);
    whole
}

/// The steps that send these events, with a pause before each delta.
pub(crate) fn paced(events: Vec<Event>, pace: Duration) -> Vec<Step> {
    let mut steps = Vec::with_capacity(events.len());
    for event in events {
        if event.sort == Sort::Delta && !pace.is_zero() {
            steps.push(Step::Wait(pace));
        }
        steps.push(Step::Send(event.bytes));
    }
    steps
}

/// How much of an unstreamed body comes before `position`: positions that count events have no meaning
/// there, so its start, or its half, stands for them.
pub(crate) fn bytes_before(length: usize, position: Position) -> usize {
    match position {
        Position::Bytes(limit) => limit.min(length),
        Position::Events(0) | Position::Deltas(0) | Position::Handshake => 0,
        Position::Events(_) | Position::Deltas(_) => length / 2,
    }
}
