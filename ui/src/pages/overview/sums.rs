//! Today's sums.

use leptos::prelude::*;
use switchyard_types::Today;

use super::words;
use crate::app::{Load, app};
use crate::facts::format;
use crate::pages::usage::words as usage;
use crate::parts::gate::Failed;
use crate::word::Word;

/// One number with its label; a warning colour only when there is something to warn of.
#[component]
fn Sum(
    label: Word,
    #[prop(into)] value: Signal<Option<String>>,
    #[prop(optional, into)] note: Option<Signal<String>>,
    #[prop(optional)] hint: Option<Word>,
) -> impl IntoView {
    view! {
        <div class="sum" title=hint.map(Word::text)>
            <dd class="num">
                {move || match value.get() {
                    Some(value) => view! { <span>{value}</span> }.into_any(),
                    None => view! { <span class="bone is-number"></span> }.into_any(),
                }}
            </dd>
            <dt>
                {label}
                {note.map(|note| view! { <span class="sum-note">{note}</span> })}
            </dt>
        </div>
    }
}

/// The strip of sums.
#[component]
pub(super) fn Sums() -> impl IntoView {
    let app = app();
    let today = Memo::new(move |_| app.status.with(|status| status.today));
    let sum = move |of: fn(&Today) -> String| {
        Signal::derive(move || today.with(|today| today.as_ref().map(of)))
    };
    let cached = Signal::derive(move || {
        today.with(|today| {
            let usage = today.as_ref().map(|today| today.usage).unwrap_or_default();
            match usage.input_total() {
                0 => words::TOKENS.owned(),
                all => words::cached(usage.cache_read.saturating_mul(100) / all),
            }
        })
    });
    let tokens = Signal::derive(|| words::TOKENS.owned());
    let saved = Signal::derive(move || {
        let unpriced = today.with(|today| today.as_ref().map_or(0, |today| today.saved.unpriced));
        match unpriced {
            0 => usage::SAVED_HINT.owned(),
            unpriced => usage::unpriced(&format::tokens(unpriced)),
        }
    });
    let failed = Memo::new(move |_| match app.status.standing() {
        Load::Failed(fault) => Some(fault),
        Load::Waiting | Load::Ready(()) => None,
    });
    let retry = Callback::new(move |()| {
        app.status.state.set(Load::Waiting);
        app.reload_status();
    });
    let sums = move || {
        view! {
            <dl>
                <Sum label=words::REQUESTS value=sum(|today| format::count(today.requests))/>
                <Sum
                    label=words::FELL_OVER
                    value=sum(|today| format::count(today.fell_over))
                    hint=words::FELL_OVER_HINT
                />
                <Sum
                    label=words::FAILED
                    value=sum(|today| format::count(today.failed))
                    hint=words::FAILED_HINT
                />
                <Sum
                    label=words::INPUT
                    value=sum(|today| format::tokens(today.usage.input_total()))
                    note=cached
                />
                <Sum
                    label=words::OUTPUT
                    value=sum(|today| format::tokens(today.usage.output))
                    note=tokens
                />
                <Sum
                    label=words::COST
                    value=sum(|today| format::money(today.cost))
                    hint=words::COST_HINT
                />
                <Sum
                    label=usage::SAVED
                    value=sum(|today| format::money(today.saved.money))
                    note=saved
                />
            </dl>
        }
    };
    view! {
        <section class="sums" aria-label=words::TODAY>
            <h2>{words::TODAY}</h2>
            {move || match failed.get() {
                Some(fault) => view! { <Failed fault retry/> }.into_any(),
                None => sums().into_any(),
            }}
        </section>
    }
}
