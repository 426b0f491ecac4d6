//! Times: relative where they are read, exact on hover.

use leptos::prelude::*;
use switchyard_types::Millis;

use crate::app::app;
use crate::browser::clock::exact;
use crate::facts::format;

/// How long ago; the exact time on hover.
#[component]
pub(crate) fn Ago(at: Millis) -> impl IntoView {
    let clock = app().clock;
    view! {
        <time class="time" title=exact(at)>
            {move || format::ago(at, clock.tens.get())}
        </time>
    }
}

/// Time left until then; the exact time on hover.
#[component]
pub(crate) fn Countdown(until: Millis) -> impl IntoView {
    let clock = app().clock;
    view! {
        <time class="time num" title=exact(until)>
            {move || format::countdown(until, clock.second.get())}
        </time>
    }
}

/// The clock of a moment: `15:40`; the exact time on hover.
#[component]
pub(crate) fn ClockTime(at: Millis) -> impl IntoView {
    let clock = app().clock;
    view! {
        <time class="time num" title=exact(at)>
            {move || {
                clock.tens.track();
                clock.time_of(at)
            }}
        </time>
    }
}
