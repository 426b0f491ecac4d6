//! What the list is narrowed by. The address holds it, so that a reload and a link show the same.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::UsageRow;

use super::words;
use crate::app::{App, app};
use crate::browser::clock::{self, Later};
use crate::browser::http;
use crate::facts::path::Route;
use crate::facts::range::Range;
use crate::facts::sought::{Ended, Sought};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::range::RangeField;
use crate::parts::select::{Entry, Select};
use crate::word::Word;

/// How long the text rests before it is looked for, in milliseconds.
const REST: i32 = 250;

const RANGES: &[Range] = &[Range::All, Range::Hour, Range::Today, Range::Week, Range::Month];

/// Changes the filters; the request that is open stays open.
fn narrow(app: App, sought: Memo<Sought>, change: impl FnOnce(&mut Sought)) {
    let mut next = sought.get_untracked();
    change(&mut next);
    app.address.replace(Route::Requests(Box::new(next)));
}

/// The row of filters.
#[component]
pub(super) fn Filters(sought: Memo<Sought>) -> impl IntoView {
    let app = app();
    let narrows = Memo::new(move |_| sought.with(Sought::narrows));
    let range = Signal::derive(move || sought.with(|sought| sought.range.clone()));
    let choose = Callback::new(move |range| narrow(app, sought, |sought| sought.range = range));
    let ended = Signal::derive(move || {
        sought.with(|sought| sought.ended.map_or_else(String::new, |ended| ended.word().to_owned()))
    });
    let endings = || {
        let named = |ended: Ended| (ended.word().to_owned(), words::ended(ended).owned());
        let any = (String::new(), words::ANY_ENDING.owned());
        [any].into_iter().chain(Ended::ALL.map(named)).collect::<Vec<_>>()
    };
    let end = Callback::new(move |word: String| {
        let ended = Ended::ALL.into_iter().find(|ended| ended.word() == word);
        narrow(app, sought, |sought| sought.ended = ended);
    });
    view! {
        <div class="filters" role="search" aria-label=words::FILTERS>
            <TextFilter sought/>
            <RangeField range named=RANGES choose/>
            <Select
                label=words::ENDING
                value=ended
                entries=endings()
                choose=end
                rests_at=""
            />
            <Places sought/>
            {move || {
                narrows
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button is-quiet is-small"
                                on:click=move |_| clear(app, sought)
                            >
                                <Icon of=Glyph::Close/>
                                {words::CLEAR}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

/// Shows everything again.
pub(super) fn clear(app: App, sought: Memo<Sought>) {
    let open = sought.with_untracked(|sought| sought.open.clone());
    app.address.replace(Route::Requests(Box::new(Sought::default().opening(open))));
}

#[component]
fn TextFilter(sought: Memo<Sought>) -> impl IntoView {
    let app = app();
    let text = RwSignal::new(sought.with_untracked(|sought| sought.text.clone()));
    // An address that was gone to, or cleared, brings its own text.
    Effect::new(move |_| {
        let said = sought.with(|sought| sought.text.clone());
        if text.with_untracked(|text| text.trim() != said.trim()) {
            text.set(said);
        }
    });
    let later = StoredValue::new_local(None::<Later>);
    let typed = move |event| {
        text.set(event_target_value(&event));
        let look = move || narrow(app, sought, |sought| sought.text = text.get_untracked());
        later.set_value(Some(clock::after(REST, look)));
    };
    view! {
        <label class="search-field">
            <span class="off-screen">{words::FIND}</span>
            <Icon of=Glyph::Search/>
            <input
                class="input"
                type="search"
                autocomplete="off"
                spellcheck="false"
                placeholder=words::FIND
                prop:value=text
                on:input=typed
            />
        </label>
    }
}

/// Where requests came from and went to.
#[component]
fn Places(sought: Memo<Sought>) -> impl IntoView {
    let app = app();
    let seen_models = seen("model");
    let seen_keys = seen("key");
    let (seen_combos, seen_tools) = (seen("combo"), seen("tool"));
    let with_any = |any: &str, rest: Vec<Entry>| -> Vec<Entry> {
        [(String::new(), any.to_owned())].into_iter().chain(rest).collect()
    };
    let vendors = Signal::derive(move || {
        let used: BTreeSet<String> =
            app.accounts.rows().into_iter().map(|account| account.vendor).collect();
        let named = used.into_iter().map(|id| (id.clone(), app.vendor(&id).0)).collect();
        with_any(words::ANY_VENDOR.text(), named)
    });
    let accounts = Signal::derive(move || {
        let vendor = sought.with(|sought| sought.vendor.clone());
        let mut of_vendor = app.accounts.rows();
        of_vendor.retain(|account| vendor.as_ref().is_none_or(|vendor| account.vendor == *vendor));
        let named = of_vendor.into_iter().map(|account| {
            let text = match &vendor {
                Some(_) => account.name,
                None => format!("{} · {}", app.vendor(&account.vendor).0, account.name),
            };
            (account.id.as_str().to_owned(), text)
        });
        with_any(words::ANY_ACCOUNT.text(), named.collect())
    });
    let models = Signal::derive(move || {
        let named = seen_models.get().into_iter().map(|name| (name.clone(), name)).collect();
        with_any(words::ANY_MODEL.text(), named)
    });
    let keys = Signal::derive(move || {
        let mut names = seen_keys.get();
        names.extend(app.keys.rows().into_iter().map(|key| key.name));
        marked(words::ANY_KEY, words::NO_KEY, names)
    });
    // What was ever asked for, what is set up now, and what is sought: a link may name something that is gone.
    let combos = Signal::derive(move || {
        let mut names = seen_combos.get();
        names.extend(app.combos.rows().into_iter().map(|combo| combo.name));
        names.extend(sought.with(|sought| sought.combo.clone()));
        marked(words::ANY_COMBO, words::NO_COMBO, names)
    });
    let tools = Signal::derive(move || {
        let mut ids = seen_tools.get();
        ids.extend(sought.with(|sought| sought.tool.clone()));
        marked(words::ANY_TOOL, words::NO_TOOL, ids)
    });
    let value = move |of: fn(&Sought) -> Option<&String>| {
        Signal::derive(move || sought.with(|sought| of(sought).cloned().unwrap_or_default()))
    };
    let after_mark = move |of: fn(&Sought) -> Option<&String>| {
        Signal::derive(move || {
            sought.with(|sought| of(sought).map_or_else(String::new, |name| format!("={name}")))
        })
    };
    let key = after_mark(|sought| sought.key.as_ref());
    let combo = after_mark(|sought| sought.combo.as_ref());
    let tool = after_mark(|sought| sought.tool.as_ref());
    let some = |word: String| Some(word).filter(|word| !word.is_empty());
    let by_vendor = Callback::new(move |word: String| {
        narrow(app, sought, |sought| {
            sought.vendor = some(word);
            sought.account = None;
        });
    });
    let by_account =
        Callback::new(move |word| narrow(app, sought, |sought| sought.account = some(word)));
    let by_model =
        Callback::new(move |word| narrow(app, sought, |sought| sought.model = some(word)));
    let by_key = Callback::new(move |word: String| {
        let key = word.strip_prefix('=').map(str::to_owned);
        narrow(app, sought, |sought| sought.key = key);
    });
    let by_combo = Callback::new(move |word: String| {
        let combo = word.strip_prefix('=').map(str::to_owned);
        narrow(app, sought, |sought| sought.combo = combo);
    });
    let by_tool = Callback::new(move |word: String| {
        let tool = word.strip_prefix('=').map(str::to_owned);
        narrow(app, sought, |sought| sought.tool = tool);
    });
    let (vendor, account) =
        (value(|sought| sought.vendor.as_ref()), value(|sought| sought.account.as_ref()));
    let model = value(|sought| sought.model.as_ref());
    view! {
        <Select label=words::VENDOR value=vendor entries=vendors choose=by_vendor rests_at=""/>
        <Select
            label=words::ACCOUNT
            value=account
            entries=accounts
            choose=by_account
            rests_at=""
        />
        <Select label=words::MODEL value=model entries=models choose=by_model rests_at=""/>
        <Select label=words::KEY value=key entries=keys choose=by_key rests_at=""/>
        <Select label=words::TOOL value=tool entries=tools choose=by_tool rests_at=""/>
        <Select label=words::COMBO value=combo entries=combos choose=by_combo rests_at=""/>
    }
}

/// Names that stand behind a mark, so that none differs from any.
fn marked(any: Word, none: Word, names: BTreeSet<String>) -> Vec<Entry> {
    let named = names.into_iter().filter(|name| !name.is_empty());
    let mut entries = vec![(String::new(), any.owned())];
    entries.extend(named.map(|name| (format!("={name}"), name)));
    entries.push(("=".to_owned(), none.owned()));
    entries
}

/// The names of what was ever used, by the sums, which outlive the rows.
fn seen(by: &'static str) -> RwSignal<BTreeSet<String>> {
    let names = RwSignal::new(BTreeSet::new());
    spawn_local(async move {
        let path = format!("/api/usage/sums?from=0&until={}&step=whole&by={by}", i64::MAX);
        // Without them a filter offers less, and that is all.
        if let Ok(rows) = http::get::<Vec<UsageRow>>(&path).await {
            let _ = names.try_set(rows.into_iter().map(|row| row.of).collect());
        }
    });
    names
}
