//! How much of something is used, as a bar.

use leptos::prelude::*;

/// The bar; what is beyond the whole is not drawn.
#[component]
pub(crate) fn Meter(label: String, percent: u32) -> impl IntoView {
    let share = percent.min(100);
    view! {
        <span
            class="meter"
            role="meter"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=share.to_string()
        >
            <span style:width=format!("{share}%")></span>
        </span>
    }
}
