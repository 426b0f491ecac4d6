//! How accounts are chosen where no combo says it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use switchyard_types::{AccountId, AccountOrder, RoutingSettings, Share};

use super::panel::{Panel, Save};
use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::limits;
use crate::facts::order::sort_by;
use crate::facts::path::Route;
use crate::pages::limits::words as limit_words;
use crate::parts::field::TextField;
use crate::parts::gate::Gate;
use crate::parts::link::Link;
use crate::parts::select::Select;
use crate::parts::sending::Sending;
use crate::parts::tile::Tile;

const FILL: &str = "fill";
const TURNS: &str = "turns";
const LEAST: &str = "least";
const MOST: &str = "most";

fn order_word(order: AccountOrder) -> &'static str {
    match order {
        AccountOrder::FillFirst => FILL,
        AccountOrder::RoundRobin { .. } => TURNS,
        AccountOrder::LeastUsed => LEAST,
        AccountOrder::MostQuotaLeft => MOST,
    }
}

/// An order by its word; turns keep how many requests they had.
fn order_of(word: &str, before: AccountOrder) -> AccountOrder {
    match (word, before) {
        (TURNS, AccountOrder::RoundRobin { sticky }) => AccountOrder::RoundRobin { sticky },
        (TURNS, _) => AccountOrder::RoundRobin { sticky: 1 },
        (LEAST, _) => AccountOrder::LeastUsed,
        (MOST, _) => AccountOrder::MostQuotaLeft,
        (_, _) => AccountOrder::FillFirst,
    }
}

/// The section.
#[component]
pub(super) fn Routing() -> impl IntoView {
    let app = app();
    app.routing.want();
    let retry = Callback::new(move |()| app.routing.retry());
    view! {
        <Panel title=words::ACCOUNTS hint=words::ACCOUNTS_TEXT.into_any()>
            <Gate state=app.routing.state retry rows=3>
                <Form/>
            </Gate>
        </Panel>
        <Panel title=words::TOOLS_QUIT hint=words::TOOLS_QUIT_TEXT.into_any()>
            <p><Link to=Route::Tools(None) class="quiet-link">{words::AT_TOOLS}</Link></p>
        </Panel>
    }
}

/// A share that may be left empty: what is typed, and what is wrong with it.
#[derive(Clone, Copy)]
struct Leave {
    typed: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
}

impl Leave {
    fn of(share: Option<Share>) -> Self {
        let typed = share.map(limits::percent_typed).unwrap_or_default();
        Self { typed: RwSignal::new(typed), wrong: RwSignal::new(None) }
    }

    fn read(self) -> Result<Option<Share>, ()> {
        let typed = self.typed.get_untracked();
        let share = limits::percent(&typed);
        let wrong = share.is_none() && !typed.trim().is_empty();
        self.wrong.set(wrong.then(|| words::PERCENT_BAD.owned()));
        if wrong { Err(()) } else { Ok(share) }
    }
}

/// An account whose own share can be set.
#[derive(Clone)]
struct Own {
    id: AccountId,
    name: String,
    vendor: String,
    leave: Leave,
}

/// Vendors with several accounts, and those that have an order already.
fn ordered(app: App, settings: &RoutingSettings) -> Vec<(String, RwSignal<AccountOrder>)> {
    let mut counts = BTreeMap::<String, usize>::new();
    app.accounts.with_untracked(|accounts| {
        for account in accounts {
            *counts.entry(account.vendor.clone()).or_default() += 1;
        }
    });
    let several = counts.into_iter().filter(|(_, n)| *n > 1).map(|(vendor, _)| vendor);
    let mut vendors: Vec<String> = several.chain(settings.vendors.keys().cloned()).collect();
    sort_by(&mut vendors, Ord::cmp);
    vendors.dedup();
    let order = |vendor: String| {
        let order = settings.vendors.get(&vendor).copied().unwrap_or_default();
        (vendor, RwSignal::new(order))
    };
    vendors.into_iter().map(order).collect()
}

fn owned(app: App, settings: &RoutingSettings) -> Vec<Own> {
    let own = |id: &AccountId, name: String, vendor: String| Own {
        id: id.clone(),
        name,
        vendor,
        leave: Leave::of(settings.accounts.get(id).copied()),
    };
    let accounts = app.accounts.with_untracked(|accounts| {
        accounts.iter().map(|one| own(&one.id, one.name.clone(), one.vendor.clone())).collect()
    });
    accounts.unwrap_or_default()
}

#[component]
fn Form() -> impl IntoView {
    let app = app();
    let settings = app.routing.with_untracked(Clone::clone).unwrap_or_default();
    let leave = Leave::of(settings.leave_at);
    let orders = StoredValue::new(ordered(app, &settings));
    let own = StoredValue::new(owned(app, &settings));
    let opened = own.with_value(|own| {
        own.iter().any(|one| one.leave.typed.with_untracked(|typed| !typed.is_empty()))
    });
    let sending = Sending::new();
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let leave_at = leave.read();
        let accounts: Vec<_> = own.with_value(|own| {
            own.iter().map(|one| one.leave.read().map(|share| (one.id.clone(), share))).collect()
        });
        let accounts: Result<Vec<_>, ()> = accounts.into_iter().collect();
        let (Ok(leave_at), Ok(accounts)) = (leave_at, accounts) else { return };
        let accounts = accounts.into_iter().filter_map(|(id, share)| Some((id, share?)));
        let vendors = orders.with_value(|orders| {
            let order = |(vendor, order): &(String, RwSignal<AccountOrder>)| {
                (vendor.clone(), order.get_untracked())
            };
            orders
                .iter()
                .map(order)
                .filter(|(_, order)| *order != AccountOrder::FillFirst)
                .collect()
        });
        let settings = RoutingSettings { leave_at, vendors, accounts: accounts.collect() };
        let asked = async move { http::change(Method::Put, "/api/routing", &settings).await };
        sending.send(asked, move |settings| {
            app.routing.put(settings);
            app.notices.done(words::SAVED.text());
        });
    };
    view! {
        <form class="setting-form" on:submit=save>
            <TextField
                label=words::LEAVE
                value=leave.typed
                id="leave-at"
                hint=words::LEAVE_HINT
                placeholder=words::LEAVE_NEVER
                wrong=leave.wrong
            />
            <div class="field">
                <span class="field-label">{words::ORDER}</span>
                <p class="hint">{words::ORDER_HINT}</p>
                {orders
                    .with_value(|orders| {
                        orders
                            .iter()
                            .map(|(vendor, order)| view! { <Order vendor=vendor.clone() order=*order/> })
                            .collect_view()
                    })}
                {orders
                    .with_value(Vec::is_empty)
                    .then(|| view! { <p class="quiet">{words::ORDER_NONE}</p> })}
            </div>
            <details class="setting-more" open=opened>
                <summary>{words::OWN_SHARES}</summary>
                <p class="hint">{words::OWN_SHARES_HINT}</p>
                {own
                    .with_value(Clone::clone)
                    .into_iter()
                    .map(|one| view! { <OwnShare one/> })
                    .collect_view()}
            </details>
            <Save sending/>
        </form>
    }
}

#[component]
fn Order(vendor: String, order: RwSignal<AccountOrder>) -> impl IntoView {
    let name = untrack(|| app().vendor(&vendor).0);
    let value = Signal::derive(move || order_word(order.get()).to_owned());
    let entries = [FILL, TURNS, LEAST, MOST].map(|word| {
        (word.to_owned(), limit_words::order(order_of(word, AccountOrder::FillFirst)).0.owned())
    });
    let choose =
        Callback::new(move |word: String| order.update(|order| *order = order_of(&word, *order)));
    view! {
        <div class="setting-line">
            <Tile vendor=vendor/>
            <span class="setting-line-name" title=name.clone()>{name.clone()}</span>
            <Select label=words::order_of(&name) value entries=Signal::stored(entries.to_vec()) choose/>
        </div>
    }
}

#[component]
fn OwnShare(one: Own) -> impl IntoView {
    let (typed, wrong) = (one.leave.typed, one.leave.wrong);
    let label = words::share_of(&one.name);
    view! {
        <div class="setting-line">
            <Tile vendor=one.vendor/>
            <span class="setting-line-name" title=one.name.clone()>{one.name.clone()}</span>
            <input
                class="input is-short"
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-label=label
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                placeholder="%"
                prop:value=typed
                on:input=move |event| typed.set(event_target_value(&event))
            />
            {move || wrong.get().map(|text| view! { <p class="field-fault" role="alert">{text}</p> })}
        </div>
    }
}
