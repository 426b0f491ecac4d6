//! A span of time to choose: a few by name, others by their days.

use leptos::prelude::*;

use super::select::Select;
use super::words;
use crate::app::app;
use crate::facts::range::{Date, Range};
use crate::word::Word;

/// The list of spans, and two days where they are chosen.
#[component]
pub(crate) fn RangeField(
    #[prop(into)] range: Signal<Range>,
    /// Those that have a name; the first is the one at rest.
    named: &'static [Range],
    choose: Callback<Range>,
) -> impl IntoView {
    let clock = app().clock;
    let value = Signal::derive(move || match range.get() {
        Range::Days(..) => CUSTOM.to_owned(),
        named => named.word(),
    });
    let entries = Signal::derive(move || {
        let entry = |one: &Range| (one.word(), words::range(one).owned());
        let mut entries: Vec<_> = named.iter().map(entry).collect();
        entries.push((CUSTOM.to_owned(), words::RANGE_CUSTOM.owned()));
        entries
    });
    let pick = Callback::new(move |word: String| {
        let days = || Range::Days(clock.date(6), clock.date(0));
        choose.run(Range::parse(&word).unwrap_or_else(days));
    });
    let rests_at = named.first().map(Range::word).unwrap_or_default();
    let days = Memo::new(move |_| match range.get() {
        Range::Days(first, last) => Some((first, last)),
        Range::All | Range::Hour | Range::Today | Range::Week | Range::Month => None,
    });
    let is_open = Memo::new(move |_| days.with(Option::is_some));
    let day = move |label: Word, which: fn(&(Date, Date)) -> Date| {
        let set = move |event| {
            let (Some(date), Some((first, last))) =
                (Date::parse(&event_target_value(&event)), days.get_untracked())
            else {
                return;
            };
            let range = if label == words::FROM {
                Range::Days(date, last.max(date))
            } else {
                Range::Days(first.min(date), date)
            };
            choose.run(range);
        };
        view! {
            <input
                class="input date"
                type="date"
                aria-label=label
                title=label
                prop:value=move || days.with(|days| days.as_ref().map(|days| which(days).to_string()))
                on:change=set
            />
        }
    };
    view! {
        <span class="range">
            <Select label=words::RANGE value entries choose=pick rests_at/>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        view! {
                            {day(words::FROM, |days| days.0)}
                            <span aria-hidden="true">"–"</span>
                            {day(words::THROUGH, |days| days.1)}
                        }
                    })
            }}
        </span>
    }
}

const CUSTOM: &str = "days";
