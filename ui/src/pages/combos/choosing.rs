//! How a combo chooses: its strategy, its grouping, and the order of accounts. What is chosen holds at once.

use leptos::prelude::*;
use switchyard_types::{AccountOrder, ComboTerms, Strategy};

use super::editor::Desk;
use super::terms::{
    self, GROUPINGS, Kind, STRATEGIES, nth_grouping, nth_order, nth_strategy, orders,
};
use super::words;
use crate::app::app;
use crate::parts::select::Select;
use crate::word::Word;

/// The three choices.
#[component]
pub(super) fn Choosing(desk: Desk) -> impl IntoView {
    let app = app();
    let held = Memo::new(move |_| {
        desk.combo.with(|combo| combo.as_ref().map(|combo| combo.terms)).unwrap_or_default()
    });
    let set = move |change: &dyn Fn(&mut ComboTerms)| {
        desk.change(app, |combo| change(&mut combo.terms));
    };
    let strategy = Callback::new(move |nth| set(&|held| held.strategy = terms::strategy(nth)));
    let grouping = Callback::new(move |nth| set(&|held| held.grouping = terms::grouping(nth)));
    let accounts = Callback::new(move |nth| set(&|held| held.accounts = terms::order(nth)));
    let turns = Callback::new(move |sticky| {
        set(&|held| held.strategy = Strategy::RoundRobin { sticky });
    });
    let account_turns = Callback::new(move |sticky| {
        set(&|held| held.accounts = Some(AccountOrder::RoundRobin { sticky }));
    });
    view! {
        <div class="combo-terms" role="group" aria-label=words::CHOOSING>
            <Choose
                label=words::STRATEGY
                id="combo-strategy"
                kinds=STRATEGIES.to_vec()
                nth=Signal::derive(move || nth_strategy(held.get().strategy))
                choose=strategy
            >
                {turns_field(words::TURNS, Signal::derive(move || terms::sticky(held.get()).0), turns)}
            </Choose>
            <Choose
                label=words::GROUPING
                id="combo-grouping"
                kinds=GROUPINGS.to_vec()
                nth=Signal::derive(move || nth_grouping(held.get().grouping))
                choose=grouping
            >
                {().into_any()}
            </Choose>
            <Choose
                label=words::ACCOUNTS
                id="combo-accounts"
                kinds=orders().to_vec()
                nth=Signal::derive(move || nth_order(held.get().accounts))
                choose=accounts
            >
                {turns_field(
                    words::ACCOUNT_TURNS,
                    Signal::derive(move || terms::sticky(held.get()).1),
                    account_turns,
                )}
            </Choose>
        </div>
    }
}

/// One choice, with the sentence of what is chosen.
#[component]
fn Choose(
    label: Word,
    id: &'static str,
    kinds: Vec<Kind>,
    nth: Signal<usize>,
    choose: Callback<usize>,
    /// What it needs besides.
    children: Children,
) -> impl IntoView {
    let entries = kinds.iter().enumerate().map(|(nth, kind)| (nth.to_string(), kind.0.owned()));
    let entries = Signal::stored(entries.collect());
    let value = Signal::derive(move || nth.get().to_string());
    let chosen = Callback::new(move |value: String| choose.run(value.parse().unwrap_or(0)));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <Select label value entries choose=chosen id/>
            {children()}
            <p class="hint">{move || kinds.get(nth.get()).map(|kind| kind.1)}</p>
        </div>
    }
}

/// How many requests in a row, where there are turns.
fn turns_field(label: Word, held: Signal<Option<u32>>, set: Callback<u32>) -> AnyView {
    let shown = Memo::new(move |_| held.get().is_some());
    let field = move || {
        view! {
            <label class="combo-turns">
                <input
                    class="input num"
                    type="number"
                    min="1"
                    max="1000"
                    prop:value=move || held.get().unwrap_or(1).to_string()
                    on:change=move |event| {
                        let before = held.get_untracked().unwrap_or(1);
                        let wish = event_target_value(&event).trim().parse().unwrap_or(before).clamp(1, 1000);
                        // What cannot be meant is not left standing.
                        event_target::<web_sys::HtmlInputElement>(&event).set_value(&wish.to_string());
                        if wish != before {
                            set.run(wish);
                        }
                    }
                />
                <span>{label}</span>
            </label>
        }
    };
    (move || shown.get().then(field)).into_any()
}
