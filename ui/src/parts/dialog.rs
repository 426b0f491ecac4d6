//! What floats: dialogs in the middle, panels at the right edge.
//!
//! The browser's own modal dialog keeps the keyboard inside and the page behind it still; here it
//! gets its way in and out, and gives the keyboard back to where it was.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

use super::icon::{Glyph, Icon};
use super::words;
use crate::browser;

/// Where a dialog stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// In the middle, for a question.
    Middle,
    /// At the top, for what finds things.
    Top,
    /// At the right edge, for a form beside its list.
    Right,
}

impl Stand {
    fn class(self) -> &'static str {
        match self {
            Self::Middle => "dialog is-middle",
            Self::Top => "dialog is-top",
            Self::Right => "dialog is-right",
        }
    }
}

/// A modal dialog. It is open as long as it is on the page.
#[component]
pub(crate) fn Dialog(
    stand: Stand,
    #[prop(into)] label: String,
    /// Escape, the close button, or (where nothing can be lost) a click beside it.
    close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let before = StoredValue::new_local(browser::focused());
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        request_animation_frame(move || {
            if dialog.is_connected() && !dialog.open() && dialog.show_modal().is_err() {
                dialog.set_open(true);
            }
        });
    });
    on_cleanup(move || {
        let Some(Some(before)) = before.try_get_value() else { return };
        request_animation_frame(move || {
            if !browser::is_modal() {
                let _ = before.focus();
            }
        });
    });
    let beside = move |event: ev::MouseEvent| {
        let on_dialog = event
            .target()
            .zip(event.current_target())
            .is_some_and(|(target, dialog)| js_sys::Object::is(&target, &dialog));
        if on_dialog && stand != Stand::Right {
            close.run(());
        }
    };
    view! {
        <dialog
            class=stand.class()
            node_ref=node
            aria-label=label
            on:cancel=move |event: ev::Event| {
                event.prevent_default();
                close.run(());
            }
            on:mousedown=beside
        >
            <div class="dialog-body">{children()}</div>
        </dialog>
    }
}

/// The head of a panel: what it is about, and its way out.
#[component]
pub(crate) fn PanelHead(close: Callback<()>, children: Children) -> impl IntoView {
    view! {
        <header class="panel-head">
            <div class="panel-title">{children()}</div>
            <button
                type="button"
                class="icon-button"
                aria-label=words::CLOSE
                title=words::CLOSE
                on:click=move |_| close.run(())
            >
                <Icon of=Glyph::Close/>
            </button>
        </header>
    }
}

/// A question before something is destroyed: the text names it.
#[component]
pub(crate) fn Confirm(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(into)] action: String,
    confirm: Callback<()>,
    close: Callback<()>,
) -> impl IntoView {
    let label = title.clone();
    view! {
        <Dialog stand=Stand::Middle label close>
            <div class="confirm">
                <h2>{title}</h2>
                <p>{text}</p>
                <div class="confirm-actions">
                    <button type="button" class="button" autofocus on:click=move |_| close.run(())>
                        {words::CANCEL}
                    </button>
                    <button
                        type="button"
                        class="button is-danger"
                        on:click=move |_| {
                            confirm.run(());
                            close.run(());
                        }
                    >
                        {action}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

/// Puts the keyboard into an element once it stands on the page.
pub(crate) fn focus_when_there<E>(node: NodeRef<E>)
where
    E: html::ElementType + 'static,
    E::Output: wasm_bindgen::JsCast + Clone + 'static,
{
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        request_animation_frame(move || {
            if let Ok(element) = element.dyn_into::<web_sys::HtmlElement>() {
                let _ = element.focus();
            }
        });
    });
}
