//! One combo: its name and its candidates in order.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{ComboBody, ComboView};

use super::candidate::CandidateRow;
use super::offer::CopyLink;
use super::picker::Picker;
use super::saving::{body_of, put, save};
use super::words;
use crate::app::{App, app};
use crate::browser::http;
use crate::facts::order;
use crate::facts::path::{Route, encode};
use crate::parts::copy::CopyButton;
use crate::parts::dialog::{Confirm, focus_when_there};
use crate::parts::gate::Blank;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::rows;
use crate::parts::words::CANCEL;
use crate::word::Word;

/// A row that is held by the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Drag {
    pub(super) from: usize,
    pub(super) to: usize,
    /// How far the pointer went, in pixels.
    pub(super) pixels: f64,
}

/// What the rows share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) combo: Memo<Option<ComboView>>,
    pub(super) drag: RwSignal<Option<Drag>>,
    /// What was moved where, for those who cannot see it.
    pub(super) said: RwSignal<String>,
}

impl Desk {
    pub(super) fn models(self) -> Vec<String> {
        self.combo.with_untracked(|combo| {
            let candidates = combo.as_ref().map(|combo| combo.candidates.as_slice());
            candidates.unwrap_or_default().iter().map(|one| one.model.clone()).collect()
        })
    }

    fn keep(self, app: App, models: Vec<String>) {
        if let Some(name) =
            self.combo.with_untracked(|combo| combo.as_ref().map(|c| c.name.clone()))
        {
            save(app, &name, models);
        }
    }

    pub(super) fn move_row(self, app: App, from: usize, to: usize) {
        let models = self.models();
        if from == to || to >= models.len() {
            return;
        }
        if let Some(model) = models.get(from) {
            self.said.set(words::moved(model, to + 1, models.len()));
        }
        self.keep(app, order::moved(&models, from, to));
    }

    pub(super) fn take_out(self, app: App, at: usize) {
        let before = self.models();
        let mut after = before.clone();
        if at >= after.len() {
            return;
        }
        let model = after.remove(at);
        self.keep(app, after);
        let name = self.combo.with_untracked(|combo| combo.as_ref().map(|c| c.name.clone()));
        let undo = move || {
            if let Some(name) = &name {
                save(app, name, before.clone());
            }
        };
        app.notices.undoable(words::taken_out(&model), undo);
    }

    pub(super) fn add(self, app: App, model: String) {
        let mut models = self.models();
        if !models.contains(&model) {
            models.push(model);
            self.keep(app, models);
        }
    }
}

/// The editor of one combo.
#[component]
pub(super) fn Editor(name: String) -> impl IntoView {
    let app = app();
    let own = name.clone();
    let combo = Memo::new(move |_| {
        app.combos.with(|combos| combos.iter().find(|combo| combo.name == own).cloned()).flatten()
    });
    let desk = Desk { combo, drag: RwSignal::new(None), said: RwSignal::new(String::new()) };
    let picking = RwSignal::new(false);
    let models = Memo::new(move |_| {
        let models = combo.with(|combo| {
            let candidates = combo.as_ref().map(|combo| combo.candidates.as_slice());
            candidates.unwrap_or_default().iter().map(|one| one.model.clone()).collect::<Vec<_>>()
        });
        // The same model twice is two rows.
        let nth = |at: usize| models[..at].iter().filter(|other| **other == models[at]).count();
        (0..models.len()).map(|at| (models[at].clone(), nth(at))).collect::<Vec<_>>()
    });
    let none = Memo::new(move |_| models.with(Vec::is_empty));
    let label = name.clone();
    view! {
        <section class="panel combo-editor" aria-label=label>
            <EditorHead name desk/>
            <h3 class="combo-sub">{words::CANDIDATES}</h3>
            {move || {
                none.get()
                    .then(|| {
                        view! {
                            <Blank glyph=Glyph::Yard title=words::EMPTY text=words::EMPTY_TEXT/>
                        }
                    })
            }}
            <ol class="candidates" class:is-dragging=move || desk.drag.get().is_some()>
                {rows(
                    move || models.get(),
                    |(model, nth)| format!("{nth} {model}"),
                    move |row: (String, usize)| {
                        let own = row.clone();
                        let at = Memo::new(move |_| {
                            models
                                .with(|rows| rows.iter().position(|other| *other == own))
                                .unwrap_or_default()
                        });
                        view! { <CandidateRow model=row.0 at desk/> }
                    },
                )}
            </ol>
            <div class="combo-foot">
                <button type="button" class="button" on:click=move |_| picking.set(true)>
                    <Icon of=Glyph::Plus/>
                    {words::ADD}
                </button>
            </div>
            <p class="off-screen" aria-live="polite">{desk.said}</p>
            {move || picking.get().then(|| view! { <Picker picking desk/> })}
        </section>
    }
}

#[component]
fn EditorHead(name: String, desk: Desk) -> impl IntoView {
    let app = app();
    let renaming = RwSignal::new(false);
    let asking = RwSignal::new(false);
    let active =
        Memo::new(move |_| desk.combo.with(|combo| combo.as_ref().is_some_and(|c| c.active)));
    let own = name.clone();
    let title = move || {
        let name = own.clone();
        if renaming.get() {
            return view! { <Rename name renaming/> }.into_any();
        }
        view! {
            <h2 title=name.clone()>{name.clone()}</h2>
            <button
                type="button"
                class="icon-button"
                aria-label=words::RENAME
                title=words::RENAME
                on:click=move |_| renaming.set(true)
            >
                <Icon of=Glyph::Pencil/>
            </button>
        }
        .into_any()
    };
    let own = name.clone();
    let activate = move || {
        let name = own.clone();
        if active.get() {
            return view! { <span class="tag is-active">{words::ACTIVE}</span> }.into_any();
        }
        view! {
            <button
                type="button"
                class="button is-small"
                on:click=move |_| app.activate(name.clone())
            >
                {words::MAKE_ACTIVE}
            </button>
        }
        .into_any()
    };
    let own = name.clone();
    let question = move || {
        let name = own.clone();
        let title = words::remove_title(&name);
        let text = words::remove_text(&name, active.get_untracked());
        let confirm = Callback::new(move |()| remove(app, desk, name.clone()));
        let close = Callback::new(move |()| asking.set(false));
        view! { <Confirm title text action=words::REMOVE confirm close/> }
    };
    view! {
        <header class="combo-head">
            <div class="combo-title">{title}</div>
            <div class="combo-tools">
                {activate}
                <CopyLink name=name.clone()/>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=words::REMOVE
                    title=words::REMOVE
                    on:click=move |_| asking.set(true)
                >
                    <Icon of=Glyph::Trash/>
                </button>
            </div>
        </header>
        <p class="combo-use">
            <span class="label">{words::IN_AGENTS}</span>
            <code class="mono">{name.clone()}</code>
            <CopyButton text=name.clone() what=words::THE_NAME/>
            {move || {
                active
                    .get()
                    .then(|| {
                        view! {
                            <span class="label">{words::OR}</span>
                            <code class="mono">{words::AUTO}</code>
                        }
                    })
            }}
        </p>
        {move || asking.get().then(question.clone())}
    }
}

fn remove(app: App, desk: Desk, name: String) {
    let Some(combo) = desk.combo.get_untracked() else { return };
    let (body, active) = (ComboBody::from(&combo), combo.active);
    spawn_local(async move {
        if let Err(fault) = http::delete(&format!("/api/combos/{}", encode(&name))).await {
            app.fault(&fault);
            return;
        }
        app.combos.change(|combos| combos.retain(|combo| combo.name != name));
        app.address.replace(Route::Combos(None));
        app.reload_lists();
        let text = words::removed(&name);
        let undo = move || restore(app, name.clone(), body.clone(), active);
        app.notices.undoable(text, undo);
    });
}

fn restore(app: App, name: String, body: ComboBody, active: bool) {
    spawn_local(async move {
        match put(&name, &body).await {
            Ok(_) => {
                if active {
                    app.activate(name.clone());
                }
                app.reload_lists();
                app.address.go(Route::Combos(Some(name)));
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

/// Why a name cannot be a combo's, if it cannot.
pub(super) fn name_fault(app: App, name: &str, own: Option<&str>) -> Option<Word> {
    let taken = app
        .combos
        .with_untracked(|combos| combos.iter().any(|combo| combo.name == name))
        .unwrap_or_default();
    match name {
        "" => Some(words::NAME_MISSING),
        "auto" => Some(words::NAME_AUTO),
        _ if name.contains('/') => Some(words::NAME_SLASH),
        _ if taken && own != Some(name) => Some(words::NAME_TAKEN),
        _ => None,
    }
}

#[component]
fn Rename(name: String, renaming: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let text = RwSignal::new(name.clone());
    let wrong = RwSignal::new(None::<Word>);
    let node = NodeRef::<html::Input>::new();
    focus_when_there(node);
    let rename = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let wish = text.get_untracked().trim().to_owned();
        if wish == name {
            renaming.set(false);
            return;
        }
        wrong.set(name_fault(app, &wish, Some(&name)));
        if wrong.get_untracked().is_some() {
            return;
        }
        let name = name.clone();
        spawn_local(async move {
            let candidates = app.combos.with_untracked(|combos| {
                let combo = combos.iter().find(|combo| combo.name == name)?;
                Some(combo.candidates.iter().map(|one| one.model.clone()).collect())
            });
            let body = ComboBody {
                rename: Some(wish.clone()),
                ..body_of(candidates.flatten().unwrap_or_default())
            };
            match put(&name, &body).await {
                Ok(saved) => {
                    let _ = renaming.try_set(false);
                    app.combos.change(|combos| {
                        if let Some(combo) = combos.iter_mut().find(|combo| combo.name == name) {
                            *combo = saved;
                        }
                    });
                    app.address.replace(Route::Combos(Some(wish)));
                    app.reload_lists();
                }
                Err(fault) => app.fault(&fault),
            }
        });
    };
    view! {
        <form
            class="rename"
            on:submit=rename
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    renaming.set(false);
                }
            }
        >
            <input
                class="input"
                type="text"
                aria-label=words::RENAME_LABEL
                autocomplete="off"
                spellcheck="false"
                node_ref=node
                prop:value=text
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    wrong.set(None);
                }
            />
            <button type="submit" class="button is-primary">{words::SAVE}</button>
            <button type="button" class="button" on:click=move |_| renaming.set(false)>
                {CANCEL}
            </button>
            {move || {
                wrong.get().map(|wrong| view! { <p class="make-fault" role="alert">{wrong}</p> })
            }}
        </form>
    }
}
