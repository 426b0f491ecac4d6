//! The order in which a vendor's accounts are tried.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{AccountChange, AccountId, AccountView};
use wasm_bindgen::JsCast as _;

use super::account::{path, take};
use super::words;
use crate::app::{App, app};
use crate::browser::http::{self, Method};
use crate::facts::order::{moved, priorities, sort_by};
use crate::parts::icon::{Glyph, Icon};
use crate::word::Word;

/// A vendor's accounts in their order.
#[derive(Clone, Copy)]
pub(super) struct Order {
    /// All of them, as they are shown.
    all: Memo<Vec<AccountId>>,
    /// The order that is wished, until the server has it.
    wished: RwSignal<Option<Vec<AccountId>>>,
    /// Whether the server is being told.
    telling: StoredValue<bool>,
}

impl Order {
    pub(super) fn new(app: App, vendor: String) -> Self {
        let wished = RwSignal::new(None::<Vec<AccountId>>);
        let all = Memo::new(move |_| {
            let of_vendor = |one: &&AccountView| one.vendor == vendor;
            let accounts = app.accounts.with(|accounts| {
                let accounts = accounts.iter().filter(of_vendor);
                accounts.map(|one| (one.priority, one.id.clone())).collect::<Vec<_>>()
            });
            let mut accounts = accounts.unwrap_or_default();
            wished.with(|wished| {
                let place = |id: &AccountId| {
                    let wished = wished.as_ref()?;
                    Some(wished.iter().position(|held| held == id).unwrap_or(wished.len()))
                };
                sort_by(&mut accounts, |a, b| (place(&a.1), a).cmp(&(place(&b.1), b)));
            });
            accounts.into_iter().map(|(_, id)| id).collect()
        });
        Self { all, wished, telling: StoredValue::new(false) }
    }

    /// All accounts of the vendor.
    pub(super) fn all(self) -> Vec<AccountId> {
        self.all.get()
    }

    fn place(self, id: &AccountId) -> Option<usize> {
        self.all.with(|all| all.iter().position(|held| held == id))
    }

    /// Puts an account elsewhere; shown at once, and told to the server.
    fn put(self, app: App, id: &AccountId, to: usize) {
        let Some(from) = untrack(|| self.place(id)) else { return };
        let all = self.all.get_untracked();
        if from == to || to >= all.len() {
            return;
        }
        self.wished.set(Some(moved(&all, from, to)));
        if self.telling.get_value() {
            return;
        }
        self.telling.set_value(true);
        spawn_local(async move {
            while let Some((id, priority)) = self.next(app) {
                let change = AccountChange { priority: Some(priority), ..AccountChange::default() };
                match http::change::<AccountView>(Method::Patch, &path(&id), &change).await {
                    Ok(account) => {
                        let took = account.priority == priority;
                        take(app, account);
                        if !took {
                            break;
                        }
                    }
                    Err(fault) => {
                        app.fault(&fault);
                        break;
                    }
                }
            }
            // From here on what the server holds is shown: after a fault that is the order from before.
            let _ = self.telling.try_set_value(false);
            let _ = self.wished.try_set(None);
            app.reload_states();
        });
    }

    /// The next account whose priority stands in the way of what is wished.
    fn next(self, app: App) -> Option<(AccountId, i64)> {
        let wished = self.wished.try_get_untracked()??;
        let held = app.accounts.with_untracked(|accounts| {
            let find = |id: &AccountId| accounts.iter().find(|one| one.id == *id);
            let held = wished.iter().filter_map(find);
            held.map(|one| (one.id.clone(), one.priority)).collect::<Vec<_>>()
        })?;
        let now: Vec<i64> = held.iter().map(|(_, priority)| *priority).collect();
        let (row, priority) = priorities(&now).into_iter().next()?;
        held.into_iter().nth(row).map(|(id, _)| (id, priority))
    }
}

fn button_id(id: &AccountId, word: &str) -> String {
    format!("{word}-{id}")
}

/// Gives the keyboard back to a row that moved: to its button, or to the other one where that leads nowhere now.
fn focus(id: &AccountId) {
    let ids = ["earlier", "later"].map(|word| button_id(id, word));
    let held = document().active_element().map(|element| element.id()).unwrap_or_default();
    request_animation_frame(move || {
        let mut ids = ids;
        if ids[1] == held {
            ids.reverse();
        }
        for id in ids {
            let button = document().get_element_by_id(&id);
            let button = button.filter(|found| !found.has_attribute("disabled"));
            if let Some(button) =
                button.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok())
            {
                let _ = button.focus();
                return;
            }
        }
    });
}

/// An account's place among those of its vendor, and the buttons that move it. Nothing where it is the only one.
#[component]
pub(super) fn Place(id: AccountId, order: Order, name: Signal<String>) -> impl IntoView {
    let app = app();
    let many = Memo::new(move |_| order.all.with(Vec::len));
    let own = id.clone();
    let place = Memo::new(move |_| order.place(&own).unwrap_or_default());
    let to = StoredValue::new(id);
    let put = move |at: usize| {
        to.with_value(|id| {
            order.put(app, id, at);
            focus(id);
        });
    };
    let key = move |event: web_sys::KeyboardEvent| {
        let at = place.get_untracked();
        let to = match event.key().as_str() {
            "ArrowUp" => at.saturating_sub(1),
            "ArrowDown" => at + 1,
            "Home" => 0,
            "End" => many.get_untracked().saturating_sub(1),
            _ => return,
        };
        event.prevent_default();
        put(to);
    };
    let button = move |word: &'static str, glyph: Glyph, title: Word, label: fn(&str) -> String| {
        let is_earlier = word == "earlier";
        let no_way = move || {
            let at = place.get();
            if is_earlier { at == 0 } else { at + 1 >= many.get() }
        };
        let step = move |_| {
            let at = place.get_untracked();
            put(if is_earlier { at.saturating_sub(1) } else { at + 1 });
        };
        view! {
            <button
                type="button"
                class="icon-button"
                id=to.with_value(|id| button_id(id, word))
                aria-label=move || label(&name.get())
                title=title
                disabled=no_way
                on:click=step
            >
                <Icon of=glyph/>
            </button>
        }
        .into_any()
    };
    move || {
        (many.get() > 1).then(|| {
            view! {
                <span class="account-order" role="group" on:keydown=key>
                    <span class="account-place num" title=words::PLACE>{move || place.get() + 1}</span>
                    {button("earlier", Glyph::Up, words::EARLIER, words::earlier_of)}
                    {button("later", Glyph::Down, words::LATER, words::later_of)}
                </span>
            }
        })
    }
}
