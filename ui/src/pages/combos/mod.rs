//! Combos: lists of models in the order they are tried.

mod aliases;
mod candidate;
mod choosing;
mod editor;
mod foresight;
mod new_combo;
mod offer;
mod picker;
mod saving;
mod templates;
mod terms;
mod terms_form;
mod words;

use leptos::prelude::*;
use switchyard_types::{CandidateState, ComboView};

use self::aliases::Aliases;
use self::editor::Editor;
use self::new_combo::NewCombo;
use self::offer::Offer;
use crate::app::{App, app};
use crate::facts::path::Route;
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;

/// The combo that the page shows: the one in the address, else the active one, else the first.
fn chosen(app: App) -> Option<String> {
    if let Route::Combos(Some(name)) = app.address.route() {
        return Some(name);
    }
    app.combos
        .with(|combos| {
            let active = combos.iter().find(|combo| combo.active).or_else(|| combos.first());
            active.map(|combo| combo.name.clone())
        })
        .flatten()
}

fn offered(app: App) -> Option<String> {
    if let Route::Offer(link) = app.address.route() { Some(link) } else { None }
}

/// The page.
#[component]
pub(crate) fn Combos() -> impl IntoView {
    let app = app();
    let making = RwSignal::new(false);
    let retry = Callback::new(move |()| app.combos.retry());
    view! {
        <div class="page combos">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
                <div class="page-tools">
                    <button type="button" class="button" on:click=move |_| making.set(true)>
                        <Icon of=Glyph::Plus/>
                        {words::NEW}
                    </button>
                </div>
            </header>
            <Gate state=app.combos.state retry rows=5>
                <ComboDesk making/>
            </Gate>
            <Aliases/>
            {move || making.get().then(|| view! { <NewCombo making/> })}
            {move || offered(app).map(|link| view! { <Offer link/> })}
        </div>
    }
}

#[component]
fn ComboDesk(making: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let none = Memo::new(move |_| app.combos.with(Vec::is_empty).unwrap_or(true));
    let name = Memo::new(move |_| chosen(app));
    let known = Memo::new(move |_| {
        let name = name.get()?;
        let known = app.combos.with(|combos| combos.iter().any(|combo| combo.name == name));
        (known == Some(true)).then_some(name)
    });
    move || {
        if none.get() {
            return view! {
                <div class="panel">
                    <Blank glyph=Glyph::Combos title=words::NONE text=words::NONE_TEXT>
                        <button
                            type="button"
                            class="button is-primary"
                            on:click=move |_| making.set(true)
                        >
                            {words::NEW}
                        </button>
                    </Blank>
                </div>
            }
            .into_any();
        }
        view! {
            <div class="combo-desk">
                <ComboList name/>
                {move || match known.get() {
                    Some(name) => {
                        view! { <div class="combo-open"><Editor name/></div> }.into_any()
                    }
                    None => {
                        view! {
                            <div class="panel">
                                <Blank
                                    glyph=Glyph::Combos
                                    title=words::MISSING
                                    text=words::MISSING_TEXT
                                />
                            </div>
                        }
                            .into_any()
                    }
                }}
            </div>
        }
        .into_any()
    }
}

#[component]
fn ComboList(name: Memo<Option<String>>) -> impl IntoView {
    let app = app();
    let row = move |combo: ComboView| {
        let own = combo.name.clone();
        let lit = Memo::new(move |_| name.with(|name| name.as_deref() == Some(own.as_str())));
        let clear =
            combo.candidates.iter().filter(|one| one.state == CandidateState::Clear).count();
        let count = words::count(clear, combo.candidates.len());
        view! {
            <li class:is-lit=lit>
                <Link to=Route::Combos(Some(combo.name.clone())) class="combo-link">
                    <span class="combo-name" title=combo.name.clone()>{combo.name.clone()}</span>
                    {combo.active.then(|| view! { <span class="tag is-active">{words::ACTIVE}</span> })}
                    <span class="combo-count num">{count}</span>
                </Link>
            </li>
        }
    };
    view! {
        <nav class="combo-list" aria-label=words::LIST>
            <ul>{move || app.combos.rows().into_iter().map(row).collect_view()}</ul>
        </nav>
    }
}
