//! What every section of the settings has around what can be set.

use leptos::prelude::*;

use super::words;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sending::Sending;
use crate::word::Word;

/// A panel with its head.
#[component]
pub(super) fn Panel(
    title: Word,
    /// What it is about.
    #[prop(optional)]
    hint: Option<AnyView>,
    /// What can be done with all of it.
    #[prop(optional)]
    tool: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel setting" aria-label=title>
            <header>
                <h2>{title}</h2>
                {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
                {tool}
            </header>
            {children()}
        </section>
    }
}

/// The end of a form: why it was refused, and the button that saves.
#[component]
pub(super) fn Save(sending: Sending) -> impl IntoView {
    view! {
        <FormFault fault=sending.fault/>
        <button type="submit" class="button is-primary" disabled=sending.busy>
            {words::SAVE}
        </button>
    }
}

/// What can be done with one limit of a list: it is changed, or asked whether it shall go.
pub(super) fn limit_tools(
    name: &str,
    change: Callback<()>,
    asking: RwSignal<bool>,
) -> impl IntoView + use<> {
    let (change_it, remove_it) = (words::change_of(name), words::remove_of(name));
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=change_it
            title=words::CHANGE
            on:click=move |_| change.run(())
        >
            <Icon of=Glyph::Pencil/>
        </button>
        <button
            type="button"
            class="icon-button"
            aria-label=remove_it
            title=words::REMOVE
            on:click=move |_| asking.set(true)
        >
            <Icon of=Glyph::Trash/>
        </button>
    }
}
