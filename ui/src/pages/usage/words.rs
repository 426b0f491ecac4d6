//! The words of the usage page.

use switchyard_types::UsageBy;

use crate::facts::usage::Measure;
use crate::word::Word;

pub(super) const TITLE: Word = word!("Usage");
pub(super) const EXPORT: Word = word!("Export CSV");
pub(super) const EXPORTED: Word = word!("The sums are in your downloads");
pub(super) const NOT_EXPORTED: Word = word!("The browser did not take the file");
pub(super) const BY: Word = word!("Told apart by");
pub(super) const MEASURE: Word = word!("Measure");
pub(super) const TOTALS: Word = word!("Sums");
pub(super) const REQUESTS: Word = word!("Requests");
pub(super) const FELL_OVER: Word = word!("Fell over");
pub(super) const FAILED: Word = word!("Failed");
pub(super) const INPUT: Word = word!("Input");
pub(super) const OUTPUT: Word = word!("Output");
pub(super) const COST: Word = word!("Cost");
pub(super) const COST_HINT: Word = word!("Of the requests whose price is known");
pub(in crate::pages) const SAVED: Word = word!("Saved by caches");
pub(in crate::pages) const SAVED_HINT: Word = word!("against fresh input");
pub(super) const TOKENS: Word = word!("tokens");
pub(super) const CACHED: Word = word!("Cached");
pub(super) const CACHED_HINT: Word =
    word!("The part of the input that was read from the prompt cache");
pub(super) const SHARE: Word = word!("Share");
pub(super) const KINDS: Word = word!("Tokens by kind");
pub(super) const CHART: Word = word!("Over time");
pub(super) const OTHERS: Word = word!("All others");
pub(super) const TOGETHER: Word = word!("All requests");
pub(super) const HOUR: Word = word!("Hour");
pub(super) const NONE: Word = word!("Nothing was used in this time");
pub(super) const NONE_TEXT: Word =
    word!("Sums appear here with the first request. They stay when old requests are pruned.");
pub(super) const LONGER: Word = word!("Show 30 days");
pub(super) const FRESH: Word = word!("Fresh input");
pub(super) const CACHE_READ: Word = word!("Read from cache");
pub(super) const CACHE_WRITE: Word = word!("Written to cache");
pub(super) const REASONING: Word = word!("Reasoning");
pub(super) const ANSWER: Word = word!("Answer");

pub(super) fn by(by: UsageBy) -> Word {
    match by {
        UsageBy::Model => word!("Model"),
        UsageBy::Vendor => word!("Provider"),
        UsageBy::Account => word!("Account"),
        UsageBy::Key => word!("Agent"),
        UsageBy::Tool => word!("Tool"),
        UsageBy::Combo => word!("Combo"),
        UsageBy::Time => word!("Day"),
    }
}

pub(super) fn measure(measure: Measure) -> Word {
    match measure {
        Measure::Tokens => word!("Tokens"),
        Measure::Cost => word!("Cost"),
        Measure::Requests => word!("Requests"),
    }
}

/// What a column holds, for those who hear it: `Tue 18 Nov: opus 12k, coder 5k`.
pub(super) fn column(when: &str, values: &str) -> String {
    say!("{when}: {values}", when, values)
}

/// What a row without a name is called.
pub(super) fn nameless(by: UsageBy) -> Word {
    match by {
        UsageBy::Model => word!("Unknown model"),
        UsageBy::Vendor | UsageBy::Account => word!("Nobody answered"),
        UsageBy::Key => word!("Without a key"),
        UsageBy::Tool => word!("Not set up as a tool"),
        UsageBy::Combo => word!("Asked for by name"),
        UsageBy::Time => TOGETHER,
    }
}

/// Tokens that caches served at unknown prices.
pub(in crate::pages) fn unpriced(tokens: &str) -> String {
    say!("and {tokens} tokens at unknown prices", tokens)
}

pub(super) fn cached(percent: u64) -> String {
    say!("{percent}% cached", percent)
}

pub(super) fn reasoning(tokens: &str) -> String {
    say!("{tokens} reasoning", tokens)
}

pub(super) fn week_of(day: &str) -> String {
    say!("Week of {day}", day)
}

pub(super) fn chart_of(measure: &str, steps: usize) -> String {
    say!(
        "{measure} over time, in {steps} columns; arrow keys go from one to the next",
        measure,
        steps
    )
}

pub(super) fn show_all(n: usize) -> String {
    say!("Show all {n}", n)
}
