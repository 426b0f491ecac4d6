//! The words of the usage page.

use switchyard_types::UsageBy;

use crate::facts::usage::Measure;

pub(super) const TITLE: &str = "Usage";
pub(super) const EXPORT: &str = "Export CSV";
pub(super) const EXPORTED: &str = "The sums are in your downloads";
pub(super) const NOT_EXPORTED: &str = "The browser did not take the file";
pub(super) const BY: &str = "Told apart by";
pub(super) const MEASURE: &str = "Measure";
pub(super) const TOTALS: &str = "Sums";
pub(super) const REQUESTS: &str = "Requests";
pub(super) const FELL_OVER: &str = "Fell over";
pub(super) const FAILED: &str = "Failed";
pub(super) const INPUT: &str = "Input";
pub(super) const OUTPUT: &str = "Output";
pub(super) const COST: &str = "Cost";
pub(super) const COST_HINT: &str = "Of the requests whose price is known";
pub(super) const SAVED: &str = "Saved by caches";
pub(super) const SAVED_HINT: &str = "against fresh input";
pub(super) const TOKENS: &str = "tokens";
pub(super) const CACHED: &str = "Cached";
pub(super) const CACHED_HINT: &str = "The part of the input that was read from the prompt cache";
pub(super) const SHARE: &str = "Share";
pub(super) const KINDS: &str = "Tokens by kind";
pub(super) const CHART: &str = "Over time";
pub(super) const OTHERS: &str = "All others";
pub(super) const OTHERWISE: &str = "None";
pub(super) const NONE: &str = "Nothing was used in this time";
pub(super) const NONE_TEXT: &str =
    "Sums appear here with the first request. They stay when old requests are pruned.";
pub(super) const LONGER: &str = "Show 30 days";
pub(super) const FRESH: &str = "Fresh input";
pub(super) const CACHE_READ: &str = "Read from cache";
pub(super) const CACHE_WRITE: &str = "Written to cache";
pub(super) const REASONING: &str = "Reasoning";
pub(super) const ANSWER: &str = "Answer";

pub(super) fn by(by: UsageBy) -> &'static str {
    match by {
        UsageBy::Model => "Model",
        UsageBy::Vendor => "Provider",
        UsageBy::Account => "Account",
        UsageBy::Key => "Agent",
        UsageBy::Tool => "Tool",
        UsageBy::Combo => "Combo",
    }
}

pub(super) fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Tokens => "Tokens",
        Measure::Cost => "Cost",
        Measure::Requests => "Requests",
    }
}

/// What a row without a name is called.
pub(super) fn nameless(by: UsageBy) -> &'static str {
    match by {
        UsageBy::Model => "Unknown model",
        UsageBy::Vendor | UsageBy::Account => "Nobody answered",
        UsageBy::Key => "Without a key",
        UsageBy::Tool => "Not set up as a tool",
        UsageBy::Combo => "Asked for by name",
    }
}

/// Tokens that caches served at unknown prices.
pub(super) fn unpriced(tokens: &str) -> String {
    format!("and {tokens} tokens at unknown prices")
}

pub(super) fn cached(percent: u64) -> String {
    format!("{percent}% cached")
}

pub(super) fn reasoning(tokens: &str) -> String {
    format!("{tokens} reasoning")
}

pub(super) fn week_of(day: &str) -> String {
    format!("Week of {day}")
}

pub(super) fn chart_of(measure: &str, steps: usize) -> String {
    format!("{measure} over time, in {steps} columns; the table below has the same sums")
}

pub(super) fn show_all(n: usize) -> String {
    format!("Show all {n}")
}
