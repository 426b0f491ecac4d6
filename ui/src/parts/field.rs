//! Form pieces.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::words;

/// A labelled text field.
#[component]
pub(crate) fn TextField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// An id that is unique on the page; the label points at it.
    id: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                class="input"
                class:mono=mono
                type="text"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=placeholder
                autofocus=autofocus
                aria-describedby=described
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// A field for a secret: hidden until asked for, and never remembered by the browser.
#[component]
pub(crate) fn SecretField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    id: &'static str,
    #[prop(into)] hint: Signal<String>,
) -> impl IntoView {
    let seen = RwSignal::new(false);
    let hint_id = format!("{id}-hint");
    let described = hint_id.clone();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="input-group">
                <input
                    id=id
                    class="input mono"
                    class:is-hidden-text=move || !seen.get()
                    type=move || if seen.get() { "text" } else { "password" }
                    autocomplete="new-password"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus
                    aria-describedby=described
                    prop:value=value
                    on:input=move |event| value.set(event_target_value(&event))
                />
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || if seen.get() { words::HIDE } else { words::SHOW }
                    aria-pressed=move || seen.get().to_string()
                    on:click=move |_| seen.update(|seen| *seen = !*seen)
                >
                    {move || {
                        let glyph = if seen.get() { Glyph::EyeOff } else { Glyph::Eye };
                        view! { <Icon of=glyph/> }
                    }}
                </button>
            </div>
            <p class="hint" id=hint_id>{hint}</p>
        </div>
    }
}

/// A switch with its word.
#[component]
pub(crate) fn Switch(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] on: Signal<bool>,
    toggle: Callback<bool>,
    /// Only the switch is seen; the label is read out.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    view! {
        <label class="switch" class:is-bare=bare>
            <input
                type="checkbox"
                role="switch"
                prop:checked=on
                on:change=move |event| toggle.run(event_target_checked(&event))
            />
            <span class="switch-track" aria-hidden="true"></span>
            <span class=if bare { "off-screen" } else { "switch-label" }>{label}</span>
        </label>
    }
}
