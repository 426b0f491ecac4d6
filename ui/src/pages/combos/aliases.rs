//! Model names that stand for others.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::AliasView;

use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::path::encode;
use crate::parts::icon::{Glyph, Icon};

fn path(alias: &str) -> String {
    format!("/api/aliases/{}", encode(alias))
}

fn put(app: App, alias: AliasView) {
    spawn_local(async move {
        match http::command(Method::Put, &path(&alias.alias), &alias).await {
            Ok(()) => {
                app.aliases.change(|aliases| {
                    aliases.retain(|held| held.alias != alias.alias);
                    aliases.push(alias);
                });
                app.aliases.reload();
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

fn remove(app: App, alias: AliasView) {
    spawn_local(async move {
        match http::delete(&path(&alias.alias)).await {
            Ok(()) => {
                app.aliases.change(|aliases| aliases.retain(|held| held.alias != alias.alias));
                let text = words::alias_removed(&alias.alias);
                let undo = move || put(app, alias.clone());
                app.notices.undoable(text, undo);
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

/// The section below the combos.
#[component]
pub(super) fn Aliases() -> impl IntoView {
    let app = app();
    let known = Memo::new(move |_| app.aliases.with(|_| ()).is_some());
    let row = move |alias: AliasView| {
        let label = words::remove_alias(&alias.alias);
        view! {
            <li class="alias">
                <span class="mono" title=alias.alias.clone()>{alias.alias.clone()}</span>
                <Icon of=Glyph::ChevronRight/>
                <span class="mono" title=alias.target.clone()>{alias.target.clone()}</span>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=label.clone()
                    title=label
                    on:click=move |_| remove(app, alias.clone())
                >
                    <Icon of=Glyph::Trash/>
                </button>
            </li>
        }
    };
    move || {
        known.get().then(|| {
            view! {
                <section class="aliases">
                    <header class="tier-head">
                        <h2>{words::ALIASES}</h2>
                        <p>{words::ALIASES_TEXT}</p>
                    </header>
                    <div class="panel">
                        <ul>
                            {move || app.aliases.rows().into_iter().map(row).collect_view()}
                        </ul>
                        <AddAlias/>
                    </div>
                </section>
            }
        })
    }
}

#[component]
fn AddAlias() -> impl IntoView {
    let app = app();
    let alias = RwSignal::new(String::new());
    let target = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = AliasView {
            alias: alias.get_untracked().trim().to_owned(),
            target: target.get_untracked().trim().to_owned(),
        };
        missing.set(new.alias.is_empty() || new.target.is_empty());
        if !missing.get_untracked() {
            put(app, new);
            alias.set(String::new());
            target.set(String::new());
        }
    };
    let targets = move || {
        let combos = app.combos.rows().into_iter().map(|combo| combo.name);
        let models = app.models.rows().into_iter().filter(|one| one.connected).map(|one| one.model);
        combos.chain(models).map(|name| view! { <option value=name></option> }).collect_view()
    };
    view! {
        <form class="alias-form" on:submit=add>
            <input
                class="input mono"
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-label=words::ALIAS
                placeholder=words::ALIAS_PLACEHOLDER
                prop:value=alias
                on:input=move |event| {
                    alias.set(event_target_value(&event));
                    missing.set(false);
                }
            />
            <Icon of=Glyph::ChevronRight/>
            <input
                class="input mono"
                type="text"
                autocomplete="off"
                spellcheck="false"
                list="alias-targets"
                aria-label=words::TARGET
                placeholder=words::TARGET_PLACEHOLDER
                prop:value=target
                on:input=move |event| {
                    target.set(event_target_value(&event));
                    missing.set(false);
                }
            />
            <datalist id="alias-targets">{targets}</datalist>
            <button type="submit" class="button">{words::ADD_ALIAS}</button>
            {move || {
                missing
                    .get()
                    .then(|| view! { <p class="make-fault" role="alert">{words::ALIAS_INCOMPLETE}</p> })
            }}
        </form>
    }
}
