//! One combo: its name and its candidates in order.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    CandidateSpec, CandidateState, CandidateView, ComboBody, ComboView, Grouping, Strategy,
};

use super::candidate::CandidateRow;
use super::choosing::Choosing;
use super::foresight::Foresight;
use super::offer::CopyLink;
use super::picker::Picker;
use super::saving::{Then, as_wished, forget, put, save, show};
use super::terms_form::{TermsForm, Wish};
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
    /// The candidate whose terms are changed.
    pub(super) wish: RwSignal<Option<Wish>>,
    /// Counts what the server has taken or refused.
    pub(super) answered: RwSignal<u32>,
}

impl Desk {
    /// The candidates with their terms.
    pub(super) fn specs(self) -> Vec<CandidateSpec> {
        self.combo.with_untracked(|combo| {
            let candidates = combo.as_ref().map(|combo| combo.candidates.as_slice());
            candidates.unwrap_or_default().iter().map(Into::into).collect()
        })
    }

    pub(super) fn strategy(self) -> Strategy {
        self.combo
            .with(|combo| combo.as_ref().map(|combo| combo.terms.strategy).unwrap_or_default())
    }

    /// Changes the combo; who is told later also hears what was wrong with it.
    pub(super) fn change_then(self, app: App, change: impl FnOnce(&mut ComboView), then: Then) {
        if let Some(mut combo) = self.combo.get_untracked() {
            change(&mut combo);
            self.save(app, combo, then);
        }
    }

    /// Changes the combo.
    pub(super) fn change(self, app: App, change: impl FnOnce(&mut ComboView)) {
        self.change_then(app, change, told(app));
    }

    fn save(self, app: App, combo: ComboView, then: Then) {
        let answered = self.answered;
        let heard = move |fault| {
            let _ = answered.try_update(|times| *times = times.wrapping_add(1));
            then(fault);
        };
        save(app, combo, Box::new(heard));
    }

    pub(super) fn move_row(self, app: App, from: usize, to: usize) {
        let specs = self.specs();
        let Some(spec) = specs.get(from) else { return };
        if from == to || to >= specs.len() {
            return;
        }
        self.said.set(words::moved(&spec.model, to + 1, specs.len()));
        self.change(app, |combo| combo.candidates = order::moved(&combo.candidates, from, to));
    }

    pub(super) fn take_out(self, app: App, at: usize) {
        let Some(before) = self.combo.get_untracked() else { return };
        let Some(one) = before.candidates.get(at) else { return };
        let text = words::taken_out(&one.model);
        self.change(app, |combo| drop(combo.candidates.remove(at)));
        let undo = move || {
            let now = app.combos.with_untracked(|combos| {
                combos.iter().find(|combo| combo.name == before.name).map(as_wished)
            });
            if let Some(mut now) = now.flatten() {
                now.candidates.clone_from(&before.candidates);
                self.save(app, now, told(app));
            }
        };
        app.notices.undoable(text, undo);
    }

    /// Adds a model; the same one again needs other terms.
    pub(super) fn add(self, app: App, model: String) {
        if self.specs().iter().any(|held| held.model == model) {
            self.wish.set(Some(Wish::Another(model)));
        } else {
            self.change(app, |combo| combo.candidates.push(candidate(CandidateSpec::plain(model))));
        }
    }
}

/// Tells the user what was refused.
fn told(app: App) -> Then {
    Box::new(move |fault| {
        if let Some(fault) = fault {
            app.fault(&fault);
        }
    })
}

/// A candidate that the server has not seen yet.
pub(super) fn candidate(spec: CandidateSpec) -> CandidateView {
    CandidateView {
        model: spec.model.clone(),
        vendor: None,
        state: CandidateState::Unknown,
        spec: (!spec.is_plain()).then(|| Box::new(spec)),
    }
}

/// The editor of one combo.
#[component]
pub(super) fn Editor(name: String) -> impl IntoView {
    let app = app();
    let own = name.clone();
    let combo = Memo::new(move |_| {
        app.combos
            .with(|combos| combos.iter().find(|combo| combo.name == own).map(as_wished))
            .flatten()
    });
    let desk = Desk {
        combo,
        drag: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        wish: RwSignal::new(None),
        answered: RwSignal::new(0),
    };
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
    let asked = name.clone();
    let sub = move || {
        let terms = combo.with(|combo| combo.as_ref().map(|combo| combo.terms)).unwrap_or_default();
        match (terms.strategy, terms.grouping) {
            (Strategy::Fallback, Grouping::AsListed) => words::CANDIDATES,
            _ => words::CANDIDATES_ALONE,
        }
    };
    view! {
        <section class="panel combo-editor" aria-label=label>
            <EditorHead name desk/>
            <Choosing desk/>
            <h3 class="combo-sub">{sub}</h3>
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
            {move || desk.wish.get().map(|wish| view! { <TermsForm wish desk/> })}
        </section>
        <Foresight name=asked desk/>
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
    forget(&name);
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
            let combo = app.combos.with_untracked(|combos| {
                combos.iter().find(|combo| combo.name == name).map(as_wished)
            });
            let Some(combo) = combo.flatten() else { return };
            forget(&name);
            let body = ComboBody {
                rename: Some(wish.clone()),
                only_new: false,
                ..ComboBody::from(&combo)
            };
            match put(&name, &body).await {
                Ok(saved) => {
                    let _ = renaming.try_set(false);
                    show(app, saved, &name);
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
