//! One account: its signal, its locks, and what can be done with it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{AccountChange, AccountId, AccountView, LockView, ProbeResult};

use super::account_more::{LoginEnded, ProxyForm, Windows};
use super::details::DetailsForm;
use super::ordering::{Order, Place};
use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::encode;
use crate::facts::{format, words as facts};
use crate::parts::dialog::Confirm;
use crate::parts::field::Switch;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::signal::SignalWord;
use crate::parts::time::{Ago, Countdown};
use crate::parts::words::fault as fault_words;

#[derive(Clone, PartialEq)]
enum Probe {
    None,
    Running,
    Said(Result<ProbeResult, Fault>),
}

pub(super) fn path(id: &AccountId) -> String {
    format!("/api/accounts/{}", encode(id.as_str()))
}

/// Puts what the server answered in place of what was shown.
pub(super) fn take(app: App, account: AccountView) {
    app.accounts.change(|accounts| {
        if let Some(held) = accounts.iter_mut().find(|held| held.id == account.id) {
            *held = account;
        }
    });
}

fn enable(app: App, id: AccountId, on: bool) {
    spawn_local(async move {
        let change = AccountChange { enabled: Some(on), ..AccountChange::default() };
        match http::change::<AccountView>(Method::Patch, &path(&id), &change).await {
            Ok(account) => take(app, account),
            Err(fault) => {
                app.fault(&fault);
                // The switch shows what is true, not what was wished.
                app.accounts.state.notify();
            }
        }
        app.reload_states();
    });
}

/// Opens all locks of an account, or the one of a model.
fn unlock(app: App, id: AccountId, model: Option<String>) {
    spawn_local(async move {
        let model = model.map(|model| format!("/{}", encode(&model))).unwrap_or_default();
        let path = format!("{}/unlock{model}", path(&id));
        match http::change::<AccountView>(Method::Post, &path, &()).await {
            Ok(account) => {
                take(app, account);
                app.reload_states();
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

fn test(id: AccountId, probe: RwSignal<Probe>) {
    probe.set(Probe::Running);
    spawn_local(async move {
        let path = format!("{}/test", path(&id));
        let said = http::change::<ProbeResult>(Method::Post, &path, &()).await;
        let _ = probe.try_set(Probe::Said(said));
    });
}

fn remove(app: App, id: AccountId, name: String) {
    spawn_local(async move {
        match http::delete(&path(&id)).await {
            Ok(()) => {
                app.accounts.change(|accounts| accounts.retain(|account| account.id != id));
                app.notices.done(words::removed(&name));
                app.reload_lists();
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

/// An account's line, with its locks below.
#[component]
pub(super) fn AccountRow(id: AccountId, order: Order) -> impl IntoView {
    let app = app();
    let own = id.clone();
    let account = Memo::new(move |_| {
        app.accounts
            .with(|accounts| accounts.iter().find(|account| account.id == own).cloned())
            .flatten()
    });
    let probe = RwSignal::new(Probe::None);
    let asking = RwSignal::new(false);
    let state = Memo::new(move |_| {
        account.with(|account| {
            account
                .as_ref()
                .map(|one| facts::account(one.enabled, &one.locks, app.clock.second.get()))
        })
    });
    let name = Memo::new(move |_| account.with(|one| one.as_ref().map(|one| one.name.clone())));
    let name_now = move || name.get().unwrap_or_default();
    let hint = move || {
        account.with(|one| {
            let hint = one.as_ref().and_then(|one| one.key_hint.clone());
            hint.unwrap_or_else(|| words::NO_KEY.owned())
        })
    };
    let used =
        Memo::new(move |_| account.with(|one| one.as_ref().and_then(|one| one.last_used_at)));
    let on = Memo::new(move |_| account.with(|one| one.as_ref().is_some_and(|one| one.enabled)));
    let locks = Memo::new(move |_| {
        let now = app.clock.second.get();
        account.with(|one| {
            let locks = one.as_ref().map(|one| one.locks.clone()).unwrap_or_default();
            locks.into_iter().filter(|lock| lock.until > now).collect::<Vec<_>>()
        })
    });
    let (proxying, changing) = (RwSignal::new(false), RwSignal::new(false));
    let proxy =
        Memo::new(move |_| account.with(|one| one.as_ref().and_then(|one| one.proxy.clone())));
    let for_windows = id.clone();
    let for_switch = id.clone();
    let for_place = id.clone();
    let for_test = id.clone();
    let for_unlock = id.clone();
    let question = move || {
        account.get_untracked().map(|one| {
            let vendor = app.vendor(&one.vendor).0;
            let text = words::remove_text(&one.name, &vendor, one.key_hint.as_deref());
            let title = words::remove_title(&one.name);
            let id = id.clone();
            let confirm = Callback::new(move |()| remove(app, id.clone(), one.name.clone()));
            let close = Callback::new(move |()| asking.set(false));
            view! { <Confirm title text action=words::REMOVE confirm close/> }
        })
    };
    view! {
        <div class="account" class:is-off=move || !on.get()>
            <div class="account-line">
                <Switch
                    label=Signal::derive(move || words::switch_of(&name_now()))
                    on
                    toggle=Callback::new(move |on| enable(app, for_switch.clone(), on))
                    bare=true
                />
                <span class="account-name" title=name_now>{name_now}</span>
                <span class="account-hint mono">{hint}</span>
                <span class="account-used">
                    {move || match used.get() {
                        Some(at) => words::USED.around(view! { <Ago at/> }.into_any()),
                        None => view! { {words::NEVER_USED} }.into_any(),
                    }}
                </span>
                <span class="account-state">
                    {move || {
                        state.get().map(|(word, aspect)| view! { <SignalWord aspect word/> })
                    }}
                </span>
                <span class="account-tools">
                    <Place id=for_place order name=Signal::derive(name_now)/>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=move || words::change_of(&name_now())
                        title=words::CHANGE
                        aria-expanded=move || changing.get().to_string()
                        on:click=move |_| changing.update(|open| *open = !*open)
                    >
                        <Icon of=Glyph::Pencil/>
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=move || words::proxy_of(&name_now())
                        title=words::PROXY
                        aria-expanded=move || proxying.get().to_string()
                        on:click=move |_| proxying.update(|open| *open = !*open)
                    >
                        <Icon of=Glyph::External/>
                    </button>
                    <button
                        type="button"
                        class="button is-quiet is-small"
                        aria-label=move || words::test_of(&name_now())
                        disabled=move || probe.with(|probe| *probe == Probe::Running)
                        on:click=move |_| test(for_test.clone(), probe)
                    >
                        <Icon of=Glyph::Probe/>
                        {move || {
                            if probe.with(|probe| *probe == Probe::Running) {
                                words::TESTING
                            } else {
                                words::TEST
                            }
                        }}
                    </button>
                    <button
                        type="button"
                        class="icon-button"
                        aria-label=move || words::remove_of(&name_now())
                        title=words::REMOVE
                        on:click=move |_| asking.set(true)
                    >
                        <Icon of=Glyph::Trash/>
                    </button>
                </span>
            </div>
            <LoginEnded account/>
            {move || {
                proxy
                    .get()
                    .map(|proxy| {
                        view! {
                            <p class="account-note">
                                {words::GOES_BY.around(view! { <span class="mono">{proxy}</span> }.into_any())}
                            </p>
                        }
                    })
            }}
            {move || {
                let account = changing.get().then(|| account.get_untracked()).flatten();
                account.map(|account| view! { <DetailsForm account open=changing/> })
            }}
            {move || proxying.get().then(|| view! { <ProxyForm account open=proxying/> })}
            <Windows id=for_windows name=Signal::derive(name_now)/>
            <ProbeLine probe/>
            {move || {
                let locks = locks.get();
                let id = for_unlock.clone();
                (!locks.is_empty()).then(|| view! { <Locks locks id/> })
            }}
        </div>
        {move || asking.get().then(question.clone())}
    }
}

#[component]
fn ProbeLine(probe: RwSignal<Probe>) -> impl IntoView {
    move || match probe.get() {
        Probe::None | Probe::Running => ().into_any(),
        Probe::Said(said) => {
            let (ok, text, time) = match said {
                Ok(result) => (result.ok, result.message, Some(format::duration(result.millis))),
                Err(fault) => (false, fault_words(&fault).0, None),
            };
            let glyph = if ok { Glyph::Check } else { Glyph::Alert };
            view! {
                <p class="probe" class:is-clear=ok class:is-stop=!ok role="status">
                    <Icon of=glyph/>
                    <span>{text}</span>
                    {time.map(|time| view! { <span class="num quiet">{time}</span> })}
                </p>
            }
            .into_any()
        }
    }
}

#[component]
fn Locks(locks: Vec<LockView>, id: AccountId) -> impl IntoView {
    let app = app();
    // Where there are several, each that is of a model is opened by itself, too.
    let several = locks.len() > 1;
    let whole = id.clone();
    let row = move |lock: LockView| {
        let (word, aspect) = facts::locked(lock.class);
        let by = if lock.from_vendor { words::BY_VENDOR } else { words::BY_US };
        let estimated = (!lock.from_vendor).then_some("~");
        let alone = lock.model.clone().filter(|_| several).map(|model| {
            let (label, id) = (words::unlock_of(&model), id.clone());
            view! {
                <button
                    type="button"
                    class="icon-button"
                    aria-label=label.clone()
                    title=label
                    on:click=move |_| unlock(app, id.clone(), Some(model.clone()))
                >
                    <Icon of=Glyph::Unlock/>
                </button>
            }
        });
        let scope = match lock.model {
            Some(model) => {
                view! { <span class="mono" title=model.clone()>{model.clone()}</span> }.into_any()
            }
            None => view! { <span>{words::WHOLE_ACCOUNT}</span> }.into_any(),
        };
        view! {
            <li class="lock">
                <span class="lock-scope">{scope}</span>
                <SignalWord aspect word=word.owned()/>
                <span class="lock-said" title=lock.message.clone()>{lock.message.clone()}</span>
                <span class="lock-until" title=by>
                    {words::OPENS_IN
                        .around(view! { {estimated} <Countdown until=lock.until/> }.into_any())}
                </span>
                {alone}
            </li>
        }
    };
    view! {
        <div class="locks">
            <ul>{locks.into_iter().map(row).collect_view()}</ul>
            <button
                type="button"
                class="button is-small"
                title=words::UNLOCK_HINT
                on:click=move |_| unlock(app, whole.clone(), None)
            >
                <Icon of=Glyph::Unlock/>
                {if several { words::UNLOCK_ALL } else { words::UNLOCK }}
            </button>
        </div>
    }
}
