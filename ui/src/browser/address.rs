//! The address bar: which page is shown, and going to another.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::facts::path::Route;

/// The page that is shown.
#[derive(Clone, Copy)]
pub(crate) struct Address {
    route: RwSignal<Route>,
}

impl Address {
    /// Reads the address and follows the browser's back and forward.
    pub(crate) fn follow() -> Self {
        let address = Self { route: RwSignal::new(current()) };
        let handle = window_event_listener(leptos::ev::popstate, move |_| {
            address.route.set(current());
        });
        on_cleanup(move || handle.remove());
        address
    }

    pub(crate) fn route(&self) -> Route {
        self.route.get()
    }

    /// Goes to a page; back returns here.
    pub(crate) fn go(&self, route: Route) {
        if self.route.get_untracked() == route {
            return;
        }
        let href = route.href();
        let history = window().history();
        if let Err(error) =
            history.and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(&href)))
        {
            web_sys::console::warn_1(&error);
        }
        self.route.set(route);
    }

    /// Goes to a page in place of this one.
    pub(crate) fn replace(&self, route: Route) {
        let href = route.href();
        let history = window().history();
        if let Err(error) = history
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&href)))
        {
            web_sys::console::warn_1(&error);
        }
        self.route.set(route);
    }
}

fn current() -> Route {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let query = location.search().unwrap_or_default();
    Route::parse(&path, query.trim_start_matches('?'))
}
