//! Short words about what just happened, at the edge of the page.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use super::words;
use crate::browser::http::Fault;
use crate::parts::rows::rows;

/// Puts something back. It outlives the row that it came from.
type Undo = Arc<dyn Fn() + Send + Sync>;

#[derive(Clone)]
struct Notice {
    id: u64,
    bad: bool,
    text: String,
    hint: Option<String>,
    undo: Option<Undo>,
}

/// What is shown now.
#[derive(Clone, Copy)]
pub(crate) struct Notices {
    shown: RwSignal<Vec<Notice>>,
    next: StoredValue<u64>,
}

const MOST: usize = 3;

impl Notices {
    pub(crate) fn new() -> Self {
        Self { shown: RwSignal::new(Vec::new()), next: StoredValue::new(0) }
    }

    /// Something was done.
    pub(crate) fn done(self, text: impl Into<String>) {
        self.show(text.into(), None, None, false);
    }

    /// Something was removed and can be put back.
    pub(crate) fn undoable(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.show(text.into(), None, Some(Arc::new(undo)), false);
    }

    /// Something did not work.
    pub(crate) fn fault(self, fault: &Fault) {
        let (text, hint) = words::fault(fault);
        self.show(text, hint, None, true);
    }

    fn show(self, text: String, hint: Option<String>, undo: Option<Undo>, bad: bool) {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        let seconds = if bad {
            12
        } else if undo.is_some() {
            8
        } else {
            4
        };
        self.shown.update(|shown| {
            shown.retain(|notice| notice.text != text);
            shown.push(Notice { id, bad, text, hint, undo });
            let surplus = shown.len().saturating_sub(MOST);
            shown.drain(..surplus);
        });
        set_timeout(move || self.dismiss(id), Duration::from_secs(seconds));
    }

    fn dismiss(self, id: u64) {
        self.shown.update(|shown| shown.retain(|notice| notice.id != id));
    }
}

/// Where notices appear. They stand above open dialogs, too.
#[component]
pub(crate) fn NoticeBoard(notices: Notices) -> impl IntoView {
    let row = move |notice: Notice| {
        let id = notice.id;
        view! {
            <div class="notice" class:is-bad=notice.bad role=if notice.bad { "alert" } else { "status" }>
                <Icon of=if notice.bad { Glyph::Alert } else { Glyph::Check }/>
                <div class="notice-text">
                    <span>{notice.text}</span>
                    {notice.hint.map(|hint| view! { <span class="notice-hint">{hint}</span> })}
                </div>
                {notice
                    .undo
                    .map(|undo| {
                        view! {
                            <button
                                type="button"
                                class="button is-quiet"
                                on:click=move |_| {
                                    undo();
                                    notices.dismiss(id);
                                }
                            >
                                {words::UNDO}
                            </button>
                        }
                    })}
                <button
                    type="button"
                    class="icon-button"
                    aria-label=words::DISMISS
                    on:click=move |_| notices.dismiss(id)
                >
                    <Icon of=Glyph::Close/>
                </button>
            </div>
        }
    };
    view! {
        <div class="notices">
            {rows(move || notices.shown.get(), |notice| notice.id.to_string(), row)}
        </div>
    }
}
