//! Between a list and the page: its shape while it loads, its fault, or the list.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::words;
use crate::app::Load;
use crate::browser::http::Fault;

/// Shows the children once the state is ready, and keeps them while it only changes.
#[component]
pub(crate) fn Gate<T: Send + Sync + 'static>(
    state: RwSignal<Load<T>>,
    retry: Callback<()>,
    /// How many rows the skeleton shows.
    #[prop(default = 4)]
    rows: usize,
    children: ChildrenFn,
) -> impl IntoView {
    let standing = Signal::derive(move || state.with(Load::standing));
    view! { <GateOn standing retry rows children/> }
}

/// The same for what stands on several sources.
#[component]
pub(crate) fn GateOn(
    standing: Signal<Load<()>>,
    retry: Callback<()>,
    #[prop(default = 4)] rows: usize,
    children: ChildrenFn,
) -> impl IntoView {
    let standing = Memo::new(move |_| standing.get());
    move || match standing.get() {
        Load::Waiting => view! { <Skeleton rows/> }.into_any(),
        Load::Ready(()) => children().into_any(),
        Load::Failed(fault) => view! { <Failed fault retry/> }.into_any(),
    }
}

/// The shape of rows to come.
#[component]
pub(crate) fn Skeleton(rows: usize) -> impl IntoView {
    let row = |_| {
        view! {
            <div class="bones-row">
                <span class="bone is-tile"></span>
                <span class="bone is-name"></span>
                <span class="bone is-text"></span>
                <span class="bone is-number"></span>
            </div>
        }
    };
    view! {
        <div class="bones" role="status" aria-label=words::LOADING>
            {(0..rows).map(row).collect_view()}
        </div>
    }
}

/// What went wrong, and the button that tries again.
#[component]
pub(crate) fn Failed(#[prop(into)] fault: Signal<Fault>, retry: Callback<()>) -> impl IntoView {
    let (message, hint) = fault.with_untracked(words::fault);
    view! {
        <div class="blank is-fault" role="alert">
            <Icon of=Glyph::Alert/>
            <h3>{words::LIST_FAILED}</h3>
            <p>{message} " " {hint}</p>
            <button type="button" class="button" on:click=move |_| retry.run(())>
                <Icon of=Glyph::Refresh/>
                {words::RETRY}
            </button>
        </div>
    }
}

/// An empty list: what belongs here, and the one next step.
#[component]
pub(crate) fn Blank(
    glyph: Glyph,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="blank">
            <Icon of=glyph/>
            <h3>{title}</h3>
            <p>{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// A form's fault, under its fields.
#[component]
pub(crate) fn FormFault(#[prop(into)] fault: Signal<Option<Fault>>) -> impl IntoView {
    move || {
        fault.get().map(|fault| {
            let (message, hint) = words::fault(&fault);
            view! {
                <div class="callout is-stop" role="alert">
                    <Icon of=Glyph::Alert/>
                    <div>
                        <strong>{message}</strong>
                        {hint.map(|hint| view! { <p>{hint}</p> })}
                    </div>
                </div>
            }
        })
    }
}
