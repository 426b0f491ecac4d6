//! What stands under an account's line: its login where it ended, its quota windows, its proxy.

use leptos::prelude::*;
use switchyard_types::{AccountId, AccountProxy, AccountView, LoginState, QuotaWindow, Secret};

use super::sign_in::SigningIn;
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::path::encode;
use crate::facts::quota as facts;
use crate::parts::field::SecretField;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::meter::Meter;
use crate::parts::sending::Sending;
use crate::parts::signal::Lamp;
use crate::parts::time::Countdown;

/// A login that the provider accepts no more, and the way back.
#[component]
pub(super) fn LoginEnded(account: Memo<Option<AccountView>>) -> impl IntoView {
    let app = app();
    let ended = Memo::new(move |_| {
        account.with(|account| {
            let account = account.as_ref()?;
            let login = account.login.as_ref()?;
            (login.state == LoginState::SignInAgain).then(|| {
                (
                    account.vendor.clone(),
                    account.id.clone(),
                    account.name.clone(),
                    login.reason.clone(),
                )
            })
        })
    });
    move || {
        ended.get().map(|(vendor, id, name, reason)| {
            let open = move |_| {
                let asked = SigningIn { vendor: vendor.clone(), account: Some(id.clone()) };
                app.signing_in.set(Some(asked));
            };
            view! {
                <div class="account-ended callout is-stop" role="status">
                    <Icon of=Glyph::Alert/>
                    <div>
                        <strong>{words::LOGIN_ENDED}</strong>
                        {reason.map(|reason| view! { <p>{reason}</p> })}
                    </div>
                    <button
                        type="button"
                        class="button is-small"
                        aria-label=words::sign_in_again_of(&name)
                        on:click=open
                    >
                        {words::SIGN_IN_AGAIN}
                    </button>
                </div>
            }
        })
    }
}

/// The account's quota windows, each with its bar.
#[component]
pub(super) fn Windows(id: AccountId, name: Signal<String>) -> impl IntoView {
    let app = app();
    app.quotas.want();
    let quota = Memo::new(move |_| {
        app.quotas
            .with(|quotas| quotas.iter().find(|quota| quota.account == id).cloned())
            .flatten()
            .map(|quota| (quota.windows, quota.problem))
    });
    move || {
        let (windows, problem) = quota.get()?;
        let told = !windows.is_empty() || problem.is_some();
        told.then(|| {
            let label = words::quota_of(&name.get());
            view! {
                <ul class="account-windows" aria-label=label>
                    {windows.into_iter().map(|window| view! { <Window window/> }).collect_view()}
                    {problem
                        .map(|problem| {
                            view! { <li class="account-window is-problem">{words::quota_unread(&problem)}</li> }
                        })}
                </ul>
            }
        })
    }
}

#[component]
fn Window(window: QuotaWindow) -> impl IntoView {
    let clock = app().clock;
    let name = facts::name(&window.name);
    let label = match &window.models {
        Some(models) => format!("{name}, {models}"),
        None => name,
    };
    let used = facts::percent(&window);
    let (amount, resets_at) = (facts::amount(&window.amount), window.resets_at);
    let text = used.map_or_else(|| amount.clone(), |used| format!("{used}%"));
    let shown = Memo::new(move |_| facts::aspect(&window, clock.tens.get()));
    let bar = used.map(|used| {
        view! {
            <Meter label=facts::used(&label, used) percent=used/>
        }
    });
    view! {
        <li class=move || format!("account-window {}", shown.get().1.class()) title=amount>
            <Lamp aspect=Signal::derive(move || shown.get().1)/>
            <span class="account-window-name" title=label.clone()>{label.clone()}</span>
            {bar}
            <span class="num account-window-used">{text}</span>
            <span class="account-window-reset">
                {move || {
                    resets_at
                        .filter(|at| *at > clock.second.get())
                        .map(|until| words::RESETS_IN.around(view! { <Countdown until/> }.into_any()))
                }}
            </span>
        </li>
    }
}

/// The form that sets, changes or removes the proxy, in place.
#[component]
pub(super) fn ProxyForm(account: Memo<Option<AccountView>>, open: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let proxy = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let sending = Sending::new();
    let held =
        Memo::new(move |_| account.with(|one| one.as_ref().and_then(|one| one.proxy.clone())));
    let path = account.with_untracked(|one| {
        let id = one.as_ref().map_or("", |one| one.id.as_str());
        format!("/api/accounts/{}/proxy", encode(id))
    });
    let put = Callback::new(move |text: String| {
        let removed = text.is_empty();
        let (path, body) = (path.clone(), AccountProxy { proxy: Secret::new(text) });
        let asked = async move { http::change::<AccountView>(Method::Put, &path, &body).await };
        sending.send(asked, move |account| {
            app.notices.done(if removed { words::PROXY_REMOVED } else { words::PROXY_SAVED });
            app.accounts.change(|accounts| {
                if let Some(held) = accounts.iter_mut().find(|held| held.id == account.id) {
                    *held = account;
                }
            });
            let _ = open.try_set(false);
        });
    });
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = proxy.get_untracked().trim().to_owned();
        wrong.set(text.is_empty().then(|| words::PROXY_MISSING.owned()));
        if !text.is_empty() {
            put.run(text);
        }
    };
    view! {
        <form class="account-form" on:submit=save>
            <SecretField
                label=words::PROXY
                value=proxy
                id="account-proxy"
                hint=words::PROXY_HINT
            />
            {move || wrong.get().map(|text| view! { <p class="field-fault" role="alert">{text}</p> })}
            <FormFault fault=sending.fault/>
            <div class="account-form-tools">
                <button type="submit" class="button is-small is-primary" disabled=sending.busy>
                    {words::PROXY_SAVE}
                </button>
                {move || {
                    held.get()
                        .map(|_| {
                            view! {
                                <button
                                    type="button"
                                    class="button is-small"
                                    disabled=sending.busy
                                    on:click=move |_| put.run(String::new())
                                >
                                    {words::PROXY_REMOVE}
                                </button>
                            }
                        })
                }}
                <button type="button" class="button is-quiet is-small" on:click=move |_| open.set(false)>
                    {crate::parts::words::CANCEL}
                </button>
            </div>
        </form>
    }
}
