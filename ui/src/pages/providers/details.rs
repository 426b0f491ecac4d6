//! What was said of an account when it was added, changed in place: its name, what its provider asks for, and whom it
//! serves.

use leptos::prelude::*;
use switchyard_types::{AccountChange, AccountView, Login, Secret, VendorStatus};

use super::account::{path, take};
use super::add_key::goes_to;
use super::asked::{self, Asked};
use super::words;
use crate::app::app;
use crate::browser::http::{self, Method};
use crate::facts::path::encode;
use crate::parts::field::{SecretField, Switch, TextField};
use crate::parts::gate::FormFault;
use crate::parts::sending::Sending;
use crate::parts::words::CANCEL;

/// The form, for an account as it is now.
#[component]
pub(super) fn DetailsForm(account: AccountView, open: RwSignal<bool>) -> impl IntoView {
    let app = app();
    let find = |id: &str| {
        let vendors = app
            .vendors
            .with_untracked(|vendors| vendors.iter().find(|vendor| vendor.id == id).cloned());
        vendors.flatten()
    };
    let vendor = find(&account.vendor);
    let restricted = vendor
        .as_ref()
        .is_some_and(|vendor| vendor.status == VendorStatus::Restricted && account.login.is_some());
    // A login is signed in anew; what is pasted as a key is replaced, even where the vendor makes a login of it.
    let keyed = vendor.as_ref().is_some_and(|vendor| {
        vendor.login == Login::Key && (account.login.is_none() || vendor.ways.is_empty())
    });
    let goes_to = vendor.as_ref().map(goes_to).unwrap_or_default();
    let fields = vendor.map(|vendor| vendor.fields).unwrap_or_default();
    let held = |name: &str| account.fields.get(name).cloned().unwrap_or_default();
    let asked: Vec<Asked> = fields
        .into_iter()
        .map(|field| (held(&field.name), field))
        .map(|(held, field)| Asked::of(field, held))
        .collect();
    let form = format!("account-{}", encode(account.id.as_str()));
    let name = RwSignal::new(account.name);
    let nameless = RwSignal::new(None::<String>);
    let key = RwSignal::new(String::new());
    let any_client = RwSignal::new(account.any_client);
    let sending = Sending::new();
    let inputs = asked.iter().cloned().map(|asked| asked.field(&form)).collect_view();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        nameless.set(name.is_empty().then(|| words::FIELD_MISSING.owned()));
        let (false, Some(given)) = (name.is_empty(), asked::read(&asked)) else { return };
        let change = AccountChange {
            name: Some(name),
            any_client: restricted.then(|| any_client.get_untracked()),
            key: Some(key.get_untracked().trim()).filter(|key| !key.is_empty()).map(Secret::new),
            fields: (!asked.is_empty()).then_some(given),
            ..AccountChange::default()
        };
        let path = path(&account.id);
        let change =
            async move { http::change::<AccountView>(Method::Patch, &path, &change).await };
        sending.send(change, move |account| {
            app.notices.done(words::changed(&account.name));
            take(app, account);
            app.reload_states();
            let _ = open.try_set(false);
        });
    };
    view! {
        <form class="account-form" on:submit=save>
            <TextField label=words::NAME value=name id=format!("{form}-name") wrong=nameless/>
            {keyed
                .then(|| {
                    view! {
                        <SecretField
                            label=words::NEW_KEY
                            value=key
                            id=format!("{form}-key")
                            hint=words::new_key_hint(&goes_to)
                            autofocus=false
                        />
                    }
                })}
            {inputs}
            {restricted
                .then(|| {
                    view! {
                        <div class="field">
                            <Switch
                                label=words::ANY_CLIENT
                                on=any_client
                                toggle=Callback::new(move |on| any_client.set(on))
                            />
                            <p class="hint">{words::ANY_CLIENT_HINT}</p>
                        </div>
                    }
                })}
            <FormFault fault=sending.fault/>
            <div class="account-form-tools">
                <button type="submit" class="button is-small is-primary" disabled=sending.busy>
                    {words::CHANGE_SAVE}
                </button>
                <button type="button" class="button is-quiet is-small" on:click=move |_| open.set(false)>
                    {CANCEL}
                </button>
            </div>
        </form>
    }
}
