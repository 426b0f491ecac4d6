//! Signing in at a vendor: its page, its code, or the address that its page ended on.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    AccountId, LoginProgress, LoginStep, LoginWay, NewLogin, PastedLogin, Secret, VendorStatus,
    VendorView,
};

use super::sign_in_words as words;
use crate::app::app;
use crate::browser::http::{self, Fault, Method};
use crate::facts::path::encode;
use crate::parts::copy::CopyButton;
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::parts::field::{SecretField, Switch, TextField};
use crate::parts::form::FormFoot;
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sending::Sending;
use crate::parts::signal::Lamp;
use crate::parts::tile::Tile;

/// Whom the panel signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SigningIn {
    /// The vendor's id.
    pub(crate) vendor: String,
    /// The account that signs in again; `None` adds one.
    pub(crate) account: Option<AccountId>,
}

/// Stands on every page; shows itself when a vendor was chosen.
#[component]
pub(crate) fn SignInPanel() -> impl IntoView {
    let app = app();
    move || {
        let asked = app.signing_in.get()?;
        let vendor = app
            .vendors
            .with_untracked(|vendors| vendors.iter().find(|one| one.id == asked.vendor).cloned())
            .flatten()?;
        Some(view! { <SignIn vendor account=asked.account/> })
    }
}

#[component]
fn SignIn(vendor: VendorView, account: Option<AccountId>) -> impl IntoView {
    let app = app();
    let under_way = RwSignal::new(None::<LoginProgress>);
    let sending = Sending::new();
    let close = Callback::new(move |()| {
        give_up(under_way.get_untracked());
        app.signing_in.set(None);
    });
    // Steps come by event; after an interruption the sign-in is asked for.
    Effect::new(move |_| {
        let Some(step) = app.login_step.get() else { return };
        let ours =
            under_way.with_untracked(|held| held.as_ref().is_some_and(|held| held.id == step.id));
        if ours {
            under_way.set(Some(step));
        }
    });
    Effect::new(move |last: Option<u32>| {
        let now = app.anew.get();
        if last.is_some_and(|last| last != now) {
            look_again(under_way);
        }
        now
    });
    Effect::new(move |_| {
        let done = under_way.with(|held| match held.as_ref().map(|held| &held.step) {
            Some(LoginStep::Done { name, .. }) => Some(name.clone()),
            Some(LoginStep::Open { .. } | LoginStep::Code { .. } | LoginStep::Failed { .. })
            | None => None,
        });
        if let Some(name) = done {
            app.notices.done(words::signed_in(&name));
            app.reload_lists();
            app.signing_in.set(None);
        }
    });
    let title = words::title(&vendor.name);
    let (tile, head) = (vendor.id.clone(), title.clone());
    let vendor = StoredValue::new(vendor);
    let account = StoredValue::new(account);
    view! {
        <Dialog stand=Stand::Right label=title close>
            <div class="panel-form">
                <PanelHead close>
                    <Tile vendor=tile/>
                    <h2>{head}</h2>
                </PanelHead>
                {move || match under_way.get() {
                    None => view! { <Begin vendor account under_way sending close/> }.into_any(),
                    Some(progress) => view! { <Step progress under_way sending close/> }.into_any(),
                }}
            </div>
        </Dialog>
    }
}

fn give_up(progress: Option<LoginProgress>) {
    let Some(progress) = progress else { return };
    if matches!(progress.step, LoginStep::Open { .. } | LoginStep::Code { .. }) {
        spawn_local(async move {
            // One that is over already is as good as given up.
            let _ = http::delete(&format!("/api/logins/{}", encode(&progress.id))).await;
        });
    }
}

fn look_again(under_way: RwSignal<Option<LoginProgress>>) {
    let Some(id) = under_way.with_untracked(|held| held.as_ref().map(|held| held.id.clone()))
    else {
        return;
    };
    spawn_local(async move {
        let path = format!("/api/logins/{}", encode(&id));
        if let Ok(progress) = http::get::<LoginProgress>(&path).await {
            let _ = under_way.try_set(Some(progress));
        }
    });
}

/// Which way, and what must be understood before.
#[component]
fn Begin(
    vendor: StoredValue<VendorView>,
    account: StoredValue<Option<AccountId>>,
    under_way: RwSignal<Option<LoginProgress>>,
    sending: Sending,
    close: Callback<()>,
) -> impl IntoView {
    let (ways, restricted, note) = vendor.with_value(|vendor| {
        (vendor.ways.clone(), vendor.status == VendorStatus::Restricted, vendor.note.clone())
    });
    let first = ways.first().map(|way| way.id.clone()).unwrap_or_default();
    let (way, understood) = (RwSignal::new(first), RwSignal::new(!restricted));
    let (name, start_url, region) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let some = |text: RwSignal<String>| {
        Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty())
    };
    let begin = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if !understood.get_untracked() {
            return;
        }
        let new = NewLogin {
            vendor: vendor.with_value(|vendor| vendor.id.clone()),
            way: some(way),
            name: name.get_untracked().trim().to_owned(),
            account: account.get_value(),
            understood: restricted,
            start_url: some(start_url),
            region: some(region),
        };
        let asked = async move { http::change(Method::Post, "/api/logins", &new).await };
        sending.send(asked, move |progress| drop(under_way.try_set(Some(progress))));
    };
    let choice = move |one: LoginWay| {
        let (own, id) = (one.id.clone(), one.id);
        view! {
            <label class="way">
                <input
                    type="radio"
                    name="login-way"
                    prop:checked=move || way.with(|way| *way == own)
                    on:change=move |_| way.set(id.clone())
                />
                <span>
                    <strong>{one.name}</strong>
                    <span class="hint">{words::how(one.kind)}</span>
                </span>
            </label>
        }
    };
    // An organisation's own page is asked for where the way says that it may be one's.
    let organisations: Vec<String> = ways
        .iter()
        .filter(|way| way.name.contains("Identity Center"))
        .map(|way| way.id.clone())
        .collect();
    let for_organisation = move || way.with(|way| organisations.contains(way));
    let waits = Signal::derive(move || sending.busy.get() || !understood.get());
    let action = Signal::derive(move || {
        if sending.busy.get() { words::BEGINNING } else { words::BEGIN }.owned()
    });
    view! {
        <form class="panel-part" on:submit=begin>
            <div class="form-body">
                {restricted
                    .then(|| {
                        view! {
                            <div class="callout is-restricted">
                                <Lamp aspect=crate::facts::words::Aspect::Restricted/>
                                <div>
                                    <strong>{words::RESTRICTED}</strong>
                                    {note.map(|note| view! { <p>{note}</p> })}
                                </div>
                            </div>
                            <Switch
                                label=words::UNDERSTOOD
                                on=understood
                                toggle=Callback::new(move |on| understood.set(on))
                            />
                        }
                    })}
                <fieldset class="field ways-field">
                    <legend>{words::WAY}</legend>
                    {ways.into_iter().map(choice).collect_view()}
                </fieldset>
                {move || {
                    for_organisation()
                        .then(|| {
                            view! {
                                <TextField label=words::START_URL value=start_url id="login-start-url" hint=words::START_URL_HINT/>
                                <TextField label=words::REGION value=region id="login-region" hint=words::REGION_HINT/>
                            }
                        })
                }}
                <TextField label=words::NAME value=name id="login-name" hint=words::NAME_HINT/>
                <FormFault fault=sending.fault/>
            </div>
            <FormFoot close waits action/>
        </form>
    }
}

/// What is to be done now.
#[component]
fn Step(
    progress: LoginProgress,
    under_way: RwSignal<Option<LoginProgress>>,
    sending: Sending,
    close: Callback<()>,
) -> impl IntoView {
    let id = progress.id;
    let body = match progress.step {
        LoginStep::Open { url, returns, note } => {
            view! { <OpenPage id url returns note under_way sending/> }.into_any()
        }
        LoginStep::Code { url, code } => view! {
            <p>{words::CODE_TEXT}</p>
            <div class="login-code">
                <code>{code.clone()}</code>
                <CopyButton text=code what=words::THE_CODE worded=true/>
            </div>
            <PageLink url/>
            <p class="waiting" role="status">{words::WAITING}</p>
        }
        .into_any(),
        LoginStep::Done { name, .. } => view! { <p>{words::signed_in(&name)}</p> }.into_any(),
        LoginStep::Failed { error } => {
            let again = move |_| {
                sending.fault.set(None);
                under_way.set(None);
            };
            let failed = Signal::stored(Some(Fault::Refused(error)));
            view! {
                <FormFault fault=failed/>
                <button type="button" class="button" on:click=again>
                    <Icon of=Glyph::Refresh/>
                    {words::AGAIN}
                </button>
            }
            .into_any()
        }
    };
    view! {
        <div class="panel-part">
            <div class="form-body">{body}</div>
            <footer class="form-foot">
                <button type="button" class="button" on:click=move |_| close.run(())>
                    {words::GIVE_UP}
                </button>
            </footer>
        </div>
    }
}

/// The way to the vendor's page, to open or to carry to another browser.
#[component]
fn PageLink(url: String) -> impl IntoView {
    view! {
        <div class="login-page">
            <a class="button is-primary" href=url.clone() target="_blank" rel="noopener noreferrer">
                <Icon of=Glyph::External/>
                {words::OPEN}
            </a>
            <CopyButton text=url what=words::THE_ADDRESS/>
        </div>
    }
}

#[component]
fn OpenPage(
    id: String,
    url: String,
    returns: bool,
    note: Option<String>,
    under_way: RwSignal<Option<LoginProgress>>,
    sending: Sending,
) -> impl IntoView {
    let pasted = RwSignal::new(String::new());
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = pasted.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let path = format!("/api/logins/{}/paste", encode(&id));
        let body = PastedLogin { text: Secret::new(text) };
        let asked = async move { http::change(Method::Post, &path, &body).await };
        sending.send(asked, move |progress| drop(under_way.try_set(Some(progress))));
    };
    let hint = if returns { words::PASTE_RETURNS } else { words::PASTE_NEEDED };
    view! {
        <p>{if returns { words::OPEN_RETURNS } else { words::OPEN_PASTES }}</p>
        {note
            .map(|note| {
                view! {
                    <div class="callout is-caution">
                        <Icon of=Glyph::Alert/>
                        <div>
                            <p>{note}</p>
                        </div>
                    </div>
                }
            })}
        <PageLink url/>
        {returns.then(|| view! { <p class="waiting" role="status">{words::WAITING}</p> })}
        <form class="field" on:submit=send>
            <SecretField label=words::PASTE value=pasted id="login-pasted" hint=hint/>
            <button type="submit" class="button" disabled=sending.busy>
                {words::SEND}
            </button>
        </form>
        <FormFault fault=sending.fault/>
    }
}
