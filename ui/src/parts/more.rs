//! Long lists that show their first few.

use leptos::prelude::*;

/// The foot of such a list, while there is more: the button that shows all.
#[component]
pub(crate) fn ShowAll(
    #[prop(into)] more: Signal<bool>,
    all: RwSignal<bool>,
    #[prop(into)] text: Signal<String>,
) -> impl IntoView {
    move || {
        more.get().then(|| {
            view! {
                <div class="table-foot">
                    <button
                        type="button"
                        class="button is-quiet is-small"
                        on:click=move |_| all.set(true)
                    >
                        {text}
                    </button>
                </div>
            }
        })
    }
}
