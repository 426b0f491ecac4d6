//! Rows that keep their elements while the list around them changes.

use std::sync::Arc;

use leptos::prelude::*;

/// A row that may have to be drawn.
struct Slot {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// The rows of a list, told apart by their keys; only what is new is drawn. Everything but the drawing stands in the
/// bundle once, for rows of every kind.
pub(crate) fn rows<T: Send + 'static, V: IntoView + 'static>(
    each: impl Fn() -> Vec<T> + Send + 'static,
    key: impl Fn(&T) -> String + Send + 'static,
    draw: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView {
    let draw = Arc::new(draw);
    keyed(Box::new(move || {
        let slot = |row: T| {
            let (key, draw) = (key(&row), Arc::clone(&draw));
            Slot { key, draw: Box::new(move || draw(row).into_any()) }
        };
        each().into_iter().map(slot).collect()
    }))
}

fn keyed(slots: Box<dyn Fn() -> Vec<Slot> + Send>) -> AnyView {
    let (key, draw) = (|slot: &Slot| slot.key.clone(), |slot: Slot| (slot.draw)());
    view! { <For each=slots key=key children=draw/> }.into_any()
}
