//! The panel that connects an account. It opens from the page, the palette and empty states.

use leptos::prelude::*;
use switchyard_types::{
    AccountView, ErrorCode, FieldKind, FieldView, Login, NewAccount, Secret, VendorStatus,
    VendorView,
};

use super::asked::{self, Asked};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Fault, Method};
use crate::facts::words::vendor_status;
use crate::parts::dialog::{Dialog, PanelHead, Stand};
use crate::parts::field::{SecretField, Switch, TextField};
use crate::parts::form::{FormFoot, Mistake};
use crate::parts::gate::FormFault;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::sending::Sending;
use crate::parts::signal::Lamp;
use crate::parts::tile::Tile;

/// Stands on every page; shows itself when a vendor was chosen.
#[component]
pub(crate) fn AddKeyPanel() -> impl IntoView {
    let app = app();
    move || {
        let id = app.adding_key.get()?;
        let vendor = app
            .vendors
            .with_untracked(|vendors| vendors.iter().find(|vendor| vendor.id == id).cloned())
            .flatten()?;
        Some(view! { <AddKey vendor/> })
    }
}

#[component]
fn AddKey(vendor: VendorView) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| app.adding_key.set(None));
    let name = RwSignal::new(String::new());
    let key = RwSignal::new(String::new());
    let check = RwSignal::new(true);
    let sending = Sending::new();
    let (busy, fault) = (sending.busy, sending.fault);
    let missing = RwSignal::new(false);
    let needs_key = vendor.login == Login::Key;
    let proxy = RwSignal::new(String::new());
    let asked: Vec<Asked> =
        vendor.fields.iter().map(|field| Asked::of(field.clone(), String::new())).collect();
    let fields = StoredValue::new(asked.clone());
    let title = match vendor.login {
        Login::Key | Login::Account => words::add_key_for(&vendor.name),
        Login::None => words::connect_to(&vendor.name),
    };
    let id = vendor.id.clone();
    let save = Callback::new(move |check: bool| {
        let text = key.get_untracked().trim().to_owned();
        missing.set(needs_key && text.is_empty());
        let given = fields.with_value(|fields| asked::read(fields));
        let (false, Some(fields)) = (missing.get_untracked(), given) else { return };
        let new = NewAccount {
            vendor: id.clone(),
            name: name.get_untracked().trim().to_owned(),
            key: Secret::new(text),
            check,
            fields,
            proxy: Secret::new(proxy.get_untracked().trim()),
        };
        let asked = async move { http::change(Method::Post, "/api/accounts", &new).await };
        sending.send(asked, move |account: AccountView| {
            app.notices.done(words::added(&account.name));
            app.accounts.change(|accounts| accounts.push(account));
            app.reload_lists();
            // The user may have closed the panel meanwhile.
            close.try_run(());
        });
    });
    let can_skip = move || {
        fault.with(|fault| {
            let code = fault.as_ref().and_then(Fault::code);
            matches!(code, Some(ErrorCode::KeyRefused | ErrorCode::VendorUnreachable))
        })
    };
    let standing = vendor_status(vendor.status).filter(|_| vendor.status != VendorStatus::Active);
    let note = standing.map(|(word, aspect)| {
        let text = vendor.note.clone();
        view! {
            <div class=format!("callout {}", aspect.class())>
                <Lamp aspect/>
                <div>
                    <strong>{word}</strong>
                    {text.map(|text| view! { <p>{text}</p> })}
                </div>
            </div>
        }
    });
    let goes_to = goes_to(&vendor);
    let action = Signal::derive(move || {
        let word = match (busy.get(), check.get()) {
            (true, true) => words::CHECKING,
            (true, false) => words::SAVING,
            (false, _) if needs_key => words::SAVE,
            (false, _) => words::CONNECT,
        };
        word.owned()
    });
    let get_key = vendor.key_url.clone().map(|url| {
        view! {
            <a class="quiet-link" href=url target="_blank" rel="noopener noreferrer">
                {words::GET_KEY}
                <Icon of=Glyph::External/>
            </a>
        }
    });
    view! {
        <Dialog stand=Stand::Right label=title.clone() close>
            <form
                class="panel-form"
                on:submit=move |event| {
                    event.prevent_default();
                    save.run(check.get_untracked());
                }
            >
                <PanelHead close>
                    <Tile vendor=vendor.id.clone()/>
                    <h2>{title}</h2>
                </PanelHead>
                <div class="form-body">
                    {note}
                    {if needs_key {
                        view! {
                            <div class="with-link">
                                <SecretField
                                    label=words::KEY
                                    value=key
                                    id="new-account-key"
                                    hint=goes_to
                                />
                                {get_key}
                            </div>
                        }
                            .into_any()
                    } else {
                        view! { <p class="hint">{words::NO_KEY_NEEDED} " " <span class="mono">{vendor.host.clone()}</span></p> }.into_any()
                    }}
                    {asked.into_iter().map(|asked| asked.field("new-account")).collect_view()}
                    <TextField
                        label=words::NAME
                        value=name
                        id="new-account-name"
                        hint=words::NAME_HINT
                    />
                    <details class="form-more">
                        <summary>{words::BY_PROXY}</summary>
                        <SecretField
                            label=words::PROXY
                            value=proxy
                            id="new-account-proxy"
                            hint=words::PROXY_HINT
                        />
                    </details>
                    <Switch
                        label=words::CHECK
                        on=check
                        toggle=Callback::new(move |on| check.set(on))
                    />
                    <Mistake text=Signal::derive(move || missing.get().then_some(words::KEY_MISSING))/>
                    <FormFault fault/>
                    {move || {
                        can_skip()
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="button"
                                        disabled=busy
                                        on:click=move |_| save.run(false)
                                    >
                                        {words::SAVE_ANYWAY}
                                    </button>
                                }
                            })
                    }}
                </div>
                <FormFoot close waits=busy action/>
            </form>
        </Dialog>
    }
}

/// Where a vendor's key is sent. Where the account says the address, the catalog's host is an example.
pub(super) fn goes_to(vendor: &VendorView) -> String {
    let places = |field: &FieldView| matches!(field.kind, FieldKind::Address | FieldKind::Label);
    if vendor.fields.iter().any(places) {
        words::GOES_BELOW.owned()
    } else {
        words::goes_to(&vendor.host)
    }
}
