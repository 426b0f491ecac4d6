//! Copying, confirmed in place.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::icon::{Glyph, Icon};
use super::words;
use crate::browser::clipboard;
use crate::word::Word;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Ready,
    Copied,
    Failed,
}

/// A button that copies a text; `what` names it for those who cannot see what stands beside.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: Signal<String>,
    what: Word,
    /// Shows the word beside the icon.
    #[prop(optional)]
    worded: bool,
) -> impl IntoView {
    let shown = RwSignal::new(Shown::Ready);
    let copy = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        let text = text.get_untracked();
        spawn_local(async move {
            let copied = clipboard::copy(&text).await;
            let _ = shown.try_set(if copied { Shown::Copied } else { Shown::Failed });
            set_timeout(
                move || {
                    let _ = shown.try_set(Shown::Ready);
                },
                Duration::from_millis(1_600),
            );
        });
    };
    let word = move || match shown.get() {
        Shown::Ready => words::COPY,
        Shown::Copied => words::COPIED,
        Shown::Failed => words::COPY_FAILED,
    };
    let label = words::copy_of(what);
    view! {
        <button
            type="button"
            class=if worded { "button copy" } else { "icon-button copy" }
            class:is-copied=move || shown.get() == Shown::Copied
            aria-label=label
            title=word
            on:click=copy
        >
            {move || {
                let glyph = match shown.get() {
                    Shown::Ready => Glyph::Copy,
                    Shown::Copied => Glyph::Check,
                    Shown::Failed => Glyph::Alert,
                };
                view! { <Icon of=glyph/> }
            }}
            {worded.then(|| view! { <span class="copy-word">{word}</span> })}
            <span class="off-screen" aria-live="polite">
                {move || (shown.get() == Shown::Copied).then_some(words::COPIED)}
            </span>
        </button>
    }
}
