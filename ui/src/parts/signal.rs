//! Signals: a lamp with its shape and colour, and its word.

use leptos::prelude::*;

use crate::facts::words::Aspect;

fn shape(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Clear | Aspect::Running => "M6 1.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
        Aspect::Caution => {
            "M5.13 1.8a1 1 0 0 1 1.74 0l4.1 7.2a1 1 0 0 1-.87 1.5H1.9A1 1 0 0 1 1.03 9z"
        }
        Aspect::Stop => {
            "M2.75 1.75h6.5a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1h-6.5a1 1 0 0 1-1-1v-6.5a1 1 0 0 1 1-1z"
        }
        Aspect::Restricted => "M6 .9 11.1 6 6 11.1.9 6z",
        Aspect::Idle => {
            "M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0 1.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z"
        }
    }
}

/// The lamp alone; its word stands beside it or is its title.
#[component]
pub(crate) fn Lamp(#[prop(into)] aspect: Signal<Aspect>) -> impl IntoView {
    view! {
        <svg class=move || format!("lamp {}", aspect.get().class()) viewBox="0 0 12 12" aria-hidden="true">
            <path d=move || shape(aspect.get())></path>
        </svg>
    }
}

/// The lamp and its word.
#[component]
pub(crate) fn SignalWord(
    #[prop(into)] aspect: Signal<Aspect>,
    #[prop(into)] word: Signal<String>,
) -> impl IntoView {
    view! {
        <span class=move || format!("signal {}", aspect.get().class())>
            <Lamp aspect/>
            <span class="signal-word">{word}</span>
        </span>
    }
}
