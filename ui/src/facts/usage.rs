//! Sums of usage as the reader looks at them: by what they are told apart, in columns of time, and as a file.

use std::collections::BTreeMap;

use crate::facts::order::sort_by_key;

use switchyard_types::{CacheSaved, Millis, NanoDollars, Usage, UsageRow, UsageSum};

/// What a chart and a ranking go by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// In and out.
    Tokens,
    Cost,
    Requests,
}

impl Measure {
    pub(crate) const ALL: [Self; 3] = [Self::Tokens, Self::Cost, Self::Requests];
}

/// Sums of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) requests: u64,
    pub(crate) fell_over: u64,
    pub(crate) failed: u64,
    pub(crate) usage: Usage,
    pub(crate) cost: NanoDollars,
    pub(crate) saved: CacheSaved,
}

impl Sums {
    fn add(&mut self, row: &UsageRow) {
        self.requests += row.requests;
        self.fell_over += row.fell_over;
        self.failed += row.failed;
        self.usage.input += row.usage.input;
        self.usage.output += row.usage.output;
        self.usage.cache_read += row.usage.cache_read;
        self.usage.cache_write += row.usage.cache_write;
        self.usage.reasoning += row.usage.reasoning;
        self.cost = self.cost.saturating_add(row.cost);
        self.saved.money = self.saved.money.saturating_add(row.saved.money);
        self.saved.unpriced += row.saved.unpriced;
    }

    /// Tokens, in and out.
    pub(crate) fn tokens(&self) -> u64 {
        self.usage.input_total() + self.usage.output
    }

    /// What is measured of them.
    pub(crate) fn of(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Tokens => self.tokens(),
            Measure::Cost => u64::try_from(self.cost).unwrap_or(0),
            Measure::Requests => self.requests,
        }
    }

    /// The part of the input that came from the cache, in percent; `None` where nothing went in.
    pub(crate) fn cached(&self) -> Option<u64> {
        self.usage.cache_read.saturating_mul(100).checked_div(self.usage.input_total())
    }
}

/// One thing and its sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) of: String,
    pub(crate) vendor: Option<String>,
    pub(crate) sums: Sums,
}

/// Everything together.
pub(crate) fn total(rows: &[UsageRow]) -> Sums {
    let mut sums = Sums::default();
    for row in rows {
        sums.add(row);
    }
    sums
}

/// Each thing with its sums, the most of what is measured first.
pub(crate) fn ranked(rows: &[UsageRow], measure: Measure) -> Vec<Line> {
    let mut lines: BTreeMap<(&str, Option<&str>), Sums> = BTreeMap::new();
    for row in rows {
        lines.entry((&row.of, row.vendor.as_deref())).or_default().add(row);
    }
    let line = |((of, vendor), sums): ((&str, Option<&str>), Sums)| Line {
        of: of.to_owned(),
        vendor: vendor.map(str::to_owned),
        sums,
    };
    let mut lines: Vec<Line> = lines.into_iter().map(line).collect();
    sort_by_key(&mut lines, |line| {
        std::cmp::Reverse((line.sums.of(measure), line.sums.tokens(), line.sums.requests))
    });
    lines
}

/// Each step of time that has anything, the newest first, named by when it begins.
pub(crate) fn by_step(rows: &[UsageRow], starts: &[Millis], slack: Millis) -> Vec<Line> {
    let mut steps = vec![Sums::default(); starts.len()];
    for row in rows {
        if let Some(sums) = step_of(row, starts, slack).and_then(|at| steps.get_mut(at)) {
            sums.add(row);
        }
    }
    let line = |(start, sums): (&Millis, Sums)| Line { of: start.to_string(), vendor: None, sums };
    let mut lines: Vec<Line> = starts.iter().zip(steps).map(line).collect();
    lines.retain(|line| line.sums.requests > 0);
    lines.reverse();
    lines
}

/// The step in which a row stands.
fn step_of(row: &UsageRow, starts: &[Millis], slack: Millis) -> Option<usize> {
    starts.partition_point(|start| *start <= row.start + slack).checked_sub(1)
}

/// What is measured in each step of time: of the first so many lines apart, then of all others
/// together. A row stands in the last step that begins no later than it, `slack` aside: a zone that
/// changes its clock moves the server's days by an hour.
pub(crate) fn columns(
    rows: &[UsageRow],
    starts: &[Millis],
    lines: &[Line],
    apart: usize,
    measure: Measure,
    slack: Millis,
) -> Vec<Vec<u64>> {
    let mut columns = vec![vec![0_u64; apart + 1]; starts.len()];
    for row in rows {
        let column = step_of(row, starts, slack).and_then(|at| columns.get_mut(at));
        let Some(column) = column else { continue };
        let series = lines
            .iter()
            .take(apart)
            .position(|line| line.of == row.of && line.vendor == row.vendor)
            .unwrap_or(apart);
        let mut sums = Sums::default();
        sums.add(row);
        if let Some(part) = column.get_mut(series) {
            *part += sums.of(measure);
        }
    }
    columns
}

/// Every sum as a table for other programs. `when` writes a moment.
pub(crate) fn csv(rows: &[UsageSum], when: impl Fn(Millis) -> String) -> String {
    let mut out = String::from(
        "start,provider,account,model,combo,key,tool,requests,fell_over,failed,input_tokens,\
         output_tokens,cache_read_tokens,cache_write_tokens,reasoning_tokens,cost_usd,\
         cache_saved_usd,unpriced_cache_read_tokens\r\n",
    );
    for row in rows {
        let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
        let Usage { input, output, cache_read, cache_write, reasoning } = row.usage;
        let fields = [
            when(row.start),
            text(&row.vendor),
            text(&row.account),
            cell(&row.model),
            text(&row.combo),
            text(&row.key),
            text(&row.tool),
            row.requests.to_string(),
            row.fell_over.to_string(),
            row.failed.to_string(),
            input.to_string(),
            output.to_string(),
            cache_read.to_string(),
            cache_write.to_string(),
            reasoning.to_string(),
            dollars(row.cost),
            dollars(row.saved.money),
            row.saved.unpriced.to_string(),
        ];
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

fn dollars(nanos: NanoDollars) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let n = nanos.unsigned_abs();
    format!("{sign}{}.{:09}", n / 1_000_000_000, n % 1_000_000_000)
}

/// A text as one field. What a table program would take for a formula is kept from it.
fn cell(text: &str) -> String {
    let guarded = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(start: Millis, of: &str, tokens: u64, cost: NanoDollars) -> UsageRow {
        UsageRow {
            start,
            of: of.into(),
            vendor: None,
            requests: 1,
            fell_over: 0,
            failed: 0,
            millis: 5,
            usage: Usage { input: tokens / 2, cache_read: tokens - tokens / 2, ..Usage::default() },
            cost,
            saved: CacheSaved { money: cost, unpriced: tokens },
        }
    }

    #[test]
    fn the_most_comes_first_by_what_is_measured() {
        let rows = [row(0, "a", 10, 9), row(0, "b", 30, 1), row(5, "a", 10, 9)];
        let names =
            |measure| ranked(&rows, measure).into_iter().map(|line| line.of).collect::<Vec<_>>();
        assert_eq!(names(Measure::Tokens), ["b", "a"]);
        assert_eq!(names(Measure::Cost), ["a", "b"]);
        assert_eq!(names(Measure::Requests), ["a", "b"]);
        assert_eq!(total(&rows).tokens(), 50);
        assert_eq!(total(&rows).saved, CacheSaved { money: 19, unpriced: 50 });
        assert_eq!(total(&rows).cached(), Some(50));
        assert_eq!(Sums::default().cached(), None);
    }

    #[test]
    fn each_step_has_its_sums_and_the_rest_stands_together() {
        let rows = [row(0, "a", 8, 0), row(10, "b", 4, 0), row(19, "c", 2, 0), row(20, "a", 1, 0)];
        let lines = ranked(&rows, Measure::Tokens);
        let columns = columns(&rows, &[0, 10, 20], &lines, 1, Measure::Tokens, 0);
        assert_eq!(columns, [[8, 0], [0, 6], [1, 0]]);
    }

    #[test]
    fn days_are_summed_whatever_was_used_and_the_newest_stands_first() {
        let rows = [row(0, "a", 8, 1), row(9, "b", 4, 1), row(20, "a", 1, 1)];
        let days = by_step(&rows, &[0, 10, 20], 0);
        let told: Vec<_> = days
            .iter()
            .map(|day| (day.of.as_str(), day.sums.tokens(), day.sums.requests))
            .collect();
        assert_eq!(told, [("20", 1, 1), ("0", 12, 2)]);
        assert_eq!(by_step(&rows, &[0, 10, 20], 1)[1].of, "10", "the clock was changed");
    }

    #[test]
    fn a_day_that_begins_an_hour_off_stays_in_its_column() {
        let rows = [row(9, "a", 8, 0), row(11, "a", 4, 0)];
        let lines = ranked(&rows, Measure::Tokens);
        let columns = columns(&rows, &[0, 10], &lines, 1, Measure::Tokens, 5);
        assert_eq!(columns, [[0, 0], [12, 0]]);
    }

    #[test]
    fn a_file_for_other_programs_keeps_names_as_they_are_and_formulas_asleep() {
        let sum = UsageSum {
            start: 7,
            vendor: Some("glm".into()),
            account: None,
            model: "a,\"b\"".into(),
            combo: None,
            key: Some("=HYPERLINK(1)".into()),
            tool: Some("codex".into()),
            requests: 2,
            fell_over: 1,
            failed: 0,
            millis: 9,
            usage: Usage { input: 1, output: 2, cache_read: 3, cache_write: 4, reasoning: 5 },
            cost: 1_500_000_001,
            saved: CacheSaved { money: 2_000_000_000, unpriced: 6 },
        };
        let text = csv(&[sum], |at| format!("t{at}"));
        let (head, rest) = text.split_once("\r\n").unwrap();
        assert_eq!(head.split(',').count(), 18);
        assert_eq!(
            rest,
            "t7,glm,,\"a,\"\"b\"\"\",,'=HYPERLINK(1),codex,2,1,0,1,2,3,4,5,1.500000001,2.000000000,6\r\n"
        );
    }
}
