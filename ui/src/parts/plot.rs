//! A drawing along time whose places are reached by the pointer and by keys, and are said.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// What stands around the drawing, and stays while that is drawn anew: `at` is the place that is looked at, `said`
/// what it holds.
#[component]
pub(crate) fn Plot(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] places: Signal<usize>,
    at: RwSignal<Option<usize>>,
    #[prop(into)] said: Signal<String>,
    children: Children,
) -> impl IntoView {
    let last = move || places.get_untracked().saturating_sub(1);
    let look = move |place: Option<usize>| {
        if at.get_untracked() != place {
            at.set(place);
        }
    };
    let point = move |event: PointerEvent| {
        let node = event.current_target().and_then(|node| node.dyn_into::<web_sys::Element>().ok());
        if let Some(frame) = node.map(|node| node.get_bounding_client_rect()) {
            let across = (f64::from(event.client_x()) - frame.left()) / frame.width().max(1.0);
            look(Some(place_at(across, places.get_untracked())));
        }
    };
    let step = move |event: KeyboardEvent| {
        let now = at.get_untracked().unwrap_or_else(last);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (now + 1).min(last()),
            "Home" => 0,
            "End" => last(),
            _ => return,
        };
        event.prevent_default();
        look(Some(next));
    };
    view! {
        <div
            class="plot"
            role="slider"
            tabindex="0"
            aria-label=label
            aria-valuemin="1"
            aria-valuemax=move || places.get().max(1).to_string()
            aria-valuenow=move || at.get().map_or(places.get().max(1), |at| at + 1).to_string()
            aria-valuetext=said
            on:pointermove=point
            on:pointerleave=move |_| look(None)
            on:focus=move |_| look(at.get_untracked().or_else(|| Some(last())))
            on:blur=move |_| look(None)
            on:keydown=step
        >
            {children()}
        </div>
    }
}

/// The place at a part of the whole width.
fn place_at(across: f64, places: usize) -> usize {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let place = across.max(0.0) * places as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "not negative; `as` saturates beyond"
    )]
    let place = place as usize;
    place.min(places.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_is_as_wide_as_the_others_and_the_edges_belong_to_the_outer_ones() {
        assert_eq!(place_at(0.0, 4), 0);
        assert_eq!(place_at(0.24, 4), 0);
        assert_eq!(place_at(0.26, 4), 1);
        assert_eq!(place_at(1.0, 4), 3);
        assert_eq!(place_at(-0.1, 4), 0);
        assert_eq!(place_at(9.0, 0), 0);
    }
}
