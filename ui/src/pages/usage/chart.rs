//! Columns over time, each made of the largest things and the rest.

use leptos::prelude::*;
use switchyard_types::UsageBy;

use super::{APART, Sheet, words};
use crate::app::{App, app};
use crate::browser::clock;
use crate::facts::chart::{folded, stacked, ticks};
use crate::facts::format;
use crate::facts::usage::{self, Line, Measure};
use crate::parts::plot::Plot;
use crate::parts::words::list;

/// More columns than this are folded into weeks.
const MOST: usize = 100;
const WEEK: usize = 7;

/// A number of what is measured, as people read it.
pub(super) fn written(measure: Measure, n: u64) -> String {
    match measure {
        Measure::Tokens => format::tokens(n),
        Measure::Cost => format::money(i64::try_from(n).unwrap_or(i64::MAX)),
        Measure::Requests => format::count(n),
    }
}

#[derive(Clone, PartialEq)]
struct Drawn {
    columns: Vec<Vec<u64>>,
    labels: Vec<String>,
    ticks: Vec<u64>,
}

fn draw(sheet: &Sheet, lines: &[Line], measure: Measure) -> Drawn {
    let days = usage::columns(&sheet.rows, &sheet.starts, lines, APART, measure, sheet.slack());
    let at_once = if sheet.by_hour || days.len() <= MOST { 1 } else { WEEK };
    let columns = folded(&days, at_once);
    let label = |start: &i64| match (sheet.by_hour, at_once) {
        (true, _) => clock::time_at(*start),
        (false, 1) => clock::day_of(*start),
        (false, _) => words::week_of(&clock::day_of(*start)),
    };
    let labels = sheet.starts.iter().step_by(at_once).map(label).collect();
    let largest = columns.iter().map(|column| column.iter().sum()).max().unwrap_or(0);
    Drawn { columns, labels, ticks: ticks(largest) }
}

/// The chart, and above it what the column says that is looked at.
#[component]
pub(super) fn Chart(
    sheet: Memo<Option<Sheet>>,
    lines: Memo<Vec<Line>>,
    measure: RwSignal<Measure>,
) -> impl IntoView {
    let drawn = Memo::new(move |_| {
        let measure = measure.get();
        lines.with(|lines| {
            sheet.with(|sheet| sheet.as_ref().map(|sheet| draw(sheet, lines, measure)))
        })
    });
    let (app, pointed) = (app(), RwSignal::new(None::<usize>));
    let by = Memo::new(move |_| {
        sheet.with(|sheet| sheet.as_ref().map_or(UsageBy::Model, |sheet| sheet.by))
    });
    let choice = move |one: Measure| {
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="usage-measure"
                    prop:checked=move || measure.get() == one
                    on:change=move |_| measure.set(one)
                />
                <span>{words::measure(one)}</span>
            </label>
        }
    };
    let said = Signal::derive(move || {
        drawn
            .with(|drawn| {
                let drawn = drawn.as_ref()?;
                let at = pointed.get().unwrap_or(drawn.columns.len().saturating_sub(1));
                let (column, when) = (drawn.columns.get(at)?, drawn.labels.get(at)?);
                let values =
                    lines.with(|lines| spoken(app, lines, column, (by.get(), measure.get())));
                Some(words::column(when, &values))
            })
            .unwrap_or_default()
    });
    let columns = Memo::new(move |_| {
        drawn.with(|drawn| drawn.as_ref().map_or(0, |drawn| drawn.columns.len()))
    });
    let label = Signal::derive(move || {
        words::chart_of(words::measure(measure.get()).text(), columns.get())
    });
    let bars = move || {
        drawn.get().map(|Drawn { columns, ticks, .. }| {
            let top = ticks.last().copied().unwrap_or(0);
            let width = columns.len().max(1) * 10;
            let bars = columns
                .iter()
                .enumerate()
                .map(|(at, column)| {
                    let blocks = stacked(column, top).into_iter().map(|block| {
                        let y = 1_000_u32.saturating_sub(block.foot + block.height);
                        view! {
                            <rect
                                class=format!("series-{}", block.series)
                                x=at * 10 + 1
                                y=y
                                width="8"
                                height=block.height
                            ></rect>
                        }
                    });
                    view! {
                        <g class="column" class:is-pointed=move || pointed.get() == Some(at)>
                            <rect class="column-ground" x=at * 10 y="0" width="10" height="1000"></rect>
                            {blocks.collect_view()}
                        </g>
                    }
                })
                .collect_view();
            let lines = ticks
                .iter()
                .map(|tick| {
                    let up = tick.saturating_mul(100).checked_div(top).unwrap_or(0);
                    let text = written(measure.get_untracked(), *tick);
                    view! {
                        <li style:bottom=format!("{up}%")>
                            <span class="num">{text}</span>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <ul class="ticks" aria-hidden="true">{lines}</ul>
                <svg
                    class="plot-columns"
                    aria-hidden="true"
                    viewBox=format!("0 0 {width} 1000")
                    preserveAspectRatio="none"
                >
                    {bars}
                </svg>
            }
        })
    };
    let foot = move || {
        let labels = drawn
            .with(|drawn| drawn.as_ref().map(|drawn| drawn.labels.clone()).unwrap_or_default());
        let few = [0, labels.len() / 2, labels.len().saturating_sub(1)];
        let mut few: Vec<String> = few.iter().filter_map(|at| labels.get(*at).cloned()).collect();
        few.dedup();
        few.into_iter().map(|label| view! { <span>{label}</span> }).collect_view()
    };
    view! {
        <section class="panel chart" aria-label=words::CHART>
            <header class="chart-head">
                <div class="segments" role="radiogroup" aria-label=words::MEASURE>
                    {Measure::ALL.map(choice).collect_view()}
                </div>
                <Reading drawn lines by pointed measure/>
            </header>
            <Plot label places=columns at=pointed said>
                {bars}
            </Plot>
            <div class="plot-foot num" aria-hidden="true">{foot}</div>
        </section>
    }
}

/// What a column holds, in words: each part that is something.
fn spoken(app: App, lines: &[Line], column: &[u64], of: (UsageBy, Measure)) -> String {
    let (by, measure) = of;
    let part = |(series, n): (usize, &u64)| {
        let value = written(measure, *n);
        let name = match lines.get(series).filter(|_| series < APART) {
            Some(line) => named(app, line, by),
            None => words::OTHERS.owned(),
        };
        format!("{name} {value}")
    };
    let parts = column.iter().enumerate().filter(|(_, n)| **n > 0);
    let parts: Vec<String> = parts.map(part).collect();
    if parts.is_empty() { written(measure, 0) } else { list(&parts) }
}

/// What the column under the pointer says, or the names of the series.
#[component]
fn Reading(
    drawn: Memo<Option<Drawn>>,
    lines: Memo<Vec<Line>>,
    by: Memo<UsageBy>,
    pointed: RwSignal<Option<usize>>,
    measure: RwSignal<Measure>,
) -> impl IntoView {
    let app = app();
    let sheet_by = move |line: &Line| named(app, line, by.get());
    view! {
        <ul class="legend chart-legend">
            {move || {
                let at = pointed.get();
                let (label, parts) = drawn
                    .with(|drawn| {
                        let drawn = drawn.as_ref()?;
                        Some((drawn.labels.get(at?)?.clone(), drawn.columns.get(at?)?.clone()))
                    })
                    .unzip();
                let parts = parts.unwrap_or_default();
                let value = |series: usize| {
                    let n = parts.get(series).copied();
                    n.map(|n| view! { <span class="num">{written(measure.get(), n)}</span> })
                };
                let entry = |series: usize, name: String| {
                    view! {
                        <li>
                            <span class=format!("swatch series-{series}") aria-hidden="true"></span>
                            <span class="legend-name" title=name.clone()>{name.clone()}</span>
                            {value(series)}
                        </li>
                    }
                };
                let lines = lines.get();
                let many = lines.len() > APART;
                let mut entries: Vec<_> = lines
                    .iter()
                    .take(APART)
                    .enumerate()
                    .map(|(series, line)| entry(series, sheet_by(line)))
                    .collect();
                if many {
                    entries.push(entry(APART, words::OTHERS.owned()));
                }
                view! {
                    {label.map(|label| view! { <li class="legend-when">{label}</li> })}
                    {entries}
                }
            }}
        </ul>
    }
}

/// What a line is called, where it is a model, a provider, an account or a name.
pub(super) fn named(app: App, line: &Line, by: UsageBy) -> String {
    if line.of.is_empty() {
        return words::nameless(by).owned();
    }
    let account = app.accounts.with(|accounts| {
        accounts.iter().find(|one| one.id.as_str() == line.of).map(|one| one.name.clone())
    });
    if let Some(name) = account.flatten() {
        return name;
    }
    match &line.vendor {
        Some(vendor) if *vendor == line.of => app.vendor(vendor).0,
        Some(_) | None => line.of.clone(),
    }
}
