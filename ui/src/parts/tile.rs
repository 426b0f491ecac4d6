//! A vendor's tile: its letters in its own hue.

use leptos::prelude::*;

use crate::app::app;
use crate::facts::monogram::monogram;

/// The tile of a vendor, by id.
#[component]
pub(crate) fn Tile(#[prop(into)] vendor: Signal<String>) -> impl IntoView {
    let app = app();
    let shown = Memo::new(move |_| vendor.with(|id| app.vendor(id)));
    view! {
        <span
            class="tile"
            aria-hidden="true"
            title=move || shown.with(|(name, _)| name.clone())
            style=("--hue", move || shown.with(|(_, hue)| hue.to_string()))
        >
            {move || shown.with(|(name, _)| monogram(name))}
        </span>
    }
}
