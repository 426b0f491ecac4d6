//! Vendors, their accounts, and connecting more.

mod account;
mod account_more;
pub(crate) mod add_key;
mod asked;
mod details;
mod endpoint;
pub(crate) mod found;
mod ordering;
pub(crate) mod sign_in;
mod sign_in_words;
mod vendor;
mod words;

use leptos::prelude::*;
use switchyard_types::{AccountView, Tier, VendorView};

use self::endpoint::AddEndpoint;
use self::found::{FoundLogins, Problems};
use self::vendor::VendorBlock;
use crate::app::app;
use crate::facts::letters::in_small;
use crate::facts::order::sort_by_key;
use crate::facts::{search, words as facts};
use crate::parts::gate::{Blank, GateOn};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::rows;

const TIERS: [Tier; 3] = [Tier::Subscription, Tier::Cheap, Tier::Free];

/// The page.
#[component]
pub(crate) fn Providers() -> impl IntoView {
    let app = app();
    let query = RwSignal::new(String::new());
    let adding = RwSignal::new(false);
    let finding = RwSignal::new(false);
    let retry = Callback::new(move |()| {
        app.vendors.retry_failed();
        app.accounts.retry_failed();
    });
    // A vendor whose accounts are not known is not one without accounts.
    let standing = Signal::derive(move || app.vendors.standing().and(app.accounts.standing()));
    view! {
        <div class="page providers">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
                <div class="page-tools">
                    <span class="search-field">
                        <Icon of=Glyph::Search/>
                        <input
                            class="input"
                            type="search"
                            placeholder=words::FIND
                            aria-label=words::FIND
                            prop:value=query
                            on:input=move |event| query.set(event_target_value(&event))
                        />
                    </span>
                    <button type="button" class="button" on:click=move |_| finding.set(true)>
                        <Icon of=Glyph::Search/>
                        {sign_in_words::FIND}
                    </button>
                    <button type="button" class="button" on:click=move |_| adding.set(true)>
                        <Icon of=Glyph::Plus/>
                        {words::ADD_ENDPOINT}
                    </button>
                </div>
            </header>
            {move || {
                app.accounts
                    .with(Vec::is_empty)
                    .unwrap_or_default()
                    .then(|| view! { <p class="lead">{words::FIRST}</p> })
            }}
            <Problems/>
            <GateOn standing retry rows=8>
                <Tiers query/>
            </GateOn>
            {move || adding.get().then(|| view! { <AddEndpoint adding/> })}
            {move || finding.get().then(|| view! { <FoundLogins finding/> })}
        </div>
    }
}

/// The vendors to show, by id: those that have accounts first, the retired last.
fn listed(
    vendors: &[VendorView],
    accounts: &[AccountView],
    query: &str,
    tier: Tier,
) -> Vec<String> {
    let count =
        |vendor: &VendorView| accounts.iter().filter(|account| account.vendor == vendor.id).count();
    let answers = |vendor: &&VendorView| {
        let text = format!("{} {} {} {}", vendor.name, vendor.prefix, vendor.id, vendor.host);
        search::score(query, &text).is_some()
            || accounts.iter().any(|account| account.vendor == vendor.id && matches(account, query))
    };
    let mut found: Vec<&VendorView> =
        vendors.iter().filter(|vendor| vendor.tier == tier).filter(answers).collect();
    sort_by_key(&mut found, |vendor| {
        (count(vendor) == 0, vendor.status as u8, in_small(&vendor.name))
    });
    found.into_iter().map(|vendor| vendor.id.clone()).collect()
}

/// Whether an account answers the filter by itself.
fn matches(account: &AccountView, query: &str) -> bool {
    let text = format!("{} {}", account.name, account.key_hint.as_deref().unwrap_or_default());
    search::score(query, &text).is_some()
}

#[component]
fn Tiers(query: RwSignal<String>) -> impl IntoView {
    let app = app();
    let found = TIERS.map(|tier| {
        Memo::new(move |_| {
            let query = query.get();
            app.vendors
                .with(|vendors| {
                    app.accounts
                        .with(|accounts| listed(vendors, accounts, &query, tier))
                        .unwrap_or_else(|| listed(vendors, &[], &query, tier))
                })
                .unwrap_or_default()
        })
    });
    let none = Memo::new(move |_| found.iter().all(|ids| ids.with(Vec::is_empty)));
    let section = move |(tier, ids): (Tier, Memo<Vec<String>>)| {
        move || {
            let some = ids.with(|ids| !ids.is_empty());
            some.then(|| {
                view! {
                    <section class="tier">
                        <header class="tier-head">
                            <h2>{facts::tier(tier)}</h2>
                            <p>{facts::tier_note(tier)}</p>
                        </header>
                        <div class="panel vendor-list">
                            {rows(
                                move || ids.get(),
                                ToString::to_string,
                                move |id| view! { <VendorBlock id query/> },
                            )}
                        </div>
                    </section>
                }
            })
        }
    };
    view! {
        {TIERS.into_iter().zip(found).map(section).collect_view()}
        {move || {
            none.get()
                .then(|| {
                    view! {
                        <Blank
                            glyph=Glyph::Search
                            title=words::NO_MATCH
                            text=words::NO_MATCH_TEXT
                        >
                            <button
                                type="button"
                                class="button"
                                on:click=move |_| query.set(String::new())
                            >
                                {words::CLEAR_FILTER}
                            </button>
                        </Blank>
                    }
                })
        }}
    }
}
