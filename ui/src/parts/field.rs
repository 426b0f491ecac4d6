//! Form pieces.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::select::{Entry, Select};
use super::words;

/// What is wrong with a field, under it.
#[component]
fn Wrong(id: String, wrong: MaybeProp<String>) -> impl IntoView {
    move || {
        let id = id.clone();
        wrong.get().map(|text| view! { <p class="field-fault" id=id role="alert">{text}</p> })
    }
}

/// The ids of what stands under a field.
fn described(
    id: &str,
    hint: &str,
    wrong: MaybeProp<String>,
) -> impl Fn() -> Option<String> + use<> {
    let hint = (!hint.is_empty()).then(|| format!("{id}-hint"));
    let fault = format!("{id}-fault");
    move || {
        let fault = wrong.with(Option::is_some).then(|| fault.clone());
        match (hint.clone(), fault) {
            (Some(hint), Some(fault)) => Some(format!("{fault} {hint}")),
            (hint, fault) => fault.or(hint),
        }
    }
}

/// A labelled text field.
#[component]
pub(crate) fn TextField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    /// An id that is unique on the page; the label points at it.
    #[prop(into)]
    id: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
    /// What is wrong with what is typed.
    #[prop(optional, into)]
    wrong: MaybeProp<String>,
    /// Of which kind it is, where the browser knows it.
    #[prop(default = "text")]
    kind: &'static str,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let fault_id = format!("{id}-fault");
    let described = described(&id, &hint, wrong);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                class="input"
                class:mono=mono
                type=kind
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                placeholder=placeholder
                autofocus=autofocus
                aria-describedby=described
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
            <Wrong id=fault_id wrong/>
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// A labelled field of several lines.
#[component]
pub(crate) fn AreaField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    id: &'static str,
    #[prop(optional, into)] hint: String,
    /// What is wrong with what is typed.
    #[prop(optional, into)]
    wrong: MaybeProp<String>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let described = described(id, &hint, wrong);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <textarea
                id=id
                class="input mono"
                rows="3"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <Wrong id=format!("{id}-fault") wrong/>
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// A labelled list to choose from.
#[component]
pub(crate) fn SelectField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] entries: Signal<Vec<Entry>>,
    id: &'static str,
    #[prop(optional, into)] hint: String,
) -> impl IntoView {
    let choose = Callback::new(move |chosen| value.set(chosen));
    let name = label.clone();
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <Select label=name value entries choose id=id/>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
        </div>
    }
}

/// A field for a secret: hidden until asked for, and never remembered by the browser.
#[component]
pub(crate) fn SecretField(
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] id: String,
    #[prop(into)] hint: Signal<String>,
    /// Not where another field stands before it.
    #[prop(default = true)]
    autofocus: bool,
) -> impl IntoView {
    let seen = RwSignal::new(false);
    let hint_id = format!("{id}-hint");
    let described = hint_id.clone();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="input-group">
                <input
                    id=id
                    class="input mono"
                    class:is-hidden-text=move || !seen.get()
                    type=move || if seen.get() { "text" } else { "password" }
                    autocomplete="new-password"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus=autofocus
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
