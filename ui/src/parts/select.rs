//! One of a few, by the system's own list.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// An entry: its value, and what is read.
pub(crate) type Entry = (String, String);

/// A list to choose from. A value that is not among the entries is shown as it stands.
#[component]
pub(crate) fn Select(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] entries: Signal<Vec<Entry>>,
    choose: Callback<String>,
    /// Lit while it is not this value.
    #[prop(optional, into)]
    rests_at: Option<String>,
    #[prop(optional)] id: Option<&'static str>,
) -> impl IntoView {
    let is_set = move || rests_at.as_ref().is_some_and(|rest| value.with(|value| value != rest));
    let all = Memo::new(move |_| {
        let mut all = entries.get();
        value.with(|value| {
            if !all.iter().any(|(known, _)| known == value) {
                all.push((value.clone(), value.clone()));
            }
        });
        all
    });
    view! {
        <span class="select" class:is-set=is_set>
            <select
                id=id
                aria-label=label
                title=label
                prop:value=move || {
                    // Its entries come first: a value without one cannot be chosen.
                    all.track();
                    value.get()
                }
                on:change=move |event| choose.run(event_target_value(&event))
            >
                {move || {
                    all.get()
                        .into_iter()
                        .map(|(known, text)| {
                            let chosen = value.with_untracked(|value| *value == known);
                            view! {
                                <option value=known selected=chosen>
                                    {text}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
            <Icon of=Glyph::ChevronDown/>
        </span>
    }
}
