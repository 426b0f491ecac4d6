//! The dashboard's password, backups, and what runs here.

mod updates;
mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{BackupView, PasswordChange, Secret};

use crate::app::{Load, app};
use crate::browser::http::{self, Fault, Method};
use crate::facts::format;
use crate::facts::path::encode;
use crate::parts::copy::CopyButton;
use crate::parts::field::SecretField;
use crate::parts::gate::{Blank, FormFault, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::time::Ago;

/// The page.
#[component]
pub(crate) fn Settings() -> impl IntoView {
    view! {
        <div class="page settings-page">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
            </header>
            <Backups/>
            <Password/>
            <About/>
            <updates::Updates/>
        </div>
    }
}

#[component]
fn Password() -> impl IntoView {
    let app = app();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<Fault>);
    let some = |text: RwSignal<String>| {
        Some(text.get_untracked()).filter(|text| !text.is_empty()).map(Secret::new)
    };
    let change = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let body = PasswordChange { current: some(current), new: some(new) };
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            match http::command(Method::Put, "/api/password", &body).await {
                Ok(()) => {
                    app.notices.done(words::CHANGED);
                    let _ = (current.try_set(String::new()), new.try_set(String::new()));
                }
                Err(problem) if problem.is_sign_in() => app.fault(&problem),
                Err(problem) => {
                    let _ = fault.try_set(Some(problem));
                }
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <section class="panel setting" aria-label=words::PASSWORD>
            <header>
                <h2>{words::PASSWORD}</h2>
                <p class="hint">{words::PASSWORD_TEXT}</p>
            </header>
            <form class="setting-form" on:submit=change>
                <SecretField
                    label=words::CURRENT
                    value=current
                    id="password-so-far"
                    hint=words::CURRENT_HINT.to_owned()
                />
                <SecretField
                    label=words::NEW
                    value=new
                    id="password-new"
                    hint=words::NEW_HINT.to_owned()
                />
                <FormFault fault/>
                <button type="submit" class="button" disabled=busy>
                    {words::CHANGE}
                </button>
            </form>
        </section>
    }
}

#[component]
fn Backups() -> impl IntoView {
    let app = app();
    let state = RwSignal::new(Load::<Vec<BackupView>>::Waiting);
    let busy = RwSignal::new(false);
    let read = move || {
        spawn_local(async move {
            let answer = http::get("/api/backups").await;
            let _ = state.try_set(answer.map_or_else(Load::Failed, Load::Ready));
        });
    };
    read();
    let retry = Callback::new(move |()| {
        state.set(Load::Waiting);
        read();
    });
    let make = move |_| {
        busy.set(true);
        spawn_local(async move {
            match http::change::<BackupView>(Method::Post, "/api/backups", &()).await {
                Ok(_) => {
                    app.notices.done(words::MADE);
                    read();
                }
                Err(fault) => app.fault(&fault),
            }
            let _ = busy.try_set(false);
        });
    };
    let rows = move || {
        let mut backups = state.with(|state| state.ready().cloned()).unwrap_or_default();
        if backups.is_empty() {
            return view! {
                <Blank glyph=Glyph::Page title=words::NO_BACKUPS text=words::NO_BACKUPS_TEXT/>
            }
            .into_any();
        }
        backups.sort_by_key(|backup| std::cmp::Reverse(backup.at));
        let rows = backups.into_iter().map(|backup| view! { <Backup backup/> }).collect_view();
        view! { <ul class="backup-list">{rows}</ul> }.into_any()
    };
    view! {
        <section class="panel setting" aria-label=words::BACKUPS>
            <header>
                <h2>{words::BACKUPS}</h2>
                <p class="hint">{words::BACKUPS_TEXT}</p>
                <button type="button" class="button is-small" disabled=busy on:click=make>
                    {move || if busy.get() { words::MAKING } else { words::MAKE }}
                </button>
            </header>
            <Gate state retry rows=2>
                {rows}
            </Gate>
        </section>
    }
}

#[component]
fn Backup(backup: BackupView) -> impl IntoView {
    let app = app();
    let (name, at, bytes) = (backup.name, backup.at, backup.bytes);
    let (shown, label) = (name.clone(), words::check_of(&name));
    let check = move |_| {
        let name = name.clone();
        spawn_local(async move {
            let path = format!("/api/backups/{}/check", encode(&name));
            match http::change::<BackupView>(Method::Post, &path, &()).await {
                Ok(_) => app.notices.done(words::whole(&name)),
                Err(fault) => app.fault(&fault),
            }
        });
    };
    view! {
        <li class="backup-row">
            <span class="backup-name mono" title=shown.clone()>{shown.clone()}</span>
            <span class="quiet"><Ago at/> ", " <span class="num">{format::bytes(bytes)}</span></span>
            <button type="button" class="button is-quiet is-small" aria-label=label on:click=check>
                <Icon of=Glyph::Check/>
                {words::CHECK}
            </button>
        </li>
    }
}

#[component]
fn About() -> impl IntoView {
    let app = app();
    let facts = move || {
        app.status.with(|status| {
            let folder = status.data_dir.clone();
            view! {
                <dl class="facts">
                    <div class="fact">
                        <dt>{words::VERSION}</dt>
                        <dd class="num">{status.version.clone()}</dd>
                    </div>
                    <div class="fact">
                        <dt>{words::STARTED}</dt>
                        <dd><Ago at=status.started_at/></dd>
                    </div>
                    <div class="fact">
                        <dt>{words::FOLDER}</dt>
                        <dd class="fact-copy">
                            <span class="mono">{folder.clone()}</span>
                            <CopyButton text=folder what=words::THE_FOLDER/>
                        </dd>
                    </div>
                    <div class="fact">
                        <dt>{words::KEY}</dt>
                        <dd>{words::kept(status.data_key)}</dd>
                    </div>
                </dl>
            }
        })
    };
    view! {
        <section class="panel setting" aria-label=words::ABOUT>
            <header>
                <h2>{words::ABOUT}</h2>
            </header>
            {facts}
        </section>
    }
}
