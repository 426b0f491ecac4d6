//! The words of the shared pieces.

use switchyard_types::ErrorBody;

use crate::browser::http::Fault;
use crate::facts::format::sentence;
use crate::facts::range::Range;

pub(crate) const COPY: &str = "Copy";
pub(crate) const COPIED: &str = "Copied";
pub(crate) const COPY_FAILED: &str = "Select and copy";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const RETRY: &str = "Try again";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const UNDO: &str = "Undo";
pub(crate) const LOADING: &str = "Loading";
pub(crate) const NOTHING_FOUND: &str = "Nothing matches.";
pub(crate) const SHOW: &str = "Show";
pub(crate) const HIDE: &str = "Hide";
pub(crate) const LIST_FAILED: &str = "This could not be loaded";

pub(crate) const RANGE: &str = "Time";
pub(crate) const RANGE_CUSTOM: &str = "Chosen days";
pub(crate) const FROM: &str = "From";
pub(crate) const THROUGH: &str = "Through";

/// A span of time.
pub(crate) fn range(range: &Range) -> &'static str {
    match range {
        Range::All => "All time",
        Range::Hour => "Last hour",
        Range::Today => "Today",
        Range::Week => "7 days",
        Range::Month => "30 days",
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
            "Switchyard does not answer.".to_owned(),
            Some("Nothing was changed. Check that it runs: the tray icon, or “switchyard status” in a terminal.".to_owned()),
        ),
        Fault::Unreadable(status) => (
            format!("Switchyard gave an answer that this page does not understand (status {status})."),
            Some("The program was probably updated: reload this page.".to_owned()),
        ),
    }
}
