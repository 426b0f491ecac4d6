//! The table and the plot.

use std::fmt::Write as _;

use switchyard_types::NanoDollars;

use crate::policy::{Policy, Result};
use crate::world::DAYS;

fn name(policy: Policy) -> &'static str {
    match policy {
        Policy::Naive => "Naive fallback in list order",
        Policy::Listed => "Switchyard, the same list",
        Policy::UsesUp => "Switchyard, quota that expires first",
    }
}

/// A name, and what to say of a result under it.
type Line = (&'static str, fn(&Result) -> String);

const LINES: [Line; 11] = [
    ("Requests", |r| r.requests.to_string()),
    ("Refused while somebody could have served", |r| r.refused_wrongly.to_string()),
    ("Refused since nobody could", |r| r.refused_rightly.to_string()),
    ("Money spent", |r| dollars(r.money)),
    ("Subscriptions' weekly windows used before reset", |r| {
        let (used, held) =
            r.weeks.iter().fold((0, 0), |sum, week| (sum.0 + week.1, sum.1 + week.2));
        percent(used, held)
    }),
    ("… of each subscription", |r| {
        let parts = r.weeks.iter().map(|(_, used, held)| percent(*used, *held));
        parts.collect::<Vec<_>>().join(", ")
    }),
    ("Prompt tokens read from a cache", |r| percent(r.cached_tokens, r.prompt_tokens)),
    ("Moves of a session to another account", |r| r.moves.to_string()),
    ("Tries that a vendor refused", |r| r.failed_tries.to_string()),
    ("Served by subscriptions / paid keys", |r| {
        format!("{} / {}", percent(r.by_tier[0], r.answered), percent(r.by_tier[1], r.answered))
    }),
    ("Served by the free tier", |r| percent(r.by_tier[2], r.answered)),
];

/// The page: what was simulated, the table and the plot.
pub(crate) fn page(worlds: &[(String, Vec<(Policy, Result)>)]) -> String {
    let mut page = String::from(HEAD);
    for (world, results) in worlds {
        let _ = write!(page, "\n## {world}\n\n| |");
        for (policy, _) in results {
            let _ = write!(page, " {} |", name(*policy));
        }
        page.push_str("\n|---|");
        page.push_str(&"---:|".repeat(results.len()));
        for (line, of) in LINES {
            let _ = write!(page, "\n| {line} |");
            for (_, result) in results {
                let _ = write!(page, " {} |", of(result));
            }
        }
        page.push('\n');
    }
    page
}

const HEAD: &str = "# Thirty days, simulated

Made by `scripts/simulate`; do not edit. The program is `examples/simulate`: seeded, so that it comes out the
same every time, and driving the same `Core` that the server drives.

Four agents work office hours in sessions of 15 to 120 requests, whose prompts grow to 160,000 tokens and are then
compacted. They have three subscriptions, each with a window of five hours and one of a week (bought on
different days), then a free tier with six requests a minute and 900 a day, then two paid keys ($3/$15 and
$0.60/$2.20 for a million tokens in/out). Everybody has outages, the free tier eight a week of up to three hours. A prompt stays
in a vendor's cache for five minutes; plans count cached input at a tenth.

*Naive fallback* sends each request down the list until somebody answers and remembers nothing. *The same list* is a
Switchyard combo in that order. *Quota that expires first* orders the subscriptions by the strategy “most quota
left before reset” and the rest by “cheapest able”.

![Money spent, day by day](simulation.svg)

The plot is of the first of these worlds.
";

fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1_000).checked_div(u128::from(whole)).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn dollars(money: NanoDollars) -> String {
    let cents = money / 10_000_000;
    format!("${}.{:02}", cents / 100, cents % 100)
}

const WIDTH: i64 = 760;
const HEIGHT: i64 = 320;
const LEFT: i64 = 56;
const BOTTOM: i64 = 36;
const TOP: i64 = 16;
const COLOURS: [&str; 3] = ["#8a8f98", "#3f7fd0", "#d9730d"];

/// Money spent until the end of each day, one line a policy.
pub(crate) fn plot(results: &[(Policy, Result)]) -> String {
    let most = results.iter().filter_map(|(_, r)| r.by_day.last()).max().copied().unwrap_or(0);
    let step = nice_step(most / 1_000_000_000);
    let top = (most / 1_000_000_000 / step + 1) * step;
    let x = |day: i64| LEFT + day * (WIDTH - LEFT - 12) / DAYS;
    let y = |nano: NanoDollars| {
        let room = HEIGHT - TOP - BOTTOM;
        HEIGHT
            - BOTTOM
            - i64::try_from(i128::from(nano) * i128::from(room) / (i128::from(top) * 1_000_000_000))
                .unwrap_or(0)
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#666\">\n\
         <title>Money spent, day by day</title>\n"
    );
    for mark in (0..=top).step_by(usize::try_from(step).unwrap_or(1)) {
        let at = y(mark * 1_000_000_000);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{at}\" y2=\"{at}\" stroke=\"#9994\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">${mark}</text>",
            WIDTH - 12,
            LEFT - 8,
            at + 4
        );
    }
    for day in (0..=DAYS).step_by(5) {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">day {day}</text>",
            x(day),
            HEIGHT - 14
        );
    }
    for (at, ((policy, result), colour)) in (0_i64..).zip(results.iter().zip(COLOURS)) {
        let mut points = format!("{},{}", x(0), y(0));
        for (day, money) in (1..).zip(&result.by_day) {
            let _ = write!(points, " {},{}", x(day), y(*money));
        }
        let _ = writeln!(
            svg,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{}\" y=\"{}\" fill=\"{colour}\">{}</text>",
            LEFT + 12,
            TOP + 16 + 18 * at,
            name(*policy)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// A step between marks that makes about five of them: 1, 2 or 5 and noughts.
fn nice_step(most: i64) -> i64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor * 6 >= most {
                return step * factor;
            }
        }
        step *= 10;
    }
}
