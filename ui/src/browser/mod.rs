//! The way out of the page: the server, the address bar, the clock, the clipboard, the theme, the language.

pub(crate) mod address;
pub(crate) mod clipboard;
pub(crate) mod clock;
pub(crate) mod download;
pub(crate) mod events;
pub(crate) mod files;
pub(crate) mod host;
pub(crate) mod http;
pub(crate) mod language;
pub(crate) mod theme;

use wasm_bindgen::JsCast as _;

/// The element that has the keyboard.
pub(crate) fn focused() -> Option<web_sys::HtmlElement> {
    leptos::prelude::document().active_element()?.dyn_into().ok()
}

/// Gives the keyboard to the first element that the selector finds, once the page is drawn again.
pub(crate) fn focus_on(selector: &str) {
    let selector = selector.to_owned();
    leptos::prelude::request_animation_frame(move || {
        if let Ok(Some(found)) = leptos::prelude::document().query_selector(&selector)
            && let Ok(found) = found.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = found.focus();
        }
    });
}

/// Scrolls as little as needed to show the first element that the selector finds, once the page is drawn
/// again.
pub(crate) fn show(selector: &'static str) {
    leptos::prelude::request_animation_frame(move || {
        if let Ok(Some(found)) = leptos::prelude::document().query_selector(selector) {
            let how = web_sys::ScrollIntoViewOptions::new();
            how.set_block(web_sys::ScrollLogicalPosition::Nearest);
            how.set_inline(web_sys::ScrollLogicalPosition::Nearest);
            found.scroll_into_view_with_scroll_into_view_options(&how);
        }
    });
}

/// Whether the keyboard is in a field, where single letters are text.
pub(crate) fn is_typing() -> bool {
    focused().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "TEXTAREA" | "SELECT")
            || element.tag_name() == "INPUT"
                && !matches!(
                    element.get_attribute("type").as_deref(),
                    Some("checkbox" | "radio" | "button")
                )
            || element.is_content_editable()
    })
}

/// Whether a dialog is open, which then has the keyboard to itself.
pub(crate) fn is_modal() -> bool {
    matches!(leptos::prelude::document().query_selector("dialog[open]"), Ok(Some(_)))
}

/// Keeps a small text for the next visit; where there is no storage, it is forgotten.
pub(crate) fn remember(key: &str, text: Option<&str>) {
    let Ok(Some(storage)) = leptos::prelude::window().local_storage() else { return };
    let kept = match text {
        Some(text) => storage.set_item(key, text),
        None => storage.remove_item(key),
    };
    if let Err(error) = kept {
        web_sys::console::warn_1(&error);
    }
}

/// What was kept under this key.
pub(crate) fn recall(key: &str) -> Option<String> {
    leptos::prelude::window().local_storage().ok()??.get_item(key).ok()?
}
