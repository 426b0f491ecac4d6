#![cfg(test)]
//! A recording of a server that ran over simulated vendors decides the same again, and what does not is told.
//! `UPDATE_FIXTURES=1` with the gateway's test of what is recorded makes it anew.

use switchyard_routing::{Happening, Recording};

const RECORDED: &str = include_str!("data/recording.ndjson");

#[test]
fn a_recorded_run_is_decided_again_the_same() {
    let (recording, decided) = Recording::read(RECORDED).unwrap();
    let plans = decided.iter().filter(|decision| decision.plan.is_some()).count();
    assert!(plans >= 10, "{plans}");
    assert!(decided.iter().any(|decision| decision.lock.is_some()), "somebody failed");
    assert!(decided.iter().any(|decision| decision.refused.is_some()), "a name led nowhere");
    assert!(decided.iter().any(|decision| !decision.notices.is_empty()), "something was told");
    let differences = recording.differences(&decided);
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn what_is_decided_otherwise_is_told_with_its_line() {
    let (mut recording, decided) = Recording::read(RECORDED).unwrap();
    let failed =
        |timed: &switchyard_routing::Timed| matches!(timed.happening, Happening::Failed { .. });
    let first = recording.happenings.iter().position(failed).unwrap();
    let soon = recording.happenings[first].at + 1_000;
    let Happening::Failed { failure, .. } = &mut recording.happenings[first].happening else {
        panic!("it is a failure")
    };
    failure.reset = Some(soon);
    let differences = recording.differences(&decided);
    // The head is the first line.
    assert_eq!(differences[0].line, first + 2);
    assert_ne!(differences[0].then.lock, differences[0].now.lock);
}

#[test]
fn what_is_no_recording_is_refused_with_its_line_and_a_broken_end_is_left_out() {
    let broken = RECORDED.trim_end();
    let (whole, _) = Recording::read(RECORDED).unwrap();
    let (cut, _) = Recording::read(broken).unwrap();
    assert_eq!(cut.happenings.len() + 1, whole.happenings.len());
    let head = RECORDED.lines().next().unwrap();
    let foreign = format!("{head}\n{{\"event\":\"danced\"}}\n");
    assert_eq!(Recording::read(&foreign).unwrap_err().line, 2);
    assert_eq!(Recording::read("hello\n").unwrap_err().line, 1);
}
