//! What stands in each step. The pieces are those of the pages where the same is done later.

use leptos::prelude::*;
use leptos::task::spawn_local;
use switchyard_types::{
    ComboTemplate, Login, NewKey, TemplateUse, ToolView, ToolWay, VendorStatus, VendorView,
};

use super::words;
use crate::app::{App, Load};
use crate::browser::http::{self, Method};
use crate::facts::live::Entry;
use crate::facts::order::sort_by_key;
use crate::facts::path::{Route, encode};
use crate::facts::tools::{Group, Standing};
use crate::facts::words::{self as facts, Aspect};
use crate::pages::keys::{MadeKey, make_key};
use crate::pages::overview::address::AddressBar;
use crate::pages::providers::found::FoundList;
use crate::pages::providers::sign_in::SigningIn;
use crate::pages::tools::desk::Desk;
use crate::pages::tools::list::{StandingWord, find};
use crate::pages::tools::setup::Setup;
use crate::parts::copy::CopyButton;
use crate::parts::icon::{Glyph, Icon};
use crate::parts::link::Link;
use crate::parts::select::{Entry as Choice, Select};
use crate::parts::signal::SignalWord;
use crate::parts::tile::Tile;
use crate::word::Word;

/// The coding tools of this computer.
fn here(app: App) -> Vec<ToolView> {
    let mut tools = app.tools.rows();
    tools.retain(|tool| Group::of(tool) == Group::Here);
    tools
}

/// A labelled list whose first entry is the choice until another is made.
fn chooser(label: Word, id: &'static str, entries: Signal<Vec<Choice>>) -> (Memo<String>, AnyView) {
    let wanted = RwSignal::new(String::new());
    let value = Memo::new(move |_| {
        let wanted = wanted.get();
        entries.with(|entries| {
            let held = entries.iter().find(|(id, _)| *id == wanted).or(entries.first());
            held.map(|(id, _)| id.clone()).unwrap_or_default()
        })
    });
    let choose = Callback::new(move |id| wanted.set(id));
    let view = view! {
        <div class="field">
            <label for=id>{label}</label>
            <Select label=label value entries choose id/>
        </div>
    };
    (value, view.into_any())
}

/// A button of a step.
fn button(glyph: Glyph, word: Word, act: Callback<()>) -> AnyView {
    view! {
        <button type="button" class="button" on:click=move |_| act.run(())>
            <Icon of=glyph/>
            {word}
        </button>
    }
    .into_any()
}

/// Tools and logins that are there already.
pub(super) fn found(app: App) -> AnyView {
    let tools = move || {
        let tools = here(app);
        if tools.is_empty() && app.tools.with(|_| ()).is_some() {
            return view! { <p class="hint">{words::FOUND_NO_TOOL}</p> }.into_any();
        }
        let row = |tool: ToolView| {
            let standing = Standing::of(&tool);
            let version = tool.status.version.unwrap_or_default();
            view! {
                <li class="first-row">
                    <strong>{tool.name}</strong>
                    <span class="tool-version num">{version}</span>
                    <StandingWord standing/>
                </li>
            }
            .into_any()
        };
        view! { <ul class="first-rows">{tools.into_iter().map(row).collect_view()}</ul> }.into_any()
    };
    view! {
        <h3>{words::FOUND_TOOLS}</h3>
        {tools}
        <h3>{words::FOUND_LOGINS}</h3>
        <FoundList close=Callback::new(|()| ())/>
    }
    .into_any()
}

/// The accounts, and the ways to another.
pub(super) fn connect(app: App) -> AnyView {
    let entries = Signal::derive(move || {
        let mut vendors = Vec::new();
        for vendor in app.vendors.rows() {
            if vendor.status != VendorStatus::Retired {
                vendors.push((vendor.id, vendor.name));
            }
        }
        sort_by_key(&mut vendors, |(_, name)| crate::facts::letters::in_small(name));
        vendors
    });
    let (chosen, list) = chooser(words::PROVIDER, "first-provider", entries);
    let ways = move || {
        let id = chosen.get();
        let vendor = app.vendors.rows().into_iter().find(|vendor| vendor.id == id);
        vendor.map(|vendor| ways(app, &vendor))
    };
    let accounts = move || {
        let account = |(vendor, name): (String, String)| {
            view! {
                <li class="first-row">
                    <Tile vendor/>
                    <strong>{name}</strong>
                </li>
            }
            .into_any()
        };
        let all = app.accounts.rows().into_iter().map(|account| (account.vendor, account.name));
        all.map(account).collect_view()
    };
    view! {
        <ul class="first-rows">{accounts}</ul>
        <p>{words::CONNECT_TEXT}</p>
        <div class="first-line">
            {list}
            {ways}
            <Link to=Route::Providers class="quiet-link">{words::OTHER}</Link>
        </div>
        <p class="hint">{words::DEMO}</p>
        <div class="copy-line">
            <code>{words::DEMO_COMMAND}</code>
            <CopyButton text=words::DEMO_COMMAND what=words::THE_COMMAND/>
        </div>
    }
    .into_any()
}

/// How a vendor is connected; the panels stand on every page.
fn ways(app: App, vendor: &VendorView) -> Vec<AnyView> {
    let mut ways = Vec::new();
    if !vendor.ways.is_empty() {
        let id = vendor.id.clone();
        let open = Callback::new(move |()| {
            app.signing_in.set(Some(SigningIn { vendor: id.clone(), account: None }));
        });
        ways.push(button(Glyph::Plus, words::SIGN_IN, open));
    }
    let word = match vendor.login {
        Login::Key => words::ADD_KEY,
        Login::None => words::ADD_SERVER,
        Login::Account => return ways,
    };
    let id = vendor.id.clone();
    let open = Callback::new(move |()| app.adding_key.set(Some(id.clone())));
    ways.push(button(Glyph::Plus, word, open));
    ways
}

/// The combos that are there, and those that can be made of what is connected.
pub(super) fn route(app: App) -> AnyView {
    let templates = RwSignal::new(Vec::<ComboTemplate>::new());
    Effect::new(move |_| {
        // What is connected decides what can be made of it.
        app.accounts.with(|_| ());
        spawn_local(async move {
            if let Ok(all) = http::get("/api/combo-templates").await {
                let _ = templates.try_set(all);
            }
        });
    });
    let list = move || {
        let mut rows = Vec::new();
        let combos = app.combos.rows();
        for template in templates.get() {
            let made = combos.iter().any(|combo| combo.name == template.id);
            if template.ready && !made {
                let said = facts::template(&template.id);
                let id = template.id;
                let make = Callback::new(move |()| make(app, id.clone()));
                let said = said.map_or((template.name, template.purpose), |(name, purpose)| {
                    (name.into(), purpose.into())
                });
                rows.push(offer(said.0, said.1, Some(make)));
            }
        }
        for combo in combos {
            let note = words::candidates(combo.candidates.len());
            let name = combo.name.clone();
            let activate = Callback::new(move |()| app.activate(name.clone()));
            rows.push(offer(combo.name, note, (!combo.active).then_some(activate)));
        }
        if rows.is_empty() {
            return view! { <p class="hint">{words::ROUTE_NONE}</p> }.into_any();
        }
        view! { <ul class="first-rows">{rows}</ul> }.into_any()
    };
    view! {
        <p>{words::ROUTE_TEXT}</p>
        {list}
    }
    .into_any()
}

/// Makes a combo of a template, by the template's name, and has `auto` mean it.
fn make(app: App, id: String) {
    spawn_local(async move {
        let path = format!("/api/combo-templates/{}", encode(&id));
        match http::command(Method::Post, &path, &TemplateUse::default()).await {
            Ok(()) => {
                app.activate(id);
                app.reload_lists();
            }
            Err(fault) => app.fault(&fault),
        }
    });
}

/// A combo that may be used; nothing to press where it is.
fn offer(name: String, note: String, act: Option<Callback<()>>) -> AnyView {
    let label = [words::ACTIVATE.text(), ": ", &name].concat();
    let tools = match act {
        None => view! { <span class="tag is-active">{words::ACTIVE}</span> }.into_any(),
        Some(act) => view! {
            <button
                type="button"
                class="button is-small"
                aria-label=label
                on:click=move |_| act.run(())
            >
                {words::ACTIVATE}
            </button>
        }
        .into_any(),
    };
    view! {
        <li class="first-row is-offer">
            <strong>{name}</strong>
            <span>{note}</span>
            {tools}
        </li>
    }
    .into_any()
}

/// A tool's form, and what any other program needs.
pub(super) fn tool(app: App) -> AnyView {
    let entries = Signal::derive(move || {
        let writers = here(app).into_iter().filter(|tool| tool.way == ToolWay::Writer);
        writers.map(|tool| (tool.id, tool.name)).collect()
    });
    let (chosen, list) = chooser(words::TOOL_NAME, "first-tool", entries);
    let form = move || {
        let id = chosen.get();
        let first = untrack(|| find(app, &id))?;
        let tool = Memo::new(move |_| find(app, &id).unwrap_or_else(|| first.clone()));
        let standing = Memo::new(move |_| tool.with(Standing::of));
        let desk = Desk::new(app, tool);
        Some(view! {
            <StandingWord standing/>
            <Setup desk/>
        })
    };
    let made = RwSignal::new(None);
    let busy = RwSignal::new(false);
    let make = Callback::new(move |()| {
        if !busy.get_untracked() {
            make_key(app, NewKey::named(words::KEY_NAME), made, busy);
        }
    });
    let text = move || {
        let alone = app.tools.state.with(|state| matches!(state, Load::Failed(_)));
        if alone { words::TOOL_DEMO } else { words::TOOL_TEXT }
    };
    let none = move || chosen.with(String::is_empty);
    view! {
        <p>{text}</p>
        <div hidden=none>{list}</div>
        {form}
        <p>{words::TOOL_OTHER}</p>
        <AddressBar/>
        <div>{button(Glyph::Keys, words::MAKE_KEY, make)}</div>
        {move || made.get().map(|created| view! { <MadeKey created made/> })}
    }
    .into_any()
}

/// Waits for a request, and shows the newest as it goes.
pub(super) fn request(app: App) -> AnyView {
    let shown = move || {
        let newest = app.live.with(|live| live.rows().first().cloned());
        let (aspect, word, by) = match &newest {
            None => (Aspect::Running, words::REQUEST_WAITS.owned(), None),
            Some(Entry::Running(running)) => (Aspect::Running, words::asked(&running.model), None),
            Some(Entry::Done(done)) => {
                let (word, aspect) = facts::outcome(done.outcome);
                (aspect, word.owned(), done.served_by.clone())
            }
        };
        let by = by.map(|by| {
            view! {
                <Tile vendor=by.vendor/>
                <span class="mono">{by.model}</span>
            }
        });
        let trace = newest.map(|entry| {
            let to = Route::Glance(entry.id().clone());
            view! { <Link to class="quiet-link">{words::REQUEST_TRACE}</Link> }
        });
        view! {
            <p class="first-row">
                <SignalWord aspect word/>
                {by}
                {trace}
            </p>
        }
        .into_any()
    };
    view! {
        <div role="status">{shown}</div>
        <Link to=Route::Playground class="quiet-link">{words::PLAYGROUND}</Link>
    }
    .into_any()
}
