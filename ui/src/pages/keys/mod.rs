//! Keys that agents show to Switchyard.

mod limits_panel;
mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{CreatedKey, KeyView, NewKey, RuleBody};

use self::limits_panel::{Limiting, LimitsPanel, budget_of, rule_of};
use crate::app::{App, Load, app};
use crate::browser::http::{self, Method};
use crate::facts::order::sort_by_key;
use crate::facts::path::encode;
use crate::pages::limits::words as limits;
use crate::parts::copy::CopyButton;
use crate::parts::dialog::{Confirm, Dialog, Stand};
use crate::parts::gate::{Blank, Gate};
use crate::parts::icon::{Glyph, Icon};
use crate::parts::rows::rows;
use crate::parts::time::Ago;
use crate::parts::words::{RETRY, fault as fault_words};

/// The page.
#[component]
pub(crate) fn Keys() -> impl IntoView {
    let app = app();
    app.rules.want();
    app.budgets.want();
    let made = RwSignal::new(None::<CreatedKey>);
    let limiting = RwSignal::new(None::<Limiting>);
    let retry = Callback::new(move |()| app.keys.retry());
    let limits = limits_standing(app);
    let required = Memo::new(move |_| app.status.with(|status| status.keys_required));
    view! {
        <div class="page keys">
            <header class="page-head">
                <h1>{words::TITLE}</h1>
            </header>
            <p class="lead">
                {words::LEAD} " "
                {move || {
                    required.get().map(|yes| if yes { words::REQUIRED } else { words::OPTIONAL })
                }}
            </p>
            <MakeKey made limiting/>
            <LimitsFault limits/>
            <section class="panel" aria-label=words::LIST>
                <Gate state=app.keys.state retry rows=3>
                    <KeyTable limiting/>
                </Gate>
            </section>
            {move || limiting.get().map(|of| view! { <LimitsPanel of limiting made/> })}
            {move || made.get().map(|created| view! { <MadeKey created made/> })}
        </div>
    }
}

/// Whether the keys' rules and budgets are known. Until they are, no key is said to be without them, and none can be
/// changed: what is not known must not be overwritten.
fn limits_standing(app: App) -> Memo<Load<()>> {
    Memo::new(move |_| app.rules.standing().and(app.budgets.standing()))
}

/// The keys' limits could not be read. The keys themselves stay in reach: one can be revoked at any time.
#[component]
fn LimitsFault(limits: Memo<Load<()>>) -> impl IntoView {
    let app = app();
    let retry = move |_| {
        app.rules.retry_failed();
        app.budgets.retry_failed();
    };
    move || {
        let Load::Failed(fault) = limits.get() else { return None };
        let (message, hint) = fault_words(&fault);
        Some(view! {
            <div class="callout is-stop" role="alert">
                <Icon of=Glyph::Alert/>
                <div>
                    <strong>{words::LIMITS_UNKNOWN}</strong>
                    <p>{message} " " {hint}</p>
                </div>
                <button type="button" class="button is-small" on:click=retry>
                    <Icon of=Glyph::Refresh/>
                    {RETRY}
                </button>
            </div>
        })
    }
}

/// Makes a key, whose text is shown once.
pub(crate) fn make_key(
    app: App,
    new: NewKey,
    made: RwSignal<Option<CreatedKey>>,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    spawn_local(async move {
        match http::change::<CreatedKey>(Method::Post, "/api/keys", &new).await {
            Ok(created) => {
                app.keys.change(|keys| keys.push(created.key.clone()));
                app.keys.reload();
                let _ = made.try_set(Some(created));
            }
            Err(fault) => app.fault(&fault),
        }
        let _ = busy.try_set(false);
    });
}

/// Makes a key for an agent under a name that is free, and shows it above whatever page is open.
pub(crate) fn make_agent_key(app: App) {
    if app.making_key.get_untracked() {
        return;
    }
    let base = words::AGENT.text();
    let taken = |name: &str| {
        app.keys.with_untracked(|keys| keys.iter().any(|key| key.name == name)) == Some(true)
    };
    let numbered = (2..).map(|nth| format!("{base} {nth}"));
    let free = std::iter::once(base.to_owned()).chain(numbered).find(|name| !taken(name));
    let new = NewKey::named(free.unwrap_or_else(|| base.to_owned()));
    make_key(app, new, app.made_key, app.making_key);
}

#[component]
fn MakeKey(
    made: RwSignal<Option<CreatedKey>>,
    limiting: RwSignal<Option<Limiting>>,
) -> impl IntoView {
    let app = app();
    let limits = limits_standing(app);
    let name = RwSignal::new(String::new());
    let missing = RwSignal::new(false);
    let busy = RwSignal::new(false);
    // A key with limits is made in a panel, which took the name along.
    Effect::new(move |_| {
        if made.with(Option::is_some) {
            name.set(String::new());
        }
    });
    let make = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = NewKey::named(name.get_untracked().trim());
        missing.set(new.name.is_empty());
        if new.name.is_empty() || busy.get_untracked() {
            return;
        }
        make_key(app, new, made, busy);
    };
    view! {
        <form class="make" on:submit=make>
            <div class="field">
                <label for="key-name">{words::NAME}</label>
                <input
                    id="key-name"
                    class="input"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder=words::PLACEHOLDER
                    aria-invalid=move || missing.get().to_string()
                    prop:value=name
                    on:input=move |event| {
                        name.set(event_target_value(&event));
                        missing.set(false);
                    }
                />
            </div>
            <button type="submit" class="button is-primary" disabled=busy>
                <Icon of=Glyph::Plus/>
                {words::MAKE}
            </button>
            <button
                type="button"
                class="button"
                disabled=move || limits.with(|limits| limits.ready().is_none())
                on:click=move |_| {
                    missing.set(false);
                    limiting.set(Some(Limiting::New(name.get_untracked())));
                }
            >
                {words::WITH_LIMITS}
            </button>
            {move || {
                missing
                    .get()
                    .then(|| view! { <p class="make-fault" role="alert">{words::NAME_MISSING}</p> })
            }}
        </form>
    }
}

#[component]
fn KeyTable(limiting: RwSignal<Option<Limiting>>) -> impl IntoView {
    let app = app();
    let keys = Memo::new(move |_| {
        let mut keys = app.keys.rows();
        sort_by_key(&mut keys, |key| std::cmp::Reverse(key.created_at));
        keys
    });
    let none = Memo::new(move |_| keys.with(Vec::is_empty));
    let table = move || {
        view! {
            <table class="table key-table">
                <thead>
                    <tr>
                        <th>{words::HEAD_NAME}</th>
                        <th class="col-hint">{words::HEAD_KEY}</th>
                        <th class="col-may">{words::HEAD_MAY}</th>
                        <th class="col-made">{words::HEAD_MADE}</th>
                        <th class="col-used">{words::HEAD_USED}</th>
                        <th class="col-tools"></th>
                    </tr>
                </thead>
                <tbody>
                    {rows(
                        move || keys.get(),
                        |key| format!("{} {:?}", key.id, key.last_used_at),
                        move |key| view! { <KeyRow key limiting/> },
                    )}
                </tbody>
            </table>
        }
    };
    move || {
        if none.get() {
            view! { <Blank glyph=Glyph::Keys title=words::NONE text=words::NONE_TEXT/> }.into_any()
        } else {
            table().into_any()
        }
    }
}

fn revoke(app: App, key: KeyView) {
    spawn_local(async move {
        match http::delete(&format!("/api/keys/{}", encode(key.id.as_str()))).await {
            Ok(()) => {
                app.keys.change(|keys| keys.retain(|held| held.id != key.id));
                app.notices.done(words::revoked(&key.name));
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

#[component]
fn KeyRow(key: KeyView, limiting: RwSignal<Option<Limiting>>) -> impl IntoView {
    let app = app();
    let asking = RwSignal::new(false);
    let used = match key.last_used_at {
        Some(at) => view! { <Ago at/> }.into_any(),
        None => view! { <span class="quiet">{words::NEVER}</span> }.into_any(),
    };
    let label = words::revoke_of(&key.name);
    let limits_label = words::limits_of(&key.name);
    let limited = key.clone();
    let id = key.id.clone();
    let known = limits_standing(app);
    let may = move || {
        match known.get() {
            Load::Waiting => return view! { <span class="bone is-text"></span> }.into_any(),
            Load::Failed(_) => return words::NOT_KNOWN.into_any(),
            Load::Ready(()) => {}
        }
        let rule = rule_of(app, &id).unwrap_or_default();
        let budget = budget_of(app, &id).map(|view| {
            let limit = limits::limit(view.budget.limit, view.budget.period);
            words::spent_of(&limits::spent(&view), &limit)
        });
        let may = match (rule == RuleBody::default(), budget) {
            (true, Some(budget)) => budget,
            (false, Some(budget)) => format!("{} · {budget}", limits::rule(&rule)),
            (_, None) => limits::rule(&rule),
        };
        may.into_any()
    };
    let (name, hint, made_at) = (key.name.clone(), key.hint.clone(), key.created_at);
    let question = move || {
        let key = key.clone();
        let (title, text) =
            (words::revoke_title(&key.name), words::revoke_text(&key.name, &key.hint));
        let confirm = Callback::new(move |()| revoke(app, key.clone()));
        let close = Callback::new(move |()| asking.set(false));
        view! { <Confirm title text action=words::REVOKE confirm close/> }
    };
    view! {
        <tr>
            <td><span class="cell-text is-strong" title=name.clone()>{name.clone()}</span></td>
            <td class="col-hint mono">{hint}</td>
            <td class="col-may">
                <button
                    type="button"
                    class="may"
                    title=words::CHANGE_LIMITS
                    disabled=move || known.with(|known| known.ready().is_none())
                    on:click=move |_| limiting.set(Some(Limiting::Old(limited.clone())))
                >
                    <span class="off-screen">{limits_label}</span>
                    <span class="cell-text">{may}</span>
                    <Icon of=Glyph::Pencil/>
                </button>
            </td>
            <td class="col-made"><Ago at=made_at/></td>
            <td class="col-used">{used}</td>
            <td class="col-tools">
                <button
                    type="button"
                    class="button is-quiet is-small"
                    aria-label=label
                    on:click=move |_| asking.set(true)
                >
                    {words::REVOKE}
                </button>
                {move || asking.get().then(question.clone())}
            </td>
        </tr>
    }
}

/// The key's text, once.
#[component]
pub(crate) fn MadeKey(created: CreatedKey, made: RwSignal<Option<CreatedKey>>) -> impl IntoView {
    let app = app();
    let close = Callback::new(move |()| made.set(None));
    // Escape or a click beside it must not lose a text that is shown once.
    let stay = Callback::new(|()| ());
    let address = app.status.with_untracked(|status| status.address.clone()).unwrap_or_default();
    let title = words::made(&created.key.name);
    let text = created.text;
    view! {
        <Dialog stand=Stand::Middle label=title.clone() close=stay>
            <div class="made">
                <h2>{title}</h2>
                <p>{words::ONCE}</p>
                <span class="label">{words::KEY}</span>
                <div class="copy-line">
                    <code>{text.clone()}</code>
                    <CopyButton text what=words::THE_KEY worded=true/>
                </div>
                <span class="label">{words::ADDRESS}</span>
                <div class="copy-line">
                    <code>{address.clone()}</code>
                    <CopyButton text=address what=words::THE_ADDRESS worded=true/>
                </div>
                <div class="confirm-actions">
                    <button type="button" class="button is-primary" on:click=move |_| close.run(())>
                        {words::DONE}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}
