//! The words of the shared pieces.

use switchyard_types::ErrorBody;

use crate::browser::http::Fault;
use crate::facts::format::sentence;
use crate::facts::range::Range;
use crate::word::Word;

pub(crate) const COPY: Word = word!("Copy");
pub(crate) const COPIED: Word = word!("Copied");
pub(crate) const COPY_FAILED: Word = word!("Select and copy");
pub(crate) const CLOSE: Word = word!("Close");
pub(crate) const CANCEL: Word = word!("Cancel");
pub(crate) const RETRY: Word = word!("Try again");
pub(crate) const DISMISS: Word = word!("Dismiss");
pub(crate) const UNDO: Word = word!("Undo");
pub(crate) const LOADING: Word = word!("Loading");
pub(crate) const NOTHING_FOUND: Word = word!("Nothing matches.");
pub(crate) const SHOW: Word = word!("Show");
pub(crate) const HIDE: Word = word!("Hide");
pub(crate) const LIST_FAILED: Word = word!("This could not be loaded");

pub(crate) const RANGE: Word = word!("Time");
pub(crate) const RANGE_CUSTOM: Word = word!("Chosen days");
pub(crate) const FROM: Word = word!("From");
pub(crate) const THROUGH: Word = word!("Through");

pub(crate) fn copy_of(what: Word) -> String {
    say!("Copy {what}", what = what.text())
}

/// Names after each other.
pub(crate) fn list(names: &[String]) -> String {
    names.join(word!(", ", as "between names").text())
}

/// A span of time.
pub(crate) fn range(range: &Range) -> Word {
    match range {
        Range::All => word!("All time"),
        Range::Hour => word!("Last hour"),
        Range::Today => word!("Today"),
        Range::Week => word!("7 days"),
        Range::Month => word!("30 days"),
        Range::Days(..) => RANGE_CUSTOM,
    }
}

/// What happened, and what to do next.
pub(crate) fn fault(fault: &Fault) -> (String, Option<String>) {
    match fault {
        Fault::Refused(ErrorBody { message, hint, .. }) => {
            (sentence(message), hint.as_deref().map(sentence))
        }
        Fault::Unreachable => (
            word!("Switchyard does not answer.").owned(),
            Some(word!("Nothing was changed. Check that it runs: the tray icon, or “switchyard status” in a terminal.").owned()),
        ),
        Fault::Unreadable(status) => (
            say!("Switchyard gave an answer that this page does not understand (status {status}).", status),
            Some(word!("The program was probably updated: reload this page.").owned()),
        ),
    }
}
