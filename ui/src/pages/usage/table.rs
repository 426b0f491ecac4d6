//! The sums as a table, the largest or the newest day first; each leads to its requests.

use leptos::prelude::*;
use switchyard_types::UsageBy;

use super::chart::named;
use super::{APART, ByField, words};
use crate::app::app;
use crate::browser::clock;
use crate::facts::format;
use crate::facts::path::Route;
use crate::facts::range::Range;
use crate::facts::sought::Sought;
use crate::facts::usage::{Line, Measure, Sums};
use crate::parts::link::Link;
use crate::parts::more::ShowAll;
use crate::parts::tile::Tile;

/// Lines that are shown before the rest is asked for.
const FEW: usize = 20;

/// The table and what it is told apart by.
#[component]
pub(super) fn Lines(
    lines: Memo<Vec<Line>>,
    total: Memo<Sums>,
    by: Memo<UsageBy>,
    /// Whether time is cut into hours.
    hours: Memo<bool>,
    measure: RwSignal<Measure>,
    asked: Memo<(Range, UsageBy)>,
) -> impl IntoView {
    let all = RwSignal::new(false);
    let more = Memo::new(move |_| !all.get() && lines.with(Vec::len) > FEW + 1);
    let rows = move || {
        let shown = if more.get() { FEW } else { usize::MAX };
        let kind = Kind { by: by.get(), hours: hours.get() };
        let whole = total.with(|total| total.of(measure.get())).max(1);
        lines.with(|lines| {
            lines
                .iter()
                .take(shown)
                .enumerate()
                .map(|(at, line)| row(at, line, kind, asked, whole, measure.get_untracked()))
                .collect_view()
        })
    };
    let heading = move || match by.get() {
        UsageBy::Time if hours.get() => words::HOUR.text(),
        by => words::by(by).text(),
    };
    view! {
        <section class="panel lines" aria-label=words::BY>
            <header class="lines-head">
                <ByField asked/>
            </header>
            <table class="table usage-table">
                <thead>
                    <tr>
                        <th class="col-name">{heading}</th>
                        <th class="col-num col-requests">{words::REQUESTS}</th>
                        <th class="col-num col-input">{words::INPUT}</th>
                        <th class="col-num col-cached" title=words::CACHED_HINT>{words::CACHED}</th>
                        <th class="col-num col-output">{words::OUTPUT}</th>
                        <th class="col-num col-money" title=words::COST_HINT>{words::COST}</th>
                        <th class="col-share">{words::SHARE}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            <ShowAll more all text=Signal::derive(move || words::show_all(lines.with(Vec::len)))/>
        </section>
    }
}

/// What the lines are.
#[derive(Clone, Copy)]
struct Kind {
    by: UsageBy,
    hours: bool,
}

fn row(
    at: usize,
    line: &Line,
    Kind { by, hours }: Kind,
    asked: Memo<(Range, UsageBy)>,
    whole: u64,
    measure: Measure,
) -> impl IntoView + use<> {
    let app = app();
    let sums = line.sums;
    let start: Option<i64> = line.of.parse().ok().filter(|_| by == UsageBy::Time);
    let name = match start {
        Some(start) if hours => clock::time_at(start),
        Some(start) => clock::day_of(start),
        None => named(app, line, by),
    };
    let mono = by == UsageBy::Model;
    let tile = line.vendor.clone().map(|vendor| view! { <Tile vendor/> });
    let series = if by == UsageBy::Time { 0 } else { at.min(APART) };
    let share = sums.of(measure).saturating_mul(1_000) / whole;
    let percent = format!("{}.{}%", share / 10, share % 10);
    let cached = sums.cached().map_or_else(|| "–".to_owned(), |share| format!("{share}%"));
    let shown = name.clone();
    let range = match start.map(clock::date_at) {
        Some(day) => Range::Days(day, day),
        None => asked.with_untracked(|(range, _)| range.clone()),
    };
    let to = if hours && start.is_some() { None } else { leads_to(line, by, range) };
    let label = match to {
        Some(to) => view! {
            <Link to=Route::Requests(Box::new(to)) class="line-name">{shown}</Link>
        }
        .into_any(),
        None => view! { <span class="line-name">{shown}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="col-name">
                <span class="line-of" title=name.clone()>
                    <span class=format!("swatch series-{series}") aria-hidden="true"></span>
                    {tile}
                    <span class="line-text" class:mono=mono>{label}</span>
                </span>
            </td>
            <td class="col-num col-requests num">{format::count(sums.requests)}</td>
            <td class="col-num col-input num">{format::tokens(sums.usage.input_total())}</td>
            <td class="col-num col-cached num">{cached}</td>
            <td class="col-num col-output num">{format::tokens(sums.usage.output)}</td>
            <td class="col-num col-money num">{format::money(sums.cost)}</td>
            <td class="col-share">
                <span class="share">
                    <span class="share-bar" aria-hidden="true">
                        <span class=format!("series-{series}") style:width=percent.clone()></span>
                    </span>
                    <span class="num">{percent.clone()}</span>
                </span>
            </td>
        </tr>
    }
}

/// The requests behind a line, where the list can be narrowed to them.
fn leads_to(line: &Line, by: UsageBy, range: Range) -> Option<Sought> {
    let of = Some(line.of.clone()).filter(|of| !of.is_empty());
    let sought = Sought { range, ..Sought::default() };
    match by {
        UsageBy::Model => Some(Sought { model: Some(of?), vendor: line.vendor.clone(), ..sought }),
        UsageBy::Vendor => Some(Sought { vendor: Some(of?), ..sought }),
        UsageBy::Account => Some(Sought { account: Some(of?), ..sought }),
        UsageBy::Key => Some(Sought { key: Some(line.of.clone()), ..sought }),
        UsageBy::Tool => Some(Sought { tool: Some(line.of.clone()), ..sought }),
        UsageBy::Combo => Some(Sought { combo: Some(line.of.clone()), ..sought }),
        UsageBy::Time => Some(sought),
    }
}
