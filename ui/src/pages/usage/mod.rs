//! What was used: by model, provider, account, agent, tool, combo or day, and over time.

mod chart;
mod table;
pub(in crate::pages) mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{Millis, UsageBy, UsageRow, UsageSum};

use self::chart::Chart;
use self::table::Lines;
use crate::app::{App, Load, app};
use crate::browser::{clock, download, http};
use crate::facts::format;
use crate::facts::path::{Route, USAGE_BY, usage_word};
use crate::facts::range::{Calendar as _, Range};
use crate::facts::usage::{self, Line, Measure, Sums};
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::range::RangeField;

const RANGES: &[Range] = &[Range::Week, Range::Today, Range::Month, Range::All];
const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/// How many things stand apart in the chart.
const APART: usize = 5;
/// Spans up to this are shown by the hour.
const BY_HOUR: Millis = 50 * HOUR;
/// Ten years of days.
const MOST_DAYS: i32 = 3_660;
/// The first day that can be meant by all time: nothing was counted before.
const BEGINNING: Millis = 1_750_000_000_000;

/// The sums of a span, and the steps of time that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sheet {
    rows: Vec<UsageRow>,
    by: UsageBy,
    starts: Vec<Millis>,
    by_hour: bool,
}

impl Sheet {
    /// How far a step may begin from where the server's does: a zone that changes its clock moves days.
    fn slack(&self) -> Millis {
        if self.by_hour { 0 } else { 2 * HOUR }
    }
}

/// A span with both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Span {
    from: Millis,
    until: Millis,
    by_hour: bool,
}

fn span_of(app: App, range: &Range) -> Span {
    let now = app.clock.now();
    let (from, until) = range.span(now, &app.clock);
    let (from, until) = (from.unwrap_or(BEGINNING), until.unwrap_or(now + 1));
    Span { from, until, by_hour: until - from <= BY_HOUR }
}

/// Where the steps of a span begin: hours, or the reader's days from the first that has anything.
fn starts_of(app: App, span: &Span, rows: &[UsageRow]) -> Vec<Millis> {
    let until = span.until.min(app.clock.now() + 1);
    if span.by_hour {
        let hours = (until - span.from).max(1).div_euclid(HOUR) + 1;
        return (0..hours).map(|nth| span.from + nth * HOUR).filter(|at| *at < until).collect();
    }
    let first = rows.iter().map(|row| row.start).min().unwrap_or(until);
    let from = if span.from == BEGINNING { first } else { span.from };
    let mut starts: Vec<Millis> = (0..MOST_DAYS)
        .map(|ago| app.clock.midnight(ago))
        .take_while(|at| *at > from - DAY)
        .collect();
    starts.retain(|at| *at < until && *at + DAY > from);
    starts.reverse();
    starts
}

/// The page.
#[component]
pub(crate) fn UsagePage() -> impl IntoView {
    let app = app();
    // While the page is on its way out, what it shows stays.
    let asked = Memo::new(move |last: Option<&(Range, UsageBy)>| {
        let asked = app.address.route().usage().or_else(|| last.cloned());
        asked.unwrap_or((Range::Week, UsageBy::Model))
    });
    let state = RwSignal::new(Load::Waiting);
    let turn = StoredValue::new(0_u32);
    let read = move || read(app, asked.get_untracked(), state, turn);
    // Today's sums move with every request that ends.
    let moved = Memo::new(move |_| app.status.with(|status| status.today.requests));
    Effect::new(move |_| {
        // Read, not only tracked: what nobody reads follows nothing.
        let _ = (asked.get(), moved.get(), app.anew.get());
        read();
    });
    let retry = Callback::new(move |()| {
        state.set(Load::Waiting);
        read();
    });
    let measure = RwSignal::new(Measure::Tokens);
    let range = Signal::derive(move || asked.with(|(range, _)| range.clone()));
    let choose = Callback::new(move |range| {
        let by = asked.with_untracked(|(_, by)| *by);
        app.address.replace(Route::Usage(range, by));
    });
    view! {
        <div class="page usage-page">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
                <div class="page-tools">
                    <RangeField range named=RANGES choose/>
                    <Export asked/>
                </div>
            </header>
            <Gate state retry rows=8>
                <SheetView state measure asked/>
            </Gate>
        </div>
    }
}

fn read(
    app: App,
    (range, by): (Range, UsageBy),
    state: RwSignal<Load<Sheet>>,
    turn: StoredValue<u32>,
) {
    let now = turn.get_value().wrapping_add(1);
    turn.set_value(now);
    let span = span_of(app, &range);
    let step = if span.by_hour { "hour" } else { "day" };
    let path = format!(
        "/api/usage/sums?from={}&until={}&by={}&step={step}&east={}",
        span.from,
        span.until,
        usage_word(by),
        clock::east()
    );
    spawn_local(async move {
        let answer = http::get::<Vec<UsageRow>>(&path).await;
        if turn.try_get_value() != Some(now) {
            return;
        }
        match answer {
            Ok(rows) => {
                let starts = starts_of(app, &span, &rows);
                state.set(Load::Ready(Sheet { rows, by, starts, by_hour: span.by_hour }));
            }
            Err(fault) if fault.is_sign_in() => app.fault(&fault),
            Err(fault) => state.update(|state| {
                if state.ready().is_none() {
                    *state = Load::Failed(fault);
                }
            }),
        }
    });
}

#[component]
fn SheetView(
    state: RwSignal<Load<Sheet>>,
    measure: RwSignal<Measure>,
    asked: Memo<(Range, UsageBy)>,
) -> impl IntoView {
    let app = app();
    let sheet = Memo::new(move |_| state.with(|state| state.ready().cloned()));
    let total = Memo::new(move |_| {
        sheet.with(|sheet| {
            sheet.as_ref().map_or_else(Sums::default, |sheet| usage::total(&sheet.rows))
        })
    });
    let lines = Memo::new(move |_| {
        let measure = measure.get();
        sheet.with(|sheet| {
            sheet
                .as_ref()
                .map_or_else(Vec::<Line>::new, |sheet| usage::ranked(&sheet.rows, measure))
        })
    });
    // Days are in order, not ranked; in the chart they are the columns themselves.
    let rows = Memo::new(move |_| {
        sheet.with(|sheet| match sheet {
            Some(sheet) if sheet.by == UsageBy::Time => {
                usage::by_step(&sheet.rows, &sheet.starts, sheet.slack())
            }
            Some(_) | None => lines.get(),
        })
    });
    let hours = Memo::new(move |_| sheet.with(|sheet| sheet.as_ref().is_some_and(|s| s.by_hour)));
    let none = Memo::new(move |_| total.with(|total| total.requests == 0));
    let by = Memo::new(move |_| {
        sheet.with(|sheet| sheet.as_ref().map_or(UsageBy::Model, |sheet| sheet.by))
    });
    let longer = move |_| {
        let by = asked.with_untracked(|(_, by)| *by);
        app.address.replace(Route::Usage(Range::Month, by));
    };
    view! {
        {move || {
            if none.get() {
                let is_short = asked.with(|(range, _)| matches!(range, Range::Today | Range::Week));
                view! {
                    <Blank glyph=Glyph::Usage title=words::NONE text=words::NONE_TEXT>
                        {is_short
                            .then(|| {
                                view! {
                                    <button type="button" class="button" on:click=longer>
                                        {words::LONGER}
                                    </button>
                                }
                            })}
                    </Blank>
                }
                    .into_any()
            } else {
                view! {
                    <Totals total/>
                    <Kinds total/>
                    <Chart sheet lines measure/>
                    <Lines lines=rows total by hours measure asked/>
                }
                    .into_any()
            }
        }}
    }
}

#[component]
fn Totals(total: Memo<Sums>) -> impl IntoView {
    let sum = |label: &'static str, hint: &'static str, value: fn(&Sums) -> String| {
        view! {
            <div class="sum" title=hint>
                <dd class="num">{move || total.with(value)}</dd>
                <dt>{label}</dt>
            </div>
        }
    };
    let noted = |label: &'static str, value: fn(&Sums) -> String, note: fn(&Sums) -> String| {
        view! {
            <div class="sum">
                <dd class="num">{move || total.with(value)}</dd>
                <dt>
                    {label} <span class="sum-note">{move || total.with(note)}</span>
                </dt>
            </div>
        }
    };
    view! {
        <section class="sums" aria-label=words::TOTALS>
            <dl>
                {sum(words::REQUESTS.text(), "", |sums| format::count(sums.requests))}
                {sum(words::FELL_OVER.text(), "", |sums| format::count(sums.fell_over))}
                {sum(words::FAILED.text(), "", |sums| format::count(sums.failed))}
                {noted(
                    words::INPUT.text(),
                    |sums| format::tokens(sums.usage.input_total()),
                    |sums| sums.cached().map_or_else(|| words::TOKENS.owned(), words::cached),
                )}
                {noted(
                    words::OUTPUT.text(),
                    |sums| format::tokens(sums.usage.output),
                    |sums| words::reasoning(&format::tokens(sums.usage.reasoning)),
                )}
                {sum(words::COST.text(), words::COST_HINT.text(), |sums| format::money(sums.cost))}
                {noted(
                    words::SAVED.text(),
                    |sums| format::money(sums.saved.money),
                    |sums| match sums.saved.unpriced {
                        0 => words::SAVED_HINT.owned(),
                        unpriced => words::unpriced(&format::tokens(unpriced)),
                    },
                )}
            </dl>
        </section>
    }
}

/// Tokens by kind, as one bar and its legend.
#[component]
fn Kinds(total: Memo<Sums>) -> impl IntoView {
    let kinds = move || {
        let usage = total.with(|total| total.usage);
        let all = total.with(Sums::tokens).max(1);
        let kind = |class: &'static str, name: &'static str, n: u64| (class, name, n);
        let kinds = [
            kind("is-read", words::CACHE_READ.text(), usage.cache_read),
            kind("is-fresh", words::FRESH.text(), usage.input),
            kind("is-write", words::CACHE_WRITE.text(), usage.cache_write),
            kind("is-answer", words::ANSWER.text(), usage.output.saturating_sub(usage.reasoning)),
            kind("is-reasoning", words::REASONING.text(), usage.reasoning),
        ];
        let bar = move |(class, _, n): (&'static str, &'static str, u64)| {
            (n > 0).then(|| {
                view! { <span class=format!("kind {class}") style:flex-grow=(n.saturating_mul(10_000) / all).max(40).to_string()></span> }
            })
        };
        let word = |(class, name, n): (&'static str, &'static str, u64)| {
            view! {
                <li>
                    <span class=format!("swatch {class}") aria-hidden="true"></span>
                    {name}
                    <span class="num">{format::tokens(n)}</span>
                </li>
            }
        };
        view! {
            <div class="kinds-bar" aria-hidden="true">{kinds.map(bar).collect_view()}</div>
            <ul class="legend">{kinds.map(word).collect_view()}</ul>
        }
    };
    view! {
        <section class="panel kinds" aria-label=words::KINDS>
            <h2>{words::KINDS}</h2>
            {kinds}
        </section>
    }
}

#[component]
fn Export(asked: Memo<(Range, UsageBy)>) -> impl IntoView {
    let app = app();
    let busy = RwSignal::new(false);
    let export = move |_| {
        let range = asked.with_untracked(|(range, _)| range.clone());
        let span = span_of(app, &range);
        let step = if span.by_hour { "hour" } else { "day" };
        let path = format!("/api/usage?from={}&until={}&by={step}", span.from, span.until);
        busy.set(true);
        spawn_local(async move {
            match http::get::<Vec<UsageSum>>(&path).await {
                Ok(rows) => {
                    let text = usage::csv(&rows, clock::iso);
                    let name =
                        format!("switchyard-usage-{}.csv", range.word().replace("..", "-to-"));
                    if download::save(&name, "text/csv;charset=utf-8", &text) {
                        app.notices.done(words::EXPORTED.text());
                    } else {
                        app.notices.done(words::NOT_EXPORTED.text());
                    }
                }
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <button type="button" class="button" disabled=busy on:click=export>
            <Icon of=Glyph::Download/>
            {words::EXPORT}
        </button>
    }
}

/// Everything by which usage can be told apart, as a row of choices.
#[component]
fn ByField(asked: Memo<(Range, UsageBy)>) -> impl IntoView {
    let app = app();
    let choice = move |by: UsageBy| {
        let choose = move |_| {
            let range = asked.with_untracked(|(range, _)| range.clone());
            app.address.replace(Route::Usage(range, by));
        };
        view! {
            <label class="segment">
                <input
                    type="radio"
                    name="usage-by"
                    prop:checked=move || asked.with(|(_, chosen)| *chosen == by)
                    on:change=choose
                />
                <span>{words::by(by)}</span>
            </label>
        }
    };
    view! {
        <div class="segments" role="radiogroup" aria-label=words::BY>
            {USAGE_BY.map(choice).collect_view()}
        </div>
    }
}
