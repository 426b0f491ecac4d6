//! A candidate's row: its place can be changed by dragging, by the arrow keys and by buttons.

use leptos::prelude::*;
use switchyard_types::{CandidateState, CandidateView};
use wasm_bindgen::JsCast as _;

use super::editor::{Desk, Drag};
use super::terms::line_of;
use super::terms_form::Wish;
use super::words;
use crate::app::app;
use crate::facts::order;
use crate::facts::words as facts;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;
use crate::parts::time::Countdown;

/// The height of a row when the page cannot tell.
const ROW: f64 = 44.0;

fn handle_id(at: usize) -> String {
    format!("candidate-{at}")
}

/// Gives the keyboard back to the handle of a row that moved.
fn focus_handle(at: usize) {
    request_animation_frame(move || {
        let handle = document().get_element_by_id(&handle_id(at));
        if let Some(handle) = handle.and_then(|handle| handle.dyn_into().ok()) {
            let handle: web_sys::HtmlElement = handle;
            let _ = handle.focus();
        }
    });
}

fn row_height(event: &web_sys::PointerEvent) -> f64 {
    let row = event
        .current_target()
        .and_then(|handle| handle.dyn_into::<web_sys::Element>().ok())
        .and_then(|handle| handle.closest("li").ok().flatten());
    row.map_or(ROW, |row| row.get_bounding_client_rect().height()).max(1.0)
}

fn shift(drag: Option<Drag>, at: usize, height: f64) -> String {
    let pixels = match drag {
        Some(drag) if drag.from == at => drag.pixels,
        Some(drag) => f64::from(order::makes_way(at, drag.from, drag.to)) * height,
        None => 0.0,
    };
    format!("{pixels}px")
}

/// The handle: drag it, or press the arrows on it.
#[component]
fn Handle(model: String, at: Memo<usize>, desk: Desk, height: RwSignal<f64>) -> impl IntoView {
    let app = app();
    let start = StoredValue::new(0.0_f64);
    let len =
        move || desk.combo.with(|combo| combo.as_ref().map_or(0, |combo| combo.candidates.len()));
    let down = move |event: web_sys::PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        let target = event.current_target().and_then(|target| target.dyn_into().ok());
        let Some(handle): Option<web_sys::HtmlElement> = target else { return };
        let _ = handle.focus();
        if handle.set_pointer_capture(event.pointer_id()).is_err() {
            return;
        }
        height.set(row_height(&event));
        start.set_value(f64::from(event.client_y()));
        let from = at.get_untracked();
        desk.drag.set(Some(Drag { from, to: from, pixels: 0.0 }));
    };
    let moved = move |event: web_sys::PointerEvent| {
        let pixels = f64::from(event.client_y()) - start.get_value();
        let (len, height) = (untrack(len), height.get_untracked());
        if desk.drag.with_untracked(Option::is_some) {
            desk.drag.update(|drag| {
                if let Some(drag) = drag {
                    drag.pixels = pixels;
                    drag.to = order::landing(drag.from, pixels, height, len);
                }
            });
        }
    };
    let up = move |_: web_sys::PointerEvent| {
        if let Some(drag) = desk.drag.get_untracked() {
            desk.drag.set(None);
            desk.move_row(app, drag.from, drag.to);
            focus_handle(drag.to);
        }
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let from = at.get_untracked();
        let last = untrack(len).saturating_sub(1);
        let to = match event.key().as_str() {
            "ArrowUp" => from.saturating_sub(1),
            "ArrowDown" => (from + 1).min(last),
            "Home" => 0,
            "End" => last,
            "Escape" => {
                desk.drag.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        desk.move_row(app, from, to);
        focus_handle(to);
    };
    view! {
        <button
            type="button"
            class="handle"
            id=move || handle_id(at.get())
            title=words::HANDLE_HINT
            aria-label=move || words::handle(&model, at.get() + 1, len())
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=move |_| desk.drag.set(None)
            on:keydown=key
        >
            <Icon of=Glyph::Grip/>
        </button>
    }
}

/// The row.
#[component]
pub(super) fn CandidateRow(model: String, at: Memo<usize>, desk: Desk) -> impl IntoView {
    let app = app();
    let height = RwSignal::new(ROW);
    let candidate = Memo::new(move |_| {
        desk.combo.with(|combo| combo.as_ref()?.candidates.get(at.get()).cloned())
    });
    let vendor = Signal::derive(move || {
        candidate.with(|one| {
            one.as_ref().and_then(|one| one.vendor.clone()).unwrap_or_else(|| "?".to_owned())
        })
    });
    let terms = Memo::new(move |_| {
        let strategy = desk.strategy();
        candidate.with(|one| one.as_ref().map(|one| line_of(app, &one.into(), strategy)))
    });
    let held = move || desk.drag.get().is_some_and(|drag| drag.from == at.get());
    let first = move || at.get() == 0;
    let last = move || {
        desk.combo
            .with(|combo| combo.as_ref().is_none_or(|combo| at.get() + 1 >= combo.candidates.len()))
    };
    let title = model.clone();
    let change_it = words::terms_of(&model);
    view! {
        <li
            class="candidate"
            class:is-held=held
            style=("--shift", move || shift(desk.drag.get(), at.get(), height.get()))
        >
            <Handle model=model.clone() at desk height/>
            <span class="candidate-place num">{move || at.get() + 1}</span>
            <span class="candidate-name">
                <Tile vendor/>
                <span class="candidate-what">
                    <span class="mono" title=title>{model}</span>
                    {move || {
                        terms
                            .get()
                            .filter(|line| !line.is_empty())
                            .map(|line| {
                                view! {
                                    <span class="candidate-terms" title=line.clone()>
                                        {line.clone()}
                                    </span>
                                }
                            })
                    }}
                </span>
            </span>
            <span class="candidate-state">
                {move || candidate.get().map(|one| view! { <State one/> })}
            </span>
            <span class="candidate-tools">
                <button
                    type="button"
                    class="icon-button"
                    aria-label=change_it
                    title=words::TERMS
                    on:click=move |_| {
                        let one = candidate.with_untracked(|one| one.as_ref().map(Into::into));
                        desk.wish.set(one.map(Wish::Other));
                    }
                >
                    <Icon of=Glyph::Pencil/>
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=words::UP
                    title=words::UP
                    disabled=first
                    on:click=move |_| {
                        let from = at.get_untracked();
                        desk.move_row(app, from, from.saturating_sub(1));
                    }
                >
                    <Icon of=Glyph::Up/>
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=words::DOWN
                    title=words::DOWN
                    disabled=last
                    on:click=move |_| {
                        let from = at.get_untracked();
                        desk.move_row(app, from, from + 1);
                    }
                >
                    <Icon of=Glyph::Down/>
                </button>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=words::TAKE_OUT
                    title=words::TAKE_OUT
                    on:click=move |_| desk.take_out(app, at.get_untracked())
                >
                    <Icon of=Glyph::Close/>
                </button>
            </span>
        </li>
    }
}

/// What would happen to a request now, and what helps where it would be passed over.
#[component]
fn State(one: CandidateView) -> impl IntoView {
    let app = app();
    let (word, aspect) = facts::candidate(&one.state);
    let beside = match (&one.state, one.vendor.clone()) {
        (CandidateState::Locked { lock }, _) => view! {
            <span class="candidate-until" title=lock.message.clone()>
                {words::OPENS_IN.around(view! { <Countdown until=lock.until/> }.into_any())}
            </span>
        }
        .into_any(),
        (CandidateState::NoAccount, Some(vendor)) => view! {
            <button
                type="button"
                class="button is-quiet is-small"
                on:click=move |_| app.adding_key.set(Some(vendor.clone()))
            >
                {words::ADD_KEY}
            </button>
        }
        .into_any(),
        (CandidateState::Clear | CandidateState::NoAccount | CandidateState::Unknown, _) => {
            ().into_any()
        }
    };
    view! {
        <SignalWord aspect word=word.owned()/>
        {beside}
    }
}
