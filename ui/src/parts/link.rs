//! Links between pages: real addresses, followed without a reload.

use leptos::prelude::*;

use crate::app::app;
use crate::facts::path::Route;
use crate::word::Word;

/// Whether a click asks for a new tab or a download, which is the browser's business.
fn is_plain(event: &web_sys::MouseEvent) -> bool {
    event.button() == 0
        && !(event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key())
}

/// A link to a page.
#[component]
pub(crate) fn Link(
    to: Route,
    #[prop(optional, into)] class: &'static str,
    /// Shown on hover, where its text may be out of sight.
    #[prop(optional)]
    title: Option<Word>,
    children: Children,
) -> impl IntoView {
    let address = app().address;
    let href = to.href();
    view! {
        <a
            class=class
            title=title
            href=href
            on:click=move |event| {
                if is_plain(&event) {
                    event.prevent_default();
                    address.go(to.clone());
                }
            }
        >
            {children()}
        </a>
    }
}
