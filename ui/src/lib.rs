//! The dashboard: what Switchyard does now, and everything that a user sets up.
//!
//! [`mount`] puts it on the page. `facts` decides what can be decided without a browser and is
//! tested natively; `browser` is the way to the server, the address bar and the clipboard; `app`
//! holds what the server said and keeps it true; `parts` are the pieces that pages share; `shell` is the
//! frame around the pages; `pages` are the pages, each with its words in one place.
//!
//! It must not know how requests are routed, what a vendor speaks, or where anything is stored:
//! it shows what the admin API says in `switchyard-types`, and a reload shows the same.

#![expect(
    unreachable_pub,
    reason = "the component macro writes `pub` where the function is narrower"
)]

#[macro_use]
mod word;

mod app;
mod browser;
mod facts;
mod pages;
mod parts;
mod shell;

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Puts the dashboard into the page's `#app`, in place of what stood there while it loaded.
pub fn mount() {
    tell_panics();
    // A text that is drawn stays as it is, so the language is there before the first.
    wasm_bindgen_futures::spawn_local(async {
        browser::language::speak().await;
        let Some(place) = document().get_element_by_id("app") else { return };
        place.set_inner_html("");
        mount_to(place.unchecked_into(), || view! { <shell::Shell/> }).forget();
    });
}

/// A fault of ours must not leave a page that looks alive and is not.
fn tell_panics() {
    std::panic::set_hook(Box::new(|info| {
        web_sys::console::error_1(&info.to_string().into());
        let Some(body) = document().body() else { return };
        let Ok(word) = document().create_element("div") else { return };
        word.set_class_name("boot-word is-over");
        let _ = word.set_attribute("role", "alert");
        word.set_text_content(Some(shell::words::STOPPED.text()));
        let _ = body.append_child(&word);
    }));
}
