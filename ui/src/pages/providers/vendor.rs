//! One vendor and its accounts.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{AccountView, Login, VendorStatus, VendorView};

use super::account::{AccountRow, path};
use super::endpoint::ChangeEndpoint;
use super::ordering::Order;
use super::sign_in::SigningIn;
use super::{sign_in_words, words};
use crate::app::{App, app};
use crate::browser::http::{self, Fault};
use crate::facts::path::encode;
use crate::facts::words as facts;
use crate::parts::dialog::Confirm;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::more::ShowAll;
use crate::parts::rows::rows;
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;

/// Accounts that are shown before the rest is asked for.
const FEW: usize = 8;

/// A vendor's line, and a line for each of its accounts.
#[component]
pub(super) fn VendorBlock(id: String, query: RwSignal<String>) -> impl IntoView {
    let app = app();
    let own = id.clone();
    let vendor = Memo::new(move |_| {
        app.vendors
            .with(|vendors| vendors.iter().find(|vendor| vendor.id == own).cloned())
            .flatten()
    });
    let order = Order::new(app, id);
    let accounts = Memo::new(move |_| {
        let mut accounts = order.all();
        // A filter that names accounts shows those; one that names the vendor shows all.
        let named = app.accounts.with(|held| {
            let query = query.get();
            let held = held.iter().filter(|one| super::matches(one, &query));
            held.map(|one| one.id.clone()).collect::<Vec<_>>()
        });
        let named = named.unwrap_or_default();
        if accounts.iter().any(|id| named.contains(id)) {
            accounts.retain(|id| named.contains(id));
        }
        accounts
    });
    let all = RwSignal::new(false);
    let many = Memo::new(move |_| accounts.with(Vec::len));
    let more = Memo::new(move |_| !all.get() && many.get() > FEW + 1);
    let shown = move || {
        let few = if more.get() { FEW } else { usize::MAX };
        accounts.with(|ids| ids.iter().take(few).cloned().collect::<Vec<_>>())
    };
    view! {
        <article class="vendor" class:is-connected=move || many.get() != 0>
            {move || vendor.get().map(|vendor| view! { <VendorHead vendor many/> })}
            <div class="accounts">
                {rows(shown, ToString::to_string, move |id| view! { <AccountRow id order/> })}
            </div>
            <ShowAll more all text=Signal::derive(move || words::show_all(many.get()))/>
        </article>
    }
}

#[component]
fn VendorHead(vendor: VendorView, many: Memo<usize>) -> impl IntoView {
    let app = app();
    let standing = facts::vendor_status(vendor.status);
    let note = vendor.note.clone();
    let add = vendor.id.clone();
    let (add_word, add_label) = match vendor.login {
        Login::Key | Login::Account => (words::ADD_KEY.text(), words::add_key_for(&vendor.name)),
        Login::None => (words::ADD_SERVER.text(), words::connect_to(&vendor.name)),
    };
    let keyless = vendor.login == Login::None;
    let retired = vendor.status == VendorStatus::Retired;
    let signs_in = vendor.login == Login::Account;
    // A server without a key is connected once.
    let can_add = Memo::new(move |_| !(retired || signs_in || keyless && many.get() > 0));
    let sign_in = (!retired && !vendor.ways.is_empty()).then(|| {
        let (id, label) = (vendor.id.clone(), sign_in_words::title(&vendor.name));
        let open = move |_| {
            app.signing_in.set(Some(SigningIn { vendor: id.clone(), account: None }));
        };
        view! {
            <button type="button" class="button is-small" aria-label=label on:click=open>
                <Icon of=Glyph::Plus/>
                {sign_in_words::SIGN_IN}
            </button>
        }
    });
    let prefix = format!("{}/", vendor.prefix);
    view! {
        <header class="vendor-head">
            <Tile vendor=vendor.id.clone()/>
            <div class="vendor-name">
                <h3 title=vendor.name.clone()>{vendor.name.clone()}</h3>
                <span class="vendor-prefix mono">{prefix}</span>
                {vendor.custom.then(|| view! { <span class="tag">{words::CUSTOM}</span> })}
                {standing
                    .map(|(word, aspect)| view! { <SignalWord aspect word=word.owned()/> })}
            </div>
            <span class="vendor-host" title=vendor.host.clone()>{vendor.host.clone()}</span>
            <span class="vendor-count">{move || words::accounts(many.get())}</span>
            <div class="vendor-tools">
                {vendor
                    .custom
                    .then(|| {
                        view! {
                            <ChangeEndpoint vendor=vendor.clone()/>
                            <RemoveEndpoint vendor=vendor.clone() many/>
                        }
                    })}
                {sign_in}
                {move || {
                    let (label, add) = (add_label.clone(), add.clone());
                    can_add
                        .get()
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button is-small"
                                    aria-label=label
                                    on:click=move |_| app.adding_key.set(Some(add.clone()))
                                >
                                    <Icon of=Glyph::Plus/>
                                    {add_word}
                                </button>
                            }
                        })
                }}
            </div>
            {note.map(|note| view! { <p class="vendor-note">{note}</p> })}
        </header>
    }
}

/// Removes an endpoint, its accounts first: the server forgets none that has accounts.
async fn remove(app: App, id: &str) -> Result<(), Fault> {
    let of_vendor = |accounts: &Vec<AccountView>| {
        let accounts = accounts.iter().filter(|account| account.vendor == id);
        accounts.map(|account| account.id.clone()).collect::<Vec<_>>()
    };
    for account in app.accounts.with_untracked(of_vendor).unwrap_or_default() {
        http::delete(&path(&account)).await?;
    }
    http::delete(&format!("/api/vendors/{}", encode(id))).await
}

#[component]
fn RemoveEndpoint(vendor: VendorView, many: Memo<usize>) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let (id, name) = (vendor.id, vendor.name);
    let label = words::remove_of(&name);
    let question = move || {
        let (id, name) = (id.clone(), name.clone());
        let text = words::remove_endpoint_text(&name, many.get_untracked());
        let title = words::remove_title(&name);
        let confirm = Callback::new(move |()| {
            let (id, name) = (id.clone(), name.clone());
            spawn_local(async move {
                match remove(app, &id).await {
                    Ok(()) => app.notices.done(words::removed(&name)),
                    Err(fault) => app.fault(&fault),
                }
                app.reload_lists();
            });
        });
        let close = Callback::new(move |()| asking.set(false));
        view! { <Confirm title text action=words::REMOVE confirm close/> }
    };
    view! {
        <button
            type="button"
            class="icon-button"
            aria-label=label
            title=words::REMOVE_ENDPOINT
            on:click=move |_| asking.set(true)
        >
            <Icon of=Glyph::Trash/>
        </button>
        {move || asking.get().then(question.clone())}
    }
}
