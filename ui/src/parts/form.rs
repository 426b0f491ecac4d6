//! What every form has around its fields.

use leptos::prelude::*;

use super::dialog::{Dialog, PanelHead, Stand};
use super::gate::FormFault;
use super::icon::{Glyph, Icon};
use super::sending::Sending;
use super::words;
use crate::word::Word;

/// A form in a panel at the right edge.
#[component]
pub(crate) fn FormPanel(
    #[prop(into)] title: String,
    close: Callback<()>,
    save: Callback<()>,
    sending: Sending,
    /// What the button that saves says.
    action: Word,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <Dialog stand=Stand::Right label close>
            <form
                class="panel-form"
                on:submit=move |event| {
                    event.prevent_default();
                    save.run(());
                }
            >
                <PanelHead close>
                    <h2>{title}</h2>
                </PanelHead>
                <div class="form-body">
                    {children()}
                    <FormFault fault=sending.fault/>
                </div>
                <FormFoot close waits=sending.busy action/>
            </form>
        </Dialog>
    }
}

/// The foot of a panel's form: the way out, and the button that saves.
#[component]
pub(crate) fn FormFoot(
    close: Callback<()>,
    /// Whether it cannot be saved now.
    #[prop(into)]
    waits: Signal<bool>,
    /// What the button that saves says.
    #[prop(into)]
    action: Signal<String>,
) -> impl IntoView {
    view! {
        <footer class="form-foot">
            <button type="button" class="button" on:click=move |_| close.run(())>
                {words::CANCEL}
            </button>
            <button type="submit" class="button is-primary" disabled=waits>
                {action}
            </button>
        </footer>
    }
}

/// What the user must mend before the server is asked.
#[component]
pub(crate) fn Mistake(#[prop(into)] text: Signal<Option<Word>>) -> impl IntoView {
    move || {
        text.get().map(|text| {
            view! {
                <div class="callout is-stop" role="alert">
                    <Icon of=Glyph::Alert/>
                    <div>{text.text()}</div>
                </div>
            }
        })
    }
}
