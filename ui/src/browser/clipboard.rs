//! Copying text, also where the browser has no clipboard for us (a page over plain HTTP from
//! another machine, some webviews).

use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// Whether the text is on the clipboard now.
pub(crate) async fn copy(text: &str) -> bool {
    let navigator = window().navigator();
    let has_clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| clipboard.is_object());
    if has_clipboard && JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok() {
        return true;
    }
    copy_by_selection(text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Result<bool, JsValue> {
    let document: HtmlDocument = document().unchecked_into();
    let area: HtmlTextAreaElement = document.create_element("textarea")?.unchecked_into();
    area.set_value(text);
    area.set_class_name("off-screen");
    // Within an open dialog only what lies inside it can be selected.
    let place = document.query_selector("dialog[open]")?;
    let place = place.or_else(|| document.body().map(Into::into)).ok_or(JsValue::NULL)?;
    let before = super::focused();
    place.append_child(&area)?;
    area.select();
    let copied = document.exec_command("copy");
    area.remove();
    if let Some(before) = before {
        before.focus()?;
    }
    copied
}
