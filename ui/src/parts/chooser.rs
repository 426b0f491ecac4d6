//! Finding one thing among many by typing: the palette and the model picker.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::signal::Lamp;
use super::tile::Tile;
use super::words;
use crate::facts::words::Aspect;

/// What stands before a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    Icon(Glyph),
    Vendor(String),
}

/// A row to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What the one who asked knows it by.
    pub(crate) id: String,
    pub(crate) lead: Lead,
    pub(crate) label: String,
    /// Whether the label is a name that machines read.
    pub(crate) mono: bool,
    /// At the right, in grey.
    pub(crate) note: String,
    /// A lamp before the note.
    pub(crate) aspect: Option<Aspect>,
}

const LIST: &str = "chooser-list";

fn row_id(index: usize) -> String {
    format!("chooser-{index}")
}

/// A search field over a list; arrows move, Enter chooses.
#[component]
pub(crate) fn Chooser(
    query: RwSignal<String>,
    #[prop(into)] choices: Signal<Vec<Choice>>,
    choose: Callback<String>,
    #[prop(into)] placeholder: String,
    #[prop(into)] empty: String,
) -> impl IntoView {
    let at = RwSignal::new(0_usize);
    let label = placeholder.clone();
    let node = NodeRef::<html::Ul>::new();
    let last = move || choices.with(Vec::len).saturating_sub(1);
    let step = move |to: usize| {
        at.set(to);
        request_animation_frame(move || {
            if let Some(row) = document().get_element_by_id(&row_id(to)) {
                let how = web_sys::ScrollIntoViewOptions::new();
                how.set_block(web_sys::ScrollLogicalPosition::Nearest);
                row.scroll_into_view_with_scroll_into_view_options(&how);
            }
        });
    };
    let pick = move |index: usize| {
        let id = choices.with_untracked(|choices| choices.get(index).map(|c| c.id.clone()));
        if let Some(id) = id {
            choose.run(id);
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let now = at.get_untracked().min(last());
        let to = match event.key().as_str() {
            "ArrowDown" => (now + 1).min(last()),
            "ArrowUp" => now.saturating_sub(1),
            "PageDown" => (now + 8).min(last()),
            "PageUp" => now.saturating_sub(8),
            "Enter" => {
                event.prevent_default();
                pick(now);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        step(to);
    };
    let row = move |(index, choice): (usize, Choice)| {
        let lit = move || at.get().min(last()) == index;
        let lead = match choice.lead {
            Lead::Icon(glyph) => view! { <Icon of=glyph/> }.into_any(),
            Lead::Vendor(vendor) => view! { <Tile vendor/> }.into_any(),
        };
        let title = choice.label.clone();
        view! {
            <li
                id=row_id(index)
                role="option"
                class="choice"
                class:is-lit=lit
                aria-selected=move || lit().to_string()
                on:mousemove=move |_| {
                    if at.get_untracked() != index {
                        at.set(index);
                    }
                }
                on:mousedown=move |event| event.prevent_default()
                on:click=move |_| pick(index)
            >
                {lead}
                <span class="choice-label" class:mono=choice.mono title=title>{choice.label}</span>
                <span class="choice-note">
                    {choice.aspect.map(|aspect| view! { <Lamp aspect/> })}
                    {choice.note}
                </span>
            </li>
        }
    };
    view! {
        <div class="chooser">
            <div class="chooser-field">
                <Icon of=Glyph::Search/>
                <input
                    class="chooser-input"
                    type="text"
                    role="combobox"
                    autofocus
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-expanded="true"
                    aria-controls=LIST
                    aria-autocomplete="list"
                    aria-label=label
                    aria-activedescendant=move || row_id(at.get().min(last()))
                    placeholder=placeholder
                    prop:value=query
                    on:input=move |event| {
                        query.set(event_target_value(&event));
                        at.set(0);
                        if let Some(list) = node.get_untracked() {
                            list.set_scroll_top(0);
                        }
                    }
                    on:keydown=on_key
                />
            </div>
            <ul class="chooser-list" id=LIST role="listbox" node_ref=node>
                {move || choices.get().into_iter().enumerate().map(row).collect_view()}
            </ul>
            {move || {
                let text = if query.with(String::is_empty) { empty.clone() } else { words::NOTHING_FOUND.owned() };
                choices.with(Vec::is_empty).then(|| view! { <p class="chooser-empty">{text}</p> })
            }}
        </div>
    }
}
